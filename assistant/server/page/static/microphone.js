// The microphone. Closed, it is closed: the browser's own sign that somebody listens goes out.

export class Microphone {
  /** @param {AudioContext} context @param {(samples: Int16Array, level: number) => void} onSound */
  constructor(context, onSound) {
    this.context = context;
    this.onSound = onSound;
    this.stream = null;
    this.opening = null;
    this.hasEcho = true; // whether the loudspeaker is heard in it; taking that out costs some of a voice over it
    this.onlost = () => {};
  }

  get isOpen() {
    return this.stream !== null;
  }

  /** Throws what getUserMedia throws: NotAllowedError, NotFoundError, ... */
  open() {
    this.opening ??= this.begin().finally(() => { this.opening = null; });
    return this.opening;
  }

  async begin() {
    if (this.stream) return;
    const wanted = { echoCancellation: this.hasEcho, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    if (!this.loaded) this.loaded = this.context.audioWorklet.addModule("/page/microphone-worklet.js");
    await this.loaded;
    this.source = this.context.createMediaStreamSource(stream);
    this.node = new AudioWorkletNode(this.context, "microphone", { numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.node.port.onmessage = ({ data }) => { if (this.stream === stream) this.onSound(data.samples, data.level); };
    this.source.connect(this.node);
    for (const track of stream.getTracks()) track.onended = () => { this.close(); this.onlost(); };
    this.stream = stream;
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.source?.disconnect();
    this.stream = null;
  }
}

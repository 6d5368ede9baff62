// What is said, item by item: how much of it was heard, and an end to it at once.

export class Speaker {
  /** Loads the worklet. @param {AudioContext} context */
  static async open(context) {
    await context.audioWorklet.addModule("/page/speaker-worklet.js");
    return new Speaker(context);
  }

  constructor(context) {
    this.context = context;
    this.node = new AudioWorkletNode(context, "speaker", { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.port.onmessage = ({ data }) => this.hear(data);
    this.node.connect(context.destination);
    this.waiting = new Map(); // ids of items of which something is still to be heard
    this.progress = null; // {id, ms, at}: what was handed to the device last
    this.furthest = { id: "", ms: 0 };
    this.requests = new Map();
    this.level = 0;
    this.onended = () => {};
    this.onbegun = () => {};
  }

  get isPlaying() {
    return this.waiting.size > 0;
  }

  /** @param {string} id of the item @param {Float32Array} samples at 24 kHz */
  play(id, samples) {
    if (!this.waiting.has(id)) this.waiting.set(id, false);
    this.node.port.postMessage({ do: "play", id, samples }, [samples.buffer]);
  }

  /** Nothing more comes of this item. */
  end(id) {
    if (this.waiting.has(id)) this.node.port.postMessage({ do: "end", id });
  }

  /** Be silent at once. How much of each item had been played, in ms. @returns {Promise<{id: string, ms: number}[]>} */
  flush() {
    this.waiting.clear();
    this.progress = null;
    this.level = 0;
    const request = crypto.getRandomValues(new Uint32Array(1))[0];
    return new Promise((resolve) => {
      this.requests.set(request, resolve);
      this.node.port.postMessage({ do: "flush", request });
    });
  }

  /** How much of which item has left the device, in ms: what is on its way through the device was not heard yet. */
  heard() {
    if (!this.progress) return null;
    const { id, ms, at } = this.progress;
    const since = Math.min(60, Math.max(0, 1000 * (this.context.currentTime - at)));
    const late = 1000 * (this.context.outputLatency || this.context.baseLatency || 0);
    if (this.furthest.id !== id) this.furthest = { id, ms: 0 };
    this.furthest.ms = Math.max(this.furthest.ms, ms + since - late); // what was heard stays heard
    return this.furthest;
  }

  hear(message) {
    if (message.is === "flushed") {
      this.requests.get(message.request)?.(message.played);
      this.requests.delete(message.request);
    } else if (this.waiting.has(message.id)) {
      if (message.is === "ended") {
        this.waiting.delete(message.id);
        this.level = 0;
        this.onended(message.id);
        return;
      }
      const isFirst = !this.waiting.get(message.id);
      this.waiting.set(message.id, true);
      this.progress = message;
      this.level = message.level;
      if (isFirst) this.onbegun(message.id);
    }
  }
}

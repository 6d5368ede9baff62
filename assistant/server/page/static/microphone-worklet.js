// The microphone's sound, at the rate of the wire, in pieces of 40 ms; runs on the audio thread.

import { Resampler } from "./resampler.js";

const WIRE_HZ = 24000;
const PIECE = 960; // samples: 40 ms

class MicrophoneProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, WIRE_HZ);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.power = 0;
  }

  process([[channel]]) {
    if (!channel) return true; // not connected yet
    for (const sample of this.resampler.push(channel)) {
      this.power += sample * sample;
      this.piece[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.filled += 1;
      if (this.filled === PIECE) this.send();
    }
    return true;
  }

  send() {
    this.port.postMessage({ samples: this.piece, level: Math.sqrt(this.power / PIECE) }, [this.piece.buffer]);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.power = 0;
  }
}

registerProcessor("microphone", MicrophoneProcessor);

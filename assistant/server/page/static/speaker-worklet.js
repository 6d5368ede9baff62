// The queue of what is to be heard; runs on the audio thread, which alone knows what was played. Counts in frames of the
// device, item by item: a frame counts when it was handed to the device, and silence in between never does.

import { Resampler } from "./resampler.js";

const WIRE_HZ = 24000;
const REPORT_EVERY = 8; // blocks of 128 frames: about 20 ms

class SpeakerProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.items = []; // {id, pieces, played, ended, resampler}, the one that is heard first
    this.blocks = 0;
    this.power = 0;
    this.fading = null;
    this.port.onmessage = ({ data }) => this[data.do](data);
  }

  play({ id, samples }) {
    let item = this.items.find((one) => one.id === id);
    if (!item) {
      item = { id, pieces: [], at: 0, played: 0, ended: false, resampler: new Resampler(WIRE_HZ, sampleRate) };
      this.items.push(item);
    }
    item.pieces.push(item.resampler.push(samples));
  }

  end({ id }) {
    const item = this.items.find((one) => one.id === id);
    if (!item) return;
    item.pieces.push(item.resampler.finish());
    item.ended = true;
  }

  flush({ request }) {
    const out = new Float32Array(128); // what is heard at the cut fades within one block, which counts as played
    const current = this.items[0];
    if (current) {
      const frames = this.take(current, out, 0);
      for (let at = 0; at < out.length; at += 1) out[at] *= 1 - at / out.length;
      if (frames) this.fading = out;
    }
    const played = this.items.map(({ id, played }) => ({ id, ms: (1000 * played) / sampleRate }));
    this.items = [];
    this.port.postMessage({ is: "flushed", request, played });
  }

  /** Fill `out` from `from` on with the item's next frames; how far that came. */
  take(item, out, from) {
    let at = from;
    while (at < out.length && item.pieces.length) {
      const piece = item.pieces[0];
      const count = Math.min(out.length - at, piece.length - item.at);
      out.set(piece.subarray(item.at, item.at + count), at);
      at += count;
      item.at += count;
      if (item.at === piece.length) {
        item.pieces.shift();
        item.at = 0;
      }
    }
    item.played += at - from;
    return at - from;
  }

  process(_, [[out]]) {
    let filled = 0;
    if (this.fading) {
      out.set(this.fading);
      this.fading = null;
      filled = out.length;
    }
    let heard = null;
    while (filled < out.length && this.items.length) {
      const item = this.items[0];
      filled += this.take(item, out, filled);
      heard = item;
      if (item.pieces.length || !item.ended) break;
      this.items.shift();
      this.report(item);
      this.port.postMessage({ is: "ended", id: item.id, ms: (1000 * item.played) / sampleRate });
      heard = null;
    }
    for (const sample of out) this.power += sample * sample;
    this.blocks += 1;
    if (this.blocks >= REPORT_EVERY) {
      if (heard) this.report(heard);
      this.blocks = 0;
      this.power = 0;
    }
    return true;
  }

  report(item) {
    const level = Math.sqrt(this.power / (REPORT_EVERY * 128));
    this.port.postMessage({ is: "played", id: item.id, ms: (1000 * item.played) / sampleRate, at: currentTime, level });
  }
}

registerProcessor("speaker", SpeakerProcessor);

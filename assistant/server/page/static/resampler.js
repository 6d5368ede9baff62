// From one sample rate to another, as a stream: a windowed sinc, so that nothing above half the lower rate folds back.

const ZERO_CROSSINGS = 16;
const STEPS = 512; // of the kernel's table for one input sample; between two it is interpolated

export class Resampler {
  /** Rates in Hz. */
  constructor(fromHz, toHz) {
    this.step = fromHz / toHz; // input samples for one output sample
    const cutoff = Math.min(1, toHz / fromHz) * 0.94;
    this.half = Math.ceil(ZERO_CROSSINGS / cutoff); // input samples on either side
    this.table = new Float32Array(this.half * STEPS + 2);
    for (let at = 0; at < this.half * STEPS; at += 1) {
      const x = at / STEPS;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / this.half) + 0.08 * Math.cos((2 * Math.PI * x) / this.half);
      this.table[at] = cutoff * sinc * window;
    }
    this.reset();
  }

  /** What comes now has nothing to do with what came before. */
  reset() {
    this.input = new Float32Array(this.half); // silence before the first sample
    this.position = this.half; // of the next output sample, in this.input
  }

  /** @param {Float32Array} samples @returns {Float32Array} all that can be said of them yet */
  push(samples) {
    if (this.step === 1) return samples;
    const input = new Float32Array(this.input.length + samples.length);
    input.set(this.input);
    input.set(samples, this.input.length);
    const count = Math.max(0, Math.ceil((input.length - this.half - this.position) / this.step));
    const output = new Float32Array(count);
    for (let at = 0; at < count; at += 1) output[at] = this.at(input, this.position + at * this.step);
    this.position += count * this.step;
    const spent = Math.max(0, Math.floor(this.position) - this.half);
    this.input = input.slice(spent);
    this.position -= spent;
    return output;
  }

  /** The rest; the next sample begins anew. */
  finish() {
    const rest = this.step === 1 ? new Float32Array(0) : this.push(new Float32Array(this.half));
    this.reset();
    return rest;
  }

  at(input, position) {
    const middle = Math.floor(position);
    let sum = 0;
    for (let at = Math.max(0, middle - this.half + 1); at <= Math.min(input.length - 1, middle + this.half); at += 1) {
      const x = Math.abs(position - at) * STEPS;
      const low = Math.floor(x);
      if (low < this.half * STEPS) sum += input[at] * (this.table[low] + (x - low) * (this.table[low + 1] - this.table[low]));
    }
    return sum;
  }
}

// Push to talk: held, or touched once to begin and once more to end, for those who cannot hold.

const TOUCH_MS = 350; // what is shorter is a touch
const BEFORE = 8; // pieces of 40 ms that are kept from before: people begin to talk before they have pressed

export class Talking {
  /** @param {import("./conversation.js").Conversation} conversation @param {() => void} onchange */
  constructor(conversation, onchange) {
    this.conversation = conversation;
    this.onchange = onchange;
    this.isHeld = false;
    this.isLatched = false;
    this.endedAt = -Infinity;
    this.before = [];
    this.heard = 0;
    this.isAllowed = () => false;
  }

  /** Whether a click that comes now is the end of what was held. */
  get hasJustEnded() {
    return performance.now() - this.endedAt < 100;
  }

  /** Let `button`, held or touched, be the key. */
  bind(button, isAllowed) {
    this.isAllowed = isAllowed;
    button.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && this.press()) button.setPointerCapture(event.pointerId);
    });
    button.addEventListener("pointerup", () => this.release());
    button.addEventListener("pointercancel", () => this.cancel());
    button.addEventListener("contextmenu", (event) => { if (this.isHeld) event.preventDefault(); });
  }

  /** @returns {boolean} whether it begins, or ends, what is said */
  press() {
    if (this.isLatched) {
      this.isLatched = false;
      this.pressedAt = -Infinity; // the release that follows ends it, however soon
      return true;
    }
    if (this.isHeld || !this.isAllowed()) return false;
    this.conversation.interrupt();
    this.conversation.unhear();
    this.isHeld = true;
    this.pressedAt = performance.now();
    this.heard = 0;
    for (const samples of this.before.splice(0)) this.send(samples);
    this.onchange();
    return true;
  }

  release() {
    if (!this.isHeld) return;
    this.endedAt = performance.now();
    if (performance.now() - this.pressedAt < TOUCH_MS) {
      this.isLatched = true;
      return;
    }
    this.isHeld = false;
    if (this.heard >= BEFORE + 3) this.conversation.ask();
    else this.conversation.unhear();
    this.onchange();
  }

  /** For who can only click: begin, or end. */
  toggle() {
    if (this.isHeld) {
      this.isLatched = false;
      this.pressedAt = -Infinity;
      this.release();
    } else if (this.press()) {
      this.isLatched = true;
    }
  }

  /** What was said is not meant. */
  cancel() {
    if (this.isHeld) this.conversation.unhear();
    this.isHeld = this.isLatched = false;
    this.before = [];
    this.onchange();
  }

  /** @param {Int16Array} samples */
  hear(samples) {
    if (this.isHeld) return this.send(samples);
    this.before.push(samples);
    if (this.before.length > BEFORE) this.before.shift();
    return undefined;
  }

  send(samples) {
    this.heard += 1;
    this.conversation.hear(samples);
  }
}

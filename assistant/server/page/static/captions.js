// What was said, as text: the word that is being spoken stands out, and what was not heard of an answer is dimmed.

const NAMES = { user: "You", assistant: "Hearthside", note: "Note" };

export class Captions {
  /** @param {HTMLElement} list @param {HTMLElement} log what screen readers are told, once it is complete */
  constructor(list, log) {
    this.list = list;
    this.log = log;
    this.shown = new Map(); // id of a message: {element, key, spans}
    this.announced = new Set();
    this.isOn = true;
  }

  /** @param {import("./conversation.js").Message[]} messages */
  show(messages) {
    const ids = new Set(messages.map(({ id }) => id));
    for (const [id, { element }] of this.shown) {
      if (ids.has(id)) continue;
      element.remove();
      this.shown.delete(id);
    }
    for (const message of messages) this.showOne(message);
    const children = [...this.list.children];
    children.forEach((child, at) => child.classList.toggle("latest", at >= children.length - 2));
  }

  showOne(message) {
    let shown = this.shown.get(message.id);
    if (!shown) {
      const element = document.createElement("li");
      element.className = `said ${message.role}`;
      const who = document.createElement("span");
      who.className = "who";
      who.textContent = NAMES[message.role];
      const text = document.createElement("p");
      element.append(who, text);
      if (message.picture) {
        const picture = document.createElement("img");
        picture.src = message.picture;
        picture.onload = () => { this.list.scrollTop = this.list.scrollHeight; };
        picture.alt = "The picture that you showed";
        element.append(picture);
      }
      shown = { element, text, key: "", spans: [] };
      this.shown.set(message.id, shown);
      this.list.append(element);
    }
    const key = `${message.text}|${message.words.length}|${message.heard}|${message.isOpen}`;
    if (key === shown.key) return;
    shown.key = key;
    shown.element.classList.toggle("open", message.isOpen);
    shown.spans = spansOf(message);
    shown.text.replaceChildren(...shown.spans.flatMap(({ before, element, after }) => [before, element, after]));
    this.list.scrollTop = this.list.scrollHeight;
    this.announce(message);
  }

  announce(message) {
    if (!this.isOn || message.isOpen || !message.text || this.announced.has(message.id)) return;
    this.announced.add(message.id);
    const line = document.createElement("p");
    line.textContent = `${NAMES[message.role]}: ${message.text}`;
    this.log.append(line);
    while (this.log.children.length > 20) this.log.firstChild.remove();
  }

  /** So much of an answer has been heard. @param {{id: string, ms: number}|null} heard */
  follow(heard) {
    for (const [id, { spans }] of this.shown) {
      const at = heard?.id === id ? spans.findIndex(({ endMs }) => endMs > heard.ms) : -1;
      spans.forEach(({ element }, index) => element.classList.toggle("now", index === at));
      if (at >= 0) this.keepInSight(spans[at].element);
    }
  }

  keepInSight(element) {
    const [inner, outer] = [element.getBoundingClientRect(), this.list.getBoundingClientRect()];
    if (inner.bottom > outer.bottom || inner.top < outer.top) element.scrollIntoView({ block: "center" });
  }
}

/** A piece for every word whose time is known, and one for the rest. */
function spansOf({ text, words, heard }) {
  const characters = [...text];
  const spans = [];
  let from = 0;
  for (const { end, end_ms: endMs } of words) {
    if (end <= from) continue;
    spans.push(span(characters.slice(from, end), endMs, heard !== null && end > heard));
    from = end;
  }
  if (from < characters.length) spans.push(span(characters.slice(from), Infinity, heard !== null));
  return spans;
}

function span(characters, endMs, isUnheard) {
  const element = document.createElement("span");
  const text = characters.join("");
  const [, before, word, after] = /^(\s*)(.*?)(\s*)$/s.exec(text);
  element.textContent = word;
  if (isUnheard) element.className = "unheard";
  return { before, element, after, endMs };
}

// The conversation as a client of the realtime protocol knows it: the server's events in, what is shown and heard out.

import { fromBase64, toBase64 } from "./pcm.js";

const EXTRAS = ["hearthside.partial_transcript", "hearthside.word_times", "hearthside.phase"];
const MOST_CARRIED = 20; // messages that a new session is told of the one that was lost

/**
 * One thing that was said, written or shown.
 * @typedef {{id: string, role: "user"|"assistant"|"note", text: string, picture?: string, words: {end_ms: number, end: number}[],
 *   isOpen: boolean, heard: number|null}} Message  `heard`: characters (code points) of an answer that was cut; null: all
 */

export class Conversation {
  /** @param {{send: Function, sendSound: Function}} connection */
  constructor(connection) {
    this.connection = connection;
    this.speaker = null; // once there is sound
    this.wants = { handsFree: true };
    this.onchange = () => {};
    this.forget();
    this.lose();
  }

  /** What was said is gone, also for who looks at the page. */
  forget() {
    /** @type {Message[]} */
    this.messages = [];
    this.untold = 0; // so many of the first ones does the session not know of
  }

  /** The session is over; what was said stays on the page, and is told to the next one. */
  lose() {
    this.sessionId = null;
    this.isReady = false;
    this.userSpeaks = false;
    this.isThinking = false;
    this.isAsking = false;
    this.response = null;
    this.dropped = new Set(); // answers that were interrupted: nothing more of them is played
    this.fallSilent();
    for (const message of this.messages) message.isOpen = false;
    this.untold = this.messages.length;
    this.onchange();
  }

  // --- what the user does -------------------------------------------------------------------------------

  /** @param {boolean} handsFree whether the server finds out when a turn is over */
  setHandsFree(handsFree) {
    this.wants.handsFree = handsFree;
    if (this.sessionId) this.configure();
  }

  /** @param {Int16Array} samples */
  hear(samples) {
    if (this.isReady) this.connection.sendSound(toBase64(samples));
  }

  /** Push to talk: what was heard since is a question. */
  ask() {
    this.connection.send({ type: "input_audio_buffer.commit" });
    this.isAsking = true; // once its words are known, if there are any
    this.isThinking = true;
    this.onchange();
  }

  /** What was heard was not meant. */
  unhear() {
    this.connection.send({ type: "input_audio_buffer.clear" });
  }

  /** @param {string} text */
  write(text) {
    this.interrupt();
    this.create([{ type: "input_text", text }]);
    this.connection.send({ type: "response.create" });
    this.isThinking = true;
    this.onchange();
  }

  /** Show a picture: the next question can be about it. @param {string} url a data: URL */
  show(url) {
    this.create([{ type: "input_image", image_url: url }], url);
  }

  create(content, picture) {
    const id = `page_${crypto.getRandomValues(new Uint32Array(2)).join("_")}`;
    const text = content.find((part) => part.type === "input_text")?.text ?? "";
    this.messages.push({ id, role: "user", text, picture, words: [], isOpen: false, heard: null });
    this.tell({ id, type: "message", role: "user", content });
    this.onchange();
  }

  tell(item) {
    this.connection.send({ type: "conversation.item.create", item });
  }

  /** Whatever is being said, or is going to be, ends now; what was played of it is what is remembered. */
  async interrupt() {
    this.isAsking = false;
    if (this.response !== null) {
      this.dropped.add(this.response);
      this.connection.send({ type: "response.cancel" });
      this.response = null;
    }
    this.isThinking = false;
    await this.fallSilent();
  }

  async fallSilent() {
    if (!this.speaker?.isPlaying) return;
    const flushed = this.speaker.flush();
    this.onchange();
    for (const { id, ms } of await flushed) {
      this.connection.send({ type: "conversation.item.truncate", item_id: id, content_index: 0, audio_end_ms: Math.floor(ms) });
      const message = this.find(id);
      if (!message) continue;
      message.isOpen = false;
      message.heard = message.words.reduce((heard, word) => (word.end_ms <= ms ? word.end : heard), 0);
      if (!message.words.length) message.heard = null; // nobody knows
    }
    this.onchange();
  }

  /** All of it was heard. */
  played(id) {
    const message = this.find(id);
    if (message) message.isOpen = false;
    this.onchange();
  }

  // --- what the server tells ----------------------------------------------------------------------------

  receive(event) {
    const handle = HANDLERS[event.type];
    if (!handle) return;
    handle.call(this, event);
    this.onchange();
  }

  configure() {
    const detection = this.wants.handsFree ? { type: "semantic_vad" } : null;
    const audio = { input: { turn_detection: detection, transcription: { model: "whisper-1" } } };
    this.connection.send({ type: "session.update", session: { type: "realtime", audio, include: EXTRAS } });
  }

  /** Tell a new session what was said in the one before. */
  carryOver() {
    const known = this.messages.slice(0, this.untold).filter(({ role }) => role !== "note");
    for (const { id, role, text, picture, heard } of known.slice(-MOST_CARRIED)) {
      const told = heard === null ? text : [...text].slice(0, heard).join("");
      const content = [];
      if (told.trim()) content.push({ type: role === "user" ? "input_text" : "output_text", text: told });
      if (picture) content.push({ type: "input_image", image_url: picture });
      if (content.length) this.tell({ id, type: "message", role, content });
    }
    this.untold = 0;
  }

  find(id) {
    return this.messages.find((message) => message.id === id);
  }

  open(id, role) {
    let message = this.find(id);
    if (!message) {
      message = { id, role, text: "", words: [], isOpen: true, heard: null };
      this.messages.push(message);
    }
    return message;
  }

  note(text) {
    this.messages.push({ id: `note_${this.messages.length}`, role: "note", text, words: [], isOpen: false, heard: null });
  }

  answerIfAsked() {
    if (this.isAsking) this.connection.send({ type: "response.create" });
    this.isAsking = false;
  }

  hearNothing(id) {
    if (this.isAsking) this.isThinking = false;
    this.isAsking = false;
    this.drop(id);
  }

  drop(id) {
    this.messages = this.messages.filter((message) => message.id !== id);
  }

  /** A model that cannot see would fail at every question from here on. */
  takePicturesBack() {
    for (const { id, picture } of this.messages) {
      if (!picture) continue;
      this.connection.send({ type: "conversation.item.delete", item_id: id });
      this.drop(id);
    }
  }
}

const HANDLERS = {
  "session.created"({ session }) {
    this.sessionId = session.id;
    this.configure();
    this.carryOver();
  },
  "session.updated"() {
    this.isReady = true;
  },
  "input_audio_buffer.speech_started"({ item_id: id }) {
    this.userSpeaks = true;
    this.isThinking = false;
    this.open(id, "user");
    if (this.response) this.dropped.add(this.response);
    this.fallSilent();
  },
  "input_audio_buffer.speech_stopped"() {
    this.userSpeaks = false;
    this.isThinking = true;
  },
  "hearthside.partial_transcript"({ item_id: id, text }) {
    if (text.trim()) this.open(id, "user").text = text;
  },
  "hearthside.phase"({ phase }) {
    if (phase !== "idle") return;
    this.userSpeaks = false;
    this.isThinking = false;
    const last = this.messages.at(-1); // what was heard came to nothing
    if (last?.role === "user" && last.isOpen) this.drop(last.id);
  },
  "input_audio_buffer.committed"({ item_id: id }) {
    this.userSpeaks = false;
    this.open(id, "user");
  },
  "conversation.item.input_audio_transcription.completed"({ item_id: id, transcript }) {
    const message = this.open(id, "user");
    message.text = transcript.trim();
    message.isOpen = false;
    if (message.text) this.answerIfAsked();
    else this.hearNothing(id);
  },
  "conversation.item.input_audio_transcription.failed"({ item_id: id }) {
    this.hearNothing(id);
    this.note("What you said could not be made out.");
  },
  "response.created"({ response }) {
    this.response = response.id;
    this.isThinking = true;
  },
  "response.output_audio_transcript.delta"({ response_id: of, item_id: id, delta }) {
    if (!this.dropped.has(of)) this.open(id, "assistant").text += delta;
  },
  "response.output_audio.delta"({ response_id: of, item_id: id, delta }) {
    if (!this.dropped.has(of)) this.speaker?.play(id, fromBase64(delta));
  },
  "response.output_audio.done"({ item_id: id }) {
    this.speaker?.end(id);
  },
  "hearthside.word_times"({ response_id: of, item_id: id, words }) {
    if (!this.dropped.has(of)) this.open(id, "assistant").words.push(...words);
  },
  "response.done"({ response }) {
    if (this.response === response.id) this.response = null;
    this.isThinking = false;
    for (const { id } of this.speaker ? [] : response.output) this.played(id);
    if (response.status !== "failed") return;
    const why = response.status_details?.error?.message ?? "";
    const hadPicture = this.messages.some(({ picture }) => picture);
    this.note(hadPicture ? `No answer could be had, and the picture was taken back: ${why}` : `No answer could be had: ${why}`);
    this.takePicturesBack();
  },
  error({ error }) {
    // Too late to matter: the answer was over, or had been cut, when that was asked for.
    if (["response_cancel_not_active", "item_not_found", "input_audio_buffer_commit_empty"].includes(error.code)) return;
    console.warn(error.message);
    this.note(error.message);
  },
};

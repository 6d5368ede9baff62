// The WebSocket to `/v1/realtime`: comes back by itself, ever more patiently, and says meanwhile that it is not there.

const WAITS_S = [0.5, 1, 1.5, 2, 3, 5, 8, 15];
const MOST_BEHIND = 2 ** 20; // bytes: sound that the network does not take is dropped, not told too late

export class Connection {
  /** @param {{onevent: (event: object) => void, onstate: (state: object) => void, token: () => string}} hooks */
  constructor({ onevent, onstate, token }) {
    this.onevent = onevent;
    this.onstate = onstate;
    this.token = token;
    this.socket = null;
    this.tries = 0;
    this.timer = 0;
    window.addEventListener("online", () => this.open());
    window.addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !this.socket) this.open(); });
  }

  /** Connect now, unless it is connected. */
  async open() {
    if (this.socket || this.isAsking) return;
    clearTimeout(this.timer);
    this.onstate({ is: "connecting" });
    this.isAsking = true;
    const welcome = await this.isWelcome().finally(() => { this.isAsking = false; });
    if (welcome === "no") return this.onstate({ is: "token wanted", wasWrong: this.token() !== "" });
    if (welcome === "nobody") return this.again();
    const protocols = ["realtime", ...(this.token() ? [`openai-insecure-api-key.${this.token()}`] : [])];
    const url = new URL("/v1/realtime?model=hearthside", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, protocols);
    this.socket = socket;
    socket.onmessage = ({ data }) => this.onevent(JSON.parse(data));
    socket.onopen = () => { this.tries = 0; };
    socket.onclose = ({ reason }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.again(reason);
    };
    return undefined;
  }

  /** Begin another session at once. */
  restart() {
    const socket = this.socket;
    this.socket = null;
    if (socket) socket.onmessage = null;
    socket?.close();
    return this.open();
  }

  send(event) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(event));
  }

  /** Sound: of no use when it is late. */
  sendSound(audio) {
    if (this.socket && this.socket.bufferedAmount < MOST_BEHIND) this.send({ type: "input_audio_buffer.append", audio });
  }

  /** A WebSocket that is refused does not tell why; a request does. */
  async isWelcome() {
    try {
      const headers = this.token() ? { Authorization: `Bearer ${this.token()}` } : {};
      const { status } = await fetch("/v1/models", { headers, signal: AbortSignal.timeout(5000) });
      return { 200: "yes", 401: "no", 403: "no" }[status] ?? "nobody"; // one that starts, or stops, says 503
    } catch {
      return "nobody";
    }
  }

  again(reason = "") {
    const wait = WAITS_S[Math.min(this.tries, WAITS_S.length - 1)] * (0.75 + Math.random() / 2);
    this.tries += 1;
    this.onstate({ is: "lost", reason, again: Date.now() + 1000 * wait });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), 1000 * wait);
  }
}

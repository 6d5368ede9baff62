"""In the place of a language model: a chat-completions server on loopback whose answers are known beforehand.

The first question of a conversation is answered by reading the text out, every later one by OTHERWISE; with
`--always` every question is answered by the text. So there is something to interrupt, the same for every system, and
nobody waits for a model.

Its first line on standard input is `{"text": TEXT}`.

usage: python -m scripts.peers.reading_server [--always]
"""

import argparse
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OTHERWISE = "All right."


def answer(messages: list[dict[str, Any]], text: str, *, always: bool) -> str:
    """What is said to these messages."""
    questions = sum(message["role"] == "user" for message in messages)
    return text if always or questions <= 1 else OTHERWISE


class Reader(BaseHTTPRequestHandler):
    """One request: messages in, words out, streamed or at once, as it is asked for."""

    protocol_version = "HTTP/1.1"
    text: str
    always: bool

    def do_POST(self) -> None:  # the name that http.server calls
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = answer(request["messages"], self.text, always=self.always)
        if request.get("max_tokens") == 1:  # a prompt is being warmed
            said = said.split()[0]
        if not request.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
            self._send("application/json", json.dumps(self._document("chat.completion", choice)))
            return
        words = [word if number == 0 else f" {word}" for number, word in enumerate(said.split())]
        deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
        deltas += [({"content": word}, None) for word in words]
        deltas.append(({}, "stop"))
        events = [
            json.dumps(
                self._document("chat.completion.chunk", {"index": 0, "delta": delta, "finish_reason": finish_reason})
            )
            for delta, finish_reason in deltas
        ]
        self._send("text/event-stream", "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"]))

    def log_message(self, *args: object) -> None:
        """Say nothing: the benchmark has its own report."""

    def _document(self, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": "reader", "choices": [choice]}

    def _send(self, kind: str, body: str) -> None:
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--always", action="store_true", help="read the text out as the answer to every question")
    Reader.always = parser.parse_args().always
    Reader.text = json.loads(sys.stdin.readline())["text"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Reader)
    server.daemon_threads = True
    print(json.dumps({"base_url": f"http://127.0.0.1:{server.server_port}/v1", "api_key": "peers"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

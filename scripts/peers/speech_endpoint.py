"""Piper behind an OpenAI-compatible speech endpoint on loopback, for a peer that has no Piper of its own.

It answers `POST /v1/audio/speech` with 16-bit PCM at RATE_HZ, each sentence as soon as it is made. The rate is the
peer's own: given Piper's 22,050 Hz it would spend seconds of a sentence on changing it.

usage: python -m scripts.peers.speech_endpoint VOICE.onnx
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import soxr
from piper import PiperVoice

RATE_HZ = 16_000


class Speaker(BaseHTTPRequestHandler):
    """One request: a text in, its sound out in chunks."""

    protocol_version = "HTTP/1.1"
    voice: PiperVoice

    def do_POST(self) -> None:  # the name that http.server calls
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "audio/pcm")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in self.voice.synthesize(request["input"]):
            sound = soxr.resample(chunk.audio_float_array, chunk.sample_rate, RATE_HZ)
            self._send(np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        self._send(b"")

    def log_message(self, *args: object) -> None:
        """Say nothing: the benchmark has its own report."""

    def _send(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def main(voice: str) -> None:
    Speaker.voice = PiperVoice.load(voice)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    server.daemon_threads = True
    print(json.dumps({"base_url": f"http://127.0.0.1:{server.server_port}/v1", "rate_hz": RATE_HZ}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])

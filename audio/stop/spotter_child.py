"""The process that listens for "emergency stop": `python -m audio.stop.spotter_child WISH`.

WISH is JSON: `model` (folder of a Whisper model), `threads`, `latch` (its file), `ear` (the socket on which the
microphone's sound comes, 16 kHz int16) and `news` (the socket on which a thread of the daemon waits). It sets and
releases the latch by itself, and then tells: first `news` (`stop PHRASE` or `resume PHRASE`), then the pipe. The first
message there is `ready`; after it come `spotted` (`phrase`) and, at least every 0.5 s, `alive` (`cpu_s`). It takes
`file` (`path`, `at`): the microphone is this file, read at the pace of `time.monotonic()`, whose reading `at` was its
sample 0.
"""

import contextlib
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

import numpy as np

from audio.child_side import ParentPipe, connect
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.stop.latch import Latch
from audio.stop.phrases import Order
from audio.stop.sockets import Receiver, Sender
from audio.stop.spotter import StopSpotter, keys_of
from audio.wav import read_wav

ALIVE_EVERY_S = 0.5
GATE_MODE = 1
"""Of webrtcvad: readily taken for speech; what follows costs little."""

Sound = queue.SimpleQueue[Pcm16]


def listen_to_socket(receiver: Receiver, sound: Sound) -> None:
    """Take in what comes, at once: the system keeps only some 200 ms of it."""
    while True:
        sound.put(np.frombuffer(receiver.receive(), np.int16))


def listen_to_file(path: Path, started_at_s: float, sound: Sound) -> None:
    """What is past is left out."""
    samples = read_wav(path)
    first = max(0, int((time.monotonic() - started_at_s) * MIC_RATE_HZ) // FRAME_SAMPLES * FRAME_SAMPLES)
    for start in range(first, len(samples), FRAME_SAMPLES):
        due_s = started_at_s + (start + FRAME_SAMPLES) / MIC_RATE_HZ
        time.sleep(max(0.0, due_s - time.monotonic()))
        sound.put(samples[start : start + FRAME_SAMPLES])


def obey(pipe: ParentPipe, sound: Sound) -> None:
    """Do what the daemon says, until it closes the pipe; then leave."""
    for header, _ in pipe.receive():
        if header["type"] == "file":
            given = (Path(header["path"]), float(header["at"]), sound)
            threading.Thread(target=listen_to_file, args=given, daemon=True).start()
    os._exit(0)


def serve(pipe: ParentPipe, spotter: StopSpotter, latch: Latch, news: Sender, sound: Sound) -> None:
    """Listen, for ever."""
    alive_at_s = time.monotonic()
    pending: Pcm16 = np.zeros(0, np.int16)
    start = 0
    while True:
        with contextlib.suppress(queue.Empty):
            pending = np.concatenate([pending, sound.get(timeout=ALIVE_EVERY_S)])
        while len(pending) >= FRAME_SAMPLES:
            frame, pending = Frame(start, pending[:FRAME_SAMPLES]), pending[FRAME_SAMPLES:]
            start += FRAME_SAMPLES
            wanted = Order.RESUME if latch.is_stopped else Order.STOP
            spotted = spotter.push(frame, wanted)
            if spotted is None:
                continue
            _ = latch.stop() if spotted.order is Order.STOP else latch.resume()
            news.send(f"{spotted.order.value} {spotted.phrase}".encode())
            pipe.send({"type": "spotted", "phrase": spotted.phrase})
        if time.monotonic() - alive_at_s >= ALIVE_EVERY_S:
            alive_at_s = time.monotonic()
            pipe.send({"type": "alive", "cpu_s": time.process_time()})


def main(args: list[str]) -> None:
    pipe = connect()
    wish = json.loads(args[0])
    try:
        from audio.stop.keyphrases import Keyphrases  # here: it comes with an extra that may not be installed
        from audio.stop.likelihood import PhraseLikelihood
        from audio.vad.webrtc import WebRtcVad

        likelihood = PhraseLikelihood(Path(wish["model"]), threads=wish["threads"])
        likelihood.of(np.zeros(MIC_RATE_HZ, np.float32), "Stop")  # the first one takes longer
        spotter = StopSpotter(WebRtcVad(GATE_MODE), Keyphrases(keys_of()), likelihood.of)
        receiver = Receiver(Path(wish["ear"]))
        latch = Latch(Path(wish["latch"]))
    except ImportError as error:
        pipe.send({"type": "error", "message": f"{error}; install Hearthside with its extra `stop`"})
        os._exit(1)
    except Exception as error:
        pipe.send({"type": "error", "message": f"{type(error).__name__}: {error}"})
        os._exit(1)
    sound: Sound = queue.SimpleQueue()
    threading.Thread(target=listen_to_socket, args=(receiver, sound), daemon=True).start()
    threading.Thread(target=obey, args=(pipe, sound), daemon=True).start()
    pipe.send({"type": "ready"})
    serve(pipe, spotter, latch, Sender(Path(wish["news"])), sound)


if __name__ == "__main__":
    main(sys.argv[1:])

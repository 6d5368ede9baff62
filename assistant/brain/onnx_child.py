"""The child process that runs the embedded language model in ONNX Runtime.

Run by `assistant.brain.onnx_runtime` as `python -m assistant.brain.onnx_child FOLDER CONTEXT THREADS`. It works on
one request at a time, in order. Between two tokens it looks what has come in: what was dropped ends at once, and a
prefix is only warmed as long as nothing else waits.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from assistant.brain.chat_prompt import ChatPrompt
from assistant.brain.decoder import ContextFull, Decoder
from assistant.brain.sampling import choose
from audio.child_messages import Header
from audio.child_side import GIVES_WAY, ParentPipe, connect


class Inbox:
    """The requests that wait, and which of them are still wanted."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()
        self._waiting: deque[Header] = deque()
        self._current: Header | None = None

    def fill(self, pipe: ParentPipe) -> None:
        """Take requests off the pipe until it closes, then end the process."""
        for header, _ in pipe.receive():
            with self._arrived:
                if header["type"] == "drop":
                    self._drop(header["id"])
                else:
                    self._waiting.append(header)
                self._arrived.notify()
        os._exit(0)  # nothing here needs saving

    def take(self) -> Header:
        """The next request; waits for one."""
        with self._arrived:
            self._current = None
            self._arrived.wait_for(lambda: self._waiting)
            self._current = self._waiting.popleft()
            return self._current

    def still_wanted(self) -> bool:
        """Whether to go on with the request that was taken last."""
        with self._arrived:
            return self._current is not None and not (self._current["type"] == "warm" and self._waiting)

    def _drop(self, request: int) -> None:
        if self._current is not None and self._current["id"] == request:
            self._current = None
        self._waiting = deque(header for header in self._waiting if header["id"] != request)


class Talker:
    """Does the requests."""

    def __init__(self, folder: Path, context_tokens: int, threads: int) -> None:
        self._decoder = Decoder(folder, context_tokens=context_tokens, threads=threads)
        self._prompt = ChatPrompt(folder)
        self._random = np.random.default_rng()
        self._judged: tuple[list[int], float] = [], 0.0
        """The last prompt of which the end was judged, and how likely it is."""

    def warm(self, request: Header) -> Iterator[Header]:
        """Evaluate a prompt's beginning, of a question that is still being said as far as its last word."""
        said = self._prompt.up_to_last_word(request["messages"])
        yield from self._evaluated(said or self._prompt.beginning(request["messages"]), said)
        yield {"type": "done"}

    def answer(self, request: Header) -> Iterator[Header]:
        """Evaluate the prompt and write the answer, a reply with every token."""
        prompt = self._prompt.question(request["messages"])
        cached = yield from self._evaluated(prompt, self._prompt.up_to_last_word(request["messages"]))
        text, written = self._prompt.text(), 0
        while True:
            token = choose(self._decoder.logits(), request["temperature"], self._random)
            if token in self._prompt.ends:
                break
            written += 1
            yield {"type": "text", "text": text.add(token)}
            if written >= request["max_tokens"] or not self._decoder.room:
                break
            for _ in self._decoder.evaluate([token]):
                pass
        yield {"type": "done", "prompt": len(prompt), "cached": cached, "completion": written}

    def _evaluated(self, prompt: list[int], said: list[int]) -> Generator[Header, None, int]:
        """Evaluate in two pieces: after what was said, a reply tells how likely it is all. Returns what was cached."""
        cached = len(prompt)
        if said and said != self._judged[0]:
            cached = self._decoder.begin(said)
            yield from self._progress(said[cached:])
            self._judged = said, self._prompt.end_expected(self._decoder.logits())
        if said:
            yield {"type": "end expected", "probability": self._judged[1]}
        if prompt != said or cached == len(prompt):
            begun = self._decoder.begin(prompt)
            cached = min(cached, begun)
            yield from self._progress(prompt[begun:])
        return cached

    def _progress(self, tokens: list[int]) -> Iterator[Header]:
        for _ in self._decoder.evaluate(tokens):
            yield {"type": "progress"}


def main(folder: Path, context_tokens: int, threads: int) -> None:
    """Serve until the daemon goes away."""
    pipe = connect(niceness=GIVES_WAY)
    try:
        talker = Talker(folder, context_tokens, threads)
    except Exception as error:  # whatever native code makes of a file that it cannot use
        pipe.send(
            {
                "type": "error",
                "message": f"the embedded language model cannot use {folder}: {error}; remove that folder, "
                "and it is made again",
            }
        )
        return
    inbox = Inbox()
    threading.Thread(target=inbox.fill, args=(pipe,), name="inbox", daemon=True).start()
    pipe.send({"type": "ready"})
    while True:
        request = inbox.take()
        work = talker.warm(request) if request["type"] == "warm" else talker.answer(request)
        try:
            for reply in work:
                if not inbox.still_wanted():
                    pipe.send({"type": "done", "id": request["id"]})  # whoever warmed may wait; what it got is kept
                    break
                if reply["type"] != "progress":
                    pipe.send({**reply, "id": request["id"]})
        except ContextFull:
            pipe.send({"type": "failed", "id": request["id"], "message": "was asked more than llm.context_tokens hold"})


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

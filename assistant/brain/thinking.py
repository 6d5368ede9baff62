"""Telling a model's inline reasoning from its answer; no I/O."""

from assistant.conversation.messages import ReasoningDelta, TextDelta

OPEN, CLOSE = "<think>", "</think>"


class ThinkSplitter:
    """Splits streamed text at `<think>` and `</think>`, however the tags are cut into pieces.

    Text is passed on at once; only a tail that may be the beginning of a tag is held back.
    """

    def __init__(self) -> None:
        self._held = ""
        self._is_thinking = False
        self._skip_space = False

    def feed(self, text: str) -> list[TextDelta | ReasoningDelta]:
        """What `text` adds to the answer and to the reasoning, in order."""
        self._held += text
        deltas: list[TextDelta | ReasoningDelta] = []
        while True:
            tag = CLOSE if self._is_thinking else OPEN
            before, found, after = self._held.partition(tag)
            if not found:
                break
            self._add(deltas, before)
            self._held = after
            self._is_thinking = not self._is_thinking
            self._skip_space = True
        keep = _possible_start(self._held, tag)
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(ready) :]
        self._add(deltas, ready)
        return deltas

    def end(self) -> list[TextDelta | ReasoningDelta]:
        """What was held back and turned out to be no tag."""
        deltas: list[TextDelta | ReasoningDelta] = []
        self._add(deltas, self._held)
        self._held = ""
        return deltas

    def _add(self, deltas: list[TextDelta | ReasoningDelta], text: str) -> None:
        if self._skip_space:  # models put blank lines around the tags
            text = text.lstrip()
        if text:
            self._skip_space = False
            deltas.append(ReasoningDelta(text) if self._is_thinking else TextDelta(text))


def _possible_start(text: str, tag: str) -> int:
    """Length of the longest end of `text` that begins `tag`."""
    return next((size for size in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:size])), 0)

"""Which transcription to ask for next while the user speaks, and what the ones so far have given. Pure."""

from dataclasses import dataclass

from assistant.conversation.wording import means_same

FIRST_PASS_S = 0.4
"""Speech from which a first pass is worth while: a word or two."""

EVERY_S = 0.06
"""Least new audio for a further pass; in practice the length of a pass decides."""

SLOW_PASS_S = 0.4
"""A pass longer than this cannot keep up with speech: the machine is needed for other things, too."""

BACK_OFF = 4.0
"""From then on a pass in mid-speech waits for so many times its length of new audio."""


@dataclass(slots=True)
class RollingTranscript:
    """The transcript of a turn in the making. At most one pass is under way."""

    from_s: float
    """Onset of the turn."""
    text: str = ""
    until_s: float = 0.0
    """End of the audio that `text` covers; 0 before the first pass."""
    changed_s: float = 0.0
    """End of the audio at which the wording changed last."""
    finished: float = 0.5
    """How likely the words alone make a finished utterance."""
    failure: str = ""
    """Why the last pass gave nothing."""
    has_stalled: bool = False
    """Whether that was since it never came: nor may the next one."""
    _pending_s: float | None = None
    """End of the audio of the pass under way."""
    _asked_s: float = 0.0
    _slow_s: float = 0.0
    """Length of the last pass that was too slow; 0 where there was none."""

    @property
    def has_backed_off(self) -> bool:
        """Whether passes in mid-speech were made rarer, the machine being too slow for them."""
        return self._slow_s > 0

    def covers(self, end_s: float) -> bool:
        """Whether all that was said until then is in the text."""
        return self.until_s > 0 and self.until_s >= end_s - 1e-6

    def ask(self, at_s: float, *, is_pause: bool) -> bool:
        """Whether to start a pass over the audio up to `at_s` now; if so, it counts as under way."""
        if self._pending_s is not None:
            return False
        if not is_pause:
            new_s = at_s - (self.until_s or self.from_s)
            least_s = max(EVERY_S, BACK_OFF * self._slow_s) if self.until_s else FIRST_PASS_S
            if new_s < least_s - 1e-6:
                return False
        self._pending_s, self._asked_s = at_s, at_s
        return True

    def mind_stall(self, at_s: float, within_s: float) -> None:
        """Give the pass under way up if it was asked for that long ago: it will not come any more."""
        if self._pending_s is not None and at_s - self._asked_s >= within_s - 1e-6:
            self.fail("speech-to-text took too long", at_s)
            self.has_stalled = True

    def take(self, text: str, until_s: float, at_s: float, finished: float) -> bool:
        """A pass has given this at `at_s`; returns whether the wording has changed."""
        self._over(at_s)
        self.failure, self.has_stalled = "", False
        text = text.strip()
        has_changed = not means_same(text, self.text)
        if has_changed:
            self.changed_s = until_s
        self.text, self.until_s, self.finished = text, until_s, finished
        return has_changed

    def fail(self, reason: str, at_s: float) -> None:
        """The pass under way gave nothing."""
        if self._pending_s is not None:
            self.until_s = self._pending_s
        self._over(at_s)
        self.failure = reason

    def _over(self, at_s: float) -> None:
        if self._pending_s is not None and (took_s := at_s - self._asked_s) > SLOW_PASS_S:
            self._slow_s = took_s
        self._pending_s = None

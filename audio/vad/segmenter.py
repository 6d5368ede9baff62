"""From probabilities, frame by frame, to speech that has begun and speech that has paused. Pure: no clock, no I/O."""

from dataclasses import dataclass

RELEASE_BELOW = 0.15
"""Speech goes on until the probability falls this far below the threshold (Silero's own hysteresis)."""

DIP_MS = 60
"""Shorter gaps are part of speech: the closure of a stop consonant lasts 50 to 100 ms, often less."""


@dataclass(frozen=True, slots=True)
class SpeechState:
    """What is known after a frame; times in seconds on the session's clock.

    `onset_s` is where the current (or last) speech began, `last_speech_end_s` where its last frame ended. `may_begin`
    tells of voice that has not lasted long enough to be speech.
    """

    is_speaking: bool
    onset_s: float | None
    last_speech_end_s: float | None
    silence_s: float
    may_begin: bool = False


class Segmenter:
    """Speech begins after `onset_ms` of it, dated at its first frame, and pauses after DIP_MS without."""

    def __init__(self, *, threshold: float, onset_ms: int) -> None:
        self._threshold = threshold
        self._release = max(threshold - RELEASE_BELOW, 0.01)
        self._onset_s = onset_ms / 1000
        self._is_speaking = False
        self._candidate_s: float | None = None
        """Where frames that may become speech began."""
        self._began_s: float | None = None
        self._last_end_s: float | None = None

    def push(self, start_s: float, end_s: float, probability: float, *, at_once: float | None = None) -> SpeechState:
        """Take in the frame from `start_s` to `end_s`.

        With a probability of `at_once` it is speech by itself; 1 is what a detector says that knows only yes and no.
        """
        is_speech = probability >= (self._release if self._is_speaking else self._threshold)
        if self._is_speaking:
            if is_speech:
                self._last_end_s = end_s
            elif self._last_end_s is not None and end_s - self._last_end_s >= DIP_MS / 1000 - 1e-9:
                self._is_speaking = False
                self._candidate_s = None
        elif is_speech:
            if self._candidate_s is None:
                self._candidate_s = start_s
            is_sure = at_once is not None and at_once <= probability < 1.0
            if is_sure or end_s - self._candidate_s >= self._onset_s - 1e-9:
                self._is_speaking = True
                self._began_s = self._candidate_s
                self._last_end_s = end_s
        else:
            self._candidate_s = None
        silence_s = end_s - self._last_end_s if self._last_end_s is not None else end_s
        may_begin = not self._is_speaking and self._candidate_s is not None
        return SpeechState(self._is_speaking, self._began_s, self._last_end_s, silence_s, may_begin)

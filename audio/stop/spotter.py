"""Whether "emergency stop" has just been said: a cheap look at everything, a thorough one at what may be it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from audio.frames import FRAME_SAMPLES, Frame, Pcm16, PcmFloat, to_float
from audio.recent import RecentAudio
from audio.stop.keyphrases import Candidate
from audio.stop.phrases import PHRASES, Order, Phrase
from audio.vad.protocol import VoiceActivityDetector

LEAD_S = 0.3
"""Sound before the first frame that may be speech: a soft beginning is in it."""
HOLD_S = 1.0
"""So long after the last such frame it is still listened to."""
LONGEST_STRETCH_S = 30.0
"""Then the first look begins anew, with the next quiet frame: what it keeps grows with the stretch."""
BEFORE_S = 0.25
"""Of the sound before a candidate, for the second look."""
KEPT_S = 4.0
LONGEST_S = 3.0


class FirstLook(Protocol):
    """See `audio.stop.keyphrases.Keyphrases`."""

    def begin(self) -> None: ...

    def end(self) -> None: ...

    def push(self, samples: Pcm16) -> list[Candidate]: ...


@dataclass(frozen=True, slots=True)
class Spotted:
    """A phrase was said that ended at about `at_s`, on the clock of the frames."""

    order: Order
    phrase: str
    at_s: float


@dataclass(slots=True)
class _Suspicion:
    phrase: Phrase
    from_s: float
    next_try_s: float
    give_up_s: float


class StopSpotter:
    """Push every frame of the microphone; it says when an order was given."""

    def __init__(
        self,
        gate: VoiceActivityDetector,
        first_look: FirstLook,
        likelihood: Callable[[PcmFloat, str], float],
        phrases: Sequence[Phrase] = PHRASES,
    ) -> None:
        self._gate = gate
        self._first_look = first_look
        self._likelihood = likelihood
        self._keys = {key: (phrase, lead_s) for phrase in phrases for key, _, lead_s in phrase.keys}
        self._recent = RecentAudio(KEPT_S)
        self._open_until_s = 0.0
        self._began_s: float | None = None
        self._suspicions: list[_Suspicion] = []
        self.second_looks = 0

    def push(self, frame: Frame, wanted: Order) -> Spotted | None:
        """Take in the next frame; `wanted` is what makes sense now."""
        self._recent.append(frame)
        if self._gate.probability(frame) >= 0.5:
            self._open_until_s = frame.end_s + HOLD_S
        if frame.end_s > self._open_until_s:
            self._close()
            return None
        self._look(frame, wanted)
        return self._look_again(frame.end_s, wanted)

    def _look(self, frame: Frame, wanted: Order) -> None:
        samples = frame.samples
        is_quiet = frame.end_s < self._open_until_s - HOLD_S / 2
        if self._began_s is not None and frame.end_s - self._began_s > LONGEST_STRETCH_S and is_quiet:
            self._close()
        if self._began_s is None:
            self._first_look.begin()
            self._began_s, samples = self._recent.between(frame.end_s - LEAD_S, frame.end_s)
        for candidate in self._first_look.push(samples):
            phrase, lead_s = self._keys[candidate.key]
            if phrase.order is wanted:
                self._suspect(phrase, self._began_s + candidate.start_s - lead_s - BEFORE_S, frame.end_s)

    def _suspect(self, phrase: Phrase, from_s: float, now_s: float) -> None:
        known = next((one for one in self._suspicions if one.phrase is phrase), None)
        if known is not None:
            self._suspicions.remove(known)
        next_try_s, give_up_s = now_s + phrase.first_try_s, now_s + phrase.last_try_s
        self._suspicions.append(_Suspicion(phrase, from_s, next_try_s, give_up_s))

    def _look_again(self, now_s: float, wanted: Order) -> Spotted | None:
        self._suspicions = [
            one for one in self._suspicions if now_s <= one.give_up_s + 1e-6 and one.phrase.order is wanted
        ]
        for one in self._suspicions:
            if now_s < one.next_try_s - 1e-6:
                continue
            one.next_try_s = now_s + one.phrase.try_every_s
            _, samples = self._recent.between(max(one.from_s, now_s - LONGEST_S), now_s)
            self.second_looks += 1
            if self._likelihood(to_float(samples), one.phrase.text) >= one.phrase.enough:
                self._close()
                return Spotted(one.phrase.order, one.phrase.text.strip(".").lower(), now_s)
        return None

    def _close(self) -> None:
        """Silence: nothing is under way. An open suspicion ends with it."""
        if self._began_s is not None:
            self._first_look.end()
            self._began_s = None
        self._suspicions.clear()


def frames_of(samples: Pcm16, start: int = 0) -> list[Frame]:
    """Whole frames of a recording, the first at sample `start`; a rest is left out."""
    return [
        Frame(start + first, samples[first : first + FRAME_SAMPLES])
        for first in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    ]


def keys_of(phrases: Sequence[Phrase] = PHRASES) -> dict[str, float]:
    """What the first look is to listen for."""
    return {key: ratio for phrase in phrases for key, ratio, _ in phrase.keys}

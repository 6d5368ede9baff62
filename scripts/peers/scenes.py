"""What the microphone hears in the comparisons: a question, then somebody speaks over the answer, or its echo."""

from dataclasses import replace

import numpy as np

from audio.echo.protocol import EchoCanceller
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Pcm16, to_float, to_pcm16
from audio.resample import StreamResampler
from audio.virtual_room import LiveEcho, Room
from scripts.peers.conversation import FRAME_S, frame_of, padded
from scripts.peers.timeline import Timeline

BEFORE_S = 0.5
"""Silence before the question."""
ANSWER_WITHIN_S = 15.0
"""An answer that has not begun so long after the question is none."""
QUIET_S = 3.0
"""A system that was silent for so long after the sound over it does not go on; ours goes on after 2.5 s at most."""
ASKED_AGAIN_S = 6.0
"""One that is silent for so long is asked again, so that it goes on talking."""
ECHO_DELAY_S = 0.08
"""From a sample's playing to its echo's first sound at the microphone: 48 to 91 ms were measured on sound cards."""
LEAD_S = 0.01
"""The canceller of a client is told what is played so much before its echo comes."""
KNOWN_AFTER_S = 0.03
"""What has been played is known so late at the latest: a system tells of a block when it has begun."""


class Overlapped:
    """A question; some time after the answer's first sound another sound over it; silence for as long as it talks."""

    def __init__(self, question: Pcm16, sound: Pcm16, *, after_s: float) -> None:
        """`sound` begins, with its first sample, `after_s` after the first sound of the answer."""
        self.onset_s: float | None = None
        """When it began; None: the answer has not come."""
        self._asked = np.concatenate([np.zeros(round(BEFORE_S * MIC_RATE_HZ), np.int16), question])
        self._sound = sound
        self._after_s = after_s
        self._first = 0

    def frame(self, number: int, played: Timeline) -> Pcm16 | None:
        now_s = number * FRAME_S
        answer_s = played.begin_s
        if self.onset_s is None and answer_s is not None and now_s >= answer_s + self._after_s:
            self.onset_s, self._first = now_s, number
        if self.onset_s is None:
            waited_s = now_s - len(self._asked) / MIC_RATE_HZ
            return None if answer_s is None and waited_s > ANSWER_WITHIN_S else frame_of(self._asked, number)
        sound_end_s = self.onset_s + len(self._sound) / MIC_RATE_HZ
        if now_s > max(sound_end_s, played.end_s) + QUIET_S:
            return None
        return frame_of(self._sound, number - self._first)


class InRoom:
    """A question, and in a room the echo of all that the system plays.

    With a canceller the echo is taken out as the client of a remote assistant does: knowing what it plays, to the
    sample. The room's clocks do not drift.
    """

    def __init__(
        self, question: Pcm16, room: Room, *, seconds: float, rate_hz: int, canceller: EchoCanceller | None = None
    ) -> None:
        """It lasts `seconds`; `rate_hz` is that of what the system plays."""
        self._question = question
        self._asked_at = round(BEFORE_S / FRAME_S)
        self._frames = round(seconds / FRAME_S)
        self._room = replace(room, drift_ppm=0.0, delay_s=ECHO_DELAY_S)
        self._echo = LiveEcho(self._room)
        self._canceller = canceller
        self._resampler = StreamResampler(rate_hz, MIC_RATE_HZ, quality="MQ")
        self._taken = 0
        """Samples of what was played that have been taken, at its rate."""
        self._ready = np.zeros(round(ECHO_DELAY_S * MIC_RATE_HZ), np.int16)
        """What was played and has not reached the microphone."""
        self._random = np.random.default_rng(0)

    def frame(self, number: int, played: Timeline) -> Pcm16 | None:
        if number >= self._frames:
            return None
        asked_s = self._asked_at * FRAME_S + len(self._question) / MIC_RATE_HZ
        if number * FRAME_S > max(played.end_s, asked_s) + ASKED_AGAIN_S:
            self._asked_at = number
        near = frame_of(self._question, number - self._asked_at) if number >= self._asked_at else padded(_NOTHING)
        self._take((number + 1) * FRAME_S, played)
        noise = 10 ** (self._room.noise_dbfs / 20) * self._random.standard_normal(FRAME_SAMPLES)
        heard = to_pcm16((to_float(near) + self._echo.push(self._arriving(0)) + noise).astype(np.float32))
        if self._canceller is not None:
            heard = self._canceller.process(heard, self._arriving(round(LEAD_S * MIC_RATE_HZ)))
        self._ready = self._ready[FRAME_SAMPLES:]
        return heard

    def _take(self, now_s: float, played: Timeline) -> None:
        """Take what was played up to now, as far as it is known."""
        known = max(self._taken, round((now_s - KNOWN_AFTER_S) * played.rate_hz))
        self._ready = np.concatenate([self._ready, self._resampler.push(played.between(self._taken, known))])
        self._taken = known

    def _arriving(self, lead: int) -> Pcm16:
        """What left the speaker ECHO_DELAY_S before the frame in hand, or `lead` samples later."""
        return padded(self._ready[lead : lead + FRAME_SAMPLES])


_NOTHING = np.zeros(0, np.int16)

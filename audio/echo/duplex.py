"""A microphone and a speaker in one room: what the speaker plays is taken out of what the microphone hears."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from audio.clock import SampleClock
from audio.devices.protocol import DeviceHealth, Microphone, Played, Speaker
from audio.echo.far_end import KEPT_S, FarEnd
from audio.echo.likeness import MAX_DELAY_S, likeness
from audio.echo.protocol import EchoCanceller
from audio.frames import MIC_RATE_HZ, Frame, Pcm16
from audio.recent import RecentAudio

ANOTHER_ROOM_AFTER = 50
"""Frames. Through so long a gap the canceller has heard no echo of what was played, and what comes after it may be
another microphone: it is told to forget."""


class TappedSpeaker:
    """A speaker that tells the far end all that it is given, and all that it reports."""

    def __init__(self, speaker: Speaker, far_end: FarEnd) -> None:
        self.rate_hz = speaker.rate_hz
        self._speaker = speaker
        self._far_end = far_end

    def write(self, samples: Pcm16) -> None:
        self._far_end.wrote(samples)
        self._speaker.write(samples)

    def clear(self) -> int:
        epoch = self._speaker.clear()
        self._far_end.cleared(epoch)
        return epoch

    def duck(self, *, is_ducked: bool) -> None:
        self._far_end.ducking.is_ducked = is_ducked
        self._speaker.duck(is_ducked=is_ducked)

    async def reports(self) -> AsyncIterator[Played]:
        async for report in self._speaker.reports():
            self._far_end.played(report)
            yield report

    def health(self) -> DeviceHealth:
        return self._speaker.health()


class CleanMicrophone:
    """A microphone without the echo of the far end; dates and gaps are those of the microphone."""

    def __init__(self, microphone: Microphone, far_end: FarEnd, canceller: EchoCanceller) -> None:
        self._microphone = microphone
        self._far_end = far_end
        self._canceller = canceller
        self._recent = RecentAudio(KEPT_S)

    @property
    def clock(self) -> SampleClock:
        return self._microphone.clock

    async def frames(self) -> AsyncIterator[Frame]:
        gaps = 0
        async for frame in self._microphone.frames():
            far = self._far_end.frame(frame.start_sample)
            if gaps >= ANOTHER_ROOM_AFTER and not frame.is_gap:
                self._canceller.reset()
            gaps = gaps + 1 if frame.is_gap else 0
            clean = replace(frame, samples=self._canceller.process(frame.samples, far))
            self._recent.append(clean)
            yield clean

    def between(self, from_s: float, until_s: float) -> tuple[float, Pcm16]:
        """What it has given of the last KEPT_S seconds: the start in seconds, and the samples."""
        return self._recent.between(from_s, until_s)

    def health(self) -> DeviceHealth:
        return self._microphone.health()


@dataclass(frozen=True, slots=True)
class Duplex:
    """Both devices, as a conversation uses them."""

    microphone: CleanMicrophone
    speaker: TappedSpeaker
    far_end: FarEnd

    @classmethod
    def of(cls, microphone: Microphone, speaker: Speaker, canceller: EchoCanceller, *, lead_s: float) -> "Duplex":
        """See `FarEnd` for `lead_s`."""
        far_end = FarEnd(speaker.rate_hz, lead_s=lead_s)
        return cls(CleanMicrophone(microphone, far_end, canceller), TappedSpeaker(speaker, far_end), far_end)

    def likeness(self, from_s: float, until_s: float) -> float:
        """How alike the microphone's clean sound in that stretch is to what was being played, from 0 to 1.

        Times are the session's, at most KEPT_S ago. From 0.7 on it is an echo that was not cancelled (see the tests);
        it takes 0.1 ms for a stretch of 0.3 s.
        """
        start_s, near = self.microphone.between(from_s, until_s)
        _, far = self.far_end.between(start_s - MAX_DELAY_S, start_s + len(near) / MIC_RATE_HZ)
        return likeness(near, far)

"""A microphone and a speaker in one room: what the speaker plays is taken out of what the microphone hears."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from audio.clock import SampleClock
from audio.devices.protocol import DeviceHealth, Microphone, Played, Speaker
from audio.echo.coupling import Coupling
from audio.echo.far_end import KEPT_S, FarEnd
from audio.echo.likeness import MAX_DELAY_S, likeness
from audio.echo.none import NoCancellation
from audio.echo.protocol import EchoCanceller
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16, level_dbfs
from audio.recent import RecentAudio

log = logging.getLogger(__name__)

ANOTHER_ROOM_AFTER = 50
"""Frames. Through so long a gap the canceller has heard no echo of what was played, and what comes after it may be
another microphone: it is told to forget. In a virtual room, the first sentence that was played to another microphone
was brought down by 32 dB then, and by 7 dB, and taken for a voice twice, without."""
COMPARED_FRAMES = MIC_RATE_HZ // 2 // FRAME_SAMPLES
"""Half a second at a time tells whether there is an echo."""
SOUNDING_DBFS, SILENT_DBFS = -40.0, -70.0
LIVE_DBFS = -90.0
"""A microphone that is softer gives no sound at all: it is switched off, or gone."""


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
    """A microphone without the echo of the far end; dates and gaps are those of the microphone.

    Where it does not hear the speaker (headphones), its sound is left as it is: no canceller leaves a voice unharmed.
    """

    def __init__(self, microphone: Microphone, far_end: FarEnd, canceller: EchoCanceller) -> None:
        self._microphone = microphone
        self._far_end = far_end
        self._canceller = canceller
        self._coupling = Coupling()
        self._is_compared = not isinstance(canceller, NoCancellation)
        self._raw = RecentAudio(KEPT_S)
        self._recent = RecentAudio(KEPT_S)
        self._frames = 0

    @property
    def clock(self) -> SampleClock:
        return self._microphone.clock

    @property
    def hears_speaker(self) -> bool:
        """Whether there is an echo to take out, as far as is known."""
        return self._coupling.is_coupled

    async def frames(self) -> AsyncIterator[Frame]:
        gaps = 0
        async for frame in self._microphone.frames():
            far = self._far_end.frame(frame.start_sample)
            if gaps >= ANOTHER_ROOM_AFTER and not frame.is_gap:
                self._canceller.reset()
            gaps = gaps + 1 if frame.is_gap else 0
            # Also where it is not used, so that it knows the room on the day when the headphones are unplugged.
            clean = replace(frame, samples=self._canceller.process(frame.samples, far))
            self._raw.append(frame)
            self._frames += 1
            if self._is_compared and self._frames % COMPARED_FRAMES == 0:
                self._compare(frame.end_s)
            heard = clean if self._coupling.is_coupled else frame
            self._recent.append(heard)
            yield heard

    def between(self, from_s: float, until_s: float) -> tuple[float, Pcm16]:
        """What it has given of the last KEPT_S seconds: the start in seconds, and the samples."""
        return self._recent.between(from_s, until_s)

    def mute(self, *, is_muted: bool) -> None:
        self._microphone.mute(is_muted=is_muted)

    def health(self) -> DeviceHealth:
        return self._microphone.health()

    def _compare(self, until_s: float) -> None:
        start_s, near = self._raw.between(until_s - COMPARED_FRAMES * FRAME_SAMPLES / MIC_RATE_HZ, until_s)
        _, far = self._far_end.between(start_s - MAX_DELAY_S, until_s)
        near_dbfs, far_dbfs = level_dbfs(near), level_dbfs(far)
        if near_dbfs < LIVE_DBFS:
            return
        if far_dbfs < SILENT_DBFS:
            self._coupling.idle(near_dbfs)
        elif far_dbfs >= SOUNDING_DBFS and self._coupling.sounding(near_dbfs, likeness(near, far)):
            log.info("the microphone %s the speaker", "hears" if self.hears_speaker else "does not hear")


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

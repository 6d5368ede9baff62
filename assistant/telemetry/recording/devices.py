"""A recorded microphone and its detectors, and a speaker as slow as the recorded one, on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np

from assistant.telemetry.recording.reader import Event, Recording
from audio.clock import SampleClock
from audio.devices.paced import PacedSpeaker
from audio.devices.protocol import DeviceHealth, Played
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.virtual_time import VirtualClock
from audio.wake.protocol import WakeWord

ASKED_S = 0.005
"""A device is asked how it is just after a frame has come."""

BLOCK_S = 0.01
"""The paced speaker's own latency, at most."""


@dataclass(slots=True)
class Lost:
    """Why a device was gone, and when."""

    changes: list[Event]

    def now(self) -> str:
        """ "" while it was there."""
        now_s = VirtualClock().now() + ASKED_S
        return next((str(change["lost"]) for change in reversed(self.changes) if change["at"] <= now_s), "")


@dataclass(slots=True)
class RecordedMicrophone:
    """Gives every frame at the moment at which it came, and silence, in time, after the last."""

    frames_heard: list[Event]
    samples: Pcm16
    """The sound of those frames, one after the other, shape (n,)."""
    lost: "Lost" = field(default_factory=lambda: Lost([]))
    clock: SampleClock = field(default_factory=VirtualClock)

    async def frames(self) -> AsyncIterator[Frame]:
        start, at = 0, 0.0
        for index, heard in enumerate(self.frames_heard):
            start, at = int(heard["start"]), float(heard["at"])
            await asyncio.sleep(max(0.0, at - self.clock.now()))
            sound = self.samples[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES]
            sound = np.pad(sound, (0, FRAME_SAMPLES - len(sound)))
            yield Frame(start, sound, bool(heard.get("is_gap")), bool(heard.get("is_after_end")))
        while True:
            start += FRAME_SAMPLES
            await asyncio.sleep(max(0.0, (start + FRAME_SAMPLES) / MIC_RATE_HZ - self.clock.now()))
            yield Frame(start, np.zeros(FRAME_SAMPLES, np.int16), is_after_end=True)

    def mute(self, *, is_muted: bool) -> None:
        """It was recorded as silence."""

    def health(self) -> DeviceHealth:
        return DeviceHealth(lost=self.lost.now())


@dataclass(slots=True)
class RecordedVad:
    """What the detector said of each frame."""

    voice: dict[int, float]
    """By the frame's first sample."""

    def probability(self, frame: Frame) -> float:
        return self.voice.get(frame.start_sample, 0.0)

    def reset(self) -> None:
        pass


@dataclass(slots=True)
class RecordedWake:
    """The wake words that were detected with each frame."""

    words: dict[int, tuple[WakeWord, ...]]

    def detect(self, frame: Frame) -> tuple[WakeWord, ...]:
        return self.words.get(frame.start_sample, ())

    def reset(self) -> None:
        pass


class RecordedSpeaker(PacedSpeaker):
    """Plays into nothing, and reports as late as the recorded device."""

    def __init__(self, rate_hz: int, latency_s: float, lost: Lost | None = None, settled_s: float = 0.0) -> None:
        """`settled_s` is how long after a `clear` it reports what had been played by then."""
        super().__init__(VirtualClock(), rate_hz)
        self._latency_s, self._settled_s = latency_s, settled_s
        self._lost = lost or Lost([])

    def health(self) -> DeviceHealth:
        return DeviceHealth(lost=self._lost.now())

    async def reports(self) -> AsyncIterator[Played]:
        async for report in super().reports():
            if report.is_final:
                await asyncio.sleep(self._settled_s)
            yield replace(report, at_s=report.at_s + self._latency_s)


def speaker_of(recording: Recording) -> RecordedSpeaker:
    """A speaker as slow as the recorded one, in the median."""
    latency_s = max(0.0, _median(recording, "latency_s") - BLOCK_S)  # a paced one has a block's, anyway
    settled_s = max(0.0, _median(recording, "settled_s"))
    return RecordedSpeaker(recording.start["rate_hz"], latency_s, lost_of(recording, "speaker"), settled_s)


def _median(recording: Recording, what: str) -> float:
    measured = [float(event[what]) for event in recording.of("speaker") if what in event]
    return median(measured) if measured else 0.0


def lost_of(recording: Recording, device: str) -> Lost:
    """When `microphone` or `speaker` was gone."""
    return Lost([event for event in recording.of("health") if event["device"] == device])


def vad_of(recording: Recording) -> RecordedVad:
    return RecordedVad({frame["start"]: frame["voice"] for frame in recording.of("frame") if "voice" in frame})


def wake_of(recording: Recording) -> RecordedWake:
    heard = (frame for frame in recording.of("frame") if "wake" in frame)
    return RecordedWake({frame["start"]: tuple(WakeWord(*word) for word in frame["wake"]) for frame in heard})

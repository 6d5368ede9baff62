"""What a microphone and a speaker must do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from audio.clock import SampleClock
from audio.frames import Frame, Pcm16


class DeviceError(Exception):
    """A device or audio file cannot be used. The message is one line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """Counters since the device was opened, and how it is now."""

    overflows: int = 0
    underflows: int = 0
    gap_frames: int = 0
    restarts: int = 0
    lost: str = ""
    """Why nothing can be heard or played: a microphone gives gap frames meanwhile, a speaker keeps what is written.
    "" while all is well."""


@dataclass(frozen=True, slots=True)
class Played:
    """How much of what was written has truly left the device.

    `epoch` counts `clear()` calls; `samples` counts what was written in that epoch and played, at the
    speaker's rate; the last of them left at `at_s` on the session's sample clock. What is in the device can
    no longer be dropped and counts, so `at_s` may lie the device's latency ahead. `is_final` says that the
    epoch is over: whatever else was written in it was dropped.
    """

    epoch: int
    samples: int
    at_s: float
    is_final: bool = False


class Microphone(Protocol):
    """A stream of 20 ms frames, gapless on its own sample clock."""

    @property
    def clock(self) -> SampleClock:
        """The session's clock: seconds since sample 0 of this microphone."""
        ...

    def frames(self) -> AsyncIterator[Frame]:
        """Frames in order, in real time, without end. Ends only when the device is closed."""
        ...

    def mute(self, *, is_muted: bool) -> None:
        """Close the device behind it, so that nothing can be captured, or open it again; silent frames go on."""
        ...

    def health(self) -> DeviceHealth: ...


class Speaker(Protocol):
    """Plays what is written, in order, as soon as it can; silence otherwise."""

    rate_hz: int

    def write(self, samples: Pcm16) -> None:
        """Queue samples at `rate_hz`. Never blocks."""
        ...

    def clear(self) -> int:
        """Drop what has not left the device and begin a new epoch; returns the new epoch's number."""
        ...

    def duck(self, *, is_ducked: bool) -> None:
        """Play what is queued and what comes softer (see `ducking`), or as loud as it is, from now on."""
        ...

    def reports(self) -> AsyncIterator[Played]:
        """Progress while something plays, at least every 50 ms, and one final report per cleared epoch."""
        ...

    def health(self) -> DeviceHealth: ...

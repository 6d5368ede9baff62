"""A microphone and a speaker with a canceller between them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from audio.devices.protocol import DeviceHealth, Played
from audio.echo.duplex import Duplex
from audio.echo.none import NoCancellation
from audio.echo.protocol import EchoCanceller
from audio.echo.webrtc import WebRtcCanceller
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16, level_dbfs
from audio.virtual_room import Room, reverberation
from tests.audio.echo.test_likeness import babble

ROOM = Room("small", reverberation(0.3), delay_s=0.05, attenuation_db=3)


class StoppedClock:
    def at(self, monotonic_s: float) -> float:
        return 0.0

    def now(self) -> float:
        return 0.0


@dataclass
class Recorded:
    """A microphone that heard this."""

    samples: Pcm16
    clock: StoppedClock = field(default_factory=StoppedClock)
    gap: range = range(5, 6)
    """Numbers of the frames that it failed to deliver."""

    async def frames(self) -> AsyncIterator[Frame]:
        for start in range(0, len(self.samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            is_gap = start // FRAME_SAMPLES in self.gap
            yield Frame(start, self.samples[start : start + FRAME_SAMPLES], is_gap=is_gap)

    def mute(self, *, is_muted: bool) -> None:
        self.samples = self.samples * (not is_muted)

    def health(self) -> DeviceHealth:
        return DeviceHealth(gap_frames=1)


@dataclass
class Instant:
    """A speaker that says at once that it has played everything, from the session's beginning on."""

    rate_hz: int = 48_000
    written: list[Pcm16] = field(default_factory=list)
    epoch: int = 0

    def write(self, samples: Pcm16) -> None:
        self.written.append(samples)

    def clear(self) -> int:
        self.epoch += 1
        return self.epoch

    async def reports(self) -> AsyncIterator[Played]:
        samples = sum(map(len, self.written))
        yield Played(self.epoch, samples, samples / self.rate_hz)

    def health(self) -> DeviceHealth:
        return DeviceHealth(underflows=2)


async def played(
    sound: Pcm16, near: Pcm16, canceller: EchoCanceller, room: Room = ROOM
) -> tuple[Duplex, Instant, list[Frame]]:
    """Play a sound (at the microphone's rate, for simplicity) into the room, with `near` in it, too."""
    speaker = Instant(rate_hz=MIC_RATE_HZ)
    duplex = Duplex.of(Recorded(room.heard(sound, near)), speaker, canceller, lead_s=0.01)
    duplex.speaker.write(sound)
    assert [report.samples async for report in duplex.speaker.reports()] == [len(sound)]
    return duplex, speaker, [frame async for frame in duplex.microphone.frames()]


def samples_of(frames: list[Frame]) -> Pcm16:
    return np.concatenate([frame.samples for frame in frames])


async def test_what_is_played_is_taken_out_of_what_is_heard() -> None:
    sound = babble(4.0, seed=1)
    near = np.zeros_like(sound)
    _, _, frames = await played(sound, near, WebRtcCanceller())
    after = slice(2 * MIC_RATE_HZ, 4 * MIC_RATE_HZ)
    assert level_dbfs(ROOM.heard(sound, near)[after]) - level_dbfs(samples_of(frames)[after]) > 15


async def test_frames_keep_their_dates_and_marks_and_the_devices_their_health() -> None:
    sound = babble(1.0, seed=1)
    duplex, _, frames = await played(sound, np.zeros_like(sound), WebRtcCanceller())
    assert [frame.start_sample for frame in frames] == list(range(0, MIC_RATE_HZ, FRAME_SAMPLES))
    assert [number for number, frame in enumerate(frames) if frame.is_gap] == [5]
    assert duplex.microphone.health().gap_frames == 1
    assert duplex.speaker.health().underflows == 2


@pytest.mark.parametrize(("gap_frames", "resets"), [(49, 0), (50, 1), (120, 1)])
async def test_after_a_long_gap_the_canceller_forgets_the_room(gap_frames: int, resets: int) -> None:
    class Forgetful(NoCancellation):
        forgot = 0

        def reset(self) -> None:
            self.forgot += 1

    canceller = Forgetful()
    microphone = Recorded(babble(4.0, seed=2), gap=range(10, 10 + gap_frames))
    duplex = Duplex.of(microphone, Instant(), canceller, lead_s=0.0)
    assert [frame async for frame in duplex.microphone.frames()]
    assert canceller.forgot == resets


async def test_without_cancellation_every_sample_is_the_microphones() -> None:
    sound = babble(1.0, seed=1)
    near = babble(1.0, seed=2)
    _, speaker, frames = await played(sound, near, NoCancellation())
    assert np.array_equal(samples_of(frames), ROOM.heard(sound, near))
    assert np.array_equal(np.concatenate(speaker.written), sound)


async def test_an_echo_that_is_not_cancelled_is_found_out_by_its_likeness() -> None:
    sound = babble(2.0, seed=1)
    duplex, _, _ = await played(sound, np.zeros_like(sound), NoCancellation())
    assert duplex.likeness(1.2, 1.6) > 0.7


async def test_a_voice_that_speaks_over_a_cancelled_echo_is_not_taken_for_it() -> None:
    sound = babble(4.0, seed=1)
    near = np.concatenate([np.zeros(3 * MIC_RATE_HZ, np.int16), babble(1.0, seed=2)])
    duplex, _, _ = await played(sound, near, WebRtcCanceller())
    assert duplex.likeness(3.2, 3.6) < 0.7


async def test_nothing_is_like_what_is_not_played() -> None:
    near = babble(1.0, seed=2)
    duplex = Duplex.of(Recorded(near), Instant(), NoCancellation(), lead_s=0.0)
    assert [frame async for frame in duplex.microphone.frames()]
    assert duplex.likeness(0.4, 0.8) == 0.0


async def test_a_clear_reaches_the_speaker_and_ends_the_far_end() -> None:
    sound = babble(2.0, seed=1)
    speaker = Instant(rate_hz=MIC_RATE_HZ)
    duplex = Duplex.of(Recorded(np.zeros(MIC_RATE_HZ, np.int16)), speaker, NoCancellation(), lead_s=0.0)
    duplex.speaker.write(sound)
    assert duplex.speaker.clear() == 1
    assert [report.epoch async for report in duplex.speaker.reports()] == [1]
    assert not duplex.far_end.frame(0).any()


def after_a_silence(sound: Pcm16) -> Pcm16:
    """It takes a moment of quiet to know the room."""
    return np.concatenate([np.zeros(MIC_RATE_HZ, np.int16), sound])


async def test_with_headphones_every_sample_is_the_microphones_once_that_is_known() -> None:
    sound, near = after_a_silence(babble(10.0, seed=1)), after_a_silence(babble(10.0, seed=2))
    near[: 8 * MIC_RATE_HZ] = 0
    headphones = replace(ROOM, attenuation_db=90.0)
    _, _, frames = await played(sound, near, WebRtcCanceller(), headphones)
    after = slice(8 * MIC_RATE_HZ, 9 * MIC_RATE_HZ)
    assert np.array_equal(samples_of(frames)[after], headphones.heard(sound, near)[after])


async def test_an_open_speaker_is_heard_in_any_usual_room_whatever_else_there_is() -> None:
    sound, near = after_a_silence(babble(12.0, seed=1)), after_a_silence(babble(12.0, seed=2))
    near[: 8 * MIC_RATE_HZ] //= 30
    for room in (ROOM, replace(ROOM, attenuation_db=20.0), replace(ROOM, delay_s=0.15), replace(ROOM, drift_ppm=100.0)):
        duplex, _, _ = await played(sound, near, WebRtcCanceller(), room)
        assert duplex.microphone.hears_speaker, room


async def test_headphones_that_are_unplugged_are_found_out() -> None:
    sound, silence = after_a_silence(babble(12.0, seed=1)), np.zeros(13 * MIC_RATE_HZ, np.int16)
    near = ROOM.heard(sound, silence)
    near[: 8 * MIC_RATE_HZ] = replace(ROOM, attenuation_db=90.0).heard(sound, silence)[: 8 * MIC_RATE_HZ]
    duplex, _, frames = await played(sound, near, WebRtcCanceller(), replace(ROOM, attenuation_db=90.0))
    assert duplex.microphone.hears_speaker
    after = slice(12 * MIC_RATE_HZ, 13 * MIC_RATE_HZ)
    assert level_dbfs(near[after]) - level_dbfs(samples_of(frames)[after]) > 15


async def test_a_microphone_that_is_switched_off_tells_nothing() -> None:
    sound = babble(10.0, seed=1)
    speaker = Instant(rate_hz=MIC_RATE_HZ)
    duplex = Duplex.of(Recorded(np.zeros_like(sound)), speaker, WebRtcCanceller(), lead_s=0.01)
    duplex.speaker.write(sound)
    assert [report async for report in duplex.speaker.reports()]
    assert [frame async for frame in duplex.microphone.frames()]
    assert duplex.microphone.hears_speaker


async def test_an_echo_whose_sound_is_known_too_late_is_still_an_echo() -> None:
    """A busy machine: the speaker's reports are wrong by more than any delay that is looked for."""
    sound = after_a_silence(babble(12.0, seed=1))
    late = replace(ROOM, delay_s=0.8)
    duplex, _, _ = await played(sound, np.zeros_like(sound), WebRtcCanceller(), late)
    assert duplex.microphone.hears_speaker

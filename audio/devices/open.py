"""The microphone and the speaker that the configuration names."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from audio.beside import beside
from audio.clock import SampleClock
from audio.devices.file import FileMicrophone, FileSpeaker, RealTimeClock
from audio.devices.paced import PacedSpeaker
from audio.devices.portaudio import open_portaudio
from audio.devices.protocol import DeviceError, Microphone, Speaker
from audio.stop.line import StopLine

NO_SPEAKER = "none"


@asynccontextmanager
async def open_devices(
    mic: str, speaker: str, line: StopLine | None = None
) -> AsyncIterator[tuple[Microphone, Speaker]]:
    """Open both, on the microphone's clock; they are closed with the block.

    Each is a WAV file (its name ends in .wav, or it exists) or a device of the sound card (see `choose_device`); the
    speaker may be `none`: it plays into nothing, in real time. With a `line` they stop
    when they are told to, whatever the caller does. Raises DeviceError.
    """
    mic_file, speaker_file = _as_file(mic), _as_file(speaker)
    if mic == NO_SPEAKER:
        raise DeviceError("--mic none: a microphone is needed; name a device or a WAV file")
    if speaker_file is not None:
        _check_writable(speaker_file, mic_file)
    async with AsyncExitStack() as stack:
        microphone: Microphone | None = None
        clock: SampleClock | None = None
        if mic_file is not None:
            clock = RealTimeClock()
            microphone = file_microphone = await asyncio.to_thread(FileMicrophone, mic_file, clock, line)
            stack.callback(file_microphone.close)
        card_mic = None if mic_file else mic
        card_speaker = None if speaker_file or speaker == NO_SPEAKER else speaker
        output: Speaker | None = None
        if card_mic is not None or card_speaker is not None:
            opened = await stack.enter_async_context(open_portaudio(card_mic, card_speaker, clock, line))
            microphone, output = microphone or opened[0], opened[1]
        assert microphone is not None
        if output is None:
            output = await stack.enter_async_context(_paced(speaker_file, microphone.clock, line))
        yield microphone, output


def are_in_one_room(mic: str, speaker: str) -> bool:
    """Whether the microphone can hear the speaker: both, so named, are devices of the sound card."""
    return is_device(mic) and is_device(speaker)


def is_device(name: str) -> bool:
    """Whether a microphone or a speaker, so named, is a device of the sound card."""
    return name != NO_SPEAKER and _as_file(name) is None


@asynccontextmanager
async def _paced(file: Path | None, clock: SampleClock, line: StopLine | None) -> AsyncIterator[PacedSpeaker]:
    latch = line.latch if line is not None else None
    if file is None:
        speaker = PacedSpeaker(clock, latch=latch)
    else:
        speaker = await asyncio.to_thread(FileSpeaker, file, clock, latch=latch)
    with contextlib.closing(speaker):
        async with beside(speaker.run()):
            yield speaker


def _as_file(value: str) -> Path | None:
    """The file that a device's name means, if it means one."""
    path = Path(value).expanduser()
    is_path = path.suffix.lower() == ".wav" or path.is_file() or (len(path.parts) > 1 and path.exists())
    return path if is_path and value != "default" else None


def _check_writable(speaker: Path, mic: Path | None) -> None:
    """Refuse to overwrite what the user can hardly mean. Raises DeviceError."""
    if speaker.is_file() and speaker.suffix.lower() != ".wav":
        raise DeviceError(f"--speaker {speaker}: exists and does not end in .wav; name a WAV file to write")
    if mic is not None and speaker.exists() and mic.exists() and speaker.samefile(mic):
        raise DeviceError(f"--speaker {speaker}: is the microphone's file, and would be overwritten; name another one")

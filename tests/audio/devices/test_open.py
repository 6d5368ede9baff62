# ruff: noqa: ASYNC240 - files of a few bytes
"""What the names of a microphone and a speaker mean."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.devices.file import FileMicrophone, FileSpeaker
from audio.devices.open import are_in_one_room, open_devices
from audio.devices.protocol import DeviceError, Played
from audio.frames import MIC_RATE_HZ


@pytest.fixture
def question(tmp_path: Path) -> Path:
    file = tmp_path / "question.wav"
    soundfile.write(file, np.full(4_800, 1_000, np.int16), MIC_RATE_HZ)
    return file


async def test_files_share_one_clock_and_real_time(question: Path, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with open_devices(str(question), str(tmp_path / "OUT.WAV")) as (microphone, speaker):
        assert isinstance(microphone, FileMicrophone)
        assert isinstance(speaker, FileSpeaker)
        began_s = loop.time()
        async for frame in microphone.frames():
            if frame.start_sample == 3_200:
                speaker.write(np.full(2_400, 500, np.int16))
            if frame.start_s >= 0.5:
                break
        assert frame.end_s <= loop.time() - began_s < frame.end_s + 0.3
    heard, rate_hz = soundfile.read(tmp_path / "OUT.WAV", dtype="int16")
    sounding = np.flatnonzero(heard) / rate_hz
    assert len(sounding) == 2_400
    assert 0.22 < sounding[0] < 0.35  # the frame that began at 0.2 s was whole at 0.22 s
    assert len(heard) / rate_hz == pytest.approx(frame.end_s, abs=0.3)


async def test_a_speaker_called_none_plays_into_nothing_in_real_time(question: Path) -> None:
    async with asyncio.timeout(5), open_devices(str(question), "none") as (microphone, speaker):
        async for _ in microphone.frames():
            break
        speaker.write(np.ones(speaker.rate_hz // 2, np.int16))
        async for report in speaker.reports():
            if report.samples == speaker.rate_hz // 2:
                break
        assert isinstance(report, Played)
        assert 0.5 < report.at_s < 0.8


async def test_a_wav_file_is_known_by_its_content_where_its_name_says_nothing(question: Path) -> None:
    nameless = question.rename(question.with_name("question"))
    async with open_devices(str(nameless), "none") as (microphone, _):
        assert isinstance(microphone, FileMicrophone)


async def test_what_the_program_raises_comes_out_as_it_was_raised(question: Path, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="its own"):
        async with open_devices(str(question), str(tmp_path / "out.wav")):
            raise LookupError("its own")
    assert soundfile.info(tmp_path / "out.wav").samplerate == 24_000


@pytest.mark.parametrize(
    ("mic", "speaker", "says"),
    [
        ("no.wav", "none", r"no\.wav: no such file; check the path"),
        ("song.mp3", "none", r"song\.mp3: is not a WAV file; convert it"),
        ("folder", "none", "folder: is a folder"),
        ("question.wav", "song.mp3", r"--speaker .*song\.mp3: exists and does not end in \.wav"),
        ("question.wav", "question.wav", r"--speaker .*question\.wav: is the microphone's file"),
        ("question.wav", "link.wav", r"--speaker .*link\.wav: is the microphone's file"),
        ("question.wav", "no/out.wav", "does not exist; create it first"),
        ("none", "out.wav", "--mic none: a microphone is needed"),
    ],
)
async def test_what_cannot_be_opened_is_refused_in_one_line(
    question: Path, tmp_path: Path, mic: str, speaker: str, says: str
) -> None:
    (tmp_path / "song.mp3").write_bytes(b"ID3" + bytes(100))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.wav").symlink_to(question)
    before = question.read_bytes()
    names = [name if name == "none" else str(tmp_path / name) for name in (mic, speaker)]
    with pytest.raises(DeviceError, match=says) as refusal:
        async with open_devices(*names):
            pass
    assert "\n" not in str(refusal.value)
    assert question.read_bytes() == before


@pytest.mark.parametrize(
    ("mic", "speaker", "expected"),
    [
        ("default", "default", True),
        ("USB", "3", True),
        ("default", "none", False),
        ("in.wav", "default", False),
        ("default", "out.wav", False),
        ("in.wav", "out.wav", False),
    ],
)
def test_a_microphone_hears_a_speaker_only_where_both_are_devices(mic: str, speaker: str, expected: bool) -> None:
    assert are_in_one_room(mic, speaker) is expected

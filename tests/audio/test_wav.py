"""Reading any WAV as a microphone's sound, and writing one that survives its writer."""

import logging
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio import wav
from audio.devices.protocol import DeviceError
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.wav import WavWriter, read_wav


def tone(rate_hz: int, seconds: float = 0.5, hz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(rate_hz * seconds)) / rate_hz)


def riff(data: bytes, *, rate_hz: int = 16_000, size: int | None = None) -> bytes:
    size = len(data) if size is None else size
    fmt = struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, rate_hz * 2 & 0xFFFFFFFF, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + size & 0xFFFFFFFF)
        + b"WAVEfmt "
        + fmt
        + b"data"
        + struct.pack("<I", size)
        + data
    )


def likeness(heard: Pcm16, said: np.ndarray) -> float:
    length = min(len(heard), len(said))
    return float(np.corrcoef(heard[:length], said[:length])[0, 1])


@pytest.mark.parametrize(
    ("rate_hz", "channels", "subtype", "form"),
    [
        (8_000, 1, "PCM_16", "WAV"),
        (11_025, 1, "PCM_16", "WAV"),
        (44_100, 2, "PCM_16", "WAV"),
        (48_000, 2, "PCM_16", "WAV"),
        (16_000, 1, "PCM_24", "WAV"),
        (48_000, 1, "PCM_32", "WAV"),
        (16_000, 1, "FLOAT", "WAV"),
        (44_100, 2, "FLOAT", "WAVEX"),
        (16_000, 1, "PCM_U8", "WAV"),
        (16_000, 6, "PCM_16", "WAVEX"),
        (8_000, 1, "ULAW", "WAV"),
        (48_000, 2, "PCM_24", "RF64"),
    ],
)
def test_any_wav_becomes_the_microphones_format(
    tmp_path: Path, rate_hz: int, channels: int, subtype: str, form: str
) -> None:
    file = tmp_path / "any.wav"
    soundfile.write(file, np.column_stack([tone(rate_hz)] * channels), rate_hz, subtype=subtype, format=form)
    heard = read_wav(file)
    assert heard.dtype == np.int16
    assert len(heard) == pytest.approx(MIC_RATE_HZ / 2, abs=2)
    assert likeness(heard, tone(MIC_RATE_HZ)) > 0.999
    assert np.abs(heard).max() == pytest.approx(16_384, rel=0.03)


@given(samples=st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=50))
def test_a_file_in_the_microphones_own_format_is_read_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, samples: list[int]
) -> None:
    file = tmp_path_factory.mktemp("exact") / "own.wav"
    soundfile.write(file, np.array(samples, np.int16), MIC_RATE_HZ, subtype="PCM_16")
    assert read_wav(file).tolist() == samples


def test_channels_are_averaged_and_loud_floats_clipped(tmp_path: Path) -> None:
    file = tmp_path / "loud.wav"
    left, right = np.full(1600, 3.0), np.full(1600, 1.0)
    soundfile.write(file, np.column_stack([left, right]), MIC_RATE_HZ, subtype="FLOAT")
    assert set(read_wav(file).tolist()) == {32_767}
    soundfile.write(file, np.column_stack([left / 4, -right / 4]), MIC_RATE_HZ, subtype="FLOAT")
    assert set(read_wav(file).tolist()) == {8192}


def test_of_a_truncated_file_what_is_there_is_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "cut.wav"
    samples = np.arange(1600, dtype=np.int16)
    file.write_bytes(riff(samples.tobytes())[: 44 + 1001])
    with caplog.at_level(logging.WARNING):
        assert read_wav(file).tolist() == samples[:500].tolist()
    assert "cut.wav: ends 2199 bytes early" in caplog.text


def test_a_file_whose_length_was_not_known_beforehand_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "piped.wav"
    samples = np.arange(1600, dtype=np.int16)
    file.write_bytes(riff(samples.tobytes(), size=0xFFFF_FFFF))
    assert read_wav(file).tolist() == samples.tolist()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty", b"", "is empty (0 bytes)"),
        ("header", riff(b""), "holds no sound"),
        ("part-of-header", riff(b"")[:30], "cannot be read as WAV"),
        ("no-data", riff(b"")[:36], "cannot be read as WAV"),
        ("mp3", b"ID3\x04" + bytes(400), "is not a WAV file"),
        ("text", b"hello\n" * 100, "is not a WAV file"),
        ("rate-0", riff(bytes(320), rate_hz=0), "0 Hz makes no sense"),
        ("rate-1", riff(bytes(320), rate_hz=1), "1 Hz makes no sense"),
        ("rate-4e9", riff(bytes(320), rate_hz=4_000_000_000), "4000000000 Hz makes no sense"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    file = tmp_path / f"{name}.wav"
    file.write_bytes(content)
    with pytest.raises(DeviceError) as refusal:
        read_wav(file)
    message = str(refusal.value)
    assert message.startswith(f"{file}: ")
    assert says in message
    assert "\n" not in message


def test_a_missing_file_a_folder_and_a_pipe_are_refused_in_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    for path, says in (
        (tmp_path / "missing.wav", "no such file"),
        (tmp_path, "is a folder"),
        (tmp_path / "pipe.wav", "not a regular file"),
    ):
        with pytest.raises(DeviceError, match=says):
            read_wav(path)


def test_a_file_that_may_not_be_read_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret.wav"
    file.write_bytes(riff(bytes(320)))

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # the superuser, whom tests may run as, may read everything
    with pytest.raises(DeviceError, match=r"secret\.wav: cannot be read: Permission denied"):
        read_wav(file)


def test_a_recording_of_many_hours_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "day.wav"
    with file.open("wb") as sparse:
        sparse.write(riff(b"", rate_hz=1000, size=5 * 3600 * 1000 * 2))
        sparse.truncate(44 + 5 * 3600 * 1000 * 2)
    with pytest.raises(DeviceError, match=r"lasts 5\.0 h, more than the 4 h"):
        read_wav(file)


@pytest.mark.parametrize("pieces", [[], [1], [240] * 120, [100_000]])
def test_what_was_written_is_read_back(tmp_path: Path, pieces: list[int]) -> None:
    file = tmp_path / "out.wav"
    writer = WavWriter(file, 24_000)
    written = [
        np.random.default_rng(number).integers(-32_768, 32_767, length, np.int16)
        for number, length in enumerate(pieces)
    ]
    for piece in written:
        writer.write(piece)
    writer.close()
    writer.close()
    info = soundfile.info(file)
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (24_000, 1, "PCM_16", sum(pieces))
    if pieces:
        assert np.array_equal(soundfile.read(file, dtype="int16")[0], np.concatenate(written))


WRITE_AND_WAIT = """
import sys, numpy as np
from pathlib import Path
from audio.wav import WavWriter
writer = WavWriter(Path(sys.argv[1]), 24_000)
for number in range(330):
    writer.write(np.full(240, number, np.int16))
print("written", flush=True)
sys.stdin.read()
"""


def test_the_file_of_a_killed_writer_is_whole_but_for_its_last_half_second(tmp_path: Path) -> None:
    file = tmp_path / "killed.wav"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_AND_WAIT, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"written\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    samples, rate_hz = soundfile.read(file, dtype="int16")
    assert rate_hz == 24_000
    assert 3.3 - len(samples) / rate_hz <= wav.FLUSH_EVERY_S
    assert np.array_equal(samples, np.repeat(np.arange(len(samples) // 240), 240))


def test_a_file_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, says in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "out.wav", "does not exist; create it first"),
        (tmp_path / "file" / "out.wav", "Not a directory"),
        (Path("/dev/full"), "No space left on device"),
    ):
        with pytest.raises(DeviceError, match=says):
            WavWriter(path, 24_000)


LIMITED = """
import logging, resource, signal, sys, numpy as np
from pathlib import Path
from audio.wav import WavWriter
logging.basicConfig(format="%(message)s")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = WavWriter(Path(sys.argv[1]), 24_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for _ in range(1000):
    writer.write(np.ones(240, np.int16))
writer.close()
"""


def test_a_disk_that_fills_up_costs_one_line_in_the_log_and_leaves_a_file_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "full.wav"
    done = subprocess.run([sys.executable, "-c", LIMITED, str(file)], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == [f"{file}: cannot be written any more: File too large; going on without it"]
    assert 1.5 <= soundfile.info(file).duration <= 100_000 / 48_000

"""WAV files: any of them as a microphone's sound, and one that is written while the time passes."""

import contextlib
import logging
import stat
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr

from audio.devices.protocol import DeviceError
from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_pcm16

log = logging.getLogger(__name__)

MAX_READ_S = 4 * 3600
"""Longer recordings are refused: four hours already hold 460 MB."""
RATES_HZ = range(1_000, 768_001)
CONVERT = "convert it: ffmpeg -i IN OUT.wav"
BLOCK_FRAMES = 1 << 18
"""Frames converted at a time, so that hours of 24-bit stereo do not lie in memory as floats."""
UNTIL_THE_END = 0xFFFF_FFFF
"""The size that a program writes which does not know it beforehand, into a pipe for instance."""
FLUSH_EVERY_S = 0.5
"""What a killed process may lose of the sound that it wrote."""


def read_wav(path: Path) -> Pcm16:
    """All of a WAV file as 16 kHz mono, shape (n,), n > 0; bit for bit what is in a file of that very format.

    Takes any rate, width and number of channels; channels are averaged. A file that ends before its header
    says is used as far as it goes. Blocks: call it off the event loop. Raises DeviceError.
    """
    missing_bytes = _check(path)
    try:
        with soundfile.SoundFile(str(path)) as file:
            if file.frames == 0:
                raise DeviceError(f"{path}: has a header but holds no sound; record it anew")
            if file.frames / file.samplerate > MAX_READ_S:
                hours = file.frames / file.samplerate / 3600
                raise DeviceError(f"{path}: lasts {hours:.1f} h, more than the {MAX_READ_S // 3600} h that fit; cut it")
            if missing_bytes > 0:
                log.warning("%s: ends %d bytes early; using what is there", path, missing_bytes)
            is_microphones_own = (file.subtype, file.samplerate, file.channels) == ("PCM_16", MIC_RATE_HZ, 1)
            return file.read(dtype="int16") if is_microphones_own else _convert(file)
    except soundfile.SoundFileError as error:
        reason = str(getattr(error, "error_string", error)).strip().rstrip(".")
        raise DeviceError(f"{path}: cannot be read as WAV: {reason}; {CONVERT}") from None


def _convert(file: soundfile.SoundFile) -> Pcm16:
    resampler = soxr.ResampleStream(file.samplerate, MIC_RATE_HZ, 1, dtype="float32", quality="HQ")
    return np.concatenate([*(to_pcm16(resampler.resample_chunk(mono)) for mono in _mono_blocks(file)),
                           to_pcm16(resampler.resample_chunk(np.zeros(0, np.float32), last=True))])  # fmt: skip


def _mono_blocks(file: soundfile.SoundFile) -> Iterator[PcmFloat]:
    for block in file.blocks(BLOCK_FRAMES, dtype="float32", always_2d=True):
        yield np.nan_to_num(block.mean(axis=1, dtype=np.float32))


def _check(path: Path) -> int:
    """Refuse what is no WAV file at all; returns how many bytes of the promised sound are missing."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DeviceError(f"{path}: is a folder; name a WAV file in it")
        if not stat.S_ISREG(status.st_mode):
            raise DeviceError(f"{path}: is not a regular file; save the sound as a WAV file first")
        if status.st_size == 0:
            raise DeviceError(f"{path}: is empty (0 bytes); record it anew")
        with path.open("rb") as file:
            return _check_chunks(path, file, status.st_size)
    except FileNotFoundError:
        raise DeviceError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise DeviceError(f"{path}: cannot be read: {error.strerror}") from None


def _check_chunks(path: Path, file: BinaryIO, file_bytes: int) -> int:
    magic = file.read(12)
    if magic[:4] not in (b"RIFF", b"RIFX", b"RF64") or magic[8:] != b"WAVE":
        raise DeviceError(f"{path}: is not a WAV file; {CONVERT}")
    order = ">" if magic.startswith(b"RIFX") else "<"
    while len(chunk := file.read(8)) == 8:
        name, size = struct.unpack(f"{order}4sI", chunk)
        start = file.tell()
        if name == b"data":
            return size - (file_bytes - start) if size != UNTIL_THE_END else 0
        if name == b"fmt " and len(head := file.read(8)) == 8:
            rate_hz = struct.unpack(f"{order}HHI", head)[2]
            if rate_hz not in RATES_HZ:
                raise DeviceError(f"{path}: a sample rate of {rate_hz} Hz makes no sense; save it anew")
        file.seek(start + size + size % 2)
    return 0


class WavWriter:
    """A 16-bit PCM mono WAV file that is whole at any moment but for its last FLUSH_EVERY_S.

    A disk that fills up or vanishes costs one line in the log; what is written after that is lost, and
    nothing else is disturbed. The same goes for what is beyond the 4 GiB of the format (25 h at 24 kHz).
    """

    def __init__(self, path: Path, rate_hz: int) -> None:
        """Create or overwrite `path`. Raises DeviceError."""
        self._path = path
        self._flush_bytes = int(FLUSH_EVERY_S * rate_hz) * 2
        self._pending = bytearray()
        self._is_broken = False
        if path.is_dir():
            raise DeviceError(f"{path}: is a folder; name a WAV file in it")
        try:
            self._file = path.open("wb")
        except FileNotFoundError:
            raise DeviceError(f"{path}: the folder {path.parent} does not exist; create it first") from None
        except OSError as error:
            raise DeviceError(f"{path}: cannot be written: {error.strerror}") from None
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 - open as long as the speaker
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate_hz)
        try:
            self._flush()
        except OSError as error:
            self._give_up()
            raise DeviceError(f"{path}: cannot be written: {error.strerror}") from None

    def write(self, samples: Pcm16) -> None:
        """Append samples, shape (n,). A few microseconds; every FLUSH_EVERY_S of sound one small write."""
        if self._is_broken:
            return
        self._pending += samples.astype("<i2", copy=False).tobytes()
        if len(self._pending) >= self._flush_bytes:
            self._try_flush()

    def close(self) -> None:
        """Write the rest. Safe to repeat."""
        if not self._file.closed:
            self._try_flush()
            self._give_up()

    def _try_flush(self) -> None:
        try:
            self._flush()
        except (OSError, struct.error) as error:  # struct.error: more than the header can count
            reason = error.strerror if isinstance(error, OSError) else "the file has reached the 4 GiB of the format"
            log.error("%s: cannot be written any more: %s; going on without it", self._path, reason)
            self._give_up()

    def _flush(self) -> None:
        """Hand everything to the system, the header's length included."""
        self._wave.writeframes(self._pending)
        self._file.flush()
        self._pending.clear()

    def _give_up(self) -> None:
        self._is_broken = True
        self._pending.clear()
        with contextlib.suppress(OSError, struct.error, wave.Error):
            self._wave.close()
        with contextlib.suppress(OSError):
            self._file.close()

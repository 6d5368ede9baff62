"""Audio as it travels: 16-bit samples at 24 kHz, or G.711 at 8 kHz (ITU-T Recommendation G.711)."""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from audio.frames import Pcm16


class Encoding(Enum):
    """What the protocol calls it."""

    PCM = "audio/pcm"
    MU_LAW = "audio/pcmu"
    A_LAW = "audio/pcma"

    @property
    def rate_hz(self) -> int:
        return 24_000 if self is Encoding.PCM else 8_000

    @property
    def bytes_per_sample(self) -> int:
        return 2 if self is Encoding.PCM else 1


def decoded(data: bytes, encoding: Encoding) -> Pcm16:
    """The samples, shape (n,), at the encoding's rate. PCM must be whole samples, little-endian."""
    if encoding is Encoding.PCM:
        return np.frombuffer(data, "<i2").astype(np.int16)
    table = _MU_LAW if encoding is Encoding.MU_LAW else _A_LAW
    samples: Pcm16 = table[np.frombuffer(data, np.uint8)]
    return samples


def encoded(samples: Pcm16, encoding: Encoding) -> bytes:
    """The other way round. G.711 keeps the 14 (mu-law) or 13 (A-law) highest bits of a sample, by their logarithm."""
    if encoding is Encoding.PCM:
        return samples.astype("<i2").tobytes()
    table = _TO_MU_LAW if encoding is Encoding.MU_LAW else _TO_A_LAW
    return bytes(table[samples.view(np.uint16)])


def _mu_law_values() -> Pcm16:
    code = ~np.arange(256, dtype=np.uint8)
    segment, step = (code >> 4 & 7).astype(np.int32), (code & 15).astype(np.int32)
    magnitude = ((2 * step + 33) << segment) - 33
    return (4 * np.where(code & 0x80, -magnitude, magnitude)).astype(np.int16)


def _a_law_values() -> Pcm16:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment, step = (code >> 4 & 7).astype(np.int32), (code & 15).astype(np.int32)
    magnitude = np.where(segment == 0, 2 * step + 1, (2 * step + 33) << np.maximum(segment - 1, 0))
    return (8 * np.where(code & 0x80, magnitude, -magnitude)).astype(np.int16)


def _mu_law_codes() -> NDArray[np.uint8]:
    """The code of every 16-bit sample, indexed by its bits."""
    samples = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 2
    magnitude = np.minimum(np.where(samples < 0, -samples, samples) + 33, 0x1FFF)
    segment = np.maximum(np.floor(np.log2(magnitude)).astype(np.int32) - 5, 0)
    step = magnitude >> (segment + 1) & 15
    mask = np.where(samples < 0, 0x7F, 0xFF)
    codes: NDArray[np.uint8] = ((segment << 4 | step) ^ mask).astype(np.uint8)
    return codes


def _a_law_codes() -> NDArray[np.uint8]:
    samples = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 3
    magnitude = np.where(samples < 0, -samples - 1, samples)
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    step = np.where(segment < 2, magnitude >> 1, magnitude >> segment) & 15
    mask = np.where(samples < 0, 0x55, 0xD5)
    codes: NDArray[np.uint8] = ((segment << 4 | step) ^ mask).astype(np.uint8)
    return codes


_MU_LAW, _A_LAW = _mu_law_values(), _a_law_values()
_TO_MU_LAW, _TO_A_LAW = _mu_law_codes(), _a_law_codes()

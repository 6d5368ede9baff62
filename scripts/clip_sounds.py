"""The sounds that benchmark clips are made of: a recording, its room, noise, and pauses put in. Pure but for chance."""

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from audio.acoustics import SpokenSpan
from audio.frames import MIC_RATE_HZ, PcmFloat

LEAD_S = 0.5
"""Room tone before the recording."""
TAIL_S = 3.0
"""Room tone after the last word, at least."""
GRAIN_S = 0.08
"""Room tone is sewn from pieces this long: longer ones repeat audibly, shorter ones lose the hum."""
MARGIN_S = 0.12
"""Quiet this close to speech is its reverberation, not the room."""
FADE_S = 0.005
FAINTEST = 10 ** (-80 / 20)
"""Level of the noise that stands for the room of a recording that is digitally silent; no microphone is."""
NEAR_S = 0.08
"""Whisper's word times are this uncertain: the cut lies at the quietest 10 ms so close to them."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording at 16 kHz in floats, shape (n,), and what is known of it. Times count from its first sample."""

    name: str
    samples: PcmFloat
    span: SpokenSpan
    label: dict[str, Any]


def quiet_parts(samples: PcmFloat, span: SpokenSpan) -> list[PcmFloat]:
    """Where the room is heard alone: before, after and, in pauses, between the words; at least a grain each."""
    between = [(start + MARGIN_S, end - MARGIN_S) for start, end in span.pauses]
    outside = [(0.0, span.start_s - MARGIN_S), *between, (span.end_s + MARGIN_S, len(samples) / MIC_RATE_HZ)]
    parts = [samples[_at(start) : _at(end)] for start, end in outside if end - start >= GRAIN_S]
    return [part for part in parts if len(part) >= _at(GRAIN_S)]


def room_tone(samples: PcmFloat, span: SpokenSpan, length: int, rng: np.random.Generator) -> PcmFloat:
    """`length` samples of the recording's own background.

    Sewn from overlapping pieces of its quiet parts; where it has none, noise with the spectrum of its quietest tenth.
    """
    parts = quiet_parts(samples, span)
    grain = _at(GRAIN_S)
    hop = grain // 2
    window = np.sin(np.pi * (np.arange(grain) + 0.5) / grain).astype(np.float32)
    """Squares of neighbouring windows add up to one: pieces that do not know each other keep their power."""
    tone = np.zeros(length + 2 * grain, np.float32)
    weights = np.array([len(part) for part in parts], float)
    spectrum = None if parts else _floor_spectrum(samples, grain)
    for start in range(0, len(tone) - grain, hop):
        if spectrum is None:
            part = parts[rng.choice(len(parts), p=weights / weights.sum())]
            offset = int(rng.integers(0, len(part) - grain + 1))
            piece = part[offset : offset + grain]
        else:
            phases = np.exp(2j * np.pi * rng.random(len(spectrum)))
            piece = np.fft.irfft(spectrum * phases, grain).astype(np.float32)
        tone[start : start + grain] += (piece - piece.mean()) * window
    tone = tone[hop : hop + length]
    if np.sqrt(np.mean(tone**2)) < FAINTEST:
        tone = tone + rng.normal(0, FAINTEST, length).astype(np.float32)
    return tone


def _floor_spectrum(samples: PcmFloat, grain: int) -> PcmFloat:
    """Magnitudes of the quietest tenth of the recording."""
    pieces = samples[: len(samples) // grain * grain].reshape(-1, grain)
    power = (pieces**2).mean(axis=1)
    quietest = pieces[np.argsort(power)[: max(1, len(pieces) // 10)]]
    window = np.hanning(grain)
    spectra = np.abs(np.fft.rfft(quietest * window)) ** 2 / np.mean(window**2)
    magnitudes: PcmFloat = np.sqrt(spectra.mean(axis=0)).astype(np.float32)
    return magnitudes


def joined(*parts: PcmFloat) -> PcmFloat:
    """The parts one after the other, each seam cross-faded over FADE_S; the whole is as long as its parts.

    The fade reaches into the later part only, whose beginning is drowned by the mirrored end of the earlier one, so
    that no label has to move.
    """
    whole = [part.copy() for part in parts if len(part)]
    fade = _at(FADE_S)
    for before, after in itertools.pairwise(whole):
        n = min(fade, len(before), len(after))
        up = np.linspace(0, 1, n, dtype=np.float32)
        after[:n] = after[:n] * up + before[: -n - 1 : -1] * (1 - up)
    return np.concatenate(whole)


def in_its_room(clip: Clip, rng: np.random.Generator) -> Clip:
    """The clip with LEAD_S of its room before it and the room after it until TAIL_S after the last word."""
    missing_s = max(0.0, TAIL_S - (len(clip.samples) / MIC_RATE_HZ - clip.span.end_s))
    lead = room_tone(clip.samples, clip.span, _at(LEAD_S), rng)
    tail = room_tone(clip.samples, clip.span, _at(missing_s), rng) if missing_s else np.zeros(0, np.float32)
    return dataclasses.replace(clip, samples=joined(lead, clip.samples, tail), span=_shifted(clip.span, 0.0, LEAD_S))


def in_noise(clip: Clip, noise: PcmFloat, snr_db: float, rng: np.random.Generator) -> Clip:
    """The clip with noise, from a random place of the recording and repeated as needed, `snr_db` below its speech.

    Both levels are means: the clip's over its speech without the pauses, the noise's over what is mixed in.
    """
    start = int(rng.integers(0, len(noise)))
    added = np.resize(np.roll(noise, -start), len(clip.samples))
    speech = clip.samples[_at(clip.span.start_s) : _at(clip.span.end_s)]
    is_said = np.ones(len(speech), bool)
    for begin, end in clip.span.pauses:
        is_said[_at(begin - clip.span.start_s) : _at(end - clip.span.start_s)] = False
    powers = float(np.mean(speech[is_said] ** 2)), float(np.mean(added**2))
    gain = (powers[0] / max(powers[1], 1e-12)) ** 0.5 * 10 ** (-snr_db / 20)
    mixed = clip.samples + added * gain
    loudest = max(1.0, float(np.abs(mixed).max()))
    return dataclasses.replace(clip, samples=(mixed / loudest).astype(np.float32))


def with_pause(clip: Clip, at_s: float, length_s: float, rng: np.random.Generator) -> Clip:
    """The clip with `length_s` of its own room put in at `at_s`, inside its speech."""
    cut = _at(at_s)
    tone = room_tone(clip.samples, clip.span, _at(length_s), rng)
    samples = joined(clip.samples[:cut], tone, clip.samples[cut:])
    return dataclasses.replace(clip, samples=samples, span=_shifted(clip.span, at_s, length_s, is_pause=True))


def _shifted(span: SpokenSpan, at_s: float, by_s: float, *, is_pause: bool = False) -> SpokenSpan:
    """The span after `by_s` was put in at `at_s`."""

    def moved(time_s: float) -> float:
        return time_s + by_s if time_s >= at_s else time_s

    pauses = [(moved(start), moved(end)) for start, end in span.pauses]
    if is_pause:
        pauses = sorted([*pauses, (at_s, at_s + by_s)])
    return SpokenSpan(moved(span.start_s), moved(span.end_s), tuple(pauses))


def quietest_s(samples: PcmFloat, around_s: tuple[float, float]) -> float:
    """Middle of the quietest 10 ms between the two times, widened by NEAR_S each."""
    low, high = max(0, _at(around_s[0] - NEAR_S)), _at(around_s[1] + NEAR_S)
    block = MIC_RATE_HZ // 100
    power = np.convolve(samples[low:high] ** 2, np.ones(block, np.float32) / block, mode="valid")
    return (low + int(np.argmin(power)) + block // 2) / MIC_RATE_HZ


def _at(time_s: float) -> int:
    return round(time_s * MIC_RATE_HZ)

"""The assistant talks in a virtual room: what its microphone hears, and what the echo canceller makes of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.config import Config
from assistant.opening import build_engine
from audio.devices.protocol import Played
from audio.echo.far_end import FarEnd
from audio.echo.likeness import MAX_DELAY_S, likeness
from audio.echo.protocol import EchoCanceller
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.segmenter import Segmenter
from audio.virtual_room import Room, measured, reverberation
from audio.wav import read_wav

PAUSE_S = 0.7
"""Between two sentences."""
REPORTS_WRONG_BY_S = 0.001
"""A speaker's dates waver by so much (standard deviation), once they are averaged."""
LIKENESS_BEFORE_S, LIKENESS_AFTER_S = 0.1, 0.3
"""It is taken over so much before the onset, and after it."""
PLAYS = 32768 * 10 ** (-50 / 20)


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """What the assistant played, sample by sample, by the speaker's own count, at MIC_RATE_HZ."""

    samples: Pcm16
    sentences: tuple[tuple[int, int], ...]
    """First sample of each sentence, and the one after its last."""


@dataclass(frozen=True, slots=True)
class Onset:
    """Something that the daemon's voice detection takes for the beginning of speech."""

    at_s: float
    lasted_s: float
    likeness: float
    """To what was being played; see `audio.echo.likeness`."""


def rooms(folder: Path | None) -> list[Room]:
    """Rooms made up, and one for every impulse response in `folder`/rir."""
    found = [
        Room("made up, 0.3 s", reverberation(0.3), delay_s=0.04, attenuation_db=6, drift_ppm=50),
        Room("made up, 0.6 s, loud", reverberation(0.6), delay_s=0.07, attenuation_db=0, noise_dbfs=-55, drift_ppm=-80),
        Room("made up, 0.4 s, late", reverberation(0.4, seed=1), delay_s=0.2, attenuation_db=6, distortion=0.8),
    ]
    files = sorted((folder / "rir").glob("*.wav")) if folder is not None else []
    return found + [Room(file.stem, measured(read_wav(file)), delay_s=0.05, drift_ppm=30) for file in files]


def talk(sentences: Sequence[Pcm16], seconds: float) -> Talk:
    """The sentences, over and over, with pauses, for so long."""
    samples, places = np.zeros(round(seconds * MIC_RATE_HZ), np.int16), []
    at, number = round(PAUSE_S * MIC_RATE_HZ), 0
    while at + len(sentence := sentences[number % len(sentences)]) <= len(samples):
        samples[at : at + len(sentence)] = sentence
        places.append((at, at + len(sentence)))
        at += len(sentence) + round(PAUSE_S * MIC_RATE_HZ)
        number += 1
    return Talk(samples, tuple(places))


def through(canceller: EchoCanceller, room: Room, said: Talk, heard: Pcm16, lead_s: float) -> tuple[Pcm16, Pcm16]:
    """What the daemon's echo path makes of `heard`: the clean sound, and the far end as it was handed out.

    The far end is told what a speaker tells, sentence by sentence and every 20 ms, on the room's drifting clock and
    with dates that waver.
    """
    far_end = FarEnd(MIC_RATE_HZ, lead_s=lead_s)
    random = np.random.default_rng(0)
    clean, far = np.zeros_like(heard), np.zeros_like(heard)
    waiting, written = list(said.sentences), 0
    begin = end = 0
    for start in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        now = start + FRAME_SAMPLES
        if waiting and now >= waiting[0][0]:
            begin, end = waiting.pop(0)
            far_end.wrote(said.samples[begin:end])
            written += end - begin
        if begin < now <= end + FRAME_SAMPLES:
            played = min(now, end)
            at_s = played / MIC_RATE_HZ * (1 + room.drift_ppm * 1e-6) + random.normal(0, REPORTS_WRONG_BY_S)
            far_end.played(Played(0, written - (end - played), at_s))
        frame = slice(start, now)
        far[frame] = far_end.frame(start)
        clean[frame] = canceller.process(heard[frame], far[frame])
    return clean, far


def onsets(heard: Pcm16, far: Pcm16, vad: VoiceActivityDetector, segmenter: Segmenter) -> list[Onset]:
    """Where the daemon would hear speech begin; `segmenter` is a fresh one."""
    vad.reset()
    spans: list[list[float]] = []
    was_speaking = False
    for start in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = Frame(start, heard[start : start + FRAME_SAMPLES])
        state = segmenter.push(frame.start_s, frame.end_s, vad.probability(frame))
        if state.is_speaking and not was_speaking and state.onset_s is not None:
            spans.append([state.onset_s, frame.end_s])
        if state.is_speaking:
            spans[-1][1] = frame.end_s
        was_speaking = state.is_speaking
    return [Onset(at_s, until_s - at_s, _likeness_at(at_s, heard, far)) for at_s, until_s in spans]


def straight_through(canceller: EchoCanceller, heard: Pcm16, far: Pcm16) -> Pcm16:
    """Recordings of both, which are on one clock already, frame by frame through the canceller."""
    clean = np.zeros_like(heard)
    for start in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = slice(start, start + FRAME_SAMPLES)
        clean[frame] = canceller.process(heard[frame], far[frame])
    return clean


def level_db(samples: Pcm16) -> float:
    """Power in dB of any constant, of silence, too."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-3)) if samples.size else -30.0


def quieter_db(heard: Pcm16, clean: Pcm16, far: Pcm16, *, while_playing: bool = True) -> float | None:
    """By how much the sound went down while something above -50 dBFS was being played, or while nothing was.

    The first of it is the echo return loss enhancement, if nobody else spoke. None where there is no such moment.
    """
    frames = len(far) // FRAME_SAMPLES
    before, after, played = (one[: frames * FRAME_SAMPLES].reshape(frames, -1) for one in (heard, clean, far))
    chosen = (np.abs(played.astype(np.int32)).max(axis=1) > PLAYS) == while_playing
    return level_db(before[chosen]) - level_db(after[chosen]) if chosen.any() else None


def detectors(config: Config) -> tuple[VoiceActivityDetector, Segmenter]:
    """The daemon's own."""
    return build_engine("vad", config.vad), Segmenter(threshold=config.vad.threshold, onset_ms=config.vad.onset_ms)


def _likeness_at(at_s: float, heard: Pcm16, far: Pcm16) -> float:
    begin, end = (max(0, round(time_s * MIC_RATE_HZ)) for time_s in (at_s - LIKENESS_BEFORE_S, at_s + LIKENESS_AFTER_S))
    return likeness(heard[begin:end], far[max(0, begin - round(MAX_DELAY_S * MIC_RATE_HZ)) : end])

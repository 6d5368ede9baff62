"""Clips are made so that their labels stay true."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.acoustics import SpokenSpan
from audio.frames import MIC_RATE_HZ, PcmFloat
from scripts.clip_sounds import (
    FADE_S,
    LEAD_S,
    TAIL_S,
    Clip,
    in_its_room,
    in_noise,
    joined,
    quietest_s,
    room_tone,
    with_pause,
)
from scripts.make_clips import in_turn, write

FLOOR = 0.001
SPEECH = 0.1


def at(time_s: float) -> int:
    return round(time_s * MIC_RATE_HZ)


def level(samples: PcmFloat) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def clip(name: str = "a", speaker: str = "s", folder: str = "f") -> Clip:
    """0.5 s of room, 1 s of speech, 0.5 s of room."""
    rng = np.random.default_rng(1)
    samples = rng.normal(0, FLOOR, 2 * MIC_RATE_HZ)
    samples[at(0.5) : at(1.5)] = rng.normal(0, SPEECH, MIC_RATE_HZ)
    label = {"text": "hello there", "speaker": speaker, "source": f"{folder}/{name}.wav"}
    return Clip(name, samples.astype(np.float32), SpokenSpan(0.5, 1.5, ()), label)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_room_tone_is_as_loud_as_the_room_and_not_as_speech(rng: np.random.Generator) -> None:
    tone = room_tone(clip().samples, clip().span, at(2.0), rng)
    assert len(tone) == at(2.0)
    assert level(tone) == pytest.approx(FLOOR, rel=0.2)


def test_a_recording_cut_tight_gets_noise_like_its_quietest_part(rng: np.random.Generator) -> None:
    quiet_and_loud = np.concatenate([rng.normal(0, 0.01, at(0.4)), rng.normal(0, SPEECH, at(1.6))]).astype(np.float32)
    tone = room_tone(quiet_and_loud, SpokenSpan(0.0, 2.0, ()), at(1.0), rng)
    assert level(tone) == pytest.approx(0.01, rel=0.3)


def test_even_a_digitally_silent_room_is_never_exactly_zero(rng: np.random.Generator) -> None:
    samples = np.zeros(at(2.0), np.float32)
    samples[at(0.5) : at(1.0)] = SPEECH
    tone = room_tone(samples, SpokenSpan(0.5, 1.0, ()), at(1.0), rng)
    assert 0 < level(tone) < 0.001


def test_room_before_and_after_moves_the_label_with_the_speech(rng: np.random.Generator) -> None:
    made = in_its_room(clip(), rng)
    assert (made.span.start_s, made.span.end_s) == (0.5 + LEAD_S, 1.5 + LEAD_S)
    assert len(made.samples) == at(made.span.end_s + TAIL_S)
    speech = made.samples[at(made.span.start_s) : at(made.span.end_s)]
    assert np.array_equal(speech, clip().samples[at(0.5) : at(1.5)])
    assert level(made.samples[at(made.span.end_s + 0.1) :]) == pytest.approx(FLOOR, rel=0.2)


def test_a_pause_is_room_and_what_follows_comes_later_by_its_length(rng: np.random.Generator) -> None:
    made = with_pause(clip(), 0.9, 0.7, rng)
    assert made.span == SpokenSpan(0.5, pytest.approx(2.2), ((0.9, pytest.approx(1.6)),))
    assert level(made.samples[at(0.9 + FADE_S) : at(1.6)]) == pytest.approx(FLOOR, rel=0.2)
    assert np.array_equal(made.samples[: at(0.9)], clip().samples[: at(0.9)])
    assert np.array_equal(made.samples[at(1.6 + FADE_S) :], clip().samples[at(0.9 + FADE_S) :])


def test_a_pause_shifts_the_real_ones_behind_it_only(rng: np.random.Generator) -> None:
    real = Clip("a", clip().samples, SpokenSpan(0.5, 1.5, ((0.6, 0.7), (1.1, 1.2))), {})
    made = with_pause(real, 0.9, 0.5, rng)
    assert made.span.pauses == ((0.6, 0.7), (0.9, pytest.approx(1.4)), (pytest.approx(1.6), pytest.approx(1.7)))


def test_the_same_seed_makes_the_same_clip() -> None:
    first, second = (with_pause(clip(), 0.9, 0.5, np.random.default_rng(7)).samples for _ in range(2))
    assert np.array_equal(first, second)


def test_noise_lies_at_the_asked_distance_below_speech(rng: np.random.Generator) -> None:
    noise = rng.normal(0, 0.3, at(0.7)).astype(np.float32)
    made = in_noise(clip(), noise, 15.0, rng)
    added = made.samples - clip().samples
    assert 20 * np.log10(level(clip().samples[at(0.5) : at(1.5)]) / level(added)) == pytest.approx(15.0, abs=0.1)
    assert made.span == clip().span


def test_a_mix_too_loud_is_turned_down_not_clipped(rng: np.random.Generator) -> None:
    loud = Clip("a", (clip().samples * 9.5).clip(-1, 1), clip().span, {})
    made = in_noise(loud, rng.normal(0, 0.3, at(0.7)).astype(np.float32), 3.0, rng)
    assert np.abs(made.samples).max() == pytest.approx(1.0)
    assert (np.abs(made.samples) >= 1.0).sum() <= 2


def test_a_seam_does_not_click() -> None:
    wave = np.sin(2 * np.pi * 100 * np.arange(1600) / MIC_RATE_HZ).astype(np.float32)
    whole = joined(wave[:400] + 0.5, wave[:800] - 0.5)
    assert len(whole) == 1200
    assert np.abs(np.diff(whole)).max() < 0.1


def test_the_cut_is_where_it_is_quietest_between_two_words() -> None:
    samples = np.full(at(1.0), SPEECH, np.float32)
    samples[at(0.52) : at(0.54)] = 0.0
    assert quietest_s(samples, (0.48, 0.50)) == pytest.approx(0.53, abs=0.006)


def test_the_first_clips_come_from_all_folders_and_from_different_speakers() -> None:
    many = [clip(f"{speaker}{n}", speaker, "many") for speaker in "pqr" for n in range(5)]
    few = [clip(f"t{n}", "t", "few") for n in range(2)]
    first = in_turn([*many, *few], random.Random(1))[:4]
    assert sorted(found.label["source"].split("/")[0] for found in first) == ["few", "few", "many", "many"]
    assert len({found.label["speaker"] for found in first}) == 3


def test_what_is_written_can_be_read_back_with_its_labels(tmp_path: Path, rng: np.random.Generator) -> None:
    folder = tmp_path / "set"
    write(folder, [clip("old")])
    write(folder, [with_pause(clip("new"), 0.9, 0.5, rng)])
    assert sorted(file.name for file in folder.iterdir()) == ["labels.jsonl", "new.wav"]
    row = json.loads((folder / "labels.jsonl").read_text())
    assert (row["file"], row["text"], row["pauses"], row["speech_end_s"]) == (
        "new.wav",
        "hello there",
        [[0.9, 1.4]],
        2.0,
    )
    info = soundfile.info(folder / "new.wav")
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (16_000, 1, "PCM_16", at(2.5))

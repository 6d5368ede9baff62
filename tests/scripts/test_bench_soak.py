"""Growth over a soak: what the slopes of the benchmark say."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.bench_soak import Sample, Slope, script, slopes, turns

NOISE = np.random.default_rng(0).normal(0, 1, 400)


def test_what_leaks_is_found_in_the_noise() -> None:
    at_s = np.arange(400) * 9.0
    leaking = Slope.of(at_s, 100 + at_s / 3600 * 50 + NOISE)
    assert leaking.per_hour == pytest.approx(50, abs=1)
    assert leaking.verdict(30) == "GROWS"
    assert leaking.verdict(60) == "steady"


def test_what_only_wavers_is_steady() -> None:
    assert Slope.of(np.arange(400) * 9.0, 100 + NOISE).verdict(5) == "steady"


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 9.0], [1.0, 9.0, 2.0]])
def test_too_little_tells_nothing(values: list[float]) -> None:
    assert Slope.of([10.0 * number for number in range(len(values))], values).verdict(5) == "too short to tell"


def test_what_fills_at_the_start_is_no_growth() -> None:
    samples = [Sample(at_s, 100 + min(at_s, 100.0), 90, 30, 20, 3) for at_s in range(0, 3600, 10)]
    records = [{"latency_ms": None, "speech_end_s": 1.0}, {"latency_ms": 500.0, "speech_end_s": 2000.0}]
    found = slopes(samples, records)
    assert found["RSS, MB"].per_hour == pytest.approx(0, abs=1e-6)
    assert found["handles"].verdict(2) == "steady"
    assert found["latency, ms"].error == math.inf


def test_somebody_asks_again_and_again_until_shortly_before_the_end(tmp_path: Path) -> None:
    clip = tmp_path / "clip.wav"
    soundfile.write(clip, np.full(16_000, 5000, np.int16), 16_000)
    whole = script([clip], [], 120, seed=1)
    loud = np.abs(whole.reshape(-1, 16_000)).max(axis=1) > 1000
    assert len(whole) == 120 * 16_000
    assert loud[:100].sum() >= 10
    assert not loud[-10:].any(), "the last answer has time to be said"


def test_a_turn_log_that_is_not_there_yet_holds_no_turns(tmp_path: Path) -> None:
    assert turns(tmp_path / "turns.jsonl") == []
    (tmp_path / "turns.jsonl").write_text(json.dumps({"latency_ms": 1.0}) + "\n")
    assert turns(tmp_path / "turns.jsonl") == [{"latency_ms": 1.0}]

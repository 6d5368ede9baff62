"""What the benchmark of interruptions makes of an output and a turn log."""

from pathlib import Path

import numpy as np
import pytest

from assistant.cli.bench.answered import Answered
from assistant.cli.bench.clips import Clip
from assistant.cli.bench.interruptions import READ_OUT, Interruption, effect_of, summary
from audio.frames import PcmFloat
from tests.assistant.cli.bench.turn_records import turn_record

RATE_HZ = 1000
SOUND = Interruption("meant", "a.wav", np.zeros(0, np.int16))


def output(*sounding: tuple[float, float]) -> PcmFloat:
    samples = np.zeros(20 * RATE_HZ, np.float32)
    for begin_s, end_s in sounding:
        samples[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)] = 0.5
    return samples


def answered(*, heard_text: str, interrupted: bool, following: str = "") -> Answered:
    turns = [turn_record(user_text="question", heard_text=heard_text, interrupted=interrupted)]
    turns += [turn_record(user_text=following)] if following else []
    return Answered(Clip(Path("a.wav"), "", 0.5, 2.0), turns)


def test_an_interruption_that_got_the_floor() -> None:
    result = answered(heard_text="There is a", interrupted=True, following="stop that")
    effect = effect_of(SOUND, result, output((3.0, 6.12), (8.0, 9.0)), RATE_HZ, 6.0)
    assert effect.silent_ms == pytest.approx(120, abs=2)
    assert effect.was_stopped
    assert effect.back_after_ms is None
    assert not effect.was_heard_out
    assert effect.understood == "stop that"


def test_it_is_soft_once_it_was_ducked_over_the_sound_or_is_silent() -> None:
    result = answered(heard_text="There is a", interrupted=True)
    sounding = output((3.0, 6.12))
    assert effect_of(SOUND, result, sounding, RATE_HZ, 6.0).ducked_ms == pytest.approx(120, abs=2)
    result.ducked_s = [4.0, 6.06, 7.0]
    assert effect_of(SOUND, result, sounding, RATE_HZ, 6.0).ducked_ms == pytest.approx(60, abs=2)
    assert (
        effect_of(SOUND, answered(heard_text=READ_OUT, interrupted=False), output((3.0, 12.0)), RATE_HZ, 6.0).ducked_ms
        is None
    )


def test_an_acknowledgement_after_which_it_goes_on() -> None:
    result = answered(heard_text=READ_OUT, interrupted=False)
    effect = effect_of(SOUND, result, output((3.0, 6.1), (6.9, 12.0)), RATE_HZ, 6.0)
    assert effect.silent_ms == pytest.approx(100, abs=2)
    assert effect.back_after_ms == pytest.approx(800, abs=2)
    assert effect.was_heard_out
    assert not effect.was_stopped


def test_a_noise_that_it_does_not_heed() -> None:
    result = answered(heard_text=READ_OUT, interrupted=False)
    effect = effect_of(SOUND, result, output((3.0, 12.0)), RATE_HZ, 6.0)
    assert effect.silent_ms is None
    assert effect.was_heard_out


def test_the_summary_counts_each_kind_by_itself() -> None:
    result = answered(heard_text=READ_OUT, interrupted=False)
    noise = Interruption("noise", "door.wav 0", np.zeros(0, np.int16))
    lines = "\n".join(summary([effect_of(noise, result, output((3.0, 12.0)), RATE_HZ, 6.0)]))
    assert (
        "noises after which the answer was heard to its end: 1 of 1; that hushed it for a while: 0 of 1; that made"
        in lines
    )
    assert "meant and got the floor: 0 of 0" in lines

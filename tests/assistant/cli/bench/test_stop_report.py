"""What the benchmark of "emergency stop" puts to it, and what it says in the end."""

import numpy as np

from assistant.cli.bench.stop import AFTER_S, BEFORE_S, Outcome, Report, Said, conditions, summary
from audio.frames import MIC_RATE_HZ


def test_every_order_is_put_clean_and_in_noise_with_its_end_at_the_same_place() -> None:
    order = np.full(MIC_RATE_HZ, 3000, np.int16)
    noise = np.full(777, 10, np.int16)
    clean, noisy = conditions([Said("Stop.", "clean", order)], [noise])
    assert (clean.condition, noisy.condition) == ("clean", "10 dB")
    for one in (clean, noisy):
        end = len(one.samples) - round(AFTER_S * MIC_RATE_HZ)
        assert end == round(BEFORE_S * MIC_RATE_HZ) + len(order)
        assert one.samples[end - 1] > 2000 > one.samples[end]


def test_misses_and_false_stops_are_counted() -> None:
    report = Report(
        orders=[Outcome("Stop.", "clean", 50.0), Outcome("Stop.", "clean", 90.0), Outcome("Stop.", "10 dB", None)],
        speech_s=1800.0,
        false_stops=["a.wav: emergency stop"],
        speech_cpu=0.03,
        idle_cpu=0.01,
    )
    assert summary(report) == [
        "end of an order to silence, clean: n=2 median 70 ms, 90 % 86, 95 % 88, max 90; missed 0 of 2",
        "end of an order to silence, 10 dB: not measured (n=0); missed 1 of 1",
        "stopped by other speech: 1 times in 30.0 minutes (below 9 an hour, 95 %)",
        "cost while people speak: 3.0 % of one core",
        "cost while nobody speaks: 1.0 % of one core (file microphone, 10 s)",
    ]

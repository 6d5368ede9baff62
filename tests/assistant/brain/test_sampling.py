"""Choosing tokens."""

from collections import Counter

import numpy as np

from assistant.brain.sampling import choose

LOGITS = np.full(100, -20.0, np.float32)
LOGITS[[7, 8, 9]] = [2.0, 1.0, -2.0]


def drawn(temperature: float) -> Counter[int]:
    random = np.random.default_rng(1)
    return Counter(choose(LOGITS, temperature, random) for _ in range(2000))


def test_without_a_temperature_it_is_the_likeliest() -> None:
    assert drawn(0) == {7: 2000}


def test_at_temperature_one_tokens_come_as_often_as_the_model_says() -> None:
    assert abs(drawn(1.0)[7] / 2000 - 1 / (1 + np.exp(-1))) < 0.03


def test_a_low_temperature_prefers_the_likeliest() -> None:
    assert drawn(0.2)[7] > 1970


def test_an_unlikely_token_is_never_chosen() -> None:
    assert set(drawn(5.0)) == {7, 8}

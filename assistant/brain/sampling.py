"""Choosing the next token."""

import numpy as np
from numpy.typing import NDArray

LIKELIEST = 40
LEAST_SHARE = 0.05
"""A token less likely than this share of the likeliest is never chosen (min-p; the same numbers as llama.cpp's)."""


def choose(logits: NDArray[np.float32], temperature: float, random: np.random.Generator) -> int:
    """The number of a token, drawn by `logits` (vocabulary,); the likeliest at temperature 0."""
    if temperature <= 0:
        return int(logits.argmax())
    candidates = np.argpartition(logits, -LIKELIEST)[-LIKELIEST:]
    shares = np.exp(logits[candidates] - logits[candidates].max())
    weights = np.where(shares >= LEAST_SHARE, shares, 0.0).astype(np.float64) ** (1 / temperature)
    return int(random.choice(candidates, p=weights / weights.sum()))

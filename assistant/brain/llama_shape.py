"""The numbers of a Llama-like model's architecture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """The numbers of a model's architecture."""

    layers: int
    heads: int
    kv_heads: int
    head_size: int
    hidden: int
    """Width of the feed-forward part."""
    norm_epsilon: float
    rope_base: float
    is_tied: bool
    """Whether the logits are made with the embedding's weights."""

    def rotations(self, positions: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Cosine and sine of the rotary embedding, each (positions, head_size / 2)."""
        frequencies = self.rope_base ** -(np.arange(0, self.head_size, 2) / self.head_size)
        angles = np.outer(np.arange(positions), frequencies)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)

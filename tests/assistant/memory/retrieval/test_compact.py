"""Vectors as they are kept."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant.memory.retrieval.compact import STEPS, code, packed, unlike, unpacked

VECTORS = arrays(np.float32, (3, 384), elements=st.floats(-1, 1, width=32))


@given(VECTORS)
def test_a_vector_comes_back_as_it_was_up_to_half_a_step(vectors: np.ndarray) -> None:
    again = unpacked(packed(vectors)).reshape(vectors.shape)
    assert np.abs(again - vectors).max() <= 0.5 / STEPS + 1e-6


@given(VECTORS)
def test_codes_differ_in_as_many_bits_as_vectors_in_signs(vectors: np.ndarray) -> None:
    codes = np.stack([code(vector) for vector in vectors], axis=1)
    expected = [int(np.sum((vector > 0) != (vectors[0] > 0))) for vector in vectors]
    assert unlike(codes, codes[:, 0]).tolist() == expected

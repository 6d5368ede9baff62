"""Signs of whether what was found answers the question."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant.memory.retrieval.features import FEATURES
from assistant.memory.retrieval.known import KNOWN, LEAST_SCORE, MANY, evidence, least_score, without_speaker

SPEAKER, OF_SELF = FEATURES.index("speaker"), FEATURES.index("told_of_self")
ROWS = arrays(np.float32, st.tuples(st.integers(2, 30), st.just(len(FEATURES))), elements=st.floats(0, 1, width=32))


def _signs(features: np.ndarray) -> dict[str, float]:
    scores = features.sum(axis=1)
    found = evidence(features, scores, without_speaker(features).sum(axis=1))
    return dict(zip(KNOWN, found.tolist(), strict=True))


@given(ROWS)
def test_the_other_side_is_the_opposite(features: np.ndarray) -> None:
    """What speaks for the one asked about speaks against the other, by as much."""
    features[:, SPEAKER] = np.where(np.arange(len(features)) % 2, 1, -1)
    features[:, FEATURES.index("speaker_before")] = 0
    other = features.copy()
    other[:, SPEAKER] *= -1
    mine, theirs = _signs(features), _signs(other)
    for name in ("told_and_score", "echoed"):
        assert np.isclose(mine[name], -theirs[name], atol=1e-4)


@given(ROWS)
def test_with_one_side_only_it_counts_how_well_anything_matches(features: np.ndarray) -> None:
    features[:, SPEAKER] = 1
    signs = _signs(features)
    assert signs["is_alone"] == 1
    assert np.isclose(signs["told_of_self_alone"], features[:, OF_SELF].max())
    assert signs["told_and_score"] == signs["echoed"] == 0


@given(ROWS)
def test_the_signs_are_numbers_whoever_is_asked_about(features: np.ndarray) -> None:
    features[:, SPEAKER] = np.sign(features[:, SPEAKER] - 0.5)
    assert np.isfinite(list(_signs(features).values())).all()


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_among_more_memories_the_likeliest_must_be_no_less_likely(some: int, others: int) -> None:
    few, many = sorted((some, others))
    assert least_score(few) <= least_score(many) <= LEAST_SCORE
    assert least_score(MANY) == LEAST_SCORE

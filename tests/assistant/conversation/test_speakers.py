"""Who is speaking, by the likeness of voices."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.speakers import Enrolled, Speaker, identify, unknown
from audio.voice.protocol import Voice

HEARD = Voice(np.array([1, 0], np.float32), 2.0)
probabilities = st.dictionaries(st.sampled_from(["Anna", "Bo", "Cy", "Di"]), st.floats(0, 1), max_size=4)


def among(likely: dict[str, float], sure: float = 0.8) -> Speaker:
    """Who it is, given how likely the voice is each one's by itself."""
    enrolled = [Enrolled(name, Voice(np.array([0, index], np.float32), 9.0)) for index, name in enumerate(likely)]
    by_index = list(likely.values())
    return identify(HEARD, enrolled, lambda _, other: by_index[int(other.embedding[1])], sure)


def test_somebody_who_is_surely_one_of_those_enrolled_is_named() -> None:
    assert among({"Anna": 0.95, "Bo": 0.02}).name == "Anna"
    assert among({"Anna": 0.95, "Bo": 0.02}).note == "The speaker is Anna."


def test_everybody_else_is_a_guest_and_told_nothing_private() -> None:
    speaker = among({"Anna": 0.7, "Bo": 0.02})
    assert speaker.is_guest
    assert "nothing private" in speaker.note
    assert among({}) == Speaker("guest", 1.0)
    assert unknown().is_guest


def test_a_voice_like_two_who_enrolled_is_neithers() -> None:
    assert among({"Anna": 0.97, "Bo": 0.96}).is_guest


@given(probabilities, st.floats(0.51, 0.99))
def test_nobody_is_named_who_is_not_surely_the_likeliest(likely: dict[str, float], sure: float) -> None:
    speaker = among(likely, sure)
    assert 0 <= speaker.confidence <= 1
    if not speaker.is_guest:
        assert speaker.confidence >= sure
        assert likely[speaker.name] >= sure
        assert likely[speaker.name] == max(likely.values())


@given(probabilities, st.floats(0.51, 0.99))
def test_one_more_who_enrolled_never_makes_anybody_else_surer(likely: dict[str, float], sure: float) -> None:
    before = among(likely, sure)
    after = among({**likely, "Eve": 0.5}, sure)
    assert before.is_guest or after.is_guest or after.confidence <= before.confidence + 1e-9

"""What successive passes agree on becomes final, and nothing else does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import MIC_RATE_HZ
from audio.stt.protocol import Lead
from audio.stt.rolling import STABLE_AFTER_S, Revision, agreed, first_revision, settled, without_beginning

SURE = -0.1
texts = st.lists(st.sampled_from(["turn", "turn,", "on", "the", "Light."]), max_size=8)


def heard(*passes: tuple[float, str]) -> Revision:
    revision = first_revision(0.0, "en")
    for until_s, text in passes:
        revision = agreed(revision, text.split(), until_s, SURE)
    return revision


def test_one_pass_makes_nothing_final() -> None:
    revision = heard((1.0, "turn on the"))
    assert (revision.text, revision.stable_words, revision.until_s) == ("turn on the", 0, 1.0)
    assert revision.confidence == pytest.approx(0.905, abs=0.001)


def test_words_that_stood_long_enough_are_final_except_the_last() -> None:
    later = 1.0 + STABLE_AFTER_S
    assert heard((1.0, "turn on the"), (later, "turn on the")).stable_words == 2
    assert heard((1.0, "turn on the"), (later, "turn on the light")).stable_words == 3


def test_agreement_of_passes_that_heard_nearly_the_same_makes_nothing_final() -> None:
    assert heard((1.0, "for queen of"), (1.1, "for queen of clubs"), (1.2, "four queen of clubs")).stable_words == 0


def test_a_word_that_changed_has_to_stand_anew_and_with_it_all_that_follow() -> None:
    at = STABLE_AFTER_S
    revision = heard((1.0, "give me a light"), (1.0 + at / 2, "give the a light"), (1.0 + at, "give the a light on"))
    assert revision.stable_words == 1


def test_a_final_word_stays_even_when_the_decoder_glues_something_to_it() -> None:
    revision = heard((1.0, "turn on the"), (1.0 + STABLE_AFTER_S, "turn on the light"))
    assert agreed(revision, ["turn", "on", "the,", "lights"], 4.0, SURE).text == "turn on the lights"


def test_words_keep_their_times_and_new_ones_share_what_is_left() -> None:
    revision = heard((1.0, "turn on"), (1.6, "turn on the light"))
    assert [(word.text, round(word.start_s, 2), round(word.end_s, 2)) for word in revision.words] == [
        ("turn", 0.0, 0.67),
        ("on", 0.67, 1.0),
        ("the", 1.0, 1.23),
        ("light", 1.23, 1.6),
    ]


def test_a_lead_is_known_and_no_part_of_the_text_until_its_sound_is_decoded_no_more() -> None:
    led = first_revision(5.0, "en", Lead(np.zeros(round(1.2 * MIC_RATE_HZ), np.float32), "okay lamp,"))
    assert (led.known_text, led.text, led.window_s) == ("okay lamp,", "", 3.8)
    revision = agreed(agreed(led, ["light", "on"], 6.0, SURE), ["light", "on"], 6.0 + STABLE_AFTER_S, SURE)
    assert (revision.text, revision.known_text, revision.words[0].start_s) == ("light on", "okay lamp, light", 5.0)
    assert settled(revision, 1, 5.6).known_text == ""
    other = revision.anew(3.8, "de")
    assert (other.language, other.text, other.known_text, other.window_s) == ("de", "", "okay lamp,", 3.8)


def test_no_words_are_no_text_and_nothing_to_be_unsure_of() -> None:
    revision = heard((1.0, ""))
    assert (revision.text, revision.words, revision.stable_words, revision.confidence) == ("", (), 0, 1.0)


@given(st.lists(st.tuples(texts, st.floats(0.05, 1.0), st.floats(0.0, 12.0)), max_size=12))
def test_what_is_final_is_never_changed(passes: list[tuple[list[str], float, float]]) -> None:
    revision = first_revision(3.0, "en")
    for words, further_s, cut_after_s in passes:
        until_s = revision.until_s + further_s
        later = agreed(revision, words, until_s, SURE)
        if until_s - later.window_s > cut_after_s > 4.0:
            in_window = np.zeros(round((until_s - later.window_s) * MIC_RATE_HZ), np.float32)
            starts_s = [word.start_s for word in later.words[later.settled :]]
            later = without_beginning(later, in_window, starts_s)
        assert later.words[: revision.stable_words] == revision.words[: revision.stable_words]
        assert revision.stable_words <= later.stable_words <= len(later.words)
        assert revision.window_s <= later.window_s <= until_s
        assert later.text == " ".join(word.text for word in later.words)
        times = [time for word in later.words for time in (word.start_s, word.end_s)]
        assert times == pytest.approx(sorted(times))
        assert all(3.0 <= time <= until_s + 1e-6 for time in times)
        revision = later


def test_a_long_utterance_is_cut_in_its_pause() -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 9 * MIC_RATE_HZ).astype(np.float32)
    samples[round(2.98 * MIC_RATE_HZ) : round(3.06 * MIC_RATE_HZ)] = 0
    revision = agreed(first_revision(10.0, "en"), ["one", "two", "three", "four"], 19.0, SURE)
    cut = without_beginning(revision, samples, [10.2, 11.5, 13.1, 17.5])
    assert (cut.settled, cut.stable_words, cut.text) == (2, 2, "one two three four")
    assert cut.window_s == pytest.approx(13.02, abs=0.03)
    assert cut.known_text == ""


def test_what_holds_no_word_is_dropped_up_to_its_last_seconds() -> None:
    revision = agreed(first_revision(0.0, "en"), [], 9.0, SURE)
    cut = without_beginning(revision, np.zeros(9 * MIC_RATE_HZ, np.float32), [])
    assert (cut.settled, cut.window_s) == (0, 6.0)

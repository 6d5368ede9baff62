"""What the model believes it said is what was heard, to the word."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.ledger import ClauseHeard, FirstSound, Ledger, LeftOff, WordMark

RATE_HZ = 1000


def two_clauses(ledger: Ledger) -> None:
    """ "Hello there, " in 100 samples and "my friend." in 200."""
    ledger.begin_clause(1, 1, 0, 0, 13)
    ledger.wrote(60, [WordMark(50, 5), WordMark(95, 12)])
    ledger.wrote(40, [])
    ledger.end_clause()
    ledger.begin_clause(1, 1, 1, 13, 23)
    ledger.wrote(200, [WordMark(80, 15), WordMark(190, 23)])
    ledger.end_clause()


def test_nothing_is_heard_before_it_is_played() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    assert ledger.played(0, 0, 1.0) == []
    assert ledger.heard_end(1) == 0


def test_the_first_sound_is_dated_at_its_first_sample() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    assert ledger.played(0, 20, 1.02) == [FirstSound(1, 0, 1.0)]
    assert ledger.played(0, 40, 1.04) == []


def test_a_word_is_heard_when_its_last_sample_was_played() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    ledger.played(0, 49, 1.0)
    assert ledger.heard_end(1) == 0
    ledger.played(0, 50, 1.0)
    assert ledger.heard_end(1) == 5
    assert ledger.played(0, 100, 1.1) == [ClauseHeard(1, 1, 0, 1.1)]
    assert ledger.heard_end(1) == 13
    ledger.played(0, 180, 1.2)
    assert ledger.heard_end(1) == 15
    assert ledger.played(0, 300, 1.3) == [ClauseHeard(1, 1, 1, 1.3)]
    assert ledger.heard_end(1) == 23


def test_the_last_report_of_a_cleared_epoch_still_counts_and_later_epochs_begin_at_zero() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    ledger.played(0, 50, 1.0)
    ledger.cleared(1)
    ledger.begin_clause(2, 1, 0, 0, 4)
    ledger.wrote(30, [WordMark(30, 4)])
    ledger.end_clause()
    ledger.played(0, 100, 1.1)
    ledger.close(0)
    assert ledger.heard_end(1) == 13
    assert ledger.heard_end(2) == 0
    assert ledger.played(1, 30, 2.0) == [FirstSound(2, 0, 1.97), ClauseHeard(2, 1, 0, 2.0)]
    assert ledger.played(0, 300, 2.1) == []


def test_a_clause_that_breaks_off_is_heard_to_its_last_marked_word_only() -> None:
    ledger = Ledger(RATE_HZ)
    ledger.begin_clause(1, 1, 0, 0, 13)
    ledger.wrote(60, [WordMark(50, 5)])
    ledger.end_clause(is_cut=True)
    assert ledger.played(0, 60, 1.0)[-1] == ClauseHeard(1, 1, 0, 1.0)
    assert ledger.heard_end(1) == 5


def test_a_clause_without_sound_is_heard_with_the_one_before_it() -> None:
    ledger = Ledger(RATE_HZ)
    ledger.begin_clause(1, 1, 0, 0, 5)
    ledger.wrote(10, [])
    ledger.end_clause()
    ledger.begin_clause(1, 1, 1, 5, 8)
    ledger.end_clause()
    assert ledger.played(0, 9, 1.0) == [FirstSound(1, 0, 1.0 - 0.009)]
    assert ledger.played(0, 10, 1.1) == [ClauseHeard(1, 1, 0, 1.1), ClauseHeard(1, 1, 1, 1.1)]
    assert ledger.heard_end(1) == 8


words = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@given(st.lists(words, min_size=1, max_size=4), st.lists(st.integers(0, 300), max_size=8), st.integers(1, 3))
def test_at_every_moment_exactly_the_words_played_to_their_end_are_heard(
    clauses: list[list[int]], reports: list[int], pieces: int
) -> None:
    """Each word shows as 4 characters and sounds for the given number of samples."""
    ledger, ends, display, written = Ledger(RATE_HZ), [(0, 0)], 0, 0
    for index, clause in enumerate(clauses):
        marks, samples = [], 0
        ledger.begin_clause(1, 1, index, display, display + 4 * len(clause))
        for word in clause:
            samples += word
            display += 4
            marks.append(WordMark(samples, display))
            ends.append((written + samples, display))
        first = samples // pieces
        ledger.wrote(first, marks)
        ledger.wrote(samples - first, [])
        ledger.end_clause()
        written += samples
    most = 0
    for played in reports:
        ledger.played(0, played, 0.0)
        most = max(most, min(played, written))
        assert ledger.heard_end(1) == max(shown for sample, shown in ends if sample <= most)


def test_it_knows_the_word_that_was_cut() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    ledger.played(0, 100 + 150, 1.0)
    assert ledger.left_off(1, 1) is None, "it has not been silenced"
    ledger.cleared(1)
    ledger.close(0)
    assert ledger.left_off(1, 1) == LeftOff(1, 1, 1, 80), "in the second clause, after its first word"
    assert ledger.left_off(1, 2) is None
    assert ledger.left_off(2, 1) is None


def test_what_was_cut_and_goes_on_is_heard_to_the_end() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    ledger.played(0, 100 + 150, 1.0)
    ledger.cleared(1)
    ledger.close(0)
    ledger.begin_clause(1, 1, 1, 13, 23, skipped=80)
    ledger.wrote(120, [WordMark(80, 15), WordMark(190, 23)])
    ledger.end_clause()
    ledger.played(1, 109, 2.0)
    assert ledger.heard_end(1) == 15
    ledger.played(1, 110, 2.1)
    assert ledger.heard_end(1) == 23
    ledger.cleared(2)
    ledger.close(1)
    assert ledger.left_off(1, 1) == LeftOff(1, 1, 1, 190), "cut again, further on"
    ledger.cleared(3)
    ledger.close(2)
    assert ledger.left_off(1, 1) == LeftOff(1, 1, 1, 190), "nothing has been written since"


def test_an_answer_that_was_heard_out_was_not_cut() -> None:
    ledger = Ledger(RATE_HZ)
    two_clauses(ledger)
    ledger.played(0, 300, 1.0)
    ledger.cleared(1)
    ledger.close(0)
    assert ledger.left_off(1, 1) is None

"""Where what a question is told stands, while it is being said and when it is all said."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.brain.context.placing import told_ahead, told_at_last
from assistant.conversation.told import NOTHING, Background

lines = st.lists(st.sampled_from("abcdef"), unique=True)
ROOM = 4


def fits(some: object) -> bool:
    return len(list(some)) <= ROOM  # type: ignore[call-overload]


@given(st.lists(lines, max_size=5))
def test_while_it_is_said_what_is_found_is_told_before_it_and_what_stays_is_first(
    found: list[list[str]],
) -> None:
    told = NOTHING
    for some in found:
        before, told = told, told_ahead(told, some)
        assert set(some) <= set(told.before)
        assert told.behind == ()
        if set(some) <= set(before.before):
            assert told.before == before.before, "what is evaluated stays as it is"
        else:
            assert set(told.before) == set(some), "nothing but what is found now"
            kept = [line for line in before.before if line in some]
            assert list(told.before[: len(kept)]) == kept


@given(lines, lines)
def test_in_the_end_what_stands_before_it_stays_and_what_is_new_comes_behind(ahead: list[str], last: list[str]) -> None:
    told = told_at_last(Background(tuple(ahead)), [last], fits)
    if not ahead:
        assert told == Background(tuple(last))
        return
    assert told.before == tuple(ahead)
    assert set(told.behind) <= set(last) - set(ahead)
    assert not told.behind or fits([*told.before, *told.behind])


def test_what_is_known_already_is_told_once() -> None:
    assert told_at_last(Background(("a", "b")), [["b"]], fits) == Background(("a", "b"))


def test_behind_it_comes_only_what_matters_more_than_what_stands_already() -> None:
    assert told_at_last(Background(("a",)), [["b", "c"]], fits) == Background(("a",), ("b", "c"))
    assert told_at_last(Background(("a",)), [["b", "a", "c"]], fits) == Background(("a",), ("b",))
    assert told_at_last(Background(("a",)), [["a", "b"]], fits) == Background(("a",))


def test_of_each_source_by_itself() -> None:
    assert told_at_last(Background(("a", "x")), [["a", "b"], ["y", "x"]], fits) == Background(("a", "x"), ("y",))

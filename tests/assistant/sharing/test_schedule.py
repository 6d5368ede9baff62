"""Who is next at an engine: properties over any order of asking."""

from collections.abc import Hashable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.sharing.schedule import PATIENCE, Schedule

FIRST = "microphone"
PARTIES = (FIRST, "a", "b", "c")


def drained(schedule: Schedule) -> list[int]:
    found = []
    while (number := schedule.next()) is not None:
        found.append(number)
    return found


def asked(*parties: str, is_committed: bool = True) -> Schedule:
    schedule = Schedule(FIRST)
    for number, party in enumerate(parties):
        schedule.ask(number, party, is_committed=is_committed)
    return schedule


def test_those_who_ask_take_turns_however_much_each_asks() -> None:
    assert drained(asked("a", "a", "a", "b", "c", "b")) == [0, 3, 4, 1, 5, 2]


def test_the_microphone_goes_first_but_not_twice_in_a_row() -> None:
    assert drained(asked("a", "b", FIRST, FIRST, FIRST)) == [2, 0, 3, 1, 4]


def test_what_is_certain_goes_before_what_may_be_thrown_away() -> None:
    schedule = asked(FIRST, is_committed=False)
    schedule.ask(1, "a", is_committed=True)
    assert drained(schedule) == [1, 0]


def test_what_becomes_certain_goes_with_the_certain() -> None:
    schedule = asked("a", "b", is_committed=False)
    schedule.commit(1)
    schedule.commit(1)
    assert schedule.committed == 1
    assert drained(schedule) == [1, 0]


@dataclass
class Waits:
    """One request that waits, and what has passed since it was asked for."""

    party: Hashable
    is_committed: bool
    before_it: int
    """Of its own party's requests, those that were there before."""
    turns: int = 0


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PARTIES), st.booleans(), st.integers(0, 2)), max_size=120))
def test_nobody_starves_whatever_others_ask_for(steps: list[tuple[str, bool, int]]) -> None:
    """Every step somebody asks, and up to two turns are given: often more is asked than given."""
    schedule = Schedule(FIRST)
    waits: dict[int, Waits] = {}
    in_a_row = 0

    def give() -> None:
        nonlocal in_a_row
        number = schedule.next()
        if number is None:
            assert not waits
            return
        had = waits.pop(number)
        is_certain_waiting = any(one.is_committed for one in waits.values())
        for one in waits.values():
            one.turns += 1
            # Two turns (the microphone's among them) of each other party for each of its own ...
            rounds = 2 * len(PARTIES) * (one.before_it + 1)
            if one.is_committed:  # ... and each ninth for a guess, or the other way round
                assert one.turns <= rounds + rounds // PATIENCE + 2
            else:
                assert one.turns <= (rounds + 1) * (PATIENCE + 1)
        assert had.is_committed or not is_certain_waiting or in_a_row >= PATIENCE
        in_a_row = in_a_row + 1 if had.is_committed else 0

    for number, (party, is_committed, turns) in enumerate(steps):
        mine = [one for one in waits.values() if (one.party, one.is_committed) == (party, is_committed)]
        schedule.ask(number, party, is_committed=is_committed)
        waits[number] = Waits(party, is_committed, len(mine))
        assert len(schedule) == len(waits)
        for _ in range(turns):
            give()
    while waits:
        give()
    assert len(schedule) == 0


@given(st.lists(st.tuples(st.sampled_from(PARTIES), st.booleans()), min_size=1, max_size=30), st.data())
def test_what_is_withdrawn_has_no_turn_and_costs_nobody_theirs(
    requests: list[tuple[str, bool]], data: st.DataObject
) -> None:
    schedule = Schedule(FIRST)
    for number, (party, is_committed) in enumerate(requests):
        schedule.ask(number, party, is_committed=is_committed)
    gone = data.draw(st.sets(st.sampled_from(range(len(requests)))))
    for number in gone:
        schedule.withdraw(number)
    assert sorted(drained(schedule)) == [number for number in range(len(requests)) if number not in gone]

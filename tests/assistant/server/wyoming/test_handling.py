"""Conversations of clients: kept apart, and forgotten in time."""

from assistant.conversation.history import Exchange, History
from assistant.server.wyoming.handling import KEPT_S, LONGEST_ID_CHARS, MOST_DIALOGUES, Dialogues


def dialogues(now_s: list[float]) -> Dialogues:
    return Dialogues(lambda: History("Be brief.", max_turns=4, budget_tokens=400), lambda: now_s[0])


def test_a_conversation_is_its_own_and_goes_on() -> None:
    known = dialogues([0.0])
    known.of("a").history.append(Exchange("One?", "Two."))
    known.of("b").history.append(Exchange("Blue?", "Red."))
    assert [message.content for message in known.of("a").history.messages("More?")][1:] == ["One?", "Two.", "More?"]
    assert known.of("a") is known.of("a")
    assert known.of("a") is not known.of("b")


def test_without_an_id_nothing_is_remembered() -> None:
    known = dialogues([0.0])
    for nameless in (None, "", 7, ["a"], "x" * (LONGEST_ID_CHARS + 1)):
        assert known.of(nameless) is not known.of(nameless)
    assert len(known) == 0


def test_the_one_unused_for_the_longest_makes_room() -> None:
    known = dialogues([0.0])
    kept = [known.of(str(number)) for number in range(MOST_DIALOGUES)]
    assert known.of("0") is kept[0]
    known.of("new")
    assert len(known) == MOST_DIALOGUES
    assert known.of("0") is kept[0]
    assert known.of("1") is not kept[1]


def test_what_nobody_went_on_with_is_forgotten() -> None:
    now_s = [0.0]
    known = dialogues(now_s)
    old = known.of("a")
    now_s[0] = KEPT_S
    assert known.of("a") is old
    now_s[0] = 2 * KEPT_S
    assert known.of("a") is old
    now_s[0] = 3 * KEPT_S + 1
    assert known.of("b") is not old
    assert len(known) == 1

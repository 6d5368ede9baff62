"""Short commands as people say them and as speech-to-text writes them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.local_reply import GO_ON, BeSilent, LocalReply, SetPace, SetVolume, Situation
from assistant.conversation.pace import FASTEST, SLOWEST, Pace
from assistant.conversation.volume import LOUDEST, QUIETEST, Volume
from assistant.tools.language import LanguageError
from assistant.tools.local_intents import LONGEST_CHARS, build
from tests.assistant.tools.commands import ENGLISH, NOTHING_SAID, intent

CUT_SHORT = Situation(Volume(), unheard="And it will stay so.")  # every command means something here
ASKED = Situation(Volume(), last_answer="It is sunny. Shall I open the blinds?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stop.", "stop"),
        ("Stop it!", "stop"),
        ("Stop, stop, stop!", "stop"),
        ("Okay, stop please.", "stop"),
        ("Could you please stop talking?", "stop"),
        ("Wait.", "wait"),
        ("Hold on a second.", "wait"),
        ("Never mind.", "never_mind"),
        ("Nevermind that", "never_mind"),
        ("Cancel that, please.", "never_mind"),
        ("Yes.", "yes"),
        ("Yeah, exactly.", "yes"),
        ("No.", "no"),
        ("No, no, no.", "no"),
        ("No thanks.", "no"),
        ("Okay.", "okay"),
        ("Repeat that.", "repeat"),
        ("Can you say that again, please?", "repeat"),
        ("Sorry, what did you say?", "repeat"),
        ("Pardon?", "repeat"),
        ("Louder!", "volume_up"),
        ("Turn it up a bit.", "volume_up"),
        ("Speak up, please.", "volume_up"),
        ("Quieter.", "volume_down"),
        ("Turn the volume down, please.", "volume_down"),
        ("That’s too loud.", "volume_down"),
        ("Set the volume to 5.", "volume_set"),
        ("Volume 50%.", "volume_set"),
        ("Slower!", "slower"),
        ("Could you speak more slowly, please?", "slower"),
        ("You're talking too fast.", "slower"),
        ("Slow down.", "slower"),
        ("Faster, please.", "faster"),
        ("Can you talk a little faster?", "faster"),
        ("Speed up a bit.", "faster"),
        ("Talk at your normal speed.", "usual_pace"),
        ("What time is it?", "time"),
        ("What’s the time, please?", "time"),
        ("Hey, can you tell me what time it is right now?", "time"),
        ("What's the date?", "date"),
        ("What's tomorrow's date?", "date"),
        ("What day is it?", "day"),
        ("What year is it?", "year"),
        ("Hello.", "hello"),
        ("Good morning!", "good_morning"),
        ("Good night.", "good_night"),
        ("Bye-bye.", "goodbye"),
        ("Thank you very much.", "thank_you"),
        ("Okay, thanks.", "thank_you"),
        ("Hello, are you there?", "presence"),
    ],
)
def test_a_short_command_is_recognised(text: str, expected: str) -> None:
    assert intent(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "Stop by the store and what time is it in Tokyo?",
        "Stop the timer.",
        "Stop the music in the kitchen.",
        "How do I stop a nosebleed?",
        "What is the time complexity of quicksort?",
        "What time is it in Tokyo?",
        "How do I slow down a film?",
        "The internet is slower.",
        "Drive faster.",
        "What time was it?",
        "What time does the store close?",
        "What is time?",
        "What's the date of the battle of Hastings?",
        "What day is Christmas?",
        "No way, tell me more.",
        "No way!",
        "Yes, and what about Paris?",
        "No, I meant the other one.",
        "Turn it up in the kitchen.",
        "Turn it off.",
        "Turn up the heating.",
        "Turn down for what?",
        "Volume of a sphere.",
        "What is the volume of a cube?",
        "Set the volume to eleven.",
        "Set the volume of the television to five.",
        "Repeat after me.",
        "Play that again.",
        "So what?",
        "What now?",
        "What was that song again?",
        "Oh no!",
        "Well, oh no, please!",
        "And so what?",
        "Okay, so what now?",
        "Thanks to you, what is the capital of Peru?",
        "Thank you. What is the capital of Peru?",
        "Hello, what is the capital of Peru?",
        "Forget it, what is the capital of Peru?",
        "Cancel my meeting.",
        "Never mind the weather, what about tomorrow?",
        "Goodbye in French?",
        "Now.",
        "Know.",
        "Top.",
        "Shop.",
        "Step.",
        "Chop.",
        "Yet.",
        "Please.",
        "Can you?",
    ],
)
def test_a_question_for_the_language_model_is_left_to_it(text: str) -> None:
    assert intent(text) is None


@pytest.mark.parametrize("text", ["Yes.", "No.", "Yeah, sure thing", "Okay.", "Cancel it.", "No thank you."])
def test_an_answer_to_the_assistants_question_is_left_to_the_model(text: str) -> None:
    situation = ASKED
    assert intent(text, situation) is None


@pytest.mark.parametrize("answer", ["Shall I?", 'Did he say "no?"', "Do you want *more?*", "Really? ", "続けますか？"])
def test_a_question_is_seen_at_the_end_of_the_answer(answer: str) -> None:
    assert Situation(Volume(), last_answer=answer).is_asking


@pytest.mark.parametrize("answer", ["", "Why not? Let me explain.", "Yes."])
def test_an_answer_that_does_not_end_in_a_question_asks_nothing(answer: str) -> None:
    assert not Situation(Volume(), last_answer=answer).is_asking


@pytest.mark.parametrize("text", ["Stop.", "What time is it?", "Louder.", "Repeat that.", "Wait."])
def test_a_command_is_a_command_after_a_question_too(text: str) -> None:
    assert intent(text, ASKED) == intent(text) is not None


def reply(text: str, situation: Situation = NOTHING_SAID) -> LocalReply:
    given = ENGLISH.recognise(text, situation)
    assert given is not None
    return given


def test_stop_is_answered_with_silence() -> None:
    assert reply("Stop!") == LocalReply("stop", "", BeSilent())


def test_the_last_answer_is_repeated_as_it_was() -> None:
    assert reply("Say that again.", ASKED).text == ASKED.last_answer


def test_before_the_first_answer_there_is_nothing_to_repeat() -> None:
    assert reply("Say that again.").text == "I haven't said anything yet."


@pytest.mark.parametrize("text", ["Go on.", "Please continue.", "Okay, keep going.", "What were you saying?"])
def test_an_answer_that_was_interrupted_goes_on(text: str) -> None:
    interrupted = Situation(volume=Volume(), last_answer="It is a lamp. It is blue.", unheard="It is blue.")
    assert reply(text, interrupted) == LocalReply(GO_ON, "It is blue.")
    assert ENGLISH.recognise(text, NOTHING_SAID) is None, "what else may go on is the model's business"


def test_time_date_and_day_are_those_of_the_clock() -> None:
    assert reply("What time is it?").text == "It's ten past three."
    assert reply("What's the date?").text == "Today is Saturday, November twenty-first."
    assert reply("What's tomorrow's date?").text == "Tomorrow is Sunday, November twenty-second."
    assert reply("What day is it?").text == "Today is Saturday."
    assert reply("What month is it?").text == "It's November."
    assert reply("What year is it?").text == "It's twenty twenty-six."


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Louder.", 6),
        ("A bit louder.", 5),
        ("Turn it up a little.", 5),
        ("Much louder.", 7),
        ("Turn it up a lot.", 7),
        ("Quieter.", 2),
        ("Turn it down a bit, please.", 3),
        ("Volume 9.", 9),
        ("Set the volume to seventy percent.", 7),
        ("Set the volume to 100%.", 10),
        ("Full volume.", LOUDEST),
        ("Set the volume to the minimum.", QUIETEST),
    ],
)
def test_the_volume_changes_by_what_was_said(text: str, level: int) -> None:
    assert reply(text, Situation(Volume(4))).action == SetVolume(Volume(level))
    assert reply(text, Situation(Volume(4))).text == "Okay."


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Slower.", -1),
        ("A bit slower.", 0),
        ("Speak much slower.", -2),
        ("Faster.", 3),
        ("Speed up a little.", 2),
        ("Normal speed.", 0),
    ],
)
def test_the_pace_changes_by_what_was_said(text: str, steps: int) -> None:
    found = reply(text, Situation(Volume(), pace=Pace(1)))
    assert (found.action, found.text) == (SetPace(Pace(steps)), "Okay.")


def test_the_ends_of_the_pace_are_told() -> None:
    assert reply("Faster.", Situation(Volume(), pace=Pace(FASTEST))).text == "That is as fast as I can speak."
    assert reply("Slower.", Situation(Volume(), pace=Pace(SLOWEST))).text == "That is as slow as I can speak."


def test_the_ends_of_the_volume_are_told() -> None:
    loudest, quietest = Situation(Volume(LOUDEST)), Situation(Volume(QUIETEST))
    assert reply("Louder.", loudest).text == "That is as loud as I can speak."
    assert reply("Quieter.", quietest).text == "That is as quiet as I can speak."
    assert reply("Volume 5.", Situation(Volume(5))).text == "Okay."


def test_a_beginning_that_a_command_can_follow_could_continue() -> None:
    for text in ("what", "What time", "what ti", "Turn it up", "Set the volume", "can you turn", "stop t", "Thank"):
        assert ENGLISH.could_continue(text), text


def test_what_only_the_same_command_can_follow_need_not_be_waited_for() -> None:
    for text in ("Stop.", "Never mind.", "What time is it?", "Yes.", "Louder a bit", "Repeat that."):
        assert not ENGLISH.could_continue(text), text


def test_what_no_command_begins_with_cannot_continue_to_one() -> None:
    for text in ("", "The weather", "Stop by the store", "What is the capital"):
        assert not ENGLISH.could_continue(text), text


@given(st.sampled_from(ENGLISH.grammar.sentences))
def test_every_beginning_of_a_command_is_a_command_or_could_continue(sentence: str) -> None:
    words = sentence.split()
    for end in range(1, len(words)):
        beginning = " ".join(words[:end])
        assert ENGLISH.could_continue(beginning) or intent(beginning, CUT_SHORT) == intent(sentence, CUT_SHORT)


@given(
    st.sampled_from(ENGLISH.grammar.sentences),
    st.sampled_from([str.upper, str.capitalize, lambda text: f"{text}.", lambda text: f"  {text}?! ", str.title]),
)
def test_case_and_punctuation_change_nothing(sentence: str, written: "type[str]") -> None:
    assert intent(written(sentence), CUT_SHORT) == intent(sentence, CUT_SHORT) is not None


@given(
    st.sampled_from(ENGLISH.grammar.sentences), st.sampled_from(["in Tokyo", "and then tell me a story", "for Anna"])
)
def test_a_command_that_goes_on_with_something_else_is_none(sentence: str, rest: str) -> None:
    assert intent(f"{sentence} {rest}", CUT_SHORT) is None


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_it(text: str) -> None:
    ENGLISH.recognise(text, NOTHING_SAID)
    ENGLISH.could_continue(text)


def test_it_is_quick_enough_for_every_partial_transcript() -> None:
    """A hundred different partials, none seen before: under 2 ms of computing each, in the mean."""
    texts = [f"could you tell me what thyme it might {word} now" for word in range(100)]
    start_s = time.thread_time()
    for text in texts:
        ENGLISH.recognise(text, NOTHING_SAID)
        ENGLISH.could_continue(text)
    assert (time.thread_time() - start_s) / len(texts) < 0.002


def test_a_long_text_is_not_even_looked_at() -> None:
    text = "stop " * LONGEST_CHARS
    assert intent(text) is None
    assert not ENGLISH.could_continue(text)


def test_a_language_that_there_is_not_is_named() -> None:
    with pytest.raises(LanguageError, match="no short commands in 'xx'; there are: en"):
        build("xx")

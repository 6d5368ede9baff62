from assistant.conversation.messages import ImagePart, TextPart, ToolCall
from assistant.conversation.messages import Message as Said
from assistant.server.realtime.context import messages_of
from assistant.server.realtime.items import (
    FunctionCall,
    FunctionOutput,
    InputAudio,
    InputImage,
    InputText,
    Item,
    Message,
    OutputAudio,
    OutputText,
)
from assistant.server.realtime.spoken import Spoken, WordEnd


def user(text: str) -> Message:
    return Message(id=text, role="user", parts=[InputText(text)])


def answer(text: str) -> Message:
    return Message(id=text, role="assistant", parts=[OutputText(text)])


def test_what_was_said_is_told_in_turn() -> None:
    audio = Message(id="a", role="user", parts=[InputAudio(500, "And the time?")])
    assert messages_of([user("Hello"), answer("Good day."), audio], "Be brief.", 1000) == [
        Said("system", "Be brief."),
        Said("user", "Hello"),
        Said("assistant", "Good day."),
        Said("user", "And the time?"),
    ]


def test_an_answer_that_was_cut_is_told_as_far_as_it_was_heard() -> None:
    spoken = Spoken("Good morning to you.")
    spoken.sound(2000, [WordEnd(500, 4), WordEnd(1000, 12)])
    spoken.cut_at(600)
    silenced = Spoken("Not a word")
    silenced.cut_at(0)
    items: list[Item] = [
        user("Hello"),
        Message(id="a", role="assistant", parts=[OutputAudio(spoken)]),
        user("Stop"),
        Message(id="b", role="assistant", parts=[OutputAudio(silenced)]),
    ]
    assert messages_of(items, "", 1000) == [Said("user", "Hello"), Said("assistant", "Good—"), Said("user", "Stop")]


def test_calls_go_with_what_was_said_and_are_followed_by_their_outputs() -> None:
    items: list[Item] = [
        user("What is the weather?"),
        answer("Let me see."),
        FunctionCall(id="c", call_id="call_1", name="weather", arguments="{}"),
        FunctionOutput(id="o", call_id="call_1", output="sunny"),
    ]
    assert messages_of(items, "", 1000)[1:] == [
        Said("assistant", "Let me see.", (ToolCall("call_1", "weather", "{}"),)),
        Said("tool", "sunny", tool_call_id="call_1"),
    ]


def call(id: str) -> FunctionCall:
    return FunctionCall(id=id, call_id=f"call_{id}", name="weather", arguments="{}")


def output(id: str) -> FunctionOutput:
    return FunctionOutput(id=f"out_{id}", call_id=f"call_{id}", output=f"sunny {id}")


def roles(items: list[Item], room_tokens: int = 1000) -> list[str]:
    told = messages_of(items, "", room_tokens)
    return [f"{one.role} {len(one.tool_calls)}" if one.tool_calls else one.role for one in told]


def test_a_call_that_nobody_has_answered_is_not_told() -> None:
    assert roles([user("And the weather?"), call("a"), user("Never mind.")]) == ["user"]
    assert roles([user("And the weather?"), call("a"), call("b"), output("b")]) == ["user", "assistant 1", "tool"]


def test_an_output_whose_call_was_deleted_is_not_told() -> None:
    assert roles([user("And the weather?"), output("a"), answer("Sunny."), user("Thanks")]) == [
        *("user", "assistant", "user")
    ]


def test_an_output_comes_right_after_its_call_whatever_was_said_in_between() -> None:
    items: list[Item] = [user("Weather?"), call("a"), user("Are you there?"), output("a")]
    assert roles(items) == ["user", "assistant 1", "tool", "user"]
    both: list[Item] = [user("Weather?"), call("a"), call("b"), output("a"), output("b"), call("c"), output("c")]
    assert roles(both) == ["user", "assistant 2", "tool", "tool", "assistant 1", "tool"]


def test_an_output_that_is_to_be_answered_stays_with_its_question_and_its_call() -> None:
    items: list[Item] = [user("Hello"), answer("Hi."), user("Weather? " * 30), call("a"), output("a")]
    assert roles(items, 60) == ["user", "assistant 1", "tool"]


def test_images_are_shown_with_their_words() -> None:
    image = InputImage("data:image/png;base64,AAAA", "low")
    item = Message(id="i", role="user", parts=[InputText("What is this?"), image])
    assert messages_of([item], "", 1000) == [
        Said("user", (TextPart("What is this?"), ImagePart("data:image/png;base64,AAAA", "low")))
    ]


def test_the_oldest_goes_first_and_the_question_stays() -> None:
    items: list[Item] = []
    for number in range(20):
        items += [user(f"Question {number}"), answer("word " * 20)]
    told = messages_of([*items, user("The last one")], "Be brief.", 400)
    assert told[0] == Said("system", "Be brief.") and told[-1] == Said("user", "The last one")
    assert told[1].role == "user" and told[1].content != "Question 0" and len(told) > 4


def test_no_output_is_told_without_its_call() -> None:
    items: list[Item] = [
        user("What is the weather?"),
        FunctionCall(id="c", call_id="call_1", name="weather", arguments="{}" * 400),
        FunctionOutput(id="o", call_id="call_1", output="sunny"),
        answer("Sunny."),
        user("Thank you"),
    ]
    assert messages_of(items, "", 120) == [Said("user", "Thank you")]

"""What is sent to a chat server."""

from assistant.brain.chat_request import ChatRequest, Dialect, prefix_to_warm
from assistant.conversation.messages import ImagePart, Message, TextPart, ToolCall, ToolSpec


def request(*messages: Message, tools: tuple[ToolSpec, ...] = ()) -> ChatRequest:
    return ChatRequest("small", messages, tools, 50, 0.2)


def test_a_plain_question() -> None:
    assert request(Message("system", "Be brief."), Message("user", "Why?")).body(Dialect()) == {
        "model": "small",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 50,
        "temperature": 0.2,
    }


def test_an_image_is_a_data_url_in_a_part() -> None:
    image = ImagePart("data:image/png;base64,AAAA", "low")
    body = request(Message("user", (TextPart("What is this?"), image))).body(Dialect())
    assert body["messages"][0]["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
    ]


def test_a_tool_its_call_and_its_result() -> None:
    call = Message("assistant", "", tool_calls=(ToolCall("c1", "light", '{"on": true}'),))
    tool = ToolSpec("light", "Switches the light.", {"type": "object"})
    body = request(call, Message("tool", "done", tool_call_id="c1"), tools=(tool,)).body(Dialect())
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "light", "arguments": '{"on": true}'}}
            ],
        },
        {"role": "tool", "content": "done", "tool_call_id": "c1"},
    ]
    function = {"name": "light", "description": "Switches the light.", "parameters": {"type": "object"}}
    assert body["tools"] == [{"type": "function", "function": function}]


def test_what_a_server_refuses_is_left_out_one_by_one() -> None:
    dialect = Dialect().without("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    assert dialect is not None
    dialect = dialect.without("Unsupported value: 'temperature' does not support 0.2")
    assert dialect is not None
    dialect = dialect.without("stream_options: extra fields not permitted")
    assert dialect is not None
    body = request(Message("user", "Why?")).body(dialect)
    assert body == {
        "model": "small",
        "messages": [{"role": "user", "content": "Why?"}],
        "stream": True,
        "max_completion_tokens": 50,
    }
    assert dialect.without("temperature") is None


def test_only_a_server_that_knows_it_is_asked_for_progress() -> None:
    bodies = [request(Message("user", "Why?")).body(Dialect().as_spoken_by(name)) for name in ("llama.cpp", "uvicorn")]
    assert ["return_progress" in body for body in bodies] == [True, False]


def test_a_refusal_for_another_reason_changes_nothing() -> None:
    assert Dialect().without("the prompt is too long") is None


def test_a_prefix_is_warmed_with_a_user_turn_at_its_end() -> None:
    system = Message("system", "Be brief.")
    assert [message.role for message in prefix_to_warm([system])] == ["system", "user"]
    assert prefix_to_warm([system, Message("user", "Why?")]) == (system, Message("user", "Why?"))

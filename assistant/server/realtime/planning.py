"""What a response is to be made of, and how: as the client asks for it, and else as its session has it."""

from collections.abc import Callable, Sequence
from typing import Any

from assistant.conversation.messages import ToolSpec
from assistant.server.realtime.client_events import Asked
from assistant.server.realtime.conversation import Conversation
from assistant.server.realtime.items import Item, received
from assistant.server.realtime.refusal import Refusal
from assistant.server.realtime.session_settings import WORD_TIMES, FunctionTool, Settings, VoiceId, check_voice
from assistant.server.realtime.wire_audio import Encoding
from assistant.server.realtime.work import ResponsePlan


def plan_of(settings: Settings, asked: Asked, voices: Sequence[str]) -> ResponsePlan:
    """Raises Refusal for a voice that there is not."""
    output = asked.audio.output
    voice = output.voice.id if isinstance(output.voice, VoiceId) else output.voice
    if voice is not None:
        check_voice(voice, voices, "response.audio.output.voice")
    tools = settings.tools if asked.tools is None else asked.tools
    limit = settings.max_output_tokens if asked.max_output_tokens is None else asked.max_output_tokens
    return ResponsePlan(
        instructions=settings.instructions if asked.instructions is None else asked.instructions,
        tools=() if (asked.tool_choice or settings.tool_choice) == "none" else tuple(map(_spec, tools)),
        wants_audio=(asked.output_modalities or settings.output_modalities) == ["audio"],
        encoding=Encoding((output.format or settings.audio.output.format).type),
        voice=voice or settings.voice,
        speed=settings.audio.output.speed,
        max_output_tokens=None if limit == "inf" else limit,
        is_in_conversation=asked.conversation == "auto",
        metadata=asked.metadata,
        wants_word_times=settings.includes(WORD_TIMES),
    )


def items_of(sent: Sequence[Any], conversation: Conversation, new_id: Callable[[str], str]) -> list[Item]:
    """A context of the client's own for one response: items, or references to the conversation's. Raises Refusal."""
    items: list[Item] = []
    for index, raw in enumerate(sent):
        where = f"response.input[{index}]"
        if isinstance(raw, dict) and raw.get("type") == "item_reference":
            items.append(conversation.get(str(raw.get("id")), f"{where}.id"))
            continue
        new = received(raw, new_id("item"), where)
        if new.sounds:
            raise Refusal(
                "Sound cannot be part of response.input; create an item with it.",
                code="unsupported_value",
                param=where,
            )
        items.append(new.item)
    return items


def _spec(tool: FunctionTool) -> ToolSpec:
    return ToolSpec(tool.name, tool.description, tool.parameters)

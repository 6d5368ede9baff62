"""The order that clients rely on, as an automaton: feed it every event of a server in the order of its sending."""

from dataclasses import dataclass, field
from typing import Any


class OrderError(AssertionError):
    """An event that may not come here."""


@dataclass
class _Item:
    is_done: bool = False
    is_deleted: bool = False
    kind: str = ""


@dataclass
class _Output:
    item_id: str
    kind: str
    is_added: bool = False
    """Whether it is in the conversation, too, where the response is."""
    part: str = ""
    """`text` or `audio`, once it was begun."""
    text: str = ""
    has_text_ended: bool = False
    has_audio_ended: bool = False
    has_part_ended: bool = False
    is_done: bool = False


@dataclass
class Order:
    """Of one session."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _items: dict[str, _Item] = field(default_factory=dict)
    _committed: str | None = None
    """The item that must be added next."""
    _speech: str | None = None
    _is_speaking: bool = False
    _response: dict[str, Any] | None = None
    _outputs: list[_Output] = field(default_factory=list)
    _awaited: str | None = None
    """An event that must be the very next."""

    def feed(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        self.seen.append(event)
        if event["event_id"] in self._ids:
            raise OrderError("an event id is used twice")
        self._ids.add(event["event_id"])
        is_refusal = kind == "error" and len(self.seen) == 1  # nothing may follow: it is no session
        if self.seen[0]["type"] == "error" and not is_refusal:
            raise OrderError(f"{kind} after a refusal")
        if not is_refusal and (len(self.seen) == 1) != (kind == "session.created"):
            raise OrderError(f"{kind} as event {len(self.seen)}")
        if self._awaited is not None and kind != self._awaited:
            raise OrderError(f"{kind} where {self._awaited} must come")
        self._awaited = None
        if kind.startswith("response."):
            self._feed_response(kind, event)
        else:
            getattr(self, "_" + kind.replace(".", "_"), lambda event: None)(event)

    def settle(self) -> None:
        """Nothing is to come any more: all that was begun must have ended."""
        undone = [id for id, item in self._items.items() if not item.is_done and not item.is_deleted]
        if self._response is not None or self._awaited is not None or undone:
            raise OrderError(f"left open: {self._response}, {self._awaited}, {undone}")

    # --- the user ---------------------------------------------------------------------------------------

    def _input_audio_buffer_speech_started(self, event: dict[str, Any]) -> None:
        self._check(not self._is_speaking, event)
        self._check(self._speech in (None, event["item_id"]), event)
        self._speech, self._is_speaking = event["item_id"], True

    def _input_audio_buffer_speech_stopped(self, event: dict[str, Any]) -> None:
        self._check(self._is_speaking and self._speech == event["item_id"], event)
        self._is_speaking = False

    def _input_audio_buffer_cleared(self, event: dict[str, Any]) -> None:
        self._speech, self._is_speaking = None, False

    def _input_audio_buffer_committed(self, event: dict[str, Any]) -> None:
        self._check(not self._is_speaking and self._speech in (None, event["item_id"]), event)
        self._speech, self._committed, self._awaited = None, event["item_id"], "conversation.item.added"

    def _conversation_item_added(self, event: dict[str, Any]) -> None:
        item = event["item"]
        self._check(not self._exists(item["id"]), event)
        self._check(event["previous_item_id"] is None or self._exists(event["previous_item_id"]), event)
        self._check(self._committed in (None, item["id"]), event)
        self._committed = None
        self._items[item["id"]] = _Item(kind=item["type"])
        for output in self._outputs:
            output.is_added = output.is_added or output.item_id == item["id"]

    def _conversation_item_done(self, event: dict[str, Any]) -> None:
        id = event["item"]["id"]
        self._check(self._exists(id) and not self._items[id].is_done, event)
        self._check(event["item"]["status"] != "in_progress", event)
        self._items[id].is_done = True

    def _conversation_item_deleted(self, event: dict[str, Any]) -> None:
        self._check(self._exists(event["item_id"]), event)
        self._items[event["item_id"]].is_deleted = True

    def _conversation_item_retrieved(self, event: dict[str, Any]) -> None:
        self._check(self._exists(event["item"]["id"]), event)

    def _conversation_item_truncated(self, event: dict[str, Any]) -> None:
        self._check(self._exists(event["item_id"]), event)

    # --- the response -----------------------------------------------------------------------------------

    def _feed_response(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "response.created":
            self._check(self._response is None, event)
            self._response, self._outputs = event["response"], []
            return
        self._check(self._response is not None, event)
        assert self._response is not None
        if kind == "response.done":
            self._check(event["response"]["id"] == self._response["id"], event)
            self._check(all(output.is_done for output in self._outputs), event)
            self._check([one["id"] for one in event["response"]["output"]] == [o.item_id for o in self._outputs], event)
            self._check(event["response"]["status"] != "in_progress", event)
            self._response = None
            return
        self._check(event["response_id"] == self._response["id"], event)
        index = event["output_index"]
        if kind == "response.output_item.added":
            self._check(index == len(self._outputs) and all(o.is_done for o in self._outputs), event)
            self._outputs.append(_Output(event["item"]["id"], event["item"]["type"]))
            if self._response["conversation_id"] is not None:
                self._awaited = "conversation.item.added"
            return
        self._check(index == len(self._outputs) - 1 and not self._outputs[index].is_done, event)
        output = self._outputs[index]
        self._check((event["item"]["id"] if "item" in event else event["item_id"]) == output.item_id, event)
        self._check(output.is_added == (self._response["conversation_id"] is not None), event)
        self._feed_output(kind, event, output)

    def _feed_output(self, kind: str, event: dict[str, Any], output: _Output) -> None:
        is_open = bool(output.part) and not output.has_part_ended
        match kind:
            case "response.content_part.added":
                self._check(output.kind == "message" and not output.part, event)
                output.part = event["part"]["type"]
            case "response.output_text.delta" | "response.output_audio_transcript.delta":
                self._check(is_open and not output.has_text_ended, event)
                self._check(output.part == ("text" if "output_text" in kind else "audio"), event)
                output.text += event["delta"]
            case "response.output_audio.delta":
                self._check(is_open and output.part == "audio" and not output.has_audio_ended, event)
            case "response.output_audio.done":
                self._check(is_open and output.part == "audio" and not output.has_audio_ended, event)
                output.has_audio_ended, self._awaited = True, "response.output_audio_transcript.done"
            case "response.output_text.done" | "response.output_audio_transcript.done":
                self._check(is_open and not output.has_text_ended, event)
                self._check(event["text" if "output_text" in kind else "transcript"] == output.text, event)
                output.has_text_ended, self._awaited = True, "response.content_part.done"
            case "response.content_part.done":
                self._check(is_open and output.has_text_ended, event)
                self._check(output.part == "text" or output.has_audio_ended, event)
                output.has_part_ended, self._awaited = True, "response.output_item.done"
            case "response.function_call_arguments.delta":
                self._check(output.kind == "function_call" and not output.has_text_ended, event)
                output.text += event["delta"]
            case "response.function_call_arguments.done":
                self._check(output.kind == "function_call" and output.text == event["arguments"], event)
                output.has_text_ended, self._awaited = True, "response.output_item.done"
            case "response.output_item.done":
                self._check(output.has_part_ended or output.kind == "function_call", event)
                output.is_done = True
                if output.is_added:
                    self._awaited = "conversation.item.done"
            case _:
                raise OrderError(f"{kind} is not known")

    def _exists(self, id: str) -> bool:
        return id in self._items and not self._items[id].is_deleted

    def _check(self, holds: bool, event: dict[str, Any]) -> None:
        if not holds:
            before = [one["type"] for one in self.seen[-8:-1]]
            raise OrderError(f"{event} may not come after {before}")

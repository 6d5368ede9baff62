"""The items of one conversation, in order."""

from dataclasses import dataclass, field

from assistant.server.realtime.items import (
    FunctionCall,
    FunctionOutput,
    InputImage,
    InputText,
    Item,
    Message,
    OutputAudio,
    OutputText,
)
from assistant.server.realtime.refusal import Refusal

MOST_ITEMS = 5_000
MOST_CHARACTERS = 32_000_000
"""Of text and images that a client has sent: what one session may cost in memory."""

ROOT = "root"
"""Stands for what is before the first item."""


@dataclass(slots=True)
class Conversation:
    """`id` is what the protocol calls it."""

    id: str
    _items: list[Item] = field(default_factory=list)
    _weights: dict[str, int] = field(default_factory=dict)
    """Characters of what the client sent, by item."""

    @property
    def items(self) -> list[Item]:
        """A copy of the list, not of the items."""
        return list(self._items)

    @property
    def last_id(self) -> str | None:
        return self._items[-1].id if self._items else None

    def get(self, id: str, param: str = "item_id") -> Item:
        """Raises Refusal."""
        for item in self._items:
            if item.id == id:
                return item
        raise Refusal(f"The item '{id[:64]}' does not exist.", code="item_not_found", param=param)

    def before(self, item: Item) -> str | None:
        """Id of the item before this one; None for the first."""
        at = self._items.index(item)
        return self._items[at - 1].id if at else None

    def append(self, item: Item) -> None:
        """Something of the assistant's own, or that the user has said."""
        self._items.append(item)

    def insert(self, item: Item, after: str | None = None) -> None:
        """What a client sends, after the item of that id, or at the end. Raises Refusal."""
        if item.id == ROOT or any(known.id == item.id for known in self._items):
            raise Refusal(
                f"An item with the id '{item.id}' exists already.", code="item_already_exists", param="item.id"
            )
        weight = _weight(item)
        if len(self._items) >= MOST_ITEMS or sum(self._weights.values()) + weight > MOST_CHARACTERS:
            raise Refusal(
                "The conversation is too large; delete items or begin another session.", code="conversation_too_large"
            )
        if after is None:
            at = len(self._items)
        elif after == ROOT:
            at = 0
        else:
            at = self._items.index(self.get(after, "previous_item_id")) + 1
        self._items.insert(at, item)
        self._weights[item.id] = weight

    def delete(self, id: str) -> None:
        """Raises Refusal, also for what is just being written."""
        item = self.get(id)
        if item.status == "in_progress":
            raise Refusal(
                f"The item '{id}' is being written; cancel the response first.",
                code="item_in_progress",
                param="item_id",
            )
        self._items.remove(item)
        self._weights.pop(id, None)

    def truncate(self, id: str, content_index: int, audio_end_ms: int) -> None:
        """Forget what the assistant said after `audio_end_ms` of that item. Raises Refusal."""
        item = self.get(id)
        if not isinstance(item, Message) or item.role != "assistant":
            raise Refusal("Only what the assistant said can be truncated.", code="invalid_value", param="item_id")
        if content_index >= len(item.parts) or not isinstance(part := item.parts[content_index], OutputAudio):
            raise Refusal(
                f"Content {content_index} of the item is no audio.", code="invalid_value", param="content_index"
            )
        if audio_end_ms > part.spoken.kept_ms + 1:
            raise Refusal(
                f"Audio content of {part.spoken.kept_ms:.0f} ms is already shorter than {audio_end_ms} ms.",
                code="invalid_value",
                param="audio_end_ms",
            )
        part.spoken.cut_at(audio_end_ms)

    def has_call(self, call_id: str) -> bool:
        return any(isinstance(item, FunctionCall) and item.call_id == call_id for item in self._items)


def _weight(item: Item) -> int:
    if isinstance(item, FunctionOutput):
        return len(item.output)
    if isinstance(item, FunctionCall):
        return len(item.arguments)
    return sum(
        len(part.url) if isinstance(part, InputImage) else len(part.text)
        for part in item.parts
        if isinstance(part, InputText | InputImage | OutputText)
    )

"""The words of the user's sound: wanted, made out, and shown to a client that asked for them."""

from collections.abc import Callable
from typing import Any

from assistant.server.realtime.items import InputAudio, Item, Message
from assistant.server.realtime.refusal import Refusal
from assistant.server.realtime.wire_audio import Encoding, decoded
from assistant.server.realtime.work import Transcribe

EVENT = "conversation.item.input_audio_transcription"


class Transcripts:
    """Of one session. `emit` is called with an event's type, and its fields by name."""

    def __init__(self, emit: Callable[..., None], longest_s: float) -> None:
        """`longest_s`: sound whose words may be waited for at once."""
        self._emit = emit
        self._longest_s = longest_s
        self._awaited_ms = 0.0

    def check_room(self, duration_ms: float) -> None:
        """Raises Refusal while the words of too much sound are awaited to take so much more."""
        if self._awaited_ms and self._awaited_ms + duration_ms > 1000 * self._longest_s:
            raise Refusal(
                f"{self._awaited_ms / 1000:.0f} s of sound are being transcribed; wait for some of it.",
                code="transcription_busy",
            )

    def want(self, item: Message, index: int, part: InputAudio, data: bytes, encoding: Encoding) -> Transcribe:
        """What the engines are asked for; `data` may end in the middle of a sample."""
        samples = decoded(data[: len(data) - len(data) % encoding.bytes_per_sample], encoding)
        part.duration_ms = 1000 * len(samples) / encoding.rate_hz
        self._awaited_ms += part.duration_ms
        return Transcribe(item.id, index, part, samples, encoding.rate_hz)

    def answered(self, work: Transcribe) -> None:
        """The words are awaited no longer."""
        self._awaited_ms -= work.part.duration_ms

    def made_out(self, item: Item, index: int, part: InputAudio, words: str) -> None:
        """These are the words of a part of the item."""
        part.transcript = words
        if not part.is_shown:
            return
        where = {"item_id": item.id, "content_index": index}
        if words:
            self._emit(f"{EVENT}.delta", **where, delta=words)
        usage = {"type": "duration", "seconds": round(part.duration_ms / 1000, 3)}
        self._emit(f"{EVENT}.completed", **where, transcript=words, usage=usage)

    def failed(self, item: Item, index: int, error: str) -> None:
        """They cannot be had."""
        if isinstance(item, Message) and isinstance(part := item.parts[index], InputAudio) and part.is_shown:
            details: dict[str, Any] = {"type": "server_error", "code": "engine_failed", "message": error, "param": None}
            self._emit(f"{EVENT}.failed", item_id=item.id, content_index=index, error=details)

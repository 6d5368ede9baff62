"""Wyoming's framing, read with limits: a line of JSON, then perhaps its data, then perhaps sound.

Events and the writing of them are the `wyoming` package's; its reader takes whatever length a peer announces, and ends
without a word where a message is broken.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from wyoming.event import Event, async_write_event

MOST_LINE_BYTES: Final = 65_536
"""Also the limit that the stream reader must be opened with."""
MOST_DATA_BYTES: Final = 65_536
"""A reader that parses more than this holds up the event loop for more than a millisecond."""
MOST_PAYLOAD_BYTES: Final = 262_144
"""8 s of sound at 16 kHz; usual are 0.02 to 0.1 s. Resampling it takes 3 ms."""

T = TypeVar("T")


class WireError(Exception):
    """What came is not Wyoming, or more than is taken. One line."""


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """The next event; None where the peer has nothing more to say. Raises WireError, or OSError: it is gone."""
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise WireError(f"a line is longer than {MOST_LINE_BYTES} bytes") from None
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise WireError("the connection ended inside an event") from None
        return None
    header = _object(line)
    kind, data = header.get("type"), header.get("data") or {}
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise WireError("an event needs a type, a text, and its data is an object")
    data_bytes = _length(header, "data_length", MOST_DATA_BYTES)
    payload_bytes = _length(header, "payload_length", MOST_PAYLOAD_BYTES)
    try:
        if data_bytes:
            data = {**data, **_object(await reader.readexactly(data_bytes))}
        payload = await reader.readexactly(payload_bytes) if payload_bytes else None
    except asyncio.IncompleteReadError:
        raise WireError("the connection ended inside an event") from None
    return Event(kind, data, payload)


async def write_event(writer: asyncio.StreamWriter, event: Event, *, within_s: float) -> None:
    """Send an event, as soon as the peer takes it. Raises OSError, TimeoutError where it does not for so long."""
    async with asyncio.timeout(within_s):
        await async_write_event(event, writer)


def parsed(event: Event, kind: Callable[[Event], T]) -> T:
    """The event as its own type, by that type's `from_event`. Raises WireError."""
    try:
        return kind(event)
    except KeyError as missing:
        raise WireError(f"{event.type} lacks {missing}") from None
    except (TypeError, ValueError, AttributeError):
        raise WireError(f"{event.type} has a field of a wrong type") from None


def text_of(value: object, what: str) -> str:
    """A text that a peer sent as one. Raises WireError."""
    if not isinstance(value, str):
        raise WireError(f"{what} must be a text")
    return value


def base_language(code: str) -> str:
    """The two-letter code in a code of a language: "en" of "en-US" and of "en_GB"."""
    return code.replace("_", "-").split("-")[0].lower()


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise WireError("what should be JSON is not") from None
    if not isinstance(value, dict):
        raise WireError("what should be a JSON object is not")
    return value


def _length(header: dict[str, Any], key: str, most: int) -> int:
    length = header.get(key) or 0
    if type(length) is not int or length < 0:
        raise WireError(f"{key} must be a number of bytes")
    if length > most:
        raise WireError(f"{key} is {length}; at most {most} bytes are taken")
    return length

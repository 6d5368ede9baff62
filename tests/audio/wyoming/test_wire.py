"""Wyoming's framing: what the `wyoming` package writes is read, and what nobody should send is refused."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wyoming.audio import AudioChunk
from wyoming.event import Event, async_write_event

from audio.wyoming.wire import MOST_DATA_BYTES, MOST_LINE_BYTES, MOST_PAYLOAD_BYTES, WireError, parsed, read_event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)

EVENTS = st.builds(Event, st.text(), st.dictionaries(st.text(), JSON, max_size=3), st.none() | st.binary(min_size=1))


class Written(asyncio.StreamReader):
    """What was written is what can be read."""

    def __init__(self) -> None:
        super().__init__(limit=MOST_LINE_BYTES)

    def write(self, data: bytes) -> None:
        self.feed_data(data)

    def writelines(self, lines: Any) -> None:
        self.feed_data(b"".join(lines))

    async def drain(self) -> None: ...


async def read(data: bytes) -> list[Event]:
    reader = Written()
    reader.feed_data(data)
    reader.feed_eof()
    events = []
    while (event := await read_event(reader)) is not None:
        events.append(event)
    return events


@settings(max_examples=30)
@given(st.lists(EVENTS, max_size=4))
def test_what_the_package_writes_is_read(events: list[Event]) -> None:
    async def there_and_back() -> list[Event]:
        pipe = Written()
        for event in events:
            await async_write_event(event, pipe)  # type: ignore[arg-type]
        pipe.feed_eof()
        return [event async for event in _events(pipe)]

    assert asyncio.run(there_and_back()) == events


async def _events(pipe: asyncio.StreamReader) -> Any:
    while (event := await read_event(pipe)) is not None:
        yield event


@given(st.binary(max_size=200))
def test_any_bytes_are_events_or_an_error(data: bytes) -> None:
    async def attempt() -> None:
        try:
            await read(data + b"\n")
        except WireError as error:
            assert "\n" not in str(error)

    asyncio.run(attempt())


async def test_data_in_the_line_and_after_it_are_one() -> None:
    (event,) = await read(b'{"type": "x", "data": {"a": 1, "b": 1}, "data_length": 8}\n{"b": 2}')
    assert event.data == {"a": 1, "b": 2}


@pytest.mark.parametrize("key, most", [("data_length", MOST_DATA_BYTES), ("payload_length", MOST_PAYLOAD_BYTES)])
async def test_more_than_is_taken_is_refused_before_it_comes(key: str, most: int) -> None:
    with pytest.raises(WireError, match=f"{key} is {most + 1}; at most {most}"):
        await read(b'{"type": "x", "%s": %d}\n' % (key.encode(), most + 1))


async def test_a_field_that_is_missing_is_told() -> None:
    with pytest.raises(WireError, match="audio-chunk lacks 'width'"):
        parsed(Event("audio-chunk", {"rate": 16_000}), AudioChunk.from_event)

"""A client of the port: the `wyoming` package's own."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import numpy as np
from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient, AsyncTcpClient
from wyoming.event import Event, Eventable

from audio.frames import MIC_RATE_HZ, Pcm16

WITHIN_S = 30.0


@asynccontextmanager
async def client(port: int) -> AsyncIterator[AsyncClient]:
    connection = AsyncTcpClient("127.0.0.1", port)
    async with connection:
        yield connection


async def say(connection: AsyncClient, *events: Eventable) -> None:
    for event in events:
        await connection.write_event(event.event())


async def heard(connection: AsyncClient, *last: str) -> list[Event]:
    """What comes, up to the first event of one of these types; or, where none is named, to the connection's end."""
    events: list[Event] = []
    async with asyncio.timeout(WITHIN_S):
        while (event := await connection.read_event()) is not None:
            events.append(event)
            if event.type in last:
                return events
    assert not last, f"the connection ended after {[event.type for event in events]}"
    return events


async def asked(port: int, *events: Eventable, until: str | tuple[str, ...] = ()) -> list[Event]:
    """One request on a connection of its own."""
    async with client(port) as connection:
        await say(connection, *events)
        return await heard(connection, *([until] if isinstance(until, str) else until))


def sound(
    samples: Pcm16, *, rate_hz: int = MIC_RATE_HZ, channels: int = 1, chunk_s: float = 0.1, began_ms: int | None = None
) -> list[Eventable]:
    """A recording as the events of a stream."""
    whole = np.repeat(samples[:, None], channels, axis=1)
    step = round(chunk_s * rate_hz)
    form = {"rate": rate_hz, "width": 2, "channels": channels}

    def chunk(at: int) -> AudioChunk:
        timestamp = None if began_ms is None else began_ms + 1000 * at // rate_hz
        return AudioChunk(**form, audio=whole[at : at + step].tobytes(), timestamp=timestamp)

    return [AudioStart(**form), *(chunk(at) for at in range(0, len(whole), step)), AudioStop()]


def utterance(samples: Pcm16, **kind: int) -> Iterable[Eventable]:
    return [Transcribe(language="en"), *sound(samples, **kind)]


def texts(events: Iterable[Event], kind: str) -> list[str]:
    return [event.data["text"] for event in events if event.type == kind]

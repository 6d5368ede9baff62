"""Fuzz a running server's realtime door: random, truncated, damaged, huge and out-of-order messages on many sessions.

    python scripts/fuzz_realtime.py ws://127.0.0.1:8765/v1/realtime --messages 100000

Every message must be answered or ignored, and no connection may end but for a message that is too large. Afterwards an
ordinary session is asked to answer, and the exit status is 0 if it does.
"""

import argparse
import asyncio
import json
import random
from base64 import b64encode
from typing import Any

import websockets

SOUND = b64encode(bytes(9600)).decode()
TEXT = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
EVENTS: tuple[dict[str, Any], ...] = (
    {"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text"]}},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}},
    {
        "type": "session.update",
        "session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}},
    },
    {
        "type": "session.update",
        "session": {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcmu"}}}},
    },
    {"type": "input_audio_buffer.append", "audio": SOUND},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "conversation.item.create", "item": TEXT},
    {"type": "conversation.item.create", "item": {**TEXT, "id": "mine"}, "previous_item_id": "root"},
    {"type": "conversation.item.create", "item": {**TEXT, "content": [IMAGE]}},
    {"type": "conversation.item.create", "item": {"type": "function_call", "name": "f", "arguments": "{}"}},
    {"type": "conversation.item.retrieve", "item_id": "mine"},
    {"type": "conversation.item.delete", "item_id": "mine"},
    {"type": "conversation.item.truncate", "item_id": "mine", "content_index": 0, "audio_end_ms": 100},
    {"type": "response.create", "response": {"max_output_tokens": 2}},
    {"type": "response.cancel"},
    {"type": "output_audio_buffer.clear"},
)
TRY_AGAIN_LATER = 1013
WRONG = (None, True, -1, 10**400, "", "x" * 10_000, [], {}, [[]] * 50, {"type": "message"})


def message(chance: random.Random) -> str | bytes:
    """One that is well formed in every second case."""
    event = dict(chance.choice(EVENTS))
    kind = chance.random()
    if kind < 0.5:
        return json.dumps(event)
    if kind < 0.7:
        event[chance.choice([*event, "event_id", "unknown"])] = chance.choice(WRONG)
        return json.dumps(event)
    text = json.dumps(event)
    at = chance.randrange(len(text))
    if kind < 0.8:
        return text[:at]
    if kind < 0.9:
        return text[:at] + chance.choice('{}[]",:\\\x00é9') + text[at + 1 :]
    if kind < 0.95:
        return chance.randbytes(chance.randrange(200))
    return "[" * chance.randrange(100_000)


async def attack(uri: str, messages: int, seed: int) -> int:
    """One session; how many errors it was answered with."""
    chance, errors = random.Random(seed), 0

    async def read(socket: websockets.ClientConnection) -> None:
        nonlocal errors
        async for received in socket:
            errors += json.loads(received)["type"] == "error"

    async with websockets.connect(uri, max_size=None, ping_interval=None, close_timeout=120) as socket:
        reading = asyncio.create_task(read(socket))
        for _ in range(messages):
            await socket.send(message(chance))
        answered = await socket.ping()
        await asyncio.wait_for(answered, 120)
        await socket.close()
        await reading
    return errors


async def answers(uri: str) -> bool:
    """Whether an ordinary session is answered."""
    async with asyncio.timeout(120), websockets.connect(uri, max_size=None) as socket:
        for event in (*EVENTS[:1], EVENTS[7], EVENTS[14]):
            await socket.send(json.dumps(event))
        async for received in socket:
            event = json.loads(received)
            if event["type"] == "response.done":
                return bool(event["response"]["status"] in ("completed", "incomplete"))
    return False


async def answers_in_time(uri: str) -> bool:
    """The same, once the server is no longer busy with what was asked for."""
    async with asyncio.timeout(180):
        while True:
            try:
                return await answers(uri)
            except websockets.ConnectionClosed as closed:
                if closed.rcvd is None or closed.rcvd.code != TRY_AGAIN_LATER:
                    raise
            await asyncio.sleep(5)


async def main(uri: str, messages: int, sessions: int) -> int:
    errors = await asyncio.gather(*(attack(uri, messages // sessions, seed) for seed in range(sessions)))
    is_well = await answers_in_time(uri)
    print(
        f"{messages} messages on {sessions} sessions: {sum(errors)} errors; it {'answers' if is_well else 'is broken'}"
    )
    return 0 if is_well else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=20)
    args = parser.parse_args()
    raise SystemExit(asyncio.run(main(args.uri, args.messages, args.sessions)))

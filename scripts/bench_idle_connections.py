"""What connections that say nothing cost one that talks: latency of its answers beside them, memory of each.

    python scripts/bench_idle_connections.py question.wav --connections 1000 --turns 20

Starts `hearthside serve` and asks it that question, by voice, with nobody else there, with so many other sessions open,
and with nobody again. Printed are the time from the end of the question, which the client commits itself, to the first
sound of the answer, and what the daemon's own process has grown by.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
import soundfile
import websockets

from audio.resample import resampled

PUSH_TO_TALK = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
PIECE_BYTES = 48_000
"""A second at 24 kHz."""
AT_ONCE = 50
"""Connections that are opened together: more would wait for each other's handshakes."""


@asynccontextmanager
async def daemon(port: int) -> AsyncIterator[psutil.Process]:
    """A server that is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant", "serve", "--port", str(port)),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HEARTHSIDE_LLM__MAX_TOKENS": "8"},
    )
    assert process.stderr is not None
    try:
        while b"listening, " not in (line := await process.stderr.readline()):
            if not line:
                raise SystemExit("the server did not start")
        reading = asyncio.create_task(process.stderr.read())
        yield psutil.Process(process.pid)
        reading.cancel()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def first_sound_s(socket: websockets.ClientConnection, question: bytes) -> float:
    """Of the answer to a question, 16-bit samples at 24 kHz, from when it was committed."""
    await socket.send(json.dumps({"type": "session.update", "session": PUSH_TO_TALK}))
    for start in range(0, len(question), PIECE_BYTES):
        audio = b64encode(question[start : start + PIECE_BYTES]).decode()
        await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
    await socket.send(json.dumps({"type": "input_audio_buffer.commit"}))
    await socket.send(json.dumps({"type": "response.create"}))
    began_s, first_s = time.perf_counter(), None
    async for message in socket:
        event = json.loads(message)
        if event["type"] == "response.output_audio.delta" and first_s is None:
            first_s = time.perf_counter() - began_s
        elif event["type"] == "response.done":
            break
    if first_s is None:
        raise SystemExit("an answer without a sound")
    return first_s


async def measured(uri: str, turns: int, question: bytes) -> list[float]:
    """Each in a session of its own, after one that is not counted."""
    seconds = []
    for turn in range(turns + 1):
        async with websockets.connect(uri, max_size=None) as socket:
            seconds.append(await first_sound_s(socket, question))
        if not turn:
            seconds.clear()
    return seconds


async def idle(uri: str, stack: AsyncExitStack) -> None:
    """A session that has begun, and says nothing more."""
    socket = await stack.enter_async_context(websockets.connect(uri, max_size=None))
    while json.loads(await socket.recv())["type"] != "conversation.created":
        pass


def told(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    late_s = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{name}: median {statistics.median(seconds):.3f} s, 95 % {late_s:.3f} s, n {len(seconds)}", flush=True)


async def main(recording: Path, connections: int, turns: int, port: int) -> None:
    samples, rate_hz = soundfile.read(recording, dtype="int16")
    question = resampled(samples, rate_hz, 24_000).tobytes()
    uri = f"ws://127.0.0.1:{port}/v1/realtime"
    async with daemon(port) as process:
        told("alone", await measured(uri, turns, question))
        before, cpu_s, began_s = process.memory_info().rss, sum(process.cpu_times()[:2]), time.perf_counter()
        async with AsyncExitStack() as stack:
            for start in range(0, connections, AT_ONCE):
                await asyncio.gather(*(idle(uri, stack) for _ in range(start, min(connections, start + AT_ONCE))))
            opening_s, opening_cpu_s = time.perf_counter() - began_s, sum(process.cpu_times()[:2]) - cpu_s
            grown = process.memory_info().rss - before
            print(
                f"{connections} idle: {grown / connections / 1024:.0f} KiB each; opened in {opening_s:.1f} s", end=", "
            )
            print(f"{1000 * opening_cpu_s / connections:.1f} ms of CPU each", flush=True)
            told(f"beside {connections}", await measured(uri, turns, question))
            cpu_s, began_s = sum(process.cpu_times()[:2]), time.perf_counter()
            await asyncio.sleep(30)  # longer than the interval of the keep-alive
            share = (sum(process.cpu_times()[:2]) - cpu_s) / (time.perf_counter() - began_s)
            print(f"CPU while nobody talks: {100 * share:.1f} % of one core", flush=True)
        told("alone again", await measured(uri, turns, question))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--port", type=int, default=18765)
    args = parser.parse_args()
    asyncio.run(main(args.recording, args.connections, args.turns, args.port))

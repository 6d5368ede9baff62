"""A client of a realtime server, as a person with a microphone is one: asks at the pace of speech, listens, asks on.

It knows nothing of this house's server: any server of OpenAI's Realtime protocol can be put to it.
"""

import asyncio
import json
import random
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from audio.acoustics import first_sound_s
from audio.frames import Pcm16, to_float

RATE_HZ = 24_000
CHUNK_S = 0.04
ANSWERED_WITHIN_S = 15.0
"""After the last word; then the question is given up."""
THINKS_S = (0.5, 2.0)
"""Between the end of an answer, as heard, and the next question."""
SETTLED_S = 1.0
"""Of silence before the first question."""
BUSY = "server_busy"

SOUND = frozenset({"response.output_audio.delta", "response.audio.delta"})

Outcome: TypeAlias = Literal["answered", "cut", "busy", "failed", "missed"]
"""Cut: an answer began before the question was over. Busy: the server said so."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A recording at RATE_HZ; speech ends `speech_end_s` after its first sample."""

    name: str
    samples: Pcm16
    speech_end_s: float


@dataclass(slots=True)
class Asked:
    """What became of one question."""

    name: str
    outcome: Outcome = "missed"
    latency_ms: float | None = None
    """Last sound of speech to first sound of the answer, as it arrived; of what was answered."""


@dataclass(slots=True)
class Visit:
    """All that one client found."""

    refusal: str = ""
    """Why it was not let in."""
    asked: list[Asked] = field(default_factory=list)
    sent_bytes: int = 0
    """Of messages, without the network's own."""
    received_bytes: int = 0
    lasted_s: float = 0.0


class SimulatedClient:
    """One connection, and who speaks into it."""

    def __init__(
        self, url: str, questions: Sequence[Question], *, seed: int, session: dict[str, Any], headers: dict[str, str]
    ) -> None:
        """`session` is what it sends as `session.update`, but for the audio formats."""
        self._url = url
        self._questions = questions
        self._chance = random.Random(seed)
        self._session = session
        self._headers = headers
        self._visit = Visit()
        self._asked: Asked | None = None
        self._ended_s: float | None = None
        """When the speech of the question under way ended."""
        self._plays_until_s = 0.0
        """When all that has come was heard."""
        self._is_over = asyncio.Event()
        """Whether the question under way was answered as a whole, or will not be."""

    async def run(self, for_s: float, *, later_s: float = 0.0) -> Visit:
        """Come `later_s` from now and ask until `for_s` from now have passed; what was begun is not ended."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + for_s
        await asyncio.sleep(later_s)
        began_s = loop.time()
        try:
            async with connect(
                self._url, max_size=None, compression=None, additional_headers=self._headers, proxy=None
            ) as socket:
                try:
                    async with asyncio.timeout_at(until_s), asyncio.TaskGroup() as group:
                        group.create_task(self._follow(socket))
                        await self._converse(socket)
                except* (TimeoutError, ConnectionClosed):
                    pass
        except (OSError, InvalidHandshake, TimeoutError) as error:
            self._visit.refusal = f"{type(error).__name__}: {error}"
        self._visit.lasted_s = loop.time() - began_s
        return self._visit

    async def _converse(self, socket: ClientConnection) -> None:
        formats = {"format": {"type": "audio/pcm", "rate": RATE_HZ}}
        audio = self._session.get("audio", {})
        audio = {end: {**formats, **audio.get(end, {})} for end in ("input", "output")}
        await self._send(socket, {"type": "session.update", "session": {**self._session, "audio": audio}})
        microphone = _Microphone(self, socket)
        await microphone.say(np.zeros(round(SETTLED_S * RATE_HZ), np.int16))
        for question in self._shuffled():
            await self._ask(microphone, question)
            self._note()
            await microphone.wait(self._plays_until_s + self._chance.uniform(*THINKS_S))

    async def _ask(self, microphone: "_Microphone", question: Question) -> None:
        self._asked, self._ended_s = Asked(question.name), None
        self._is_over.clear()
        end_s = microphone.now_s + question.speech_end_s
        self._ended_s = end_s
        await microphone.say(question.samples)
        await microphone.wait(end_s + ANSWERED_WITHIN_S, or_until=self._is_over)

    def _note(self) -> None:
        if self._asked is not None:
            self._visit.asked.append(self._asked)
            self._asked = None

    def _shuffled(self) -> Any:
        while True:
            yield from self._chance.sample(self._questions, len(self._questions))

    async def _follow(self, socket: ClientConnection) -> None:
        has_begun = False
        async for message in socket:
            self._visit.received_bytes += len(message)
            event = json.loads(message)
            if event["type"] == "error" and not has_begun:
                self._visit.refusal = str(event["error"].get("message", "error"))
            has_begun = has_begun or event["type"].startswith("session.")
            self._take(event)
        if not has_begun and not self._visit.refusal:
            self._visit.refusal = f"closed: {socket.close_code} {socket.close_reason}"
        raise ConnectionClosed(None, None)

    def _take(self, event: dict[str, Any]) -> None:
        now_s = asyncio.get_running_loop().time()
        if event["type"] in SOUND:
            self._hear(np.frombuffer(b64decode(event["delta"]), "<i2").astype(np.int16), now_s)
        elif event["type"] == "input_audio_buffer.speech_started":
            self._plays_until_s = min(self._plays_until_s, now_s)
        elif event["type"] == "response.done" and self._asked is not None:
            details = event["response"].get("status_details") or {}
            if event["response"]["status"] == "failed":
                code = (details.get("error") or {}).get("code")
                self._asked.outcome = "busy" if code == BUSY else "failed"
                self._is_over.set()
            elif self._asked.outcome == "answered":
                self._is_over.set()

    def _hear(self, samples: Pcm16, now_s: float) -> None:
        begins_s = max(now_s, self._plays_until_s)
        self._plays_until_s = begins_s + len(samples) / RATE_HZ
        sound_s = first_sound_s(to_float(samples), RATE_HZ)
        if self._asked is None or self._ended_s is None or self._asked.outcome != "missed" or sound_s is None:
            return
        latency_s = begins_s + sound_s - self._ended_s
        self._asked.outcome = "cut" if latency_s < 0 else "answered"
        if latency_s < 0:
            self._is_over.set()
        else:
            self._asked.latency_ms = 1000 * latency_s

    async def _send(self, socket: ClientConnection, event: dict[str, Any]) -> None:
        text = json.dumps(event)
        self._visit.sent_bytes += len(text)
        await socket.send(text)


class _Microphone:
    """Is always open: what nobody says is silence. Each chunk is sent when its last sample would be recorded."""

    def __init__(self, client: SimulatedClient, socket: ClientConnection) -> None:
        self._client = client
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._sent = 0

    @property
    def now_s(self) -> float:
        """When the next sample is recorded, on the loop's clock."""
        return self._began_s + self._sent / RATE_HZ

    async def say(self, samples: Pcm16) -> None:
        for start in range(0, len(samples), step := round(CHUNK_S * RATE_HZ)):
            await self._record(samples[start : start + step])

    async def wait(self, until_s: float, or_until: asyncio.Event | None = None) -> None:
        """Silence."""
        while self.now_s < until_s and (or_until is None or not or_until.is_set()):
            await self._record(np.zeros(round(CHUNK_S * RATE_HZ), np.int16))

    async def _record(self, samples: Pcm16) -> None:
        self._sent += len(samples)
        await asyncio.sleep(self.now_s - self._loop.time())
        audio = b64encode(samples.astype("<i2").tobytes()).decode()
        await self._client._send(self._socket, {"type": "input_audio_buffer.append", "audio": audio})

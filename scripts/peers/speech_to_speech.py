"""Hugging Face's speech-to-speech, through its own Realtime WebSocket server."""

import asyncio
import base64
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from audio.frames import MIC_RATE_HZ, Pcm16
from scripts.peers import environment
from scripts.peers.conversation import Call, Heard, Models, played_to
from scripts.peers.program import Program, ProgramFailed, running
from scripts.peers.timeline import Timeline

PACKAGE = "speech-to-speech==1.1.0"
START_WITHIN_S = 180.0
AUDIO = {"response.output_audio.delta", "response.audio.delta"}

FREE_AGAIN_AFTER_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits between tries to get the one slot that the server has."""

TUNED = [
    *("--stream_batch_sentences", "1"),
    *("--speculative_reopen_ms", "200"),
    "--no_enable_live_transcription",
    "--no_smart_turn",
]
"""Its smart-turn makes every command that it takes for unfinished wait for 2 s, and costs nothing to do without: an
answer takes longer to make than most pauses last, and speech that goes on before it is heard reopens the turn."""
TUNED_IN_WORDS = "no live partial transcripts, 1 sentence a batch, answer held back 0.2 s, no smart-turn"

HUBCONF = """from silero_vad import load_silero_vad


def silero_vad(**_):
    return load_silero_vad(), None
"""
"""The peer loads its voice activity detector from a code host; the same model comes in the package of its authors."""
ABBREVIATIONS = (
    "dr",
    "mr",
    "mrs",
    "ms",
    "prof",
    "st",
    "vs",
    "e.g",
    "i.e",
    "etc",
    "no",
    "a.m",
    "p.m",
    "u.s",
    "u.k",
    "jr",
)
"""The peer splits sentences with NLTK's Punkt, whose trained parameters no package has: with these it knows when a
full stop ends none. Both ways an answer is split after its first sentence."""


class _Session:
    """One connection, and what has come over it."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.began_s = asyncio.get_running_loop().time()
        self.timeline = Timeline(MIC_RATE_HZ)
        self._socket = socket_
        self._answers: set[str] = set()
        self._text: dict[str, str] = {}

    @property
    def answers(self) -> int:
        return len(self._answers)

    @property
    def text(self) -> str:
        return " ".join(self._text.values())

    async def hear(self, frame: Pcm16) -> None:
        event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(frame.tobytes()).decode()}
        await self._socket.send(json.dumps(event))

    async def follow(self) -> None:
        """Take in what the server tells, and do what its own client does: play, and drop all when speech starts."""
        loop = asyncio.get_running_loop()
        async for message in self._socket:
            event: dict[str, Any] = json.loads(message)
            at_s = loop.time() - self.began_s
            if event["type"] in AUDIO:
                self._answers.add(event["response_id"])
                self.timeline.play(at_s, np.frombuffer(base64.b64decode(event["delta"]), "<i2"))
            elif event["type"] == "input_audio_buffer.speech_started":
                self.timeline.stop(at_s)
            elif event["type"] == "conversation.item.input_audio_transcription.completed":
                self._text[event["item_id"]] = event["transcript"]


class SessionRefused(ProgramFailed):
    """Its slots are taken."""


class SpeechToSpeech:
    """Its server stays up; every conversation is a connection of its own."""

    name = "speech-to-speech"

    def __init__(self, url: str, settings: str) -> None:
        self.url = url
        self.settings = settings

    async def converse(self, clip: Path) -> Heard:
        """Raises ProgramFailed."""
        return await played_to(self, clip)

    def call(self) -> AbstractAsyncContextManager[Call]:
        return self._called()

    @asynccontextmanager
    async def _called(self) -> AsyncIterator[_Session]:
        try:
            async with AsyncExitStack() as stack:
                session = _Session(await self._connected(stack))
                following = asyncio.create_task(session.follow())
                try:
                    yield session
                finally:
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)
        except (OSError, ConnectionClosed) as error:
            raise ProgramFailed(f"{self.name} cannot be reached: {error}") from None

    async def _connected(self, stack: AsyncExitStack) -> ClientConnection:
        """A connection that is set up, closed with `stack`. The server has one slot, which takes time to clear."""
        for wait_s in (*FREE_AGAIN_AFTER_S, None):
            socket_ = await stack.enter_async_context(connect(self.url, max_size=None, compression=None))
            try:
                await self._configure(socket_)
            except (ConnectionClosed, SessionRefused):  # it closes the connection before it has said why, or after
                if wait_s is None:
                    raise
                await asyncio.sleep(wait_s)
            else:
                break
        return socket_

    async def _configure(self, socket_: ClientConnection) -> None:
        turn_detection = {"type": "server_vad", "interrupt_response": True}
        session = {"type": "realtime", "audio": {"input": {"turn_detection": turn_detection}, "output": {}}}
        await socket_.send(json.dumps({"type": "session.update", "session": session}))
        async with asyncio.timeout(10):
            async for message in socket_:
                event = json.loads(message)
                if event["type"] == "session.updated":
                    return
                if event["type"] == "error":
                    raise SessionRefused(f"{self.name} refuses the session: {event['error']['message']}")
        raise ProgramFailed(f"{self.name} has closed the connection")


@asynccontextmanager
async def serving(
    models: Models, home: Path, logs: Path, extra: list[str]
) -> AsyncIterator[tuple[SpeechToSpeech, Program]]:
    """The peer's server, up and warm. Raises ProgramFailed or EnvironmentFailed."""
    interpreter = await asyncio.to_thread(environment.python, "speech-to-speech", home, without_dependencies=(PACKAGE,))
    data = _data(home / "speech-to-speech-data")
    port = _free_port()
    command = [
        str(interpreter), "-P", "-m", "speech_to_speech.cli", "serve", "--port", str(port), "--device", "cpu",
        "--stt", "faster-whisper", "--faster_whisper_stt_model_name", str(models.whisper),
        "--faster_whisper_stt_compute_type", models.compute_type, "--faster_whisper_stt_gen_beam_size", "1",
        "--llm_backend", "chat-completions", "--model_name", "smollm2",
        "--responses_api_base_url", models.llm_url, "--responses_api_api_key", models.llm_key,
        "--init_chat_prompt", models.system_prompt,
        "--tts", "openai", "--openai_tts_base_url", models.speech_url, "--openai_tts_api_key", "none",
        "--openai_tts_model", "piper", "--openai_tts_voice", models.voice.stem,
        "--openai_tts_sample_rate", str(models.speech_rate_hz),
        *TUNED, *extra,
    ]  # fmt: skip
    env = environment.variables(TORCH_HOME=str(data / "torch"), NLTK_DATA=str(data / "nltk"))
    settings = ", ".join([TUNED_IN_WORDS, *extra])
    async with running("speech-to-speech", command, env, logs / "speech-to-speech.log", speaks_json=False) as program:
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        await _up(program, url)
        yield SpeechToSpeech(url, settings), program


async def _up(program: Program, url: str) -> None:
    """Wait until the server takes connections; it says nothing of its own accord."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_WITHIN_S):
            while program.is_running():
                with contextlib.suppress(OSError):
                    async with connect(url):
                        return
                await asyncio.sleep(0.5)
    raise ProgramFailed(f"speech-to-speech did not start; see {program.log}")


def _data(folder: Path) -> Path:
    """What the peer would otherwise look for on the network at its start."""
    hub = folder / "torch" / "hub" / "snakers4_silero-vad_master"
    english = folder / "nltk" / "tokenizers" / "punkt_tab" / "english"
    for made in (hub, english):
        made.mkdir(parents=True, exist_ok=True)
    (hub / "hubconf.py").write_text(HUBCONF)
    (english / "abbrev_types.txt").write_text("\n".join(ABBREVIATIONS))
    for empty in ("collocations.tab", "sent_starters.txt", "ortho_context.tab"):
        (english / empty).touch()
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

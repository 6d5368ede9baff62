"""Hugging Face's speech-to-speech, through its own Realtime WebSocket server."""

import asyncio
import base64
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from audio.frames import MIC_RATE_HZ
from audio.wav import read_wav
from scripts.peers import environment
from scripts.peers.conversation import FRAME_S, Heard, Models, frames, is_over
from scripts.peers.program import Program, ProgramFailed, running
from scripts.peers.timeline import Timeline

PACKAGE = "speech-to-speech==1.1.0"
START_WITHIN_S = 180.0
AUDIO = {"response.output_audio.delta", "response.audio.delta"}

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


@dataclass
class _Session:
    """What has come from the server for one clip."""

    timeline: Timeline
    began_s: float
    answers: set[str] = field(default_factory=set)
    text: dict[str, str] = field(default_factory=dict)


class SpeechToSpeech:
    """Its server stays up; every clip is a connection of its own, and so a new conversation."""

    name = "speech-to-speech"

    def __init__(self, url: str, settings: str) -> None:
        self._url = url
        self.settings = settings

    async def converse(self, clip: Path) -> Heard:
        """Raises ProgramFailed."""
        samples = read_wav(clip)
        try:
            async with connect(self._url, max_size=None, compression=None) as socket_:
                await self._configure(socket_)
                session = _Session(Timeline(MIC_RATE_HZ), asyncio.get_running_loop().time())
                listening = asyncio.create_task(self._listen(socket_, session))
                try:
                    await self._speak(socket_, session, [frame.tobytes() for frame in frames(samples)])
                finally:
                    listening.cancel()
                    await asyncio.gather(listening, return_exceptions=True)
        except OSError as error:
            raise ProgramFailed(f"{self.name} cannot be reached: {error}") from None
        heard = " ".join(session.text.values())
        return Heard(session.timeline.samples(), MIC_RATE_HZ, len(session.answers), heard)

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
                    raise ProgramFailed(f"{self.name} refuses the session: {event['error']['message']}")
        raise ProgramFailed(f"{self.name} has closed the connection")

    async def _speak(self, socket_: ClientConnection, session: _Session, spoken: list[bytes]) -> None:
        """Send a frame when its last sample would have been recorded, then silence while there is something to wait
        for."""
        loop = asyncio.get_running_loop()
        clip_s = len(spoken) * FRAME_S
        silence = bytes(len(spoken[0]))
        sent = 0
        while not is_over(loop.time() - session.began_s, clip_s, session.timeline.begin_s):
            sent += 1
            await asyncio.sleep(session.began_s + sent * FRAME_S - loop.time())
            frame = spoken[sent - 1] if sent <= len(spoken) else silence
            event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(frame).decode()}
            await socket_.send(json.dumps(event))

    async def _listen(self, socket_: ClientConnection, session: _Session) -> None:
        loop = asyncio.get_running_loop()
        async for message in socket_:
            event: dict[str, Any] = json.loads(message)
            at_s = loop.time() - session.began_s
            if event["type"] in AUDIO:
                session.answers.add(event["response_id"])
                session.timeline.play(at_s, np.frombuffer(base64.b64decode(event["delta"]), "<i2"))
            elif event["type"] == "input_audio_buffer.speech_started":
                session.timeline.stop(at_s)
            elif event["type"] == "conversation.item.input_audio_transcription.completed":
                session.text[event["item_id"]] = event["transcript"]


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

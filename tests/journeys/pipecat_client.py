"""A voice assistant by Pipecat, whose model is a realtime server. It imports nothing of ours.

    python pipecat_client.py ws://127.0.0.1:8765/v1/realtime QUESTION.wav

It asks in writing for something that takes a function; then QUESTION.wav is said, its answer interrupted by the same
question, and that answered. What happened is printed as one JSON document: `frames`, and the context's `messages`.
"""

import asyncio
import contextlib
import json
import sys
import wave
from typing import Any

import numpy as np
import soxr
from loguru import logger
from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    OutputAudioRawFrame,
    StartFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

RATE_HZ = 24_000
FRAME = RATE_HZ // 50
LISTENED_S = 2.0
"""How long an answer is heard before it is spoken over."""
WITHIN_S = 60.0


class Ear(BaseInputTransport):
    """A microphone that is always open."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self._is_ready = asyncio.Event()
        self._waiting = np.zeros(0, "<i2")
        self._is_silent = asyncio.Event()

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._is_ready.set()

    async def listen(self) -> None:
        """For ever, at the pace of speech."""
        await self._is_ready.wait()
        loop = asyncio.get_running_loop()
        at_s = loop.time()
        while True:
            at_s += FRAME / RATE_HZ
            await asyncio.sleep(at_s - loop.time())
            samples, self._waiting = self._waiting[:FRAME], self._waiting[FRAME:]
            if not len(samples):
                self._is_silent.set()
            audio = np.concatenate([samples, np.zeros(FRAME - len(samples), "<i2")]).tobytes()
            await self.push_audio_frame(InputAudioRawFrame(audio=audio, sample_rate=RATE_HZ, num_channels=1))

    async def say(self, samples: "np.ndarray[Any, np.dtype[np.int16]]") -> None:
        """Until it has been said."""
        self._is_silent.clear()
        self._waiting = samples
        await self._is_silent.wait()


class Mouth(BaseOutputTransport):
    """A speaker."""

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        await asyncio.sleep(len(frame.audio) / 2 / RATE_HZ)
        return True


class Witness(FrameProcessor):
    """Notes what passes."""

    def __init__(self, noted: "Noted") -> None:
        super().__init__()
        self._noted = noted

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self._noted.note(frame)
        await self.push_frame(frame, direction)


class Noted:
    """The frames that tell how the conversation goes."""

    kinds = (BotStartedSpeakingFrame, ErrorFrame, InterruptionFrame, LLMFullResponseEndFrame, TTSTextFrame)

    def __init__(self) -> None:
        self.frames: list[tuple[str, str]] = []
        self._came = asyncio.Event()

    def note(self, frame: Frame) -> None:
        if isinstance(frame, self.kinds):
            said = getattr(frame, "text", None) or getattr(frame, "error", None) or ""
            self.frames.append((type(frame).__name__, str(said)))
            self._came.set()

    async def until(self, kind: type[Frame], *, after: int) -> int:
        """The number of the first such frame that is not among the first `after`."""
        while True:
            for number, (name, _) in enumerate(self.frames):
                if number >= after and name == kind.__name__:
                    return number
            self._came.clear()
            await self._came.wait()


async def weather(params: FunctionCallParams) -> None:
    await params.result_callback("sunny")


async def converse(url: str, question: "np.ndarray[Any, np.dtype[np.int16]]") -> dict[str, Any]:
    noted = Noted()
    rates = {"audio_in_sample_rate": RATE_HZ, "audio_out_sample_rate": RATE_HZ}
    params = TransportParams(audio_in_enabled=True, audio_out_enabled=True, audio_out_10ms_chunks=2, **rates)
    ear, mouth = Ear(params), Mouth(params)
    heard = events.AudioInput(
        transcription=events.InputAudioTranscription(),
        turn_detection=events.SemanticTurnDetection(eagerness="high"),
    )
    settings = OpenAIRealtimeLLMService.Settings(
        model="hearthside",
        session_properties=events.SessionProperties(
            instructions="You are a pipe.", audio=events.AudioConfiguration(input=heard)
        ),
    )
    llm = OpenAIRealtimeLLMService(api_key="x", base_url=url, settings=settings)
    llm.register_function("weather", weather)
    tool = FunctionSchema(name="weather", description="Of a city", properties={}, required=[])
    context = LLMContext(
        [{"role": "user", "content": "Do I need an umbrella?"}], tools=ToolsSchema(standard_tools=[tool])
    )
    turns = LLMContextAggregatorPair(context)
    pipeline = Pipeline([ear, turns.user(), llm, Witness(noted), mouth, turns.assistant()])
    worker = PipelineWorker(
        pipeline, params=PipelineParams(**rates), idle_timeout_secs=None, cancel_on_idle_timeout=False
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = [asyncio.create_task(runner.run()), asyncio.create_task(ear.listen())]
    try:
        async with asyncio.timeout(WITHIN_S):
            await worker.queue_frame(LLMRunFrame())
            at = await noted.until(TTSTextFrame, after=0)  # of the answer that the function's result led to
            at = await noted.until(LLMFullResponseEndFrame, after=at)
            await ear.say(question)
            at = await noted.until(TTSTextFrame, after=at + 1)
            await ear.say(np.zeros(round(LISTENED_S * RATE_HZ), "<i2"))
            before = len(noted.frames)
            await ear.say(question)
            at = await noted.until(InterruptionFrame, after=before)
            at = await noted.until(TTSTextFrame, after=at)
            await noted.until(LLMFullResponseEndFrame, after=at)
    except TimeoutError:
        noted.frames.append(("Timeout", ""))
    for task in running:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait(running, timeout=2)
    return {"frames": noted.frames, "messages": context.get_messages()}


def main(url: str, file: str) -> None:
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    with wave.open(file) as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), "<i2")
        question = soxr.resample(samples, recording.getframerate(), RATE_HZ).astype("<i2")
    sys.stdout.write(json.dumps(asyncio.run(converse(url, question))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

"""A Pipecat voice assistant that converses over a line. Runs in Pipecat's own environment, and imports nothing of
ours.

Its first line on standard input is a JSON object with the models' places and the settings; then conversations follow,
as `line` describes them.
"""

import asyncio
import base64
import functools
import json
import sys
from pathlib import Path
from typing import Any

from loguru import logger
from pipecat.audio.turn.smart_turn.base_smart_turn import SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_start import MinWordsUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy, TurnAnalyzerUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

IN_HZ = 16_000
OUT_HZ = 22_050
"""The voice's own rate: nothing has to be resampled."""
AHEAD_S = 0.02
"""How far ahead of the sound a sound card is written to."""


def tell(what: dict[str, Any]) -> None:
    """One line for whoever listens."""
    print(json.dumps(what), flush=True)


class Ear(BaseInputTransport):
    """A microphone that is fed by hand."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self.ready = asyncio.Event()

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self.ready.set()

    async def hear(self, samples: bytes) -> None:
        await self.push_audio_frame(InputAudioRawFrame(audio=samples, sample_rate=IN_HZ, num_channels=1))


class Mouth(BaseOutputTransport):
    """A speaker that takes sound at the pace of a sound card and tells when it would be heard."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self.is_on = False
        """Whether there is a conversation."""
        self.answer = 0
        """Number of the answer that is being made."""
        self._until_s = 0.0

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        if not self.is_on:
            return True
        loop = asyncio.get_running_loop()
        start_s = max(loop.time(), self._until_s)
        if any(frame.audio):
            tell({"at_s": start_s, "sound": base64.b64encode(frame.audio).decode(), "answer": self.answer})
        self._until_s = start_s + len(frame.audio) / 2 / OUT_HZ
        await asyncio.sleep(max(0.0, self._until_s - AHEAD_S - loop.time()))
        return True


class Witness(FrameProcessor):
    """Counts answers begun and tells what was understood; passes everything on."""

    def __init__(self, mouth: Mouth) -> None:
        super().__init__()
        self._mouth = mouth

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMFullResponseStartFrame):
            self._mouth.answer += 1
        elif isinstance(frame, TranscriptionFrame):
            tell({"understood": frame.text.strip()})
        await self.push_frame(frame, direction)


class Bot:
    """The usual Pipecat pipeline between an Ear and a Mouth, with the models of the comparison."""

    def __init__(self, given: dict[str, Any]) -> None:
        params = TransportParams(
            audio_in_enabled=True,
            audio_in_sample_rate=IN_HZ,
            audio_out_enabled=True,
            audio_out_sample_rate=OUT_HZ,
            audio_out_10ms_chunks=2,
        )
        self.ear, self.mouth = Ear(params), Mouth(params)
        stt = WhisperSTTService(
            device="cpu",
            compute_type=given["compute_type"],
            settings=WhisperSTTService.Settings(model=given["whisper"], language="en"),
        )
        # The service has no setting for it; its default is five beams, which takes longer and helps little.
        stt._model.transcribe = functools.partial(stt._model.transcribe, beam_size=given["beam_size"])
        llm = OpenAILLMService(
            base_url=given["llm_url"],
            api_key=given["llm_key"],
            settings=OpenAILLMService.Settings(model="smollm2", max_tokens=given["max_tokens"]),
        )
        voice = Path(given["voice"])
        tts = PiperTTSService(
            download_dir=voice.parent, settings=PiperTTSService.Settings(voice=voice.stem), sample_rate=OUT_HZ
        )
        self._prompt = [{"role": "system", "content": given["system_prompt"]}]
        self._context = LLMContext(list(self._prompt))
        if given["smart_turn_wait_s"]:
            analyzer = LocalSmartTurnAnalyzerV3(params=SmartTurnParams(stop_secs=given["smart_turn_wait_s"]))
            stop = TurnAnalyzerUserTurnStopStrategy(turn_analyzer=analyzer)
        else:
            stop = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)
        start = [MinWordsUserTurnStartStrategy(min_words=given["min_words"])] if given["min_words"] else None
        aggregators = LLMContextAggregatorPair(
            self._context,
            user_params=LLMUserAggregatorParams(
                user_turn_strategies=UserTurnStrategies(start=start, stop=[stop]),
                vad_analyzer=SileroVADAnalyzer(params=VADParams(stop_secs=given["stop_s"])),
            ),
        )
        pipeline = Pipeline([
            self.ear, stt, Witness(self.mouth), aggregators.user(), llm, Witness(self.mouth), tts, self.mouth,
            aggregators.assistant(),
        ])  # fmt: skip
        self.worker = PipelineWorker(
            pipeline,
            params=PipelineParams(audio_in_sample_rate=IN_HZ, audio_out_sample_rate=OUT_HZ),
            idle_timeout_secs=None,
            cancel_on_idle_timeout=False,
        )

    def begin(self) -> None:
        self.mouth.is_on = True

    async def end(self) -> None:
        """Fall silent, and forget the conversation."""
        self.mouth.is_on = False
        await self.worker.queue_frame(InterruptionFrame())
        self._context.set_messages(list(self._prompt))


async def serve(given: dict[str, Any]) -> None:
    """Hold conversation after conversation until standard input ends."""
    bot = Bot(given)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(bot.worker)
    running = asyncio.create_task(runner.run())
    await bot.ear.ready.wait()
    tell({"rate_hz": OUT_HZ})
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        if "hear" in told:
            await bot.ear.hear(base64.b64decode(told["hear"]))
        elif "begin" in told:
            bot.begin()
        else:
            await bot.end()
            tell({"ended": True})
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="INFO")
    asyncio.run(serve(json.loads(sys.stdin.readline())))

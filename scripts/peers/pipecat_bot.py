"""A Pipecat voice assistant that converses with recordings. Runs in Pipecat's own environment, and imports nothing of
ours.

Its first line on standard input is a JSON object with the models' places and the settings; then each line is
`{"clip": FILE.wav, "out": FILE.wav}` (16 kHz mono 16-bit) and is answered by a line when the conversation is over:
`{"answers", "text"}`. Sample 0 of the output file is the same instant as sample 0 of the clip.
"""

import asyncio
import functools
import json
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
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
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy, TurnAnalyzerUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

IN_HZ = 16_000
OUT_HZ = 22_050
"""The voice's own rate: nothing has to be resampled."""
FRAME_SAMPLES = 320
FRAME_S = FRAME_SAMPLES / IN_HZ
AHEAD_S = 0.02
"""How far ahead of the sound a sound card is written to."""


class Conversation:
    """What is known of the conversation about one clip."""

    def __init__(self) -> None:
        self.began_s = asyncio.get_running_loop().time()
        self.pieces: list[tuple[float, bytes]] = []
        self.answer = 0
        self.answers: set[int] = set()
        self.text: list[str] = []
        self.is_over = False

    def now_s(self) -> float:
        return asyncio.get_running_loop().time() - self.began_s


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
    """A speaker that takes sound at the pace of a sound card and notes when it would be heard."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self.conversation = Conversation()
        self._until_s = 0.0

    def begin(self) -> Conversation:
        self.conversation, self._until_s = Conversation(), 0.0
        return self.conversation

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        conversation = self.conversation
        if conversation.is_over:
            return True
        start_s = max(conversation.now_s(), self._until_s)
        conversation.pieces.append((start_s, frame.audio))
        conversation.answers.add(conversation.answer)
        self._until_s = start_s + len(frame.audio) / 2 / OUT_HZ
        await asyncio.sleep(max(0.0, self._until_s - AHEAD_S - conversation.now_s()))
        return True


class Witness(FrameProcessor):
    """Counts answers begun and notes what was understood; passes everything on."""

    def __init__(self, mouth: Mouth) -> None:
        super().__init__()
        self._mouth = mouth

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMFullResponseStartFrame):
            self._mouth.conversation.answer += 1
        elif isinstance(frame, TranscriptionFrame):
            self._mouth.conversation.text.append(frame.text.strip())
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
        aggregators = LLMContextAggregatorPair(
            self._context,
            user_params=LLMUserAggregatorParams(
                user_turn_strategies=UserTurnStrategies(stop=[stop]),
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

    async def converse(self, clip: Path, give_up_s: float, listen_s: float) -> Conversation:
        """Play the clip and listen; then forget it."""
        with wave.open(str(clip)) as file:
            spoken = file.readframes(file.getnframes())
        size = 2 * FRAME_SAMPLES
        clip_s = len(spoken) / 2 / IN_HZ
        conversation = self.mouth.begin()
        sent = 0
        while True:
            first_s = conversation.pieces[0][0] if conversation.pieces else None
            if conversation.now_s() > (clip_s + give_up_s if first_s is None else max(clip_s, first_s + listen_s)):
                break
            sent += 1
            await asyncio.sleep(sent * FRAME_S - conversation.now_s())
            await self.ear.hear(spoken[(sent - 1) * size : sent * size].ljust(size, b"\0"))
        conversation.is_over = True
        await self.worker.queue_frame(InterruptionFrame())
        self._context.set_messages(list(self._prompt))
        return conversation


def write(file: Path, conversation: Conversation) -> None:
    """What was heard, from the conversation's beginning."""
    ends = [round(at_s * OUT_HZ) + len(audio) // 2 for at_s, audio in conversation.pieces]
    played = np.zeros(max(ends, default=0), np.int16)
    for at_s, audio in conversation.pieces:
        start = round(at_s * OUT_HZ)
        played[start : start + len(audio) // 2] = np.frombuffer(audio, np.int16)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(OUT_HZ)
        out.writeframes(played.tobytes())


async def serve(given: dict[str, Any]) -> None:
    """Converse about clip after clip until standard input ends."""
    bot = Bot(given)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(bot.worker)
    running = asyncio.create_task(runner.run())
    await bot.ear.ready.wait()
    print(json.dumps({"ready": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        done = await bot.converse(Path(asked["clip"]), given["give_up_s"], given["listen_s"])
        write(Path(asked["out"]), done)
        print(json.dumps({"answers": len(done.answers), "text": " ".join(done.text)}), flush=True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="INFO")
    asyncio.run(serve(json.loads(sys.stdin.readline())))

"""`POST /v1/audio/speech` and `/v1/audio/transcriptions`: the daemon's voice and ears for other programs."""

import asyncio
import io
import struct
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Literal

import numpy as np
import soundfile
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from assistant.conversation.engines import Engines
from assistant.conversation.reading_aloud import read_aloud
from assistant.daemon import Running
from assistant.server.refusal import Refused, caller, failed, invalid
from assistant.server.streamed import Streamed
from audio.frames import MIC_RATE_HZ, Pcm16, to_float
from audio.resample import StreamResampler, resampled
from audio.stt.protocol import TranscriptionError
from audio.tts.protocol import SynthesisError, TextToSpeech

RATE_HZ = 24_000
"""Of all that is handed out: OpenAI's."""
LONGEST_INPUT = 4096
"""Characters, as at OpenAI."""
LONGEST_RECORDING_S = 600.0

STREAMED = {"pcm": "audio/pcm", "wav": "audio/wav"}
ENCODED = {
    "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
    "flac": ("FLAC", "PCM_16", "audio/flac"),
    "opus": ("OGG", "OPUS", "audio/ogg"),
}


class SpeechRequest(BaseModel):
    model_config = ConfigDict(extra="ignore")

    input: Annotated[str, Field(max_length=LONGEST_INPUT)]
    response_format: Literal["mp3", "opus", "flac", "wav", "pcm"] = "mp3"


class Speech:
    """Both endpoints, on the engines of the conversation."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._language = running.config.stt.language

    async def say(self, request: Request) -> Response:
        """Text into sound; `pcm` and `wav` come as they are made. Raises Refused."""
        try:
            wanted = SpeechRequest.model_validate_json(await request.body())
        except ValidationError as error:
            raise invalid(error) from None
        sound = self._sound(wanted.input, self._engines(request).tts)
        try:
            first_piece = await anext(sound, np.zeros(0, np.int16))  # a voice that fails does so before the status
        except SynthesisError as error:
            raise failed(error) from None
        if wanted.response_format in STREAMED:
            kind = wanted.response_format
            return Streamed(_stream(kind, first_piece, sound), sound, STREAMED[kind])
        try:
            pieces = [first_piece, *[piece async for piece in sound]]
        except SynthesisError as error:
            raise failed(error) from None
        body = await asyncio.to_thread(_encoded, wanted.response_format, np.concatenate(pieces))
        return Response(body, media_type=ENCODED[wanted.response_format][2])

    async def transcribe(self, request: Request) -> Response:
        """A recording, in any format that libsndfile reads, into text. Raises Refused."""
        async with request.form(max_files=1, max_fields=20) as form:
            file, wanted = form.get("file"), form.get("response_format", "json")
            if not isinstance(file, UploadFile):
                raise Refused("file: a recording is needed, as multipart/form-data", param="file")
            if wanted not in ("json", "text", "verbose_json"):
                raise Refused(
                    f"response_format: {wanted} is not made here; json, text, verbose_json", param="response_format"
                )
            samples = await asyncio.to_thread(_decoded, await file.read())
        try:
            transcript = await self._engines(request).stt.transcribe(to_float(samples), start_s=0.0)
        except TranscriptionError as error:
            raise failed(error) from None
        if wanted == "text":
            return PlainTextResponse(transcript.text)
        document: dict[str, Any] = {"text": transcript.text}
        if wanted == "verbose_json":
            words = [{"word": word.text, "start": word.start_s, "end": word.end_s} for word in transcript.words]
            duration_s = len(samples) / MIC_RATE_HZ
            document |= {"language": transcript.language, "duration": duration_s, "words": words}
        return JSONResponse(document)

    def _engines(self, request: Request) -> Engines:
        return self._running.sharing.for_request(self._running.engines, caller(request))

    async def _sound(self, text: str, tts: TextToSpeech) -> AsyncGenerator[Pcm16, None]:
        """The text clause by clause at RATE_HZ. Raises SynthesisError."""
        resampler = StreamResampler(tts.rate_hz, RATE_HZ)
        async with aclosing(read_aloud(text, tts)) as chunks:
            async for chunk in chunks:
                yield resampler.push(chunk.samples)
        yield resampler.finish()


async def _stream(kind: str, first: Pcm16, rest: AsyncIterator[Pcm16]) -> AsyncGenerator[str | bytes, None]:
    if kind == "wav":
        yield _endless_wav_header()
    yield first.tobytes()
    async for piece in rest:
        yield piece.tobytes()


def _endless_wav_header() -> bytes:
    """Of a WAV file whose length is not known yet: readers take what comes."""
    unknown = 0xFFFF_FFFF
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", unknown, b"WAVE") + layout + struct.pack("<4sI", b"data", unknown)


def _encoded(kind: str, samples: Pcm16) -> bytes:
    container, codec, _ = ENCODED[kind]
    file = io.BytesIO()
    soundfile.write(file, samples, RATE_HZ, format=container, subtype=codec)
    return file.getvalue()


def _decoded(data: bytes) -> Pcm16:
    """A recording as 16 kHz mono, shape (n,), n > 0. Raises Refused."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if not 0 < file.frames <= LONGEST_RECORDING_S * file.samplerate:
                raise Refused(f"file: must last more than 0 s and at most {LONGEST_RECORDING_S:.0f} s", param="file")
            sound, rate_hz = file.read(dtype="int16", always_2d=True), file.samplerate
    except soundfile.SoundFileError as error:
        raise Refused(
            f"file: not a recording that can be read ({error}); send WAV, FLAC, OGG or MP3", param="file"
        ) from None
    mono = sound[:, 0] if sound.shape[1] == 1 else sound.mean(axis=1).astype(np.int16)
    return resampled(mono, rate_hz, MIC_RATE_HZ)

"""Text-to-speech by a Wyoming service, on this machine or another."""

from collections.abc import AsyncGenerator

import numpy as np
from wyoming.audio import AudioChunk, AudioStart
from wyoming.tts import Synthesize, SynthesizeVoice

from audio.engines import EngineSettings
from audio.frames import Pcm16
from audio.tts.guessed_times import GuessedTimes
from audio.tts.protocol import SpeechChunk, SynthesisError
from audio.wyoming.service import ServiceError, checked, request
from audio.wyoming.sound import IncomingSound
from audio.wyoming.wire import WireError, parsed

RATE_HZ = 22_050
"""What a service sends at another rate is resampled, so that the rate is known before it has said anything. This is the
rate of most Piper voices."""


class WyomingVoice:
    """Has each clause spoken by the service, which is asked again for each."""

    rate_hz = RATE_HZ

    def __init__(self, url: str, *, voice: str) -> None:
        self._url = url
        self._voice = SynthesizeVoice(name=voice) if voice else None

    async def synthesize(self, text: str, *, pace: float = 1.0) -> AsyncGenerator[SpeechChunk, None]:
        """Speak one clause, as it comes. Closing the iterator ends the connection. Raises SynthesisError.

        The protocol knows no `pace`: the service speaks at its own.
        """
        times = GuessedTimes(text, RATE_HZ)
        sound = IncomingSound(RATE_HZ)
        try:
            async with request(self._url) as asked:
                await asked.send([Synthesize(text, voice=self._voice).event()])
                while (event := await asked.answer("audio-start", "audio-chunk", "audio-stop")).type != "audio-stop":
                    if event.type == "audio-start":
                        sound.begin(parsed(event, AudioStart.from_event))
                    elif len(samples := sound.push(parsed(event, AudioChunk.from_event))):
                        yield _chunk(samples, times)
        except (ServiceError, WireError) as error:
            raise SynthesisError(f"the voice: {error}") from error
        rest = sound.finish()
        yield SpeechChunk(rest, RATE_HZ, (*times.within(len(rest)), *times.rest()))

    async def warm(self) -> None:
        """Have a word spoken into nothing. Raises SynthesisError."""
        async for _ in self.synthesize("Hello."):
            pass

    async def close(self) -> None:
        """Nothing is kept open."""


def _chunk(samples: Pcm16, times: GuessedTimes) -> SpeechChunk:
    return SpeechChunk(np.ascontiguousarray(samples), RATE_HZ, times.within(len(samples)))


def build(settings: EngineSettings) -> WyomingVoice:
    """The service at `tts.wyoming_url`. Raises EngineError."""
    url = checked(str(settings.options["wyoming_url"]), "tts.wyoming_url")
    return WyomingVoice(url, voice=str(settings.options["wyoming_voice"]))

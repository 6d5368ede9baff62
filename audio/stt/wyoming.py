"""Speech-to-text by a Wyoming service, on this machine or another."""

import math
from collections.abc import Iterator

from wyoming.asr import Transcribe
from wyoming.asr import Transcript as WyomingTranscript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event

from audio.engines import EngineSettings
from audio.frames import MIC_RATE_HZ, PcmFloat, to_pcm16
from audio.stt.protocol import Lead, Transcript, TranscriptionError
from audio.stt.rolling import Revision, agreed, first_revision
from audio.wyoming.service import ServiceError, checked, request
from audio.wyoming.wire import WireError, base_language, parsed, text_of

CHUNK_SAMPLES = MIC_RATE_HZ // 5
FORMAT = {"rate": MIC_RATE_HZ, "width": 2, "channels": 1}
SHORTEST_S = 0.1
"""Less audio than this holds no word, and some services fail on it."""
CERTAIN_LOGPROB = 0.0
"""A service does not tell how sure it is."""


class WyomingSpeechToText:
    """Sends an utterance to the service and takes its words back; their times are estimates, by their length."""

    def __init__(self, url: str, *, languages: tuple[str, ...]) -> None:
        """Where several `languages` are spoken, the service is to find out which one it is, if it can."""
        self._url = url
        self._languages = languages

    async def transcribe(self, samples: PcmFloat, *, start_s: float) -> Transcript:
        """Have the whole transcribed. Raises TranscriptionError."""
        whole = await self._revision(samples, start_s, first_revision(start_s, self._languages[0]))
        return Transcript(whole.text, whole.words, len(whole.words), whole.language, whole.until_s)

    async def revise(
        self, samples: PcmFloat, *, start_s: float, earlier: Transcript | None, lead: Lead | None = None
    ) -> Transcript:
        """Have the utterance so far transcribed, all of it: a service remembers nothing. Raises TranscriptionError."""
        before = earlier if isinstance(earlier, Revision) else first_revision(start_s, self._languages[0])
        return await self._revision(samples, start_s, before)

    async def warm(self) -> None:
        """Have half a second of silence transcribed. Raises TranscriptionError."""
        await self._heard(bytes(MIC_RATE_HZ))

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _revision(self, samples: PcmFloat, start_s: float, before: Revision) -> Revision:
        if len(samples) < SHORTEST_S * MIC_RATE_HZ:
            return before
        words, language = await self._heard(to_pcm16(samples).astype("<i2").tobytes())
        if language != before.language:
            before = first_revision(start_s, language)
        return agreed(before, words, start_s + len(samples) / MIC_RATE_HZ, CERTAIN_LOGPROB)

    async def _heard(self, pcm: bytes) -> tuple[list[str], str]:
        """The words in so much sound and their language; none of a language that is not spoken here."""
        try:
            async with request(self._url) as asked:
                await asked.send(self._question(pcm))
                answer = parsed(await asked.answer("transcript"), WyomingTranscript.from_event)
                words = text_of(answer.text, "transcript").split()
        except (ServiceError, WireError) as error:
            raise TranscriptionError(f"speech-to-text: {error}") from error
        told = answer.language if isinstance(answer.language, str) and len(self._languages) > 1 else ""
        language = base_language(told) or self._languages[0]
        return (words if language in self._languages else []), language

    def _question(self, pcm: bytes) -> Iterator[Event]:
        yield Transcribe(language=self._languages[0] if len(self._languages) == 1 else None).event()
        yield AudioStart(**FORMAT).event()
        step = 2 * CHUNK_SAMPLES
        for number in range(math.ceil(len(pcm) / step)):
            yield AudioChunk(**FORMAT, audio=pcm[number * step : (number + 1) * step]).event()
        yield AudioStop().event()


def build(settings: EngineSettings) -> WyomingSpeechToText:
    """The service at `stt.wyoming_url`. Raises EngineError."""
    options = settings.options
    url = checked(str(options["wyoming_url"]), "stt.wyoming_url")
    languages = dict.fromkeys(map(str, (options["language"], *options["languages"])))
    return WyomingSpeechToText(url, languages=tuple(languages))

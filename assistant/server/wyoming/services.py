"""What all connections share: the daemon's engines, each with the turns at it."""

from dataclasses import dataclass

from wyoming.event import Event

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.models.manifest import load_manifest
from assistant.opening import build_engine
from assistant.policies import history_of
from assistant.server.wyoming.handling import Answers, Dialogues
from assistant.server.wyoming.info import describe, spoken_languages
from assistant.server.wyoming.turns import Turns
from assistant.server.wyoming.waking import Detectors
from audio.stt.protocol import SpeechToText
from audio.tts.protocol import TextToSpeech


@dataclass(frozen=True, slots=True)
class Services:
    """The roles' engines. A role that is not served is None."""

    info: Event
    stt: SpeechToText
    at_stt: Turns
    tts: TextToSpeech
    at_tts: Turns
    answers: Answers
    detectors: Detectors | None
    languages: tuple[str, ...]
    longest_audio_s: float
    idle_s: float


def services(config: Config, engines: Engines) -> Services:
    """On the engines of a daemon that is up. It reads the manifest: call it on a thread."""
    limits = config.wyoming
    at_llm = Turns("the language model", limits.waiting)
    dialogues = Dialogues(lambda: history_of(config))
    wakes = config.wake.engine != "none"
    return Services(
        info=describe(config, load_manifest()).event(),
        stt=engines.stt,
        at_stt=Turns("speech-to-text", limits.waiting),
        tts=engines.tts,
        at_tts=Turns("the voice", limits.waiting),
        answers=Answers(engines.llm, engines.intents, at_llm, dialogues, apology=config.conversation.apology),
        detectors=Detectors(lambda: build_engine("wake", config.wake), config.wake.models) if wakes else None,
        languages=spoken_languages(config),
        longest_audio_s=limits.longest_audio_s,
        idle_s=limits.idle_s,
    )

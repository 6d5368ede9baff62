"""The models that a conversation runs on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assistant.conversation.announcements import Announcement
from assistant.conversation.protocols import LanguageModel, LocalIntents
from assistant.conversation.saying import Saying
from assistant.conversation.speakers import Enrolled
from audio.engines import EngineHealth
from audio.stt.protocol import SpeechToText
from audio.tts.protocol import TextToSpeech
from audio.turn_end.protocol import EndOfTurnModel
from audio.vad.protocol import VoiceActivityDetector
from audio.voice.protocol import VoiceEncoder
from audio.wake.protocol import WakeWordDetector


@dataclass(frozen=True, slots=True)
class Engines:
    """All of them, and what they need to know."""

    vad: VoiceActivityDetector
    end_of_turn: EndOfTurnModel
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    intents: LocalIntents | None = None
    """Without it, the language model gets the short commands, too."""
    wake: WakeWordDetector | None = None
    """Needed where attention asks for wake words."""
    voice: VoiceEncoder | None = None
    """Needed where speakers are told apart."""
    enrolled: tuple[Enrolled, ...] | None = None
    """Those who are known by their voice; None where nobody is to be."""
    announcements: Mapping[Announcement, Saying] = field(default_factory=dict)
    """What can be said unasked."""
    health: Callable[[], Mapping[str, EngineHealth]] = dict
    """How those without which nothing can be answered are now, by name."""

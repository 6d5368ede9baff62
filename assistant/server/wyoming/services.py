"""What all connections share: the daemon's engines, each with the turns at it."""

from collections.abc import Callable
from dataclasses import dataclass

from wyoming.event import Event

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.models.manifest import load_manifest
from assistant.opening import build_engine
from assistant.policies import history_of
from assistant.server.wyoming.handling import Answers, Dialogues
from assistant.server.wyoming.info import describe, spoken_languages
from assistant.server.wyoming.waking import Detectors
from assistant.sharing.sharing import Sharing


@dataclass(frozen=True, slots=True)
class Services:
    """The roles' engines. A role that is not served is None."""

    info: Event
    engines: Callable[[str], Engines]
    """As a client sees them, for one request; told its address."""
    is_listening_free: Callable[[], bool]
    """Whether nobody needs speech-to-text just now."""
    answers: Answers
    detectors: Detectors | None
    languages: tuple[str, ...]
    longest_audio_s: float
    idle_s: float


def services(config: Config, engines: Engines, sharing: Sharing) -> Services:
    """On the engines of a daemon that is up. It reads the manifest: call it on a thread."""
    limits = config.wyoming
    dialogues = Dialogues(lambda: history_of(config))
    wakes = config.wake.engine != "none"
    return Services(
        info=describe(config, load_manifest()).event(),
        engines=lambda client: sharing.for_request(engines, client),
        is_listening_free=lambda: sharing.is_listening_free,
        answers=Answers(engines.intents, dialogues, apology=config.conversation.apology),
        detectors=Detectors(lambda: build_engine("wake", config.wake), config.wake.models) if wakes else None,
        languages=spoken_languages(config),
        longest_audio_s=limits.longest_audio_s,
        idle_s=limits.idle_s,
    )

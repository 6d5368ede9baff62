"""What the daemon tells of itself when it is asked to describe itself: its models by their true names."""

from importlib.metadata import EntryPoint, entry_points, version
from typing import Any

from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)

from assistant.config import Config
from assistant.models.manifest import HubSource, Manifest, Model
from assistant.models.needed import READS_MODEL

OURS = Attribution(name="the Hearthside contributors", url="")
"""Who made the programs; the models have makers of their own. There is no page yet that a URL could name."""


def describe(config: Config, manifest: Manifest) -> Info:
    """The roles that are served, each with the models that the configuration names."""
    spoken = list(spoken_languages(config))
    stt = _model(manifest, "stt", config.stt.engine, config.stt.model)
    voice = _model(manifest, "tts", config.tts.engine, config.tts.voice)
    llm = _embedded(manifest.model(config.llm.model)) if not config.llm.base_url else _endpoint(config.llm.model)
    return Info(
        asr=[
            AsrProgram(
                **_program("speech-to-text", config.stt.engine),
                models=[AsrModel(**stt, languages=spoken)],
                supports_transcript_streaming=True,
                requires_external_vad=True,
            )
        ],
        tts=[
            TtsProgram(
                **_program("the voice", config.tts.engine),
                voices=[TtsVoice(**voice, languages=_voice_languages(manifest, config))],
                supports_synthesize_streaming=True,
            )
        ],
        handle=[
            HandleProgram(
                **_program("the assistant", "its language model"),
                models=[HandleModel(**llm, languages=spoken)],
                supports_handled_streaming=True,
                supports_home_control=False,
            )
        ],
        wake=[
            WakeProgram(
                **_program("wake words", config.wake.engine),
                models=[_wake_word(manifest, config, name) for name in config.wake.models],
            )
        ]
        if config.wake.engine != "none"
        else [],
    )


def spoken_languages(config: Config) -> tuple[str, ...]:
    """Of those who speak to it, the usual one first."""
    return tuple(dict.fromkeys((config.stt.language, *config.stt.languages)))


def _program(what: str, engine: str) -> dict[str, Any]:
    return {
        "name": "hearthside",
        "description": f"Hearthside, {what} ({engine})",
        "attribution": OURS,
        "installed": True,
        "version": version("hearthside"),
    }


def _model(manifest: Manifest, kind: str, engine: str, name: str) -> dict[str, Any]:
    """The model that an engine runs; of an engine from elsewhere, whose models nobody here knows, itself."""
    if engine in READS_MODEL[kind]:
        return _embedded(manifest.model(name))
    found = next((point for point in entry_points(group=f"hearthside.{kind}") if point.name == engine), None)
    return {
        "name": engine,
        "description": f"the engine {engine}",
        "attribution": Attribution(name=_maker(found), url=""),
        "installed": True,
        "version": found.dist.version if found is not None and found.dist is not None else None,
    }


def _embedded(model: Model) -> dict[str, Any]:
    source = model.sources[0] if model.sources else None
    found = source.revision if isinstance(source, HubSource) else source.packages[0].version if source else None
    return {
        "name": model.name,
        "description": model.title,
        "attribution": Attribution(name=model.origin, url=""),
        "installed": True,
        "version": found,
    }


def _endpoint(name: str) -> dict[str, Any]:
    """A model behind `llm.base_url`, which is not told: it may be private."""
    return {
        "name": name,
        "description": "behind an OpenAI-compatible endpoint",
        "attribution": Attribution(name="see the endpoint", url=""),
        "installed": True,
        "version": None,
    }


def _maker(engine: EntryPoint | None) -> str:
    return engine.dist.name if engine is not None and engine.dist is not None else "unknown"


def _voice_languages(manifest: Manifest, config: Config) -> list[str]:
    if config.tts.engine in READS_MODEL["tts"]:
        return _codes(manifest.model(config.tts.voice)) or [config.stt.language]
    return [config.stt.language]


def _codes(model: Model) -> list[str]:
    return [language for language in model.languages if language not in ("any", "multilingual")]


def _wake_word(manifest: Manifest, config: Config, name: str) -> WakeModel:
    """ "wake-hey-jarvis" has the phrase "hey jarvis"."""
    languages = _codes(manifest.model(name)) if name in manifest else []
    model = {**_model(manifest, "wake", config.wake.engine, name), "name": name}
    phrase = name.removeprefix("wake-").replace("-", " ")
    return WakeModel(**model, languages=languages or [config.stt.language], phrase=phrase)

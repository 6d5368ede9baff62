"""The whole configuration, typed and documented.

Values come, the later the stronger, from the defaults below, a TOML file, environment variables
(`HEARTHSIDE_LLM__BASE_URL=...`: section and key joined by two underscores) and the command line.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

ENV_PREFIX = "HEARTHSIDE_"
NOT_CONFIGURATION = frozenset({"HEARTHSIDE_HOME", "HEARTHSIDE_PARENT_PID", "HEARTHSIDE_VENV"})


class ConfigError(Exception):
    """The configuration cannot be used. One line: which key, why, and what to do."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, use_attribute_docstrings=True)


class AudioConfig(Section):
    """Where sound comes from and goes to."""

    mic: str = "default"
    """Microphone: `default`, a device's name or number (`hearthside devices` lists them), or a WAV file."""
    speaker: str = "default"
    """Speaker: the same, a WAV file to write, or `none`."""


class VadConfig(Section):
    """Voice activity detection: which frames hold speech."""

    engine: str = "gated"
    """`gated` (webrtcvad first, Silero to confirm), `silero` or `webrtc`."""
    model: str = "silero-vad-v6"
    """Model of the manifest that Silero runs."""
    threshold: float = Field(0.5, gt=0, lt=1)
    """Probability from which a frame counts as speech."""
    webrtc_mode: int = Field(2, ge=0, le=3)
    """How readily webrtcvad rejects: 0 passes most, 3 least."""
    onset_ms: int = Field(60, ge=20, le=1000)
    """Speech must last this long to count as begun."""
    pre_roll_ms: int = Field(300, ge=0, le=2000)
    """Audio kept from before the onset, so that soft first sounds are transcribed."""


class TurnEndConfig(Section):
    """When the user has finished."""

    engine: str = "silence"
    """`silence`: a timer on silence alone."""
    hint_ms: int = Field(200, ge=40, le=2000)
    """After this much silence the answer is prepared, unheard, in case the turn is over."""
    silence_ms: int = Field(600, ge=100, le=5000)
    """After this much silence the turn is over."""
    longest_pause_s: float = Field(3.0, gt=0.1, le=30)
    """The turn is over after this much silence, whatever the end-of-turn model thinks."""
    longest_turn_s: float = Field(30.0, gt=1, le=300)
    """A turn is taken as it is after this long, silence or not: a television never pauses."""


class SttConfig(Section):
    """Speech-to-text."""

    engine: str = "faster-whisper"
    model: str = "whisper-tiny.en"
    """Model of the manifest (`hearthside models list`)."""
    language: str = "en"
    """Two-letter code of the language that is spoken."""
    beam_size: int = Field(1, ge=1, le=10)
    threads: int = Field(2, ge=1, le=64)
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    compute_type: str = "int8"
    """How CTranslate2 computes: `int8`, `float32`, `float16`, ..."""


class LlmConfig(Section):
    """The language model."""

    base_url: str = ""
    """An OpenAI-compatible endpoint such as `http://127.0.0.1:11434/v1`; empty: the embedded model."""
    model: str = "smollm2-135m-instruct"
    """With `base_url`, the name that the endpoint knows; otherwise a model of the manifest."""
    api_key: str = Field("", repr=False)
    """Sent as a bearer token. Better set as HEARTHSIDE_LLM__API_KEY than written into a file."""
    temperature: float = Field(0.2, ge=0, le=2)
    max_tokens: int = Field(120, ge=1, le=8192)
    """An answer is cut after this many tokens."""
    context_tokens: int = Field(2048, ge=256)
    """Context window of the embedded server."""
    threads: int = Field(2, ge=1, le=64)
    """Threads of the embedded server."""
    connect_timeout_s: float = Field(3.0, gt=0)
    first_token_timeout_s: float = Field(15.0, gt=0)
    """No first token within this long counts as a failure."""
    between_tokens_timeout_s: float = Field(10.0, gt=0)
    retries: int = Field(2, ge=0, le=10)
    """Further tries, with growing pauses, before the first token only."""


class TtsConfig(Section):
    """Text-to-speech."""

    engine: str = "piper"
    voice: str = "piper-en-us-joe-medium"
    """Voice of the manifest."""
    speed: float = Field(1.0, gt=0.3, lt=3)
    threads: int = Field(2, ge=1, le=64)


class ConversationConfig(Section):
    """How the assistant talks."""

    system_prompt: str = (
        "You are Hearthside, a voice assistant. Your words are spoken aloud. "
        "Answer in one or two short, plain sentences. No lists, no markdown, no emoji. "
        "If you do not know something, say so."
    )
    """What stands before every conversation. Change it rarely: its evaluation is kept in the model's cache."""
    history_turns: int = Field(12, ge=0, le=200)
    """Turns that the model still sees."""
    interruptible: bool = True
    """Whether speech over the assistant stops it."""
    interruption_ms: int = Field(200, ge=20, le=5000)
    """Speech over the assistant must last this long to stop it."""
    answer_within_s: float = Field(30.0, gt=1)
    """A committed turn without a first sound after this long ends in an apology."""
    apology: str = "Sorry, I can't answer that right now."
    """Said when no answer can be had. Its audio is made at the start, so that it can always be said."""


class WakeConfig(Section):
    """How the assistant's attention is called."""

    engine: str = "none"
    """`none`: it always listens."""


class TelemetryConfig(Section):
    """What is written down. Nothing, unless switched on."""

    turn_log: str = ""
    """File that gets one JSON object per committed turn; empty: none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Section):
    """Everything that can be set."""

    audio: AudioConfig = AudioConfig()
    vad: VadConfig = VadConfig()
    turn_end: TurnEndConfig = TurnEndConfig()
    stt: SttConfig = SttConfig()
    llm: LlmConfig = LlmConfig()
    tts: TtsConfig = TtsConfig()
    conversation: ConversationConfig = ConversationConfig()
    wake: WakeConfig = WakeConfig()
    telemetry: TelemetryConfig = TelemetryConfig()


def home() -> Path:
    """Where state lives: models, and what later remembers. `HEARTHSIDE_HOME` overrides the platform's place."""
    override = os.environ.get("HEARTHSIDE_HOME")
    return Path(override).expanduser() if override else user_data_path("hearthside")


def shipped_configs() -> Path:
    """The folder of the configurations that come with the program."""
    beside_package = Path(__file__).parent / "configs"
    return beside_package if beside_package.is_dir() else Path(__file__).parents[1] / "configs"


def find_config(name: str) -> Path:
    """A configuration file by path, or by its name among the user's and the shipped ones (`kiosk`)."""
    path = Path(name).expanduser()
    if path.suffix == ".toml" or path.exists():
        return path
    for folder in (user_config_path("hearthside"), shipped_configs()):
        if (candidate := folder / f"{name}.toml").is_file():
            return candidate
    raise ConfigError(f"--config: no file {name!r} and no configuration of that name; try --config kiosk")


def load(
    file: Path | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> Config:
    """Read the configuration. Without `file`, the user's `config.toml` is read where it exists.

    `overrides` are values by section and key, as the command line gives them. Raises ConfigError.
    """
    if file is None:
        users_own = user_config_path("hearthside") / "config.toml"
        file = users_own if users_own.is_file() else None
    layers = [(str(file), _from_toml(file))] if file else []
    layers.append(("environment", _from_environment(environment)))
    layers.append(("command line", {key: dict(value) for key, value in (overrides or {}).items()}))
    merged: dict[str, Any] = {}
    origin: dict[tuple[str, ...], str] = {}
    for source, layer in layers:
        for section, values in layer.items():
            if not isinstance(values, dict):
                raise ConfigError(_unknown(source, section, Config, ()))
            for key, value in values.items():
                merged.setdefault(section, {})[key] = value
                origin[(section, key)] = source
            origin.setdefault((section,), source)
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        raise ConfigError(_explain(error, origin)) from None


def _from_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such configuration file") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    layer: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith(ENV_PREFIX) and name not in NOT_CONFIGURATION and "__" in name:
            section, key = name.removeprefix(ENV_PREFIX).lower().split("__", 1)
            layer.setdefault(section, {})[key] = value
    return layer


def _explain(error: ValidationError, origin: Mapping[tuple[str, ...], str]) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors()[0]
    path = tuple(str(part) for part in first["loc"])
    source = origin.get(path[:2]) or origin.get(path[:1]) or "configuration"
    if first["type"] == "extra_forbidden":
        model = Config if len(path) == 1 else Config.model_fields[path[0]].annotation
        assert isinstance(model, type) and issubclass(model, BaseModel)
        return _unknown(source, path[-1], model, path[:-1])
    return f"{source}: {'.'.join(path)} = {first['input']!r}: {first['msg'].lower()}"


def _unknown(source: str, key: str, model: type[BaseModel], above: tuple[str, ...]) -> str:
    known = list(model.model_fields)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    dotted = ".".join((*above, key))
    kind = "key" if above else "section"
    hint = f"did you mean {'.'.join((*above, near[0]))}?" if near else f"known are {', '.join(known)}"
    return f"{source}: unknown {kind} {dotted}; {hint}"

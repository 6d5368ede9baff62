"""What a client may set of its session: the `session` object of the protocol, and how a part of it is changed.

What this server does not do is refused where it would change what happens (`unsupported_value`). What changes nothing
that a client could rely on is taken and shown as `null` in what is answered: see IGNORED.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from assistant.server.realtime.refusal import Refusal, refusal_of

IGNORED = ("noise_reduction", "tracing", "parallel_tool_calls")
"""Taken without effect, and shown as null."""

PARTIAL_TRANSCRIPT = "hearthside.partial_transcript"
WORD_TIMES = "hearthside.word_times"
PHASE = "hearthside.phase"
EXTRAS = (PARTIAL_TRANSCRIPT, WORD_TIMES, PHASE)
"""Events that a session gets beyond the public protocol, if it asks for them by name in `include`."""

LONGEST_INSTRUCTIONS = 64_000
"""Characters: more than any model here has room for."""

Modalities: TypeAlias = Annotated[list[Literal["text", "audio"]], Field(min_length=1, max_length=1)]
MaxTokens: TypeAlias = Annotated[int, Field(ge=1, le=4096)] | Literal["inf"]
Instructions: TypeAlias = Annotated[str, Field(max_length=LONGEST_INSTRUCTIONS)]


class Wire(BaseModel):
    """A piece of a client's event: nothing is converted, and nothing unknown is let pass."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Pcm(Wire):
    type: Literal["audio/pcm"] = "audio/pcm"
    rate: Literal[24000] = 24000


class MuLaw(Wire):
    type: Literal["audio/pcmu"]


class ALaw(Wire):
    type: Literal["audio/pcma"]


Format: TypeAlias = Annotated[Pcm | MuLaw | ALaw, Field(discriminator="type")]


class Transcription(Wire):
    """Whether the user's words are shown. They are transcribed by the configured engine, whatever is named here."""

    model: str | None = None
    language: str | None = None
    prompt: str | None = None


class ServerVad(Wire):
    """The turn is over after a silence of a fixed length."""

    type: Literal["server_vad"] = "server_vad"
    threshold: float = Field(0.5, ge=0, le=1)
    prefix_padding_ms: int = Field(300, ge=0, le=5000)
    silence_duration_ms: int = Field(500, ge=0, le=10_000)
    create_response: bool = True
    interrupt_response: bool = True
    idle_timeout_ms: None = None


class SemanticVad(Wire):
    """The turn is over when it sounds finished."""

    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    create_response: bool = True
    interrupt_response: bool = True


TurnDetection: TypeAlias = Annotated[ServerVad | SemanticVad, Field(discriminator="type")]


class NoiseReduction(Wire):
    type: Literal["near_field", "far_field"] | None = None
    strength: float | None = None


class AudioInput(Wire):
    format: Format = Pcm()
    noise_reduction: NoiseReduction | None = None
    transcription: Transcription | None = None
    turn_detection: TurnDetection | None = ServerVad()


class VoiceId(Wire):
    id: str


class AudioOutput(Wire):
    format: Format = Pcm()
    voice: str | VoiceId = ""
    speed: float = Field(1.0, ge=0.25, le=1.5)


class Audio(Wire):
    input: AudioInput = AudioInput()
    output: AudioOutput = AudioOutput()


class FunctionTool(Wire):
    type: Literal["function"]
    name: str = Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "properties": {}})


def only_functions(tools: object) -> object:
    if isinstance(tools, list) and any(isinstance(tool, dict) and tool.get("type") == "mcp" for tool in tools):
        raise PydanticCustomError("unsupported", "MCP tools are not supported; offer functions.")
    return tools


def free_choice(choice: object) -> object:
    if choice == "required" or isinstance(choice, dict):
        raise PydanticCustomError("unsupported", "The model cannot be forced to call a tool; use 'auto' or 'none'.")
    return choice


def not_done(value: object) -> object:
    if value not in (None, []):
        raise PydanticCustomError("unsupported", "This is not supported; leave it out.")
    return value


def ours(include: object) -> object:
    if isinstance(include, list) and set(map(str, include)) - set(EXTRAS):
        raise PydanticCustomError("unsupported", f"Only these can be included: {', '.join(EXTRAS)}.")
    return include


class Settings(Wire):
    """A session's settings, all of them."""

    type: Literal["realtime"]
    model: str = ""
    instructions: Instructions = ""
    output_modalities: Modalities = ["audio"]
    audio: Audio = Audio()
    tools: list[FunctionTool] = Field([], max_length=128)
    tool_choice: Literal["auto", "none"] = "auto"
    max_output_tokens: MaxTokens = "inf"
    truncation: Literal["auto"] = "auto"
    include: list[str] | None = None
    prompt: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
    tracing: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None

    _functions = field_validator("tools", mode="before")(only_functions)
    _choice = field_validator("tool_choice", mode="before")(free_choice)
    _include = field_validator("include", mode="before")(ours)
    _rest = field_validator("prompt", "reasoning", mode="before")(not_done)

    def includes(self, name: str) -> bool:
        """Whether the client has asked for this beyond the public protocol."""
        return name in (self.include or ())

    @property
    def voice(self) -> str:
        voice = self.audio.output.voice
        return voice if isinstance(voice, str) else voice.id

    @property
    def wants_audio(self) -> bool:
        return self.output_modalities == ["audio"]

    def shown(self) -> dict[str, Any]:
        """As the protocol tells it to the client."""
        shown = self.model_dump(mode="json")
        for name in ("noise_reduction", *IGNORED):
            (shown["audio"]["input"] if name == "noise_reduction" else shown)[name] = None
        for sound in shown["audio"].values():
            if sound["format"]["type"] != "audio/pcm":
                sound["format"].pop("rate", None)
        shown["audio"]["output"]["voice"] = self.voice
        return {name: value for name, value in shown.items() if name not in ("include", "prompt", "reasoning")}


def updated(settings: Settings, change: object, *, voices: Sequence[str], is_voice_fixed: bool) -> Settings:
    """The settings with `change`, which names only what is to be another. Raises Refusal.

    `is_voice_fixed`: sound was given out with the voice that it has.
    """
    if not isinstance(change, dict):
        raise Refusal("Invalid type for 'session': an object is wanted.", code="invalid_type", param="session")
    try:
        Settings.model_validate(change)  # by itself, so that an error is about what the client has sent
        new = Settings.model_validate(_merged(settings.model_dump(mode="json"), change))
    except ValidationError as error:
        raise refusal_of(error, change, "session") from None
    check_voice(new.voice, voices, "session.audio.output.voice")
    if is_voice_fixed and new.voice != settings.voice:
        raise Refusal(
            "The voice cannot be changed once the assistant has spoken.",
            code="cannot_update_voice",
            param="session.audio.output.voice",
        )
    return new


def check_voice(voice: str, voices: Sequence[str], param: str) -> None:
    if voice not in voices:
        raise Refusal(
            f"Invalid value: '{voice[:60]}'. Supported values are: {', '.join(voices)}.",
            code="invalid_value",
            param=param,
        )


def _merged(old: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """What has another type, or is a list, is replaced as a whole."""
    merged = dict(old)
    for name, value in change.items():
        before = old.get(name)
        merged[name] = value
        if isinstance(value, dict) and isinstance(before, dict):
            kind = before.get("type")
            merged[name] = _merged(before, value) if value.get("type", kind) == kind else value
    return merged

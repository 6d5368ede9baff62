"""The daemon: builds everything from the configuration, warms it, converses, and stops it."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from assistant.brain.build import open_language_model
from assistant.config import Config, ConfigError, ConversationConfig, Section
from assistant.conversation.announcements import Announcement
from assistant.conversation.attention import Attention, AttentionPolicy, Mode
from assistant.conversation.controls import Controls
from assistant.conversation.earcons import Cues
from assistant.conversation.engines import Engines
from assistant.conversation.hearing import Hearing, Likeness
from assistant.conversation.history import History
from assistant.conversation.notices import Notice, Observer, Trouble, unfailing
from assistant.conversation.patience import Patience
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.protocols import LanguageModel, ModelError, StopSwitch
from assistant.conversation.record import TurnRecord
from assistant.conversation.saying import Apology, Saying
from assistant.conversation.session import Session, Witness
from assistant.conversation.speakers import Enrolled
from assistant.conversation.spoken_cache import CachedSpeech
from assistant.conversation.tone_watch import ToneWatch
from assistant.conversation.voice_watch import VoiceWatch
from assistant.conversation.volume import Volume
from assistant.memory.voices import EnrolledVoices
from assistant.models.needed import needed_models
from assistant.models.verify import ModelFileError, verified_folder
from assistant.safety.emergency_stop import EmergencyStop
from assistant.telemetry.metrics import Metrics
from assistant.telemetry.recent_turns import RecentTurns
from assistant.telemetry.recording.header import begin
from assistant.telemetry.recording.journal import Journal
from assistant.telemetry.recording.taps import SessionRecorder
from assistant.telemetry.turn_log import TurnLog
from assistant.tools import local_intents
from assistant.tools.language import LanguageError, load_language
from assistant.tools.local_intents import LocalIntents
from assistant.tools.spoken_clock import HourStyle
from audio.beside import beside
from audio.devices.open import are_in_one_room, open_devices
from audio.devices.protocol import Microphone, Speaker
from audio.echo.duplex import Duplex
from audio.echo.none import NoCancellation
from audio.echo.protocol import EchoCanceller
from audio.engines import EngineSettings, build
from audio.stop.line import StopLine
from audio.stop.spotting import Spotting
from audio.stt.protocol import SpeechToText, TranscriptionError
from audio.tts.protocol import SpeechChunk, SynthesisError
from audio.vad.foreground import Foreground
from audio.vad.segmenter import Segmenter

log = logging.getLogger(__name__)

MORE_KEPT_S = 5.0
"""Of the microphone's sound, beyond the longest turn: the pre-roll, and what is late."""


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that is up: what its doors lead to."""

    config: Config
    engines: Engines
    observer: Observer
    metrics: Metrics
    recent: RecentTurns = field(default_factory=RecentTurns)
    """What was said last through the local devices."""
    controls: Controls | None = None
    """Of the conversation through the local devices, where there is one."""
    emergency: StopSwitch | None = None
    """What stops everything there; it may be used from any thread."""


Doors: TypeAlias = Callable[[Running], AbstractAsyncContextManager[None]]
"""Ways in, beside the microphone; open while the conversation goes on."""


def no_doors(running: Running) -> AbstractAsyncContextManager[None]:
    """For a conversation by voice alone."""
    return nullcontext()


async def run(config: Config, observer: Observer, doors: Doors, emergency: EmergencyStop) -> None:
    """Converse through the configured devices until the input ends (a file) or the task is cancelled.

    `doors` are opened once everything is warm and the microphone is open. Raises DeviceError, EngineError, ConfigError
    or ModelFileError when something that the configuration asks for cannot be had.
    """
    attention_policy(config)  # what cannot be wanted, and ...
    needed_models(config)  # names a model that does not exist before anything is opened
    async with AsyncExitStack() as stack:
        journal = _journal(stack, config)
        if config.telemetry.turn_log:
            observer = _logging_turns(stack.enter_context(TurnLog(Path(config.telemetry.turn_log))), observer)
        spotting = await _listen_for_stop(stack, config, emergency, observer)
        on_file = {"on_file": spotting.listen_to_file} if spotting is not None else {}
        line = StopLine(emergency.latch, emergency.ear, **on_file)
        devices = await stack.enter_async_context(open_devices(config.audio.mic, config.audio.speaker, line))
        recorder = SessionRecorder(journal, devices[0].clock) if journal is not None else None
        if recorder is not None:
            devices = recorder.near(devices[0]), devices[1]
            observer = _telling(observer, recorder.observe)
        duplex = duplex_of(config, *devices)
        history = history_of(config)
        engines, apology = await open_engines(stack, config, history, observer)
        ends: tuple[Microphone, Speaker] = duplex.microphone, duplex.speaker
        likeness: Likeness = duplex.likeness
        witness: Witness | None = None
        if recorder is not None:
            begin(recorder.journal, config, ends[1].rate_hz, apology, engines.announcements)
            ends, engines = (recorder.microphone(ends[0]), recorder.speaker(ends[1])), recorder.engines(engines)
            likeness, witness, doors = recorder.likeness(likeness), recorder.witness, _recorded(doors, recorder)
        if spotting is not None:
            await spotting.settled()
        await converse(config, ends, engines, apology, history, observer, likeness, doors, witness, emergency)


async def serve(config: Config, observer: Observer, doors: Doors) -> None:
    """The same without local devices, until the task is cancelled. Raises as `run` does."""
    needed_models(config)
    async with AsyncExitStack() as stack:
        engines, _ = await open_engines(stack, config, history_of(config), observer)
        async with doors(Running(config, engines, observer, Metrics())):
            await asyncio.Event().wait()


async def converse(
    config: Config,
    devices: tuple[Microphone, Speaker],
    engines: Engines,
    apology: Apology,
    history: History,
    observer: Observer,
    echo_likeness: Likeness | None = None,
    doors: Doors = no_doors,
    witness: Witness | None = None,
    emergency: StopSwitch | None = None,
) -> None:
    """One conversation on engines that are warm; it ends with the input. See `Session` for `witness`."""
    metrics, recent = Metrics(), RecentTurns()
    observer = unfailing(_telling(metrics.observe, _telling(recent.observe, observer)))
    policy = turn_policy(config)
    hearing = Hearing(
        engines.vad,
        Segmenter(threshold=config.vad.threshold, onset_ms=config.vad.onset_ms),
        Foreground(config.vad.foreground_db),
        pre_roll_s=config.vad.pre_roll_ms / 1000,
        kept_s=policy.longest_turn_s + policy.longest_pause_s + MORE_KEPT_S,
        observer=observer,
        attention=Attention(attention_policy(config)),
        wake=engines.wake,
        likeness=echo_likeness,
    )
    voices = None
    if engines.voice is not None:
        voices = VoiceWatch(engines.voice, hearing, enrolled=engines.enrolled, sure=config.voices.sure)
    session = Session(
        uuid.uuid4().hex,
        *devices,
        engines,
        hearing=hearing,
        policy=policy,
        history=history,
        apology=apology,
        observer=observer,
        volume=Volume(config.audio.volume),
        voices=voices,
        tones=ToneWatch(hearing, feelings=config.tone.feelings) if config.tone.enabled else None,
        cues=Cues(wants_earcons(config)),
        witness=witness,
        emergency=emergency,
    )
    if config.attention.muted:
        session.mute(is_muted=True)
    async with doors(Running(config, engines, observer, metrics, recent, session, emergency)):
        await session.run()


async def _listen_for_stop(
    stack: AsyncExitStack, config: Config, emergency: EmergencyStop, observer: Observer
) -> Spotting | None:
    """Have a process listen for "emergency stop" until `stack` is closed; without its model all else goes on."""
    if not config.stop.by_voice:
        return None
    try:
        model = await asyncio.to_thread(verified_folder, config.stop.model)
    except ModelFileError as error:
        observer(Trouble(f'"emergency stop" is not listened for: {error}'))
        return None
    ends = {"latch": emergency.latch.file, "ear": emergency.ear, "news": emergency.news}
    spotting = Spotting(model, threads=config.stop.threads, **ends)
    await stack.enter_async_context(beside(spotting.run(lambda message: observer(Trouble(message)))))
    return spotting


def _recorded(doors: Doors, recorder: SessionRecorder) -> Doors:
    """The same doors; whatever comes in by them is noted."""
    return lambda running: doors(replace(running, controls=recorder.controls(running.controls)))


def _journal(stack: AsyncExitStack, config: Config) -> Journal | None:
    """Where the session is recorded, if it is to be: nobody is recorded without a line that says so."""
    if not config.telemetry.recording:
        return None
    has_echo = are_in_one_room(config.audio.mic, config.audio.speaker) and config.echo.engine != "none"
    journal = Journal(Path(config.telemetry.recording).expanduser(), has_echo=has_echo)
    stack.callback(journal.close)
    log.warning("RECORDING: the microphone's sound and all that is said are kept in %s", journal.folder)
    return journal


def duplex_of(config: Config, microphone: Microphone, speaker: Speaker) -> Duplex:
    """Both devices, and between them the echo canceller; files have no echo. Raises EngineError."""
    in_one_room = are_in_one_room(config.audio.mic, config.audio.speaker)
    canceller: EchoCanceller = build_engine("echo", config.echo) if in_one_room else NoCancellation()
    return Duplex.of(microphone, speaker, canceller, lead_s=config.echo.lead_ms / 1000)


async def open_engines(
    stack: AsyncExitStack, config: Config, history: History, observer: Observer
) -> tuple[Engines, Apology]:
    """Build all engines side by side and warm them; they are closed with `stack`.

    A language model that does not answer now is no reason to stay silent: the turns apologise until it does.
    """
    vad, end_of_turn, stt, tts = await asyncio.gather(
        *(
            asyncio.to_thread(build_engine, kind, section)
            for kind, section in (
                ("vad", config.vad),
                ("turn_end", config.turn_end),
                ("stt", config.stt),
                ("tts", config.tts),
            )
        )
    )
    stack.push_async_callback(stt.close)
    stack.push_async_callback(tts.close)
    stack.push_async_callback(end_of_turn.close)
    llm = await stack.enter_async_context(open_language_model(config.llm, verified_folder))
    tts = CachedSpeech(tts, config.tts.cache_mb * 1_000_000)
    intents = await _local_intents(config, observer)
    wake = None if config.wake.engine == "none" else await asyncio.to_thread(build_engine, "wake", config.wake)
    voice = None
    if config.compares_voices:
        voice = await asyncio.to_thread(build_engine, "voice", config.voices)
        stack.push_async_callback(voice.close)
    enrolled = await asyncio.to_thread(_enrolled, config)
    engines = Engines(vad, end_of_turn, stt, llm, tts, intents, wake, voice, enrolled)
    async with asyncio.TaskGroup() as group:
        apology = group.create_task(_make_apology(tts, config.conversation, intents, observer))
        announcements = group.create_task(_make_announcements(tts, config.stt.language, apology, observer))
        group.create_task(end_of_turn.warm())
        group.create_task(_warm_stt(stt, observer))
        if voice is not None:
            group.create_task(voice.warm())
        group.create_task(_warm_llm(llm, history, observer))
    return replace(engines, announcements=announcements.result()), apology.result()


def turn_policy(config: Config) -> TurnPolicy:
    """The numbers of the configuration that turn-taking needs."""
    waits = config.turn_end
    steps = ((0.0, waits.unsure_ms / 1000), (waits.likely, waits.likely_ms / 1000), (waits.sure, waits.sure_ms / 1000))
    return TurnPolicy(
        patience=Patience(steps),
        unchanged_s=config.turn_end.unchanged_ms / 1000,
        take_back_s=config.turn_end.take_back_ms / 1000,
        longest_pause_s=config.turn_end.longest_pause_s,
        longest_turn_s=config.turn_end.longest_turn_s,
        interruptible=config.conversation.interruptible,
        interruption_s=config.conversation.interruption_ms / 1000,
        reassure_after_s=config.conversation.reassure_after_s,
        answer_within_s=config.conversation.answer_within_s,
    )


def wants_earcons(config: Config) -> bool:
    """Into a file they go only where they are asked for: there they are in the way of who measures."""
    wanted = config.attention.earcons
    return wanted == "on" or (wanted == "auto" and are_in_one_room(config.audio.mic, config.audio.speaker))


def attention_policy(config: Config) -> AttentionPolicy:
    """When speech is for the assistant, as the configuration wants it. Raises ConfigError."""
    has_wake_words = config.wake.engine != "none"
    if config.attention.mode == "auto":
        mode = Mode.WAKE_WORD if has_wake_words else Mode.ALWAYS
    else:
        mode = Mode(config.attention.mode)
    if mode is Mode.WAKE_WORD and not has_wake_words:
        raise ConfigError('attention.mode is "wake-word", but wake.engine is "none": set it to "micro-wakeword"')
    return AttentionPolicy(
        mode=mode,
        listen_s=config.wake.listen_s,
        follow_up_s=config.wake.follow_up_s,
        follow_up_to_question_s=config.wake.follow_up_to_question_s,
        another_voice=config.voices.another if config.voices.same_voice else None,
    )


def history_of(config: Config) -> History:
    """An empty history within the limits of the configuration. Raises ConfigError."""
    try:
        return History(
            config.conversation.system_prompt,
            max_turns=config.conversation.history_turns,
            budget_tokens=config.llm.context_tokens - config.llm.max_tokens,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None


def build_engine(kind: str, section: Section) -> Any:
    """Build the engine that a section of the configuration names. Raises EngineError or ModelFileError."""
    options = section.model_dump()
    return build(kind, options["engine"], EngineSettings(options, verified_folder))


def _enrolled(config: Config) -> tuple[Enrolled, ...] | None:
    """Who can be told by their voice; None where nobody is to be. Raises ConfigError."""
    return EnrolledVoices().known(config.voices.model) if config.voices.enabled else None


def _logging_turns(turn_log: TurnLog, observer: Observer) -> Observer:
    def log_turn(notice: Notice) -> None:
        if isinstance(notice, TurnRecord):
            turn_log.add(notice)

    return _telling(log_turn, observer)


def _telling(first: Observer, second: Observer) -> Observer:
    def observe(notice: Notice) -> None:
        first(notice)
        second(notice)

    return observe


async def _local_intents(config: Config, observer: Observer) -> LocalIntents | None:
    """The short commands of the configured language; None where they are not wanted or not known."""
    if not config.conversation.local_intents:
        return None
    hours: HourStyle = 24 if config.conversation.clock_hours == 24 else 12
    try:
        return await asyncio.to_thread(local_intents.build, config.stt.language, hours=hours)
    except LanguageError as error:
        observer(Trouble(str(error)))
        return None


async def _make_apology(
    tts: CachedSpeech, wanted: ConversationConfig, intents: LocalIntents | None, observer: Observer
) -> Apology:
    """Warm the voice, and have it say beforehand what it will say again and again."""
    try:
        await tts.warm()
        apology = Apology(wanted.apology, await _said(tts, wanted.apology))
        if wanted.reassurance:
            apology = replace(apology, reassurance=Saying(wanted.reassurance, await _said(tts, wanted.reassurance)))
        if intents is not None:
            await tts.remember(intents.sayings())
        return apology
    except SynthesisError as error:
        observer(Trouble(str(error)))
        return Apology(wanted.apology, ())


async def _make_announcements(
    tts: CachedSpeech, language: str, after: "asyncio.Task[Apology]", observer: Observer
) -> dict[Announcement, Saying]:
    """Have the voice say beforehand what is said unasked, `after` it is warm; {} in a language without words for it."""
    await asyncio.wait([after])
    try:
        sentences = (await asyncio.to_thread(load_language, language)).announcements
        return {one: Saying(sentences[one.value], await _said(tts, sentences[one.value])) for one in Announcement}
    except LanguageError:
        return {}  # the short commands have told
    except SynthesisError as error:
        observer(Trouble(str(error)))
        return {}


async def _said(tts: CachedSpeech, text: str) -> tuple[SpeechChunk, ...]:
    async with aclosing(tts.synthesize(text)) as chunks:
        return tuple([chunk async for chunk in chunks])


async def _warm_stt(stt: SpeechToText, observer: Observer) -> None:
    try:
        await stt.warm()
    except TranscriptionError as error:
        observer(Trouble(str(error)))


async def _warm_llm(llm: LanguageModel, history: History, observer: Observer) -> None:
    try:
        await llm.warm(history.prefix())
    except ModelError as error:
        observer(Trouble(str(error)))

"""A conversation in progress: the I/O shell around turn-taking.

It turns what devices and engines report into facts, feeds them to the machine, and carries out the decisions.
All work for a turn lives in the turn's scope; leaving the scope is the only way to cancel it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from assistant.conversation.answer import Answer, AnswerError
from assistant.conversation.clauses import Clause
from assistant.conversation.decisions import (
    Apologise,
    Commit,
    Decision,
    Discard,
    EndTurn,
    EstimateEnd,
    Play,
    Speculate,
    StopSpeaking,
    Transcribe,
)
from assistant.conversation.facts import (
    AnswerComplete,
    ApologyPlayed,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    EndOfTurnEstimated,
    Fact,
    SpeechPaused,
    SpeechStarted,
    TranscriptReady,
    WorkFailed,
)
from assistant.conversation.history import Exchange, History
from assistant.conversation.ledger import APOLOGY, ClauseHeard, FirstSound
from assistant.conversation.notices import (
    AnswerCaption,
    MicrophoneLevel,
    Observer,
    PhaseChanged,
    Trouble,
    UserTranscript,
)
from assistant.conversation.outlet import Outlet
from assistant.conversation.playback import Playback
from assistant.conversation.protocols import LanguageModel
from assistant.conversation.record import TurnRecord
from assistant.conversation.scope import TurnScope
from assistant.conversation.turn_taking import Phase, TurnPolicy, TurnTaking
from audio.devices.protocol import Microphone, Speaker
from audio.frames import Frame, level_dbfs, to_float
from audio.recent import RecentAudio
from audio.stt.protocol import SpeechToText, TranscriptionError
from audio.tts.protocol import SpeechChunk, TextToSpeech
from audio.tts.speakable import speakable
from audio.turn_end.protocol import EndOfTurnModel, PausedTurn
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.segmenter import Segmenter

log = logging.getLogger(__name__)

LEVEL_EVERY_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Engines:
    """The models that a conversation runs on."""

    vad: VoiceActivityDetector
    end_of_turn: EndOfTurnModel
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech


@dataclass(frozen=True, slots=True)
class Apology:
    """What is said when no answer can be had; its sound is made beforehand, so that it needs no engine."""

    text: str
    chunks: tuple[SpeechChunk, ...]


class Session:
    """One conversation between a microphone and a speaker."""

    def __init__(
        self,
        session_id: str,
        microphone: Microphone,
        speaker: Speaker,
        engines: Engines,
        *,
        policy: TurnPolicy,
        segmenter: Segmenter,
        history: History,
        apology: Apology,
        pre_roll_s: float,
        observer: Observer,
    ) -> None:
        self._id = session_id
        self._microphone = microphone
        self._clock = microphone.clock
        self._engines = engines
        self._segmenter = segmenter
        self._history = history
        self._apology = apology
        self._pre_roll_s = pre_roll_s
        self._observer = observer
        self._core = TurnTaking(policy)
        self._playback = Playback(speaker, self._on_heard)
        self._recent = RecentAudio(policy.longest_turn_s + pre_roll_s + policy.longest_pause_s + 5)
        self._facts: deque[Fact] = deque()
        self._is_feeding = False
        self._scope: TurnScope | None = None
        self._unrecorded: dict[int, TurnScope] = {}
        self._recording: asyncio.Task[None] | None = None
        self._phase_shown: tuple[Phase, bool] | None = None

    async def run(self) -> None:
        """Converse until the microphone's file has ended and its last turn with it; for ever on a device."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            follow = group.create_task(self._playback.follow(), name="playback")
            await self._listen()
            if self._recording is not None:
                await self._recording
            follow.cancel()

    # --- facts in ---------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        was_speaking = False
        frames = 0
        self._show_phase()
        async for frame in self._microphone.frames():
            self._recent.append(frame)
            state = self._segmenter.push(frame.start_s, frame.end_s, self._engines.vad.probability(frame))
            if state.is_speaking and not was_speaking and state.onset_s is not None:
                self._feed(SpeechStarted(frame.end_s, state.onset_s))
            elif was_speaking and not state.is_speaking and state.last_speech_end_s is not None:
                self._feed(SpeechPaused(frame.end_s, state.last_speech_end_s))
            was_speaking = state.is_speaking
            self._feed(ClockReached(frame.end_s))
            frames += 1
            if frames % LEVEL_EVERY_FRAMES == 0:
                self._observer(MicrophoneLevel(level_dbfs(frame.samples)))
            if self._is_over(frame, was_speaking):
                return

    def _is_over(self, frame: Frame, is_speaking: bool) -> bool:
        return frame.is_after_end and not is_speaking and self._core.phase is Phase.IDLE

    def _on_heard(self, news: FirstSound | ClauseHeard) -> None:
        scope = self._unrecorded.get(news.turn)
        if scope is None:
            return
        if isinstance(news, FirstSound):
            if news.clause != APOLOGY:
                scope.first_audio_out_s = news.at_s
            self._show_phase()
        elif news.clause == APOLOGY:
            self._feed(ApologyPlayed(news.at_s, news.turn, news.revision))
        else:
            if scope.answer is not None:
                scope.answer.was_heard()
            self._feed(ClausePlayed(news.at_s, news.turn, news.revision, news.clause))

    def _feed(self, fact: Fact) -> None:
        """Tell the machine. A fact that comes up while decisions are carried out waits until they all are."""
        self._facts.append(fact)
        if self._is_feeding:
            return
        self._is_feeding = True
        try:
            while self._facts:
                for decision in self._core.feed(self._facts.popleft()):
                    log.debug("%s", decision)
                    self._carry_out(decision)
        finally:
            self._is_feeding = False
        self._show_phase()

    # --- decisions out ----------------------------------------------------------------------------------

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case Transcribe():
                scope = self._enter_scope(decision.turn, decision.revision)
                scope.start(self._guard(scope, self._transcribe(scope, decision)))
            case EstimateEnd():
                scope = self._enter_scope(decision.turn, decision.revision)
                scope.start(self._estimate_end(scope, decision))
            case StopSpeaking():
                self._playback.stop()
            case _:
                current = self._scope
                if current and (current.turn, current.revision) == (decision.turn, decision.revision):
                    self._carry_out_within(current, decision)

    def _carry_out_within(self, scope: TurnScope, decision: Decision) -> None:
        match decision:
            case Speculate():
                scope.speculations += 1
                scope.start(self._guard(scope, self._answer(scope, decision)))
            case Commit():
                scope.commit = decision
                self._unrecorded[scope.turn] = scope
                self._observer(UserTranscript(decision.turn, decision.text, is_committed=True))
            case Play() if scope.outlet is not None:
                scope.outlet.release(decision.clause)
            case Apologise():
                scope.leave()
                self._apologise(scope, decision)
            case Discard():
                scope.leave()
                self._unrecorded.pop(scope.turn, None)
            case EndTurn():
                scope.leave()
                self._scope = None
                if scope.commit is not None:
                    self._recording = self._group.create_task(self._record(scope, decision, self._recording))
            case _:
                raise TypeError(f"not a decision about a turn's work: {decision!r}")

    def _enter_scope(self, turn: int, revision: int) -> TurnScope:
        if self._scope is not None and (self._scope.turn, self._scope.revision) == (turn, revision):
            return self._scope
        speculations = self._scope.speculations if self._scope is not None and self._scope.turn == turn else 0
        self._scope = TurnScope(self._group, turn, revision, speculations)
        return self._scope

    # --- a turn's work ----------------------------------------------------------------------------------

    async def _guard(self, scope: TurnScope, work: Coroutine[Any, Any, None]) -> None:
        """Whatever fails in a turn's work fails that turn only."""
        try:
            await work
        except (TranscriptionError, AnswerError) as error:
            self._fail(scope, str(error))
        except Exception as error:  # a defect, ours or an engine's: the conversation outlives it
            log.exception("turn %d", scope.turn)
            self._fail(scope, f"{type(error).__name__}: {error}")

    def _fail(self, scope: TurnScope, reason: str) -> None:
        self._observer(Trouble(reason))
        self._feed(WorkFailed(self._clock.now(), scope.turn, scope.revision, reason))

    async def _transcribe(self, scope: TurnScope, wanted: Transcribe) -> None:
        start_s, samples = self._recent.between(wanted.from_s - self._pre_roll_s, wanted.until_s)
        transcript = await self._engines.stt.transcribe(to_float(samples), start_s=start_s)
        scope.stt_final_s = self._clock.now()
        self._observer(UserTranscript(scope.turn, transcript.text, is_committed=False))
        self._feed(TranscriptReady(scope.stt_final_s, scope.turn, scope.revision, transcript.text))

    async def _estimate_end(self, scope: TurnScope, wanted: EstimateEnd) -> None:
        _, samples = self._recent.between(wanted.from_s - self._pre_roll_s, self._clock.now())
        try:
            probability = await self._engines.end_of_turn.probability(PausedTurn(samples, wanted.silence_s))
        except Exception:  # without its opinion the turn ends at the longest pause
            log.exception("end-of-turn model")
            return
        self._feed(EndOfTurnEstimated(self._clock.now(), scope.turn, scope.revision, probability))

    async def _answer(self, scope: TurnScope, wanted: Speculate) -> None:
        if self._recording is not None:
            await asyncio.shield(self._recording)  # what was heard of the last answer belongs into this prompt
        answer = scope.answer = Answer(on_sound=lambda clause: self._on_sound(scope, clause), now=self._clock.now)
        scope.outlet = Outlet(
            self._playback,
            scope.turn,
            scope.revision,
            answer,
            lambda clause: self._observer(AnswerCaption(scope.turn, clause.speech.display)),
        )
        await answer.prepare(self._history.messages(wanted.text), self._engines.llm, self._engines.tts)
        self._feed(AnswerComplete(self._clock.now(), scope.turn, scope.revision, len(answer.clauses)))

    def _on_sound(self, scope: TurnScope, clause: int) -> None:
        """There is more of a clause's sound: it may be its first, and it may be playing already."""
        self._feed(ClauseReady(self._clock.now(), scope.turn, scope.revision, clause))
        if scope.outlet is not None:
            scope.outlet.pump()

    def _apologise(self, scope: TurnScope, wanted: Apologise) -> None:
        log.warning("turn %d: %s", wanted.turn, wanted.reason)
        heard = scope.answer_text[: self._playback.heard_end(scope.turn)]
        text = f" {self._apology.text}" if heard and not heard[-1].isspace() else self._apology.text
        scope.said = heard + text
        self._observer(AnswerCaption(scope.turn, self._apology.text))
        self._playback.begin_clause(
            scope.turn, scope.revision, Clause(APOLOGY, len(heard), len(scope.said), speakable(text))
        )
        for chunk in self._apology.chunks:
            self._playback.write(chunk)
        self._playback.end_clause(is_cut=not self._apology.chunks)

    async def _record(self, scope: TurnScope, ended: EndTurn, earlier: "asyncio.Task[None] | None") -> None:
        """Enter the turn into the history and report it, once it is known what was heard."""
        if earlier is not None:
            await earlier
        await self._playback.settled()
        record = TurnRecord.of(self._id, scope, ended, self._playback.heard_end(scope.turn))
        self._playback.forget(scope.turn)
        self._unrecorded.pop(scope.turn, None)
        self._history.append(Exchange(record.user_text, record.heard_text, record.interrupted))
        self._observer(record)

    def _show_phase(self) -> None:
        sounding = self._scope is not None and self._scope.first_audio_out_s is not None
        if (shown := (self._core.phase, sounding)) != self._phase_shown:
            self._phase_shown = shown
            self._observer(PhaseChanged(*shown))

"""Turns that the server finds: a conversation like that at the local microphone, told in the protocol's terms."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assistant.conversation.engines import Engines
from assistant.conversation.hearing import Hearing
from assistant.conversation.ledger import APOLOGY
from assistant.conversation.notices import (
    AnswerCaption,
    AnswerWritten,
    Notice,
    PhaseChanged,
    Trouble,
    UserPauses,
    UserSpeaks,
    UserTranscript,
)
from assistant.conversation.playback import Written
from assistant.conversation.record import TurnRecord
from assistant.conversation.saying import Apology
from assistant.conversation.session import Session
from assistant.conversation.turn_taking import Phase
from assistant.daemon import MORE_KEPT_S, Running
from assistant.policies import turn_policy
from assistant.server.realtime.answering import SILENCE
from assistant.server.realtime.detection import Detection, NoAnswer, detection_of
from assistant.server.realtime.protocol import RealtimeProtocol
from assistant.server.realtime.session_engines import ItemMemory, SessionModel, SessionVoice
from assistant.server.realtime.session_settings import Settings
from assistant.server.realtime.spoken import WordEnd
from assistant.server.realtime.wire_audio import Encoding
from audio.devices.paced import PacedSpeaker
from audio.devices.remote import RemoteClock, RemoteMicrophone
from audio.frames import MIC_RATE_HZ, Pcm16
from audio.resample import StreamResampler
from audio.vad.foreground import Foreground
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.segmenter import Segmenter

UNSAID = Apology("", ())
"""A client is told of a failure by the response's status; it need not hear of it."""


@dataclass(slots=True)
class _Answer:
    """The answer to a turn, on its way out."""

    response_id: str
    """Empty where the client has another response under way: this one is not shown."""
    item_id: str | None = None
    sound_ms: float = 0.0
    clause_began_ms: float = 0.0
    clause: int | None = None
    clause_end: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """A turn of the user's that is over."""

    words: str
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Ears:
    """What a conversation needs for itself alone."""

    vad: Callable[[], Awaitable[VoiceActivityDetector]]
    """Makes one: it remembers what it heard."""
    clock: Callable[[], RemoteClock] = RemoteClock


class VoiceTurns:
    """One conversation with a client whose microphone is open.

    What was sent to the client counts as heard at the pace of speech, from when it was sent: nobody knows better until
    the client truncates.
    """

    def __init__(
        self,
        protocol: RealtimeProtocol,
        running: Running,
        engines: Engines,
        ears: Ears,
        room_tokens: int,
        on_news: Callable[[], None],
        on_interrupted: Callable[[str], None],
    ) -> None:
        """`engines` are those of this session. `on_news` is called when the protocol has something to send;
        `on_interrupted` with the id of a response that the user has spoken over."""
        self._protocol = protocol
        self._running = running
        self._engines = engines
        self._watch = running.recent.follow()
        self._ears = ears
        self._room_tokens = room_tokens
        self._on_news = on_news
        self._on_interrupted = on_interrupted
        self._microphone = RemoteMicrophone(ears.clock(), self._is_idle)
        self._resampler: StreamResampler | None = None
        self._session: Session | None = None
        self._heard: dict[int, _Heard] = {}
        self._answers: dict[int, _Answer] = {}
        self._speech_s: tuple[float, float] | None = None
        """From where to where the user has spoken since the last turn."""
        self._detection = _detection(protocol.settings, running)
        self._encoding = Encoding(protocol.settings.audio.output.format.type)

    async def run(self) -> None:
        """Converse until cancelled."""
        config, engines, detection = self._running.config, self._engines, self._detection
        vad = await self._ears.vad()
        hearing = Hearing(
            vad,
            Segmenter(threshold=detection.threshold, onset_ms=config.vad.onset_ms),
            Foreground(config.vad.foreground_db),
            pre_roll_s=detection.pre_roll_s,
            kept_s=detection.policy.longest_turn_s + detection.policy.longest_pause_s + MORE_KEPT_S,
            observer=self._observe,
        )
        speaker = PacedSpeaker(self._microphone.clock, self._encoding.rate_hz)
        self._session = Session(
            self._protocol.id,
            self._microphone,
            speaker,
            Engines(
                vad,
                engines.end_of_turn,
                engines.stt,
                SessionModel(engines.llm, self._protocol),
                SessionVoice(engines.tts, self._protocol),
                None if detection.creates_response else NoAnswer(),
            ),
            hearing=hearing,
            policy=detection.policy,
            history=ItemMemory(self._protocol, self._room_tokens),
            apology=UNSAID,
            observer=self._observe,
            on_written=self._written,
            witness=self._watch.witness,
        )
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(speaker.run(), name="realtime speaker")
                await self._session.run()
        finally:
            for answer in self._answers.values():
                self._protocol.finish(answer.response_id, "cancelled", reason="client_cancelled")
            self._on_news()

    def hear(self, samples: Pcm16, rate_hz: int) -> None:
        """More of the client's sound; the rate is always the same."""
        if self._resampler is None:
            self._resampler = StreamResampler(rate_hz, MIC_RATE_HZ, quality="MQ")
        self._microphone.hear(self._resampler.push(samples))

    @property
    def unheard_s(self) -> float:
        """The client's sound that waits to be listened to."""
        return self._microphone.backlog_s

    def forget(self) -> None:
        """What has not been listened to yet is not meant, nor what the user is just saying."""
        self._microphone.forget()
        if self._session is not None:
            self._session.disregard("the client has cleared it")

    def silence(self) -> None:
        """The client plays no more of the answer."""
        if self._session is not None and self._session.status().phase == Phase.ANSWERING.value:
            self._session.call()

    def is_playing(self, item_id: str) -> bool:
        """Whether the answer under way is that item."""
        return any(answer.item_id == item_id for answer in self._answers.values())

    def _is_idle(self) -> bool:
        return self._session is None or self._session.status().phase == Phase.IDLE.value

    def _observe(self, notice: Notice) -> None:
        self._watch.observe(notice)
        if isinstance(notice, TurnRecord | Trouble):
            self._running.observer(notice)
        match notice:
            case UserSpeaks():
                self._user_speaks(notice.onset_s)
            case UserPauses():
                if self._speech_s is not None:
                    self._speech_s = self._speech_s[0], notice.speech_end_s
                self._protocol.speech_stopped(self._microphone.sent_ms(notice.speech_end_s))
            case UserTranscript(is_committed=True):
                self._commit(notice)
            case UserTranscript():
                self._protocol.understood_so_far(notice.text)
            case PhaseChanged():
                self._protocol.phase(notice.phase.value)
                if notice.phase is Phase.IDLE:
                    self._speech_s = None  # what of it was a turn is known as such
            case AnswerCaption():
                self._caption(notice)
            case AnswerWritten():
                self._answer_written(notice)
            case TurnRecord():
                self._turn_over(notice)
            case _:
                return
        self._on_news()

    def _user_speaks(self, onset_s: float) -> None:
        if self._speech_s is None:
            self._speech_s = onset_s, onset_s
        self._protocol.speech_started(self._microphone.sent_ms(onset_s - self._detection.pre_roll_s))
        active = self._protocol.active_response
        if active is not None and self._protocol.is_response_heard and self._detection.interrupts_response:
            self._protocol.finish(active, "cancelled", reason="turn_detected")
            self._on_interrupted(active)

    def _commit(self, transcript: UserTranscript) -> None:
        """A commitment that was taken back comes again, with more of the same turn."""
        began_s, ended_s = self._speech_s or (0.0, 0.0)
        if (earlier := self._heard.get(transcript.turn)) is not None:
            began_s = earlier.began_s
        self._heard[transcript.turn] = _Heard(transcript.text, began_s, ended_s)
        self._speech_s = None

    def _answer_to(self, turn: int) -> _Answer:
        """The answer to a turn, which is told to the client with its first sign."""
        if (known := self._answers.get(turn)) is not None:
            return known
        self._turn_heard(turn)
        is_free = self._protocol.active_response is None and self._detection.creates_response
        answer = self._answers[turn] = _Answer(self._protocol.begin_response() if is_free else "")
        return answer

    def _turn_heard(self, turn: int) -> None:
        heard = self._heard.pop(turn, _Heard("", 0.0, 0.0))
        ended_ms, duration_ms = self._microphone.sent_ms(heard.ended_s), 1000 * (heard.ended_s - heard.began_s)
        self._protocol.turn_heard(heard.words or None, ended_ms, duration_ms)

    def _caption(self, caption: AnswerCaption) -> None:
        if not caption.text:
            return
        answer = self._answer_to(caption.turn)
        self._protocol.say(answer.response_id, caption.text)
        answer.item_id = self._protocol.message_id or answer.item_id

    def _written(self, piece: Written) -> None:
        answer, clause = self._answer_to(piece.turn), piece.clause
        if not self._protocol.settings.wants_audio or clause.index == APOLOGY:
            return
        if answer.clause != clause.index:
            self._end_clause(answer)
            answer.clause, answer.clause_began_ms, answer.clause_end = clause.index, answer.sound_ms, clause.end
        per_ms = self._encoding.rate_hz / 1000
        ends = [WordEnd(answer.clause_began_ms + mark.end_sample / per_ms, mark.display_end) for mark in piece.marks]
        answer.sound_ms += len(piece.samples) / per_ms
        self._protocol.sound(answer.response_id, piece.samples, ends)
        self._on_news()

    def _end_clause(self, answer: _Answer) -> None:
        """With its last sound all of a clause was heard, the marks behind its last word, too."""
        if answer.clause is not None:
            self._protocol.sound(answer.response_id, SILENCE, [WordEnd(answer.sound_ms, answer.clause_end)])

    def _answer_written(self, written: AnswerWritten) -> None:
        answer = self._answer_to(written.turn)
        self._end_clause(answer)
        for call in written.calls:
            self._protocol.call(answer.response_id, call.id, call.name, call.arguments)
        self._protocol.finish(answer.response_id, "completed", usage=written.usage)

    def _turn_over(self, record: TurnRecord) -> None:
        answer = self._answer_to(record.turn_id)
        if record.error:
            self._protocol.finish(answer.response_id, "failed", error=record.error)
        elif record.interrupted:
            self._protocol.finish(answer.response_id, "cancelled", reason="turn_detected")
            if answer.item_id is not None:
                self._protocol.cut(answer.item_id, record.heard_text)
        self._protocol.finish(answer.response_id, "completed")
        del self._answers[record.turn_id]
        self._running.metrics.turn("realtime", record)


def _detection(settings: Settings, running: Running) -> Detection:
    wanted, config = settings.audio.input.turn_detection, running.config
    if wanted is None:
        raise ValueError("the client finds its turns by itself")
    return detection_of(
        wanted, turn_policy(config), threshold=config.vad.threshold, pre_roll_s=config.vad.pre_roll_ms / 1000
    )

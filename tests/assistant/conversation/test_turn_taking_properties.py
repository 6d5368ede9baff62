"""What must hold in every conversation, whatever the user, the engines and the devices do, in whatever order.

`TURN_TAKING_EXAMPLES=200000 pytest ...` tries more orders of facts than usual: over a million of them.
"""

import math
import os
from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.conversation.announcements import Announcement, Device
from assistant.conversation.decisions import (
    Announce,
    Apologise,
    Commit,
    Decision,
    Discard,
    Duck,
    EndTurn,
    EstimateEnd,
    GoOn,
    Hush,
    ListenFor,
    Outcome,
    Play,
    Prefill,
    Reassure,
    SayFor,
    Speculate,
    StopSpeaking,
    TakeBack,
    Transcribe,
    TranscribeOverlap,
    Withdraw,
)
from assistant.conversation.facts import (
    AnswerComplete,
    AnswerSounding,
    ApologyPlayed,
    Called,
    ClausePlayed,
    ClauseReady,
    ClockReached,
    DeviceBack,
    DeviceLost,
    EmergencyStopped,
    EndOfMessageExpected,
    EndOfTurnEstimated,
    ErrandCalledOff,
    Fact,
    FloorTaken,
    FloorYielded,
    ListenWanted,
    Muted,
    NotMeant,
    OverlapRevised,
    OverlapUnclear,
    Resumed,
    SayWanted,
    Slept,
    SpeakerTold,
    SpeechPaused,
    SpeechStarted,
    TranscriptionFailed,
    TranscriptRevised,
    WorkFailed,
)
from assistant.conversation.policy import TurnPolicy
from assistant.conversation.turn_taking import Phase, TurnTaking
from assistant.conversation.wording import means_same

EXAMPLES = int(os.environ.get("TURN_TAKING_EXAMPLES", "2000"))

FRAME_S = 0.02

STALLED_S = 2.0
"""After this long a transcription is given up, and another may be asked for."""


@dataclass
class Witness:
    """Watches facts and decisions and knows what must never be seen among them."""

    told: set[tuple[int, str]] = field(default_factory=set)
    ready: set[tuple[int, int, int]] = field(default_factory=set)
    begun: dict[tuple[int, int], str] = field(default_factory=dict)
    committed: tuple[int, int] | None = None
    silenced: set[int] = field(default_factory=set)
    ended: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    apologised: set[int] = field(default_factory=set)
    reassured: set[tuple[int, int]] = field(default_factory=set)
    played: dict[int, int] = field(default_factory=dict)
    discarded: set[tuple[int, int]] = field(default_factory=set)
    listening_to: dict[int, float] = field(default_factory=dict)
    """When the pass under way was asked for."""
    overheard: dict[int, bool] = field(default_factory=dict)
    hushed: set[int] = field(default_factory=set)
    is_ducked: bool = False
    is_stopped: bool = False
    """Whether the user has stopped everything: what the fact in hand brings about may end things, and begin none."""
    is_speech: bool = False
    is_refused: bool = False
    """Whether the fact in hand says that it was never for the assistant: what ends the turn ends its speech, too."""
    lost: set[Device] = field(default_factory=set)
    is_told_gone: bool = False
    """Whether the user, by what was said and answered, believes that the microphone is gone."""
    wanted: dict[int, int | None] = field(default_factory=dict)
    """What other programs wait for: clauses to be said, or (None) the user."""
    listener: int | None = None
    speaker: dict[int, SpeakerTold] = field(default_factory=dict)
    """Who spoke, as far as was told, by turn."""
    begun_for: dict[tuple[int, int], str] = field(default_factory=dict)

    def saw(self, fact: Fact) -> None:
        self.is_refused = isinstance(fact, NotMeant)
        if isinstance(fact, EmergencyStopped | Resumed):
            self.is_stopped = isinstance(fact, EmergencyStopped)
        if self.is_stopped:
            self.wanted, self.listener = {}, None
        if isinstance(fact, SayWanted | ListenWanted) and not self.is_stopped:
            self.wanted[fact.errand] = getattr(fact, "clauses", None)
        if isinstance(fact, ErrandCalledOff):
            self.wanted.pop(fact.errand, None)
            self.listener = None if self.listener == fact.errand else self.listener
        if isinstance(fact, Muted):
            self.wanted = {errand: clauses for errand, clauses in self.wanted.items() if clauses}
            self.listener = None
        if isinstance(fact, TranscriptRevised):
            self.told.add((fact.turn, fact.text.strip()))
        if isinstance(fact, TranscriptRevised | TranscriptionFailed):
            self.listening_to.pop(fact.turn, None)
        if isinstance(fact, SpeakerTold) and fact.turn not in self.ended + self.withdrawn:
            self.speaker[fact.turn] = fact
        if isinstance(fact, OverlapRevised):
            self.told.add((fact.turn + 1, fact.text.strip()))
        if isinstance(fact, OverlapRevised | OverlapUnclear):
            self.overheard[fact.turn] = False
        if isinstance(fact, ClauseReady):
            self.ready.update((fact.turn, fact.revision, clause) for clause in range(fact.clause + 1))
        if isinstance(fact, SpeechStarted | SpeechPaused):
            self.is_speech = isinstance(fact, SpeechStarted)
            self.is_told_gone &= Device.MICROPHONE in self.lost or not self.is_speech
        if isinstance(fact, Slept):
            self.is_speech &= fact.slept_s < TurnPolicy().longest_sleep_s
        if isinstance(fact, Muted):
            self.is_speech = False
        if isinstance(fact, DeviceLost):
            self.lost.add(fact.device)
        if isinstance(fact, DeviceBack):
            self.lost.discard(fact.device)

    def judge(self, decision: Decision) -> None:
        is_over = decision.turn in self.ended + self.withdrawn
        assert isinstance(decision, ListenFor) or not is_over, "a turn went on after its end"
        ending = StopSpeaking | Discard | Duck | EndTurn
        assert not self.is_stopped or isinstance(decision, ending), 'after "stop", silence'
        match decision:
            case Transcribe(turn=turn, from_s=from_s, until_s=until_s):
                assert from_s <= until_s
                stalled_s = until_s - self.listening_to.get(turn, -math.inf)
                assert stalled_s >= STALLED_S - 1e-6, "two passes at once: a backlog"
                self.listening_to[turn] = until_s
            case Prefill(turn=turn, text=text):
                assert self.committed is None
                assert self.listener is None, "the words are for another program"
                assert (turn, text) in self.told
            case EstimateEnd():
                assert self.committed is None
            case TranscribeOverlap(turn=turn, from_s=from_s, until_s=until_s):
                assert from_s <= until_s
                assert self.committed is not None
                assert turn in self.hushed
                assert not self.overheard.get(turn), "two passes at once: a backlog"
                self.overheard[turn] = True
            case Duck(is_ducked=is_ducked):
                assert is_ducked is not self.is_ducked
                self.is_ducked = is_ducked
            case ListenFor(errand=errand):
                assert self.committed is None and not self.is_speech, "somebody has the floor"
                assert self.listener is None, "the user would be heard by two"
                assert self.wanted.pop(errand) is None
                self.listener = errand
            case _:
                self.judge_answer(decision, (decision.turn, decision.revision))

    def judge_answer(self, decision: Decision, at: tuple[int, int]) -> None:
        assert at not in self.discarded, "an answer went on that had been thrown away"
        match decision:
            case Speculate(text=text):
                assert text
                self.begun_for[at] = decision.speaker
                assert self.listener is None, "the words are for another program"
                assert (decision.turn, text) in self.told, "an answer was begun to words nobody reported"
                assert at not in self.begun, "the same answer was begun twice"
                others = {key for key in self.begun if key[0] == decision.turn} - self.discarded
                assert not others, "two answers to one turn at once"
                self.begun[at] = text
            case Commit(text=text):
                assert self.committed is None, "two turns were committed at once"
                assert decision.listener == self.listener, "it was another's to hear"
                self.listener = None
                assert at not in self.begun or means_same(self.begun[at], text), "the answer is to other words"
                self.committed = at
            case TakeBack():
                assert self.committed == at
                assert decision.turn not in self.played, "an answer that was heard cannot be taken back"
                self.committed = None
            case Hush():
                assert self.committed == at
                assert decision.turn in self.played, "it was hushed before it was heard"
                assert decision.turn not in self.hushed | self.silenced | self.apologised
                self.hushed.add(decision.turn)
                self.overheard[decision.turn] = False
            case GoOn():
                assert self.committed == at
                self.hushed.remove(decision.turn)
            case Withdraw():
                assert not self.is_ducked
                assert self.committed == at
                assert decision.turn not in self.apologised
                self.withdrawn.append(decision.turn)
                self.committed = None
            case Discard():
                assert self.committed is None, "an answer was thrown away that was promised"
                self.discarded.add(at)
            case Play(clause=clause):
                assert self.committed == at, "something speculative was heard"
                assert decision.turn not in self.silenced | self.apologised | self.hushed, (
                    "it spoke after it was to be silent"
                )
                assert (*at, clause) in self.ready
                assert clause == self.played.get(decision.turn, -1) + 1, "clauses were played out of order"
                who = self.speaker.get(decision.turn)
                if clause == 0 and who is not None:
                    assert self.begun_for[at] == ("guest" if who.is_guess else who.name), "it was for somebody else"
                self.played[decision.turn] = clause
            case Announce(what=what):
                assert self.committed is None, "it was announced over an answer"
                assert not self.is_speech, "it was announced over the user"
                assert Device.SPEAKER not in self.lost
                assert (what is Announcement.MICROPHONE_GONE) == (Device.MICROPHONE in self.lost)
                assert self.is_told_gone == (what is Announcement.MICROPHONE_BACK), "it was announced twice"
                self.is_told_gone = what is Announcement.MICROPHONE_GONE
                self.committed = at
                self.played[decision.turn] = 0
            case SayFor(errand=errand):
                assert self.committed is None, "it was said over an answer"
                assert not self.is_speech, "it was said over the user"
                assert not self.lost
                clauses = self.wanted.pop(errand)
                assert clauses, "it was said though nobody wanted it, or twice"
                self.committed = at
                self.played[decision.turn] = clauses - 1
            case Apologise():
                assert decision.turn not in self.hushed
                assert self.committed == at, "it apologised for a turn that is open"
                assert decision.turn not in self.apologised
                self.apologised.add(decision.turn)
            case Reassure():
                assert self.committed == at
                assert decision.turn not in self.hushed | self.silenced | self.apologised
                assert at not in self.reassured, "it said twice that it takes long"
                self.reassured.add(at)
            case StopSpeaking():
                self.silenced.add(decision.turn)
            case EndTurn(outcome=outcome):
                self.is_speech &= not self.is_refused
                assert not self.is_ducked, "the next answer would be soft"
                assert (self.committed == at) == (outcome is not Outcome.IGNORED)
                assert (outcome is Outcome.APOLOGISED) <= (decision.turn in self.apologised)
                assert not self.ended or decision.turn > self.ended[-1]
                self.ended.append(decision.turn)
                self.committed = None


work = st.tuples(st.integers(0, 4), st.integers(0, 4))
any_fact = st.one_of(
    st.builds(lambda ago: ("speech", ago), st.floats(0, 0.3)),
    st.builds(lambda ago: ("pause", ago), st.floats(0, 0.3)),
    st.builds(lambda turn, ago, p: ("estimate", turn, ago, p), st.integers(0, 4), st.floats(0, 0.3), st.floats(0, 1)),
    st.builds(
        lambda turn, text, p: ("expected", turn, text, p),
        st.integers(0, 4),
        st.sampled_from(["yes", "what is that", "what is"]),
        st.floats(0, 1),
    ),
    st.builds(
        lambda turn, ago, text, finished: ("transcript", turn, ago, text, finished),
        st.integers(0, 4),
        st.floats(0, 0.5),
        st.sampled_from(["", " ", "yes", "Yes.", "what is that"]),
        st.floats(0, 1),
    ),
    st.builds(lambda turn: ("deaf", turn), st.integers(0, 4)),
    st.builds(lambda w, clause: ("ready", *w, clause), work, st.integers(0, 4)),
    st.builds(lambda w, clauses: ("complete", *w, clauses), work, st.integers(0, 4)),
    st.builds(lambda w: ("failed", *w), work),
    st.builds(lambda w, clause: ("played", *w, clause), work, st.integers(0, 4)),
    st.builds(lambda w: ("sounding", *w), work),
    st.builds(lambda w: ("sorry", *w), work),
    st.builds(
        lambda turn, ago, text, said: ("overlap", turn, ago, text, said),
        st.integers(0, 4),
        st.floats(0, 0.5),
        st.sampled_from(["", "mhm", "yes", "no", "what is that"]),
        st.sampled_from(["", "It is.", "Is it?"]),
    ),
    st.builds(lambda turn: ("unclear", turn), st.integers(0, 4)),
    st.builds(lambda turn: ("not meant", turn), st.integers(0, 4)),
    st.builds(
        lambda turn, name, guess: ("speaker", turn, name, guess),
        st.integers(0, 4),
        st.sampled_from(["Anna", "Bo", "guest"]),
        st.booleans(),
    ),
    st.builds(lambda slept_s: ("slept", slept_s), st.sampled_from([1.0, 3600.0])),
    st.builds(lambda device: ("lost", device), st.sampled_from(Device)),
    st.builds(lambda device: ("back", device), st.sampled_from(Device)),
    st.builds(lambda errand, clauses: ("say", errand, clauses), st.integers(0, 9), st.integers(1, 3)),
    st.builds(lambda errand: ("listen", errand), st.integers(10, 19)),
    st.builds(lambda errand: ("call off", errand), st.integers(0, 19)),
    st.sampled_from([("called",), ("held",), ("let go",), ("muted",), ("stopped",), ("resumed",)]),
    st.builds(lambda may_be_speech: ("clock", may_be_speech), st.booleans()),
)


def fact_of(kind: str, at_s: float, *rest: object) -> Fact:
    make = {
        "speech": lambda ago: SpeechStarted(at_s, at_s - ago),
        "pause": lambda ago: SpeechPaused(at_s, at_s - ago),
        "estimate": lambda turn, ago, p: EndOfTurnEstimated(at_s, turn, at_s - ago, "what is that", p),
        "expected": lambda turn, text, p: EndOfMessageExpected(at_s, turn, text, p),
        "transcript": lambda turn, ago, text, finished: TranscriptRevised(at_s, turn, at_s - ago, text, finished),
        "deaf": lambda turn: TranscriptionFailed(at_s, turn, "broken"),
        "ready": lambda turn, revision, clause: ClauseReady(at_s, turn, revision, clause),
        "complete": lambda turn, revision, clauses: AnswerComplete(at_s, turn, revision, clauses),
        "failed": lambda turn, revision: WorkFailed(at_s, turn, revision, "broken"),
        "played": lambda turn, revision, clause: ClausePlayed(at_s, turn, revision, clause),
        "sounding": lambda turn, revision: AnswerSounding(at_s, turn, revision),
        "sorry": lambda turn, revision: ApologyPlayed(at_s, turn, revision),
        "overlap": lambda turn, ago, text, said: OverlapRevised(at_s, turn, at_s - ago, text, said),
        "called": lambda: Called(at_s),
        "stopped": lambda: EmergencyStopped(at_s),
        "resumed": lambda: Resumed(at_s),
        "slept": lambda slept_s: Slept(at_s, slept_s),
        "lost": lambda device: DeviceLost(at_s, device),
        "back": lambda device: DeviceBack(at_s, device),
        "held": lambda: FloorTaken(at_s),
        "let go": lambda: FloorYielded(at_s),
        "muted": lambda: Muted(at_s),
        "say": lambda errand, clauses: SayWanted(at_s, errand, clauses),
        "listen": lambda errand: ListenWanted(at_s, errand),
        "call off": lambda errand: ErrandCalledOff(at_s, errand),
        "unclear": lambda turn: OverlapUnclear(at_s, turn, "broken"),
        "not meant": lambda turn: NotMeant(at_s, turn, "another voice"),
        "speaker": lambda turn, name, guess: SpeakerTold(at_s, turn, name, guess),
        "clock": lambda may_be_speech: ClockReached(at_s, may_be_speech),
    }
    return make[kind](*rest)  # type: ignore[no-untyped-call]


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1.0), any_fact), max_size=80), st.booleans())
def test_no_order_of_facts_makes_it_speak_out_of_turn(steps: list[tuple[float, tuple[object, ...]]], may: bool) -> None:
    """Facts that are absurd, repeated, late or about turns that never were: safety holds all the same."""
    policy = TurnPolicy(
        interruptible=may, expected_within_s=0.15, transcribe_within_s=STALLED_S, reassure_after_s=1.0, stalled_s=2.0
    )
    machine, witness, at_s = TurnTaking(policy), Witness(), 1.0
    for number, (wait_s, (kind, *rest)) in enumerate(steps):
        at_s += wait_s
        if kind in ("say", "listen"):  # every errand has a number of its own
            rest[0] = 20 * number + int(str(rest[0]))
        elif kind == "call off" and witness.wanted:
            rest[0] = sorted(witness.wanted)[int(str(rest[0])) % len(witness.wanted)]
        elif kind == "call off" and witness.listener is not None:
            rest[0] = witness.listener
        elif kind == "speaker" and (rest[0] != machine.turn or (not machine.is_user_heard and rest[2])):
            continue  # it is told of the turn under way, and guessed before that is over
        fact = fact_of(str(kind), at_s, *rest)
        witness.saw(fact)
        for decision in machine.feed(fact):
            witness.judge(decision)
        assert not witness.is_stopped or machine.phase is Phase.IDLE, "everything was stopped, and something is open"


@dataclass
class World:
    """A user, engines and a speaker that behave as the script says, on a clock of frames."""

    machine: TurnTaking
    witness: Witness
    luck: list[int]
    now_s: float = 0.0
    due: list[tuple[float, Fact]] = field(default_factory=list)
    committed: set[int] = field(default_factory=set)
    ended: list[int] = field(default_factory=list)
    may_be_speech: bool = False

    def chance(self) -> int:
        """The next number of the script, 0 to 9; 5 when it is over."""
        return self.luck.pop() if self.luck else 5

    def later(self, delay_s: float, fact: Fact) -> None:
        self.due.append((self.now_s + delay_s, fact))

    def tell(self, fact: Fact) -> None:
        self.witness.saw(fact)
        for decision in self.machine.feed(fact):
            self.witness.judge(decision)
            self.react(decision)

    def react(self, decision: Decision) -> None:
        turn, revision = decision.turn, getattr(decision, "revision", 0)
        delay_s = 0.1 * self.chance() if not isinstance(decision, Prefill | EstimateEnd | Duck) else 0.0
        at_s = self.now_s + delay_s
        match decision:
            case Transcribe(until_s=until_s):
                what = self.chance()
                if what > 6:
                    name = ["Anna", "Bo", "guest"][what % 3]
                    self.later(2 * delay_s, SpeakerTold(self.now_s + 2 * delay_s, turn, name))
                if what == 0:
                    self.later(delay_s, TranscriptionFailed(at_s, turn, "stt"))
                elif what > 1:  # at 1 the engine stalls for ever
                    text = "" if what == 2 else f"words {int(until_s)}"
                    self.later(delay_s, TranscriptRevised(at_s, turn, until_s, text, what / 10))
            case TranscribeOverlap(until_s=until_s):
                what = self.chance()
                if what == 0:
                    self.later(delay_s, OverlapUnclear(at_s, turn, "stt"))
                elif what > 1:
                    text = ["", "mhm", "no", "what is that"][what % 4]
                    self.later(delay_s, OverlapRevised(at_s, turn, until_s, text, "It is a lamp."))
            case EstimateEnd(speech_end_s=speech_end_s, silence_s=silence_s, text=text, expected=expected):
                is_over = float(silence_s >= 0.6)
                self.later(0.02, EndOfTurnEstimated(at_s, turn, speech_end_s, text, is_over, expected))
            case Prefill(text=text):
                self.later(0.05, EndOfMessageExpected(at_s, turn, text, 0.5))
            case Speculate(text=text):
                clauses, fate = self.chance() % 4, self.chance()
                if fate % 2:
                    self.later(0.1, EndOfMessageExpected(at_s, turn, text, 0.5))
                for clause in range(clauses):
                    self.later(delay_s * (clause + 1), ClauseReady(at_s, turn, revision, clause))
                end_s = delay_s * (clauses + 1)
                if fate == 0 or clauses == 0:
                    self.later(end_s, WorkFailed(at_s, turn, revision, "llm"))
                elif fate > 1:
                    self.later(end_s, AnswerComplete(at_s, turn, revision, clauses))
            case Play(clause=clause):
                if self.chance() != 1:  # at 1 the speaker swallows it
                    self.later(0.3 + delay_s, ClausePlayed(at_s, turn, revision, clause))
            case Announce():
                self.committed.add(turn)
                if self.chance() != 1:
                    self.later(1.0, ClausePlayed(at_s, turn, revision, 0))
            case SayFor():
                self.committed.add(turn)
                for clause in range(2):
                    if self.chance() != 1:
                        self.later(1.0 + clause, ClausePlayed(at_s, turn, revision, clause))
            case Apologise():
                if self.chance() != 1:
                    self.later(0.5, ApologyPlayed(at_s, turn, revision))
            case Commit():
                self.committed.add(turn)
            case TakeBack() | Withdraw():
                self.committed.discard(turn)
            case EndTurn():
                self.ended.append(turn)

    def pass_time(self, duration_s: float) -> None:
        end_s = self.now_s + duration_s
        while self.now_s < end_s:
            self.now_s += FRAME_S
            for fact in [fact for at_s, fact in self.due if at_s <= self.now_s]:
                self.due = [(at_s, other) for at_s, other in self.due if other is not fact]
                self.tell(fact)
            self.tell(ClockReached(self.now_s, may_be_speech=self.may_be_speech))


@example(
    [(0.1, 2.0, ""), (0.3, 0.3, ""), (0.3, 0.7, "with the key stuck"), (1.0, 0.7, ""), (0.1, 0.1, "with the key")],
    [], False, [(0.0, 0.0), (5.75, 0.0)], None,
)  # fmt: skip
@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.1, 0.3, 1.0, 2.5, 7.0]),
            st.sampled_from([0.1, 0.3, 0.7, 2.0]),
            st.sampled_from(["", "", "with the key", "with the key stuck", "until muted"]),
        ),
        max_size=6,
    ),
    st.lists(st.integers(0, 9), max_size=80),
    st.booleans(),
    st.lists(st.tuples(st.floats(0, 30), st.floats(0, 5)), max_size=3),
    st.sampled_from([None, None, 0, 1, 2]),
)
def test_every_accepted_turn_ends_and_silence_brings_rest(
    speech_and_pause: list[tuple[float, float, str]],
    luck: list[int],
    may: bool,
    losses: list[tuple[float, float]],
    stop_at: int | None,
) -> None:
    """Engines fail, stall and answer late, the microphone goes and comes, the user speaks at any time, and stops
    everything: yet no turn is left hanging.

    Over a million facts, most of them the clock's.
    """
    policy = TurnPolicy(
        expected_within_s=0.15,
        longest_turn_s=6.0,
        longest_pause_s=1.5,
        transcribe_within_s=STALLED_S,
        reassure_after_s=1.0,
        stalled_s=2.0,
        answer_within_s=3.0,
        interruptible=may,
    )
    world = World(TurnTaking(policy), Witness(), luck)
    for lost_s, back_s in losses:
        world.later(lost_s, DeviceLost(lost_s, Device.MICROPHONE))
        world.later(lost_s + back_s, DeviceBack(lost_s + back_s, Device.MICROPHONE))
    for slept_at_s, _ in losses[1:]:
        world.later(slept_at_s, Slept(slept_at_s, 60.0))
    for number, (at_s, _) in enumerate(losses[:1]):
        world.later(at_s, SayWanted(at_s, 2 * number, clauses=2))
        world.later(at_s, ListenWanted(at_s, 2 * number + 1))
    for number, (speech_s, pause_s, manner) in enumerate(speech_and_pause):
        if number == stop_at:
            world.tell(EmergencyStopped(world.now_s))
        elif stop_at is not None and number == stop_at + 1:
            world.tell(Resumed(world.now_s))
        onset_s = world.now_s
        if manner.startswith("with the key"):
            world.tell(FloorTaken(onset_s))
        world.may_be_speech = True
        world.pass_time(0.06)
        world.may_be_speech = False
        world.tell(SpeechStarted(world.now_s, onset_s))
        world.pass_time(speech_s)
        world.tell(Muted(world.now_s) if manner == "until muted" else SpeechPaused(world.now_s, world.now_s - 0.06))
        if manner == "with the key":
            world.tell(FloorYielded(world.now_s))
            # A microphone that went, or a machine that slept, lets go of the key.
            is_held = not any(onset_s <= lost_s <= world.now_s for lost_s, _ in losses)
            is_over = world.machine.phase not in (Phase.LISTENING, Phase.PAUSED)
            assert is_over or not is_held, "nobody need guess that it is over"
        world.pass_time(pause_s)
    world.pass_time(45.0)
    assert world.machine.phase is Phase.IDLE
    is_key_stuck = any(manner == "with the key stuck" for _, _, manner in speech_and_pause)
    assert is_key_stuck or not any(world.witness.wanted.values()), "something was never said"
    assert world.committed <= set(world.ended), "an accepted turn was never ended"
    assert len(world.ended) == len(set(world.ended))
    accounted = sorted(world.ended + world.witness.withdrawn)
    assert accounted == list(range(1, world.machine.turn + 1)), "a turn was lost"

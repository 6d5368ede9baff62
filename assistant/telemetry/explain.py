"""Why a turn stopped, waited or was not answered, in plain words. Pure: from what turn-taking was told and decided."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from assistant.conversation.decisions import (
    Announce,
    Apologise,
    Commit,
    Decision,
    Ending,
    EndTurn,
    GoOn,
    Hush,
    ListenFor,
    Outcome,
    Play,
    Reassure,
    SayFor,
    Speculate,
    StopSpeaking,
    TakeBack,
    Withdraw,
)
from assistant.conversation.facts import (
    Called,
    EndOfTurnEstimated,
    ErrandCalledOff,
    Fact,
    OverlapRevised,
    SpeechPaused,
    SpeechStarted,
    TranscriptRevised,
)
from assistant.telemetry.recording.codec import Step

F = TypeVar("F")

SURE = 0.5
"""From this probability on, whoever was asked took the turn to be over."""

IGNORED = {"no words in it": "nothing was understood"}

LATE_S = 0.1
"""What takes less is not worth a sentence."""


def turns(steps: Sequence[Step]) -> list[int]:
    """Numbers of the turns that there were."""
    decisions = [decision for step in steps for decision in step.decisions]
    return sorted({decision.turn for decision in decisions if not isinstance(decision, ListenFor)})


def explain(turn: int, steps: Sequence[Step]) -> list[str]:
    """Sentences on one turn, in the order in which things happened; none where there was no such turn.

    Times are seconds on the session's clock, which are seconds into the recording's sound.
    """
    of_turn = _of_turn(turn, steps)
    sentences: list[str] = []
    for index, step in enumerate(of_turn):
        for decision in step.decisions:
            if decision.turn == turn:
                sentences += _sentences(decision, step, of_turn[: index + 1])
    return sentences


def _of_turn(turn: int, steps: Sequence[Step]) -> list[Step]:
    """From the speech that began it to its last decision."""
    inside = [index for index, step in enumerate(steps) if any(decision.turn == turn for decision in step.decisions)]
    if not inside:
        return []
    first = inside[0]
    while first > 0 and not isinstance(steps[first].fact, SpeechStarted):
        if any(decision.turn != turn for decision in steps[first - 1].decisions):
            break
        first -= 1
    return list(steps[first : inside[-1] + 1])


def _sentences(decision: Decision, step: Step, so_far: Sequence[Step]) -> Iterator[str]:
    at_s = step.at_s
    match decision:
        case Commit():
            yield from _pauses(decision, so_far)
            yield _ended(decision, so_far)
            if (late_s := at_s - decision.decided_s) >= LATE_S:
                yield f"It took {late_s:.1f} s more to understand it."
        case Announce():
            yield f"At {at_s:.1f} s it said unasked: {decision.what.value.replace('_', ' ')}."
        case SayFor():
            yield f"At {at_s:.1f} s it said what another program wanted said."
        case Play(clause=0):
            yield _begun(at_s, so_far)
        case Reassure():
            yield f"At {at_s:.1f} s nothing had come of the answer for long, and it said so."
        case Hush():
            yield f"At {_last(so_far, SpeechStarted, at_s):.1f} s something was said over it, and it fell silent."
        case GoOn():
            yield f"It went on at {at_s:.1f} s, at the word where it was: {_not_meant(so_far)}."
        case TakeBack():
            yield f"At {at_s:.1f} s the user went on before the answer was heard: the turn was open again."
        case Withdraw():
            yield (
                f"At {at_s:.1f} s the answer, which had just begun, was withdrawn: the user went on "
                f"({_overheard(so_far)}). All of it belongs to turn {decision.turn + 1}."
            )
        case Apologise():
            yield f"It apologised at {at_s:.1f} s: {decision.reason}."
        case EndTurn():
            yield _outcome(decision, at_s, so_far)
        case _:
            return


def _ended(commit: Commit, so_far: Sequence[Step]) -> str:
    silence_s = commit.decided_s - commit.speech_end_s
    ended = f"{commit.text!r} ended at {commit.speech_end_s:.1f} s, which was decided "
    match commit.by:
        case Ending.SOUNDS_FINISHED:
            return f"{ended}{silence_s:.1f} s after the last word, {_opinion(so_far)}."
        case Ending.LONGEST_PAUSE:
            return f"{ended}after {silence_s:.1f} s of silence: no longer pause is waited for."
        case Ending.NO_WORDS:
            return f"{ended}after {silence_s:.1f} s of silence, since nothing was understood."
        case Ending.NO_NEW_WORDS:
            return f"{ended}though it did not get silent: no new word had come for {silence_s:.1f} s."
        case Ending.KEY_RELEASED:
            return f"{ended}when the key to talk was let go."
        case Ending.LONGEST_TURN:
            lasted_s = commit.speech_end_s - commit.speech_start_s
            return f"{ended}after {lasted_s:.0f} s: no longer turn is waited for."


def _opinion(so_far: Sequence[Step]) -> str:
    """What words, sound and the language model said of the end."""
    words = next((f.finished for f in _facts(so_far, TranscriptRevised)), None)
    estimated = next(_facts(so_far, EndOfTurnEstimated), None)
    if estimated is None:
        return "by the words" if words is None else f"because the words ({words:.2f}) said that it was finished"
    both, expected = estimated.probability, estimated.expected
    if words is None or abs(words - both) < 0.005:
        told = f"the end-of-turn model ({both:.2f})"
    else:
        model = f", language model ({expected:.2f})" if expected is not None else ""
        told = f"words ({words:.2f}){model} and sound, taken together ({both:.2f}),"
    return f"because {told} said that it was finished" if both >= SURE else f"although {told} doubted it"


def _pauses(commit: Commit, so_far: Sequence[Step]) -> Iterator[str]:
    """The pauses inside the turn that were waited out."""
    paused: SpeechPaused | None = None
    opinion = 0.5
    for step in so_far:
        fact = step.fact
        if isinstance(fact, SpeechPaused):
            paused, opinion = fact, 0.5
        elif isinstance(fact, EndOfTurnEstimated):
            opinion = fact.probability
        elif isinstance(fact, SpeechStarted) and paused is not None and fact.onset_s > commit.speech_start_s:
            length_s = fact.onset_s - paused.speech_end_s
            at_s = paused.speech_end_s
            yield f"It waited through a pause of {length_s:.1f} s at {at_s:.1f} s (finished: {opinion:.2f})."
            paused = None


def _begun(at_s: float, so_far: Sequence[Step]) -> str:
    commit = next((one for one in _decisions(so_far, Commit)), None)
    begun_s = next(
        (step.at_s for step in reversed(so_far) if any(isinstance(d, Speculate) for d in step.decisions)), at_s
    )
    if commit is None:
        return f"The answer could be heard from {at_s:.1f} s."
    after_s = at_s - commit.speech_end_s
    return f"The answer was begun at {begun_s:.1f} s and released at {at_s:.1f} s, {after_s:.1f} s after the last word."


def _not_meant(so_far: Sequence[Step]) -> str:
    heard = next(_facts(so_far, OverlapRevised), None)
    if heard is not None and heard.is_echo:
        return "it was taken for the echo of its own voice"
    if heard is None or not heard.text.strip():
        return "no word was understood"
    return f"{heard.text.strip()!r} was taken for an acknowledgement, or for noise"


def _outcome(ended: EndTurn, at_s: float, so_far: Sequence[Step]) -> str:
    match ended.outcome:
        case Outcome.ANSWERED if any(_decisions(so_far, Announce)) or any(_decisions(so_far, SayFor)):
            return f"It had said so at {at_s:.1f} s."
        case Outcome.ANSWERED if any(commit.listener is not None for commit in _decisions(so_far, Commit)):
            return "Another program had asked to hear it, and got the words; they were not answered."
        case Outcome.ANSWERED:
            return f"It was answered; that ended at {at_s:.1f} s."
        case Outcome.INTERRUPTED:
            was_silenced = any(isinstance(one, StopSpeaking) for one in so_far[-1].decisions)
            by = _interrupter(so_far)
            return f"Interrupted at {at_s:.1f} s by {by}{'.' if was_silenced else ', before it was heard.'}"
        case Outcome.APOLOGISED:
            return f"No answer could be had: {ended.reason}. That ended at {at_s:.1f} s."
        case Outcome.IGNORED:
            return f"Not answered, at {at_s:.1f} s: {IGNORED.get(ended.reason, ended.reason)}."


def _interrupter(so_far: Sequence[Step]) -> str:
    match so_far[-1].fact:
        case Called():
            return "a wake word"
        case ErrandCalledOff():
            return "the program that wanted it said"
        case _:
            return _overheard(so_far)


def _overheard(so_far: Sequence[Step]) -> str:
    heard = next(_facts(so_far, OverlapRevised), None)
    text = heard.text.strip() if heard is not None else ""
    return repr(text) if text else "speech of which no word was understood"


def _facts(steps: Sequence[Step], kind: type[F]) -> Iterator[F]:
    """Those of a kind, the last one first."""
    return (step.fact for step in reversed(steps) if isinstance(step.fact, kind))


def _decisions(steps: Sequence[Step], kind: type[F]) -> Iterator[F]:
    """Those of a kind, the last one first."""
    return (one for step in reversed(steps) for one in reversed(step.decisions) if isinstance(one, kind))


def _last(steps: Sequence[Step], kind: type[Fact], at_s: float) -> float:
    return next((fact.at_s for fact in _facts(steps, kind)), at_s)

"""Where two runs of the same session decided otherwise. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import Enum
from typing import Any

from assistant.conversation.decisions import (
    Decision,
    EstimateEnd,
    Prefill,
    Transcribe,
    TranscribeOverlap,
)
from assistant.telemetry.recording.codec import Step

SAME_TIME_S = 0.1
"""A speaker and its model, block by block, are apart by less."""

QUESTIONS = (Transcribe, EstimateEnd, TranscribeOverlap, Prefill)
"""What is asked of engines, again and again; only what follows from their answers is compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What was decided then, and now; None: it was not. Times in seconds."""

    then: Decision | None
    then_s: float | None
    now: Decision | None
    now_s: float | None

    def __str__(self) -> str:
        if self.then is None or self.then_s is None:
            return f"new:    {self.now_s:8.2f} s  {described(self.now)}"
        if self.now is None or self.now_s is None:
            return f"gone:   {self.then_s:8.2f} s  {described(self.then)}"
        return f"moved:  {self.then_s:8.2f} s  {described(self.then)}, now {self.now_s - self.then_s:+.2f} s"


def differences(then: Sequence[Step], now: Sequence[Step], until_s: float) -> list[Difference]:
    """What differs of the decisions before `until_s`, in the order of the recording."""
    old, new = list(_decided(then, until_s)), list(_decided(now, until_s))
    matcher = SequenceMatcher(None, [_key(one) for _, one in old], [_key(one) for _, one in new], autojunk=False)
    found: list[Difference] = []
    for what, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if what == "equal":
            pairs = zip(old[from_old:to_old], new[from_new:to_new], strict=True)
            moved = (pair for pair in pairs if abs(pair[0][0] - pair[1][0]) > SAME_TIME_S)
            found += [Difference(one, one_s, other, other_s) for (one_s, one), (other_s, other) in moved]
        else:
            found += [Difference(one, at_s, None, None) for at_s, one in old[from_old:to_old]]
            found += [Difference(None, None, one, at_s) for at_s, one in new[from_new:to_new]]
    return found


def described(decision: Decision | None) -> str:
    """A decision in one line: its name, and what it is about."""
    about = [f"{name}={value!r}" for name, value in _content(decision) if value not in ("", None)]
    return f"{type(decision).__name__}({', '.join(about)})"


def _decided(steps: Iterable[Step], until_s: float) -> Iterable[tuple[float, Decision]]:
    for step in steps:
        if step.at_s < until_s:
            yield from ((step.at_s, one) for one in step.decisions if not isinstance(one, QUESTIONS))


def _key(decision: Decision) -> tuple[Any, ...]:
    return (type(decision).__name__, *_content(decision))


def _content(decision: Decision | None) -> list[tuple[str, Any]]:
    """Everything but times."""
    if decision is None:
        return []
    named = ((field.name, getattr(decision, field.name)) for field in fields(decision))
    return [
        (name, value.name.lower() if isinstance(value, Enum) else value) for name, value in named if name[-2:] != "_s"
    ]

"""From what was played to figures. Pure: no clock, no I/O."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from audio.acoustics import first_sound_s
from audio.frames import PcmFloat


@dataclass(frozen=True, slots=True)
class Outcome:
    """One system's conversation about one clip.

    `latency_ms` runs from the last sound of speech to the first sound of the answer; None where there was no answer.
    A conversation is `cut` when an answer began before the speaker had finished or when there was more than one.
    """

    system: str
    clip: str
    latency_ms: float | None
    answers: int
    cut: bool
    heard: str
    others_cpu: float = 0.0
    """Processor time that the systems whose turn it was not took meanwhile, as a share of one core."""
    machine_busy: float = 0.0
    """How busy other programs kept the machine just before, as a share of all its cores."""

    @property
    def counts(self) -> bool:
        """Whether its latency means anything: there is one answer, to the whole of what was said."""
        return self.latency_ms is not None and not self.cut


@dataclass(frozen=True, slots=True)
class Summary:
    """All conversations of one system. The times, in ms, are those of the `n` that count; None without any."""

    system: str
    clips: int
    n: int
    median: float | None
    p90: float | None
    p95: float | None
    max: float | None
    cut: int
    unanswered: int


def judge(
    system: str, clip: str, played: PcmFloat, rate_hz: int, *, speech_end_s: float, answers: int, heard: str
) -> Outcome:
    """The outcome of a conversation in which `played`, shape (n,), was heard on the clip's own clock."""
    first_s = first_sound_s(played, rate_hz)
    if first_s is None:
        return Outcome(system, clip, None, answers, cut=False, heard=heard)
    latency_ms = 1000 * (first_s - speech_end_s)
    return Outcome(system, clip, latency_ms, answers, cut=latency_ms < 0 or answers > 1, heard=heard)


def summarise(system: str, outcomes: Iterable[Outcome]) -> Summary:
    """The figures of one system."""
    own = [outcome for outcome in outcomes if outcome.system == system]
    times = [outcome.latency_ms for outcome in own if outcome.counts and outcome.latency_ms is not None]
    return Summary(
        system,
        len(own),
        len(times),
        median=statistics.median(times) if times else None,
        p90=_percentile(times, 90),
        p95=_percentile(times, 95),
        max=max(times, default=None),
        cut=sum(outcome.cut for outcome in own),
        unanswered=sum(outcome.latency_ms is None for outcome in own),
    )


def times_faster(ours: float | None, theirs: float | None) -> float | None:
    """How many times ours goes into theirs; None where one of them is missing or there is nothing to divide by."""
    return theirs / ours if ours and theirs and ours > 0 else None


def _percentile(values: Sequence[float], share: float) -> float | None:
    return float(np.percentile(values, share)) if values else None

"""What a sound over an answer does to it, by the output alone. Pure: no clock, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.cli.bench.figures import Distribution
from assistant.cli.bench.interruptions import silent_from_s
from audio.acoustics import FIRST_SOUND
from audio.frames import PcmFloat

BLOCK_S = 0.02
WHOLE = 0.8
"""An answer of which at least this share of the rest is heard, was finished: one that was cut has said far less, even
with the short answer to what was said over it."""


@dataclass(frozen=True, slots=True)
class Over:
    """One sound over one answer; `kind` is "meant", "acknowledgement" or "noise"."""

    system: str
    kind: str
    name: str
    silent_ms: float | None
    """From the sound's onset to silence; None: it was not hushed."""
    was_finished: bool
    """Whether the answer was heard to its end, be it after a silence."""
    longest_ms: float | None
    """The longest silence before it went on, where it was hushed and finished."""
    machine_busy: float = 0.0
    """How busy other programs kept the machine just before, as a share of all its cores."""

    @property
    def got_floor(self) -> bool:
        return self.silent_ms is not None and not self.was_finished


def judge(system: str, kind: str, name: str, output: PcmFloat, rate_hz: int, *, onset_s: float, rest_s: float) -> Over:
    """What came of a sound at `onset_s`; `rest_s` is how long it sounds from there on if nobody interrupts."""
    after = output[round(onset_s * rate_hz) :]
    silent_s = silent_from_s(after, rate_hz)
    was_finished = sounding_s(after, rate_hz) >= WHOLE * rest_s
    went_on = was_finished and silent_s is not None
    return Over(
        system,
        kind,
        name,
        None if silent_s is None else 1000 * silent_s,
        was_finished,
        1000 * max(silences_s(after, rate_hz)) if went_on else None,
    )


def sounding_s(output: PcmFloat, rate_hz: int) -> float:
    """How long it sounds in all, in blocks of BLOCK_S."""
    return BLOCK_S * int(_sounding(output, rate_hz).sum())


def silences_s(output: PcmFloat, rate_hz: int, *, least_s: float = 0.0) -> list[float]:
    """The silences between two sounds that last `least_s` and longer, in order."""
    blocks = np.flatnonzero(_sounding(output, rate_hz))
    return [found for found in ((np.diff(blocks) - 1) * BLOCK_S).tolist() if found > 0 and found >= least_s]


def summary(outcomes: Iterable[Over]) -> list[dict[str, Any]]:
    """The figures, a row for each system and kind of sound."""
    groups: dict[tuple[str, str], list[Over]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.system, outcome.kind), []).append(outcome)
    rows = []
    for (system, kind), group in groups.items():
        silent = Distribution.of(outcome.silent_ms for outcome in group)
        longest = Distribution.of(outcome.longest_ms for outcome in group)
        rows.append({
            "system": system,
            "kind": kind,
            "n": len(group),
            "got_floor": sum(outcome.got_floor for outcome in group),
            "finished": sum(outcome.was_finished for outcome in group),
            "hushed": silent.n,
            "silent_median_ms": silent.median if silent.n else None,
            "silent_p95_ms": silent.p95 if silent.n else None,
            "longest_median_ms": longest.median if longest.n else None,
            "longest_max_ms": longest.maximum if longest.n else None,
        })  # fmt: skip
    return rows


def _sounding(output: PcmFloat, rate_hz: int) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    size = round(BLOCK_S * rate_hz)
    blocks = output[: len(output) // size * size].reshape(-1, size)
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.abs(blocks).max(axis=1, initial=0.0) > FIRST_SOUND
    return found

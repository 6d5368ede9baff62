"""The comparison as a document and as a table."""

import contextlib
import dataclasses
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from scripts.peers.hearthside import Hearthside
from scripts.peers.score import Outcome, Summary, summarise, times_faster

BUSY = 0.1
"""Beside programs that take more than this share of the machine, times mean little."""


def machine() -> str:
    """What it was measured on, in words."""
    model = ""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{os.cpu_count()} cores, {model or platform.machine()}, Python {platform.python_version()}"


def report(outcomes: list[Outcome], settings: dict[str, str], about: dict[str, Any]) -> dict[str, Any]:
    """Everything as one document; `ratios` say how many times faster ours is, median and 95 %."""
    systems = dict.fromkeys(outcome.system for outcome in outcomes)
    summaries = {name: summarise(name, outcomes) for name in systems}
    ours = summaries.get(Hearthside.name)
    ratios = {
        name: {"median": times_faster(ours.median, theirs.median), "p95": times_faster(ours.p95, theirs.p95)}
        for name, theirs in summaries.items()
        if ours is not None and theirs is not ours
    }
    return {
        **about,
        "settings": settings,
        "summaries": [dataclasses.asdict(summary) for summary in summaries.values()],
        "ratios": ratios,
        "clips": [dataclasses.asdict(outcome) for outcome in outcomes],
    }


def show(document: dict[str, Any]) -> None:
    """The report, for people."""
    console = Console(width=160)
    console.print(f"{document['machine']}; {document['date']}; {document['models']}")
    for name, words in document["settings"].items():
        console.print(f"{name}: {words}")
    table = Table("system", "clips", "n", "median", "90 %", "95 %", "max", "cut", "unanswered", "ours is faster")
    for row in document["summaries"]:
        summary = Summary(**row)
        ratio = document["ratios"].get(summary.system, {})
        words = f"{_times(ratio.get('median'))} median, {_times(ratio.get('p95'))} 95 %" if ratio else ""
        table.add_row(
            summary.system, str(summary.clips), str(summary.n), *map(_ms, (summary.median, summary.p90, summary.p95)),
            _ms(summary.max), str(summary.cut), str(summary.unanswered), words,
        )  # fmt: skip
    console.print(table)
    waiting, busy = ([outcome[key] for outcome in document["clips"]] for key in ("others_cpu", "machine_busy"))
    console.print(
        f"the systems that waited took {100 * np.mean(waiting):.1f} % of a core meanwhile, "
        f"{100 * max(waiting):.1f} % at most; other programs kept the machine {100 * np.mean(busy):.0f} % busy"
    )
    if np.mean(busy) > BUSY:
        console.print(
            "[bold]the machine was not free: these times are too long, of some systems more than of others[/]"
        )


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}x"

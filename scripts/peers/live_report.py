"""Interruptions and echo as documents and as tables."""

import dataclasses
import os
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from scripts.peers.live import Talked
from scripts.peers.overlap import Over, summary
from scripts.peers.report import BUSY


def of_interruptions(outcomes: list[Over], settings: dict[str, str], about: dict[str, Any]) -> dict[str, Any]:
    """Everything as one document."""
    return {
        **about,
        "settings": settings,
        "load": os.getloadavg()[0],
        "summaries": summary(outcomes),
        "sounds": [dataclasses.asdict(outcome) for outcome in outcomes],
    }


def of_echoes(outcomes: list[Talked], settings: dict[str, str], about: dict[str, Any]) -> dict[str, Any]:
    """Everything as one document."""
    return {
        **about,
        "settings": settings,
        "load": os.getloadavg()[0],
        "talked": [dataclasses.asdict(outcome) for outcome in outcomes],
    }


def show_interruptions(document: dict[str, Any]) -> None:
    """The report, for people."""
    console = head(document)
    table = Table(
        "system", "sounds over it", "n", "onset to silence: median", "95 %", "got the floor", "finished", "hushed",
        "silent before it went on: median", "max",
    )  # fmt: skip
    for row in sorted(document["summaries"], key=lambda row: row["kind"] != "meant"):
        table.add_row(
            row["system"], row["kind"], str(row["n"]), ms(row["silent_median_ms"]), ms(row["silent_p95_ms"]),
            str(row["got_floor"]), str(row["finished"]), str(row["hushed"]), ms(row["longest_median_ms"]),
            ms(row["longest_max_ms"]),
        )  # fmt: skip
    console.print(table)
    tail(console, [sound["machine_busy"] for sound in document["sounds"]], document["load"])


def show_echoes(document: dict[str, Any]) -> None:
    """The report, for people."""
    console = head(document)
    table = Table("system", "room", "canceller", "minutes", "of which it talked", "fell silent", "answers")
    for row in document["talked"]:
        table.add_row(
            row["system"], row["room"], row["canceller"], f"{row['seconds'] / 60:.1f}",
            f"{row['sounding_s'] / 60:.1f}", str(row["fell_silent"]), str(row["answers"]),
        )  # fmt: skip
    console.print(table)
    tail(console, [row["machine_busy"] for row in document["talked"]], document["load"])


def head(document: dict[str, Any]) -> Console:
    """What was measured, where and how, is printed."""
    console = Console(width=170)
    console.print(f"{document['measured']}: {document['machine']}; {document['date']}; {document['models']}")
    for name, words in document["settings"].items():
        console.print(f"{name}: {words}")
    return console


def tail(console: Console, busy: list[float], load: float) -> None:
    """What else went on."""
    console.print(
        f"other programs kept the machine {100 * np.mean(busy or [0]):.0f} % busy; load {load:.1f} at the end"
    )
    if np.mean(busy or [0]) > BUSY:
        console.print("[bold]the machine was not free: times are too long, of some systems more than of others[/]")


def ms(value: float | None) -> str:
    """A time, if there is one."""
    return "-" if value is None else f"{value:.0f} ms"

"""Finding an engine by the name that the configuration gives it.

An engine is a function `build(EngineSettings) -> engine`, registered under the entry point group of its kind
(`hearthside.echo`, `.vad`, `.wake`, `.voice`, `.turn_end`, `.stt`, `.tts`). A third party adds
one with `pip install` and one line of TOML.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any


class EngineError(Exception):
    """An engine is unknown or cannot be built. One line: which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What an engine is built from.

    `options` is its section of the configuration as a plain dict; `model_folder` gives the folder of a
    model of the manifest, its files verified, and raises for an unknown or damaged one.
    """

    options: Mapping[str, Any]
    model_folder: Callable[[str], Path]


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """How an engine that owns a process or a thread is now."""

    trouble: str = ""
    """Why it cannot do its work at the moment: it is being started again, or its server is away. "" while it can."""
    restarts: int = 0
    """How often its process was started again."""
    stuck: str = ""
    """Why it will not recover by itself, so that only a new daemon would help; "" as a rule."""


def health_of(engine: object) -> EngineHealth:
    """What an engine says of itself by a method `health()`; one that has none is well as far as it knows."""
    health = getattr(engine, "health", None)
    return health() if health is not None else EngineHealth()


def build(kind: str, name: str, settings: EngineSettings) -> Any:
    """Build the engine called `name` of a kind ("echo", "vad", ... as in the groups above). Raises EngineError."""
    found = {point.name: point for point in entry_points(group=f"hearthside.{kind}")}
    if name not in found:
        raise EngineError(f"{kind}.engine: no engine is called {name!r}; installed are {', '.join(sorted(found))}")
    try:
        factory = found[name].load()
    except ImportError as error:
        raise EngineError(f"{kind}.engine: {name} cannot be loaded: {error}; install the package it needs") from error
    return factory(settings)

"""A language's short commands and replies, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml


class LanguageError(Exception):
    """There are no short commands in that language. One line: what to do."""


@dataclass(frozen=True, slots=True)
class Language:
    """One file of `intents/`, which says what each part means."""

    code: str
    spelling: Mapping[str, str]
    fillers_before: tuple[str, ...]
    fillers_after: tuple[str, ...]
    only_alone: frozenset[str]
    left_to_the_model: frozenset[str]
    grammar: Mapping[str, Any]
    answers_to_a_question: frozenset[str]
    replies: Mapping[str, str]
    announcements: Mapping[str, str]
    calendar: Mapping[str, Any]


def languages() -> list[str]:
    """The codes of the languages that there are."""
    return sorted(file.name.removesuffix(".yaml") for file in _folder().iterdir() if file.name.endswith(".yaml"))


def load_language(code: str) -> Language:
    """Read a language by its two-letter code. Raises LanguageError."""
    if code not in (known := languages()):
        raise LanguageError(f"no short commands in {code!r}; there are: {', '.join(known)}")
    data = yaml.safe_load((_folder() / f"{code}.yaml").read_text(encoding="utf-8"))
    return Language(
        code=code,
        spelling=data["spelling"],
        fillers_before=tuple(data["fillers"]["before"]),
        fillers_after=tuple(data["fillers"]["after"]),
        only_alone=frozenset(data["only_alone"]),
        left_to_the_model=frozenset(data["left_to_the_model"]),
        grammar=data["grammar"],
        answers_to_a_question=frozenset(data["answers_to_a_question"]),
        replies=data["replies"],
        announcements=data["announcements"],
        calendar=data["calendar"],
    )


def _folder() -> resources.abc.Traversable:
    return resources.files("assistant.tools") / "intents"

"""Facts and decisions as JSON, and back. A kind or a field that this version does not know is left out."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from assistant.conversation.decisions import Decision
from assistant.conversation.facts import Fact

FACTS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Fact)}
DECISIONS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Decision)}


@dataclass(frozen=True, slots=True)
class Step:
    """One fact that turn-taking was told, and what it decided on it."""

    fact: Fact
    decisions: tuple[Decision, ...] = ()

    @property
    def at_s(self) -> float:
        """When it was told, on the session's sample clock."""
        return self.fact.at_s


def to_json(one: Fact | Decision) -> dict[str, Any]:
    """Its fields, and its name under `is`."""
    fields = ((field.name, getattr(one, field.name)) for field in dataclasses.fields(one))
    return {"is": type(one).__name__, **{n: value.value if isinstance(value, Enum) else value for n, value in fields}}


def fact_of(document: Mapping[str, Any]) -> Fact | None:
    """The fact that `to_json` wrote; None where this version has no such fact."""
    fact: Fact | None = _build(FACTS, document)
    return fact


def decision_of(document: Mapping[str, Any]) -> Decision | None:
    """The decision that `to_json` wrote; None where this version has no such decision."""
    decision: Decision | None = _build(DECISIONS, document)
    return decision


def _build(kinds: Mapping[str, type[Any]], document: Mapping[str, Any]) -> Any:
    kind = kinds.get(str(document.get("is")))
    if kind is None:
        return None
    types = get_type_hints(kind)
    try:
        known = {name: _value(types[name], value) for name, value in document.items() if name in types}
        return kind(**known)
    except (TypeError, ValueError):  # another version's: a field is missing, or a value unknown
        return None


def _value(expected: Any, value: Any) -> Any:
    return expected(value) if isinstance(expected, type) and issubclass(expected, Enum) else value

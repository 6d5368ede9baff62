"""Strict checks of a server's events against the event classes of the official client, which itself checks nothing."""

import json
from functools import cache
from typing import Any, Literal, get_args, get_origin

from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel


@cache
def _classes() -> dict[str, type[BaseModel]]:
    """By the literal of their `type`."""
    union, *_ = get_args(RealtimeServerEvent)
    found: dict[str, type[BaseModel]] = {}
    for one in get_args(union):
        annotation = one.model_fields["type"].annotation
        if get_origin(annotation) is Literal:
            for name in get_args(annotation):
                found[name] = one
    return found


def check(event: dict[str, Any]) -> None:
    """Raises for a missing field, a wrong type, a type that is not public, and for fields that are not."""
    checked = _classes()[event["type"]].model_validate_json(json.dumps(event), strict=True)
    extra = _extra(checked)
    # Not in the client's classes, though the public server sends them: the session's own id and kind.
    extra -= {"session.id", "session.object"}
    assert not extra, f"{event['type']} has fields that are not public: {extra}"


def _extra(model: BaseModel, where: str = "") -> set[str]:
    extra = {f"{where}{name}" for name in model.model_extra or {}}
    for name in type(model).model_fields:
        value = getattr(model, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                extra |= _extra(one, f"{where}{name}.")
    return extra

"""Why a client's event was not carried out, in the words of the protocol's `error` event."""

from typing import Any

from pydantic import ValidationError

SHOWN = 60
"""Characters of a value that is repeated to whoever sent it."""


class Refusal(Exception):
    """The event has no effect; the session goes on. `param` names the field, as `session.audio.output.speed`."""

    def __init__(
        self, message: str, *, code: str, param: str | None = None, type: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.type = type

    def details(self, event_id: str | None) -> dict[str, Any]:
        """The `error` object; `event_id` is that of the client's event."""
        return {
            "type": self.type,
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": event_id,
        }


def refusal_of(error: ValidationError, raw: object, within: str = "") -> Refusal:
    """The first thing that is wrong with `raw`, whose own name is `within`."""
    first = error.errors(include_url=False)[0]
    param = _path(first["loc"], raw, within) or None
    kind, said = first["type"], first["msg"].removeprefix("Value error, ")
    if kind == "missing" or kind == "union_tag_not_found":
        param = f"{param}.type" if kind == "union_tag_not_found" and param else param or "type"
        return Refusal(f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param)
    if kind == "extra_forbidden":
        return Refusal(f"Unknown parameter: '{param}'.", code="unknown_parameter", param=param)
    if kind == "union_tag_invalid":
        context = first.get("ctx", {})
        tag, expected = str(context.get("tag"))[:SHOWN], context.get("expected_tags")
        param = f"{param}.type" if param else "type"
        return Refusal(f"Invalid value: '{tag}'. Supported values are: {expected}.", code="invalid_value", param=param)
    if kind.endswith("_type") and kind != "none_required_type":
        return Refusal(f"Invalid type for '{param}': {said}.", code="invalid_type", param=param)
    if kind == "unsupported":
        return Refusal(said, code="unsupported_value", param=param)
    return Refusal(f"Invalid value for '{param}': {said}.", code="invalid_value", param=param)


def _path(location: tuple[int | str, ...], raw: object, within: str) -> str:
    """The field's name. What stands in `location` for a choice among types is no part of it."""
    path = within
    for at, step in enumerate(location):
        is_last = at == len(location) - 1
        if isinstance(step, int):
            path += f"[{step}]"
            raw = raw[step] if isinstance(raw, list) and step < len(raw) else None
        elif isinstance(raw, dict) and (step in raw or is_last):
            path += f".{step}" if path else step
            raw = raw.get(step)
    return path

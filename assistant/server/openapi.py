"""What the HTTP API takes and gives, for programs to read: an OpenAPI 3.1 document.

What requests hold is taken from the types that check them, so that the two cannot differ; the rest is short enough to
be written here. WebSockets have no place in OpenAPI: see docs/realtime.md.
"""

from typing import Any

from pydantic.json_schema import models_json_schema

from assistant.server.chat import ChatRequest
from assistant.server.speech import ENCODED, STREAMED, SpeechRequest

JSON, TEXT, EVENTS = "application/json", "text/plain", "text/event-stream"

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}
OBJECT: dict[str, Any] = {"type": "object"}
BYTES = {"type": "string", "format": "binary"}
TRANSCRIPT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
RECORDING = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": BYTES, "response_format": {"enum": ["json", "text", "verbose_json"]}},
}


def document() -> dict[str, Any]:
    """The whole of it."""
    models = [(ChatRequest, "validation"), (SpeechRequest, "validation")]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    sound = dict.fromkeys((*STREAMED.values(), *(kind for _, _, kind in ENCODED.values())), BYTES)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hearthside", "version": "1"},
        "paths": {
            "/healthz": {"get": _operation("Whether it runs", {JSON: OBJECT})},
            "/readyz": {"get": _operation("Whether it can answer", {JSON: OBJECT})},
            "/metrics": {"get": _operation("What it has done, for Prometheus", {TEXT: {"type": "string"}})},
            "/v1/models": {"get": _operation("The model's name", {JSON: OBJECT})},
            "/v1/turns": {"get": _operation("The last turns, and why they went as they did", {JSON: OBJECT})},
            "/v1/session/turns": {"get": _operation("Those of the session of `?session=ID`", {JSON: OBJECT})},
            "/v1/chat/completions": {
                "post": _operation("Ask in text", {JSON: OBJECT, EVENTS: {}}, JSON, _named(ChatRequest))
            },
            "/v1/audio/speech": {"post": _operation("Have text read aloud", sound, JSON, _named(SpeechRequest))},
            "/v1/audio/transcriptions": {
                "post": _operation(
                    "Have a recording transcribed",
                    {JSON: TRANSCRIPT, TEXT: {"type": "string"}},
                    "multipart/form-data",
                    RECORDING,
                )
            },
        },
        "components": {
            "schemas": {**schemas["$defs"], "Error": ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(
    summary: str, gives: dict[str, Any], takes: str = "", body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One that gives one of these media types, and takes `body` as another."""
    refused = {"description": "Refused, in one line", "content": {JSON: {"schema": _reference("Error")}}}
    given = {"description": "Done", "content": {kind: {"schema": schema} for kind, schema in gives.items()}}
    operation: dict[str, Any] = {"summary": summary, "responses": {"200": given, "default": refused}}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {takes: {"schema": body}}}
    return operation


def _named(model: type) -> dict[str, Any]:
    return _reference(model.__name__)


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}

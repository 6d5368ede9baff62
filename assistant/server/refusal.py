"""Errors as OpenAI's clients expect them: one JSON document, one line of reason."""

from pydantic import ValidationError
from starlette.responses import JSONResponse

KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Refused(Exception):
    """The request is not answered. `reason` is one line: what is wrong and what to do."""

    def __init__(self, reason: str, *, status: int = 400, param: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.param = param


def invalid(error: ValidationError) -> Refused:
    """What is wrong with a request's body: of several readings of a value, the one that came furthest."""
    furthest = max(error.errors(), key=lambda one: len(one["loc"]))
    where = ".".join(map(str, furthest["loc"]))
    return Refused(f"{where or 'body'}: {furthest['msg']}", param=where or None)


def error_document(reason: str, *, status: int, param: str | None = None) -> dict[str, object]:
    """The body of an error."""
    kind = KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": reason, "type": kind, "param": param, "code": None}}


def refusal(status: int, reason: str, param: str | None = None) -> JSONResponse:
    """The response that refuses a request."""
    headers = (
        {"Retry-After": "1"} if status in (429, 503) else {"WWW-Authenticate": "Bearer"} if status == 401 else None
    )
    return JSONResponse(error_document(reason, status=status, param=param), status, headers)

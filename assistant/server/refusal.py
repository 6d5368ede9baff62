"""Errors as OpenAI's clients expect them: one JSON document, one line of reason."""

import math

from pydantic import ValidationError
from starlette.responses import JSONResponse

KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Refused(Exception):
    """The request is not answered. `reason` is one line: what is wrong and what to do."""

    def __init__(self, reason: str, *, status: int = 400, param: str | None = None, retry_after_s: float = 1.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.param = param
        self.retry_after_s = retry_after_s

    def response(self) -> JSONResponse:
        """What tells the client; of a WebSocket, too, before it is accepted."""
        headers = {}
        if self.status in (429, 503):
            headers["Retry-After"] = str(math.ceil(self.retry_after_s))
        elif self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(error_document(self.reason, status=self.status, param=self.param), self.status, headers)


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
    return Refused(reason, status=status, param=param).response()

"""Why a request is not carried out."""


class Refused(Exception):
    """The request is not carried out. One line for the client: why; `code` is for programs."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code

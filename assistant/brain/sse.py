"""Server-sent events, as bytes in and data strings out; no I/O."""

import codecs
import re

LINE_END = re.compile(r"\r\n|\r|\n")
"""Only these end a line. `str.splitlines` would also split at U+2028, which is legal inside a JSON string."""

LONGEST_LINE = 1 << 18
"""Characters; a peer that never ends its line must not fill the memory. A chunk of an answer has some hundreds."""


class LineTooLong(Exception):
    """The peer sent a line that no chat server has reason to send."""


class EventStream:
    """Decodes one response body. Feed it chunks as they arrive, cut anywhere."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._line = ""
        self._after_cr = False
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[str]:
        """The data of every event that `chunk` completes. Raises LineTooLong."""
        text = self._decoder.decode(chunk)
        if not text:
            return []
        if self._after_cr and text[0] == "\n":  # the second half of a line end that was cut in two
            text = text[1:]
            self._after_cr = not text
        if text:
            self._after_cr = text[-1] == "\r"
        *lines, self._line = LINE_END.split(self._line + text)
        if len(self._line) > LONGEST_LINE:
            raise LineTooLong
        return [data for line in lines if (data := self._take(line))]

    def end(self) -> list[str]:
        """The event that the end of the body completes; not every server sends a last blank line."""
        last = (self._line + self._decoder.decode(b"", final=True), "")
        self._line = ""
        return [data for line in last if (data := self._take(line))]

    def _take(self, line: str) -> str:
        if not line:
            data, self._data = "\n".join(self._data), []
            return data
        field, _, value = line.partition(":")
        if field in ("data", "error"):  # "error" is how older llama.cpp servers report one
            self._data.append(value.removeprefix(" "))
        return ""

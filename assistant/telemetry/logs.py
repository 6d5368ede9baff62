"""How the log is written: lines for people, or a JSON object a line for programs."""

import json
import logging
from datetime import UTC, datetime
from typing import Literal

from assistant.conversation.log_context import of_session, of_turn

FOR_PEOPLE = logging.Formatter(
    "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s",
    datefmt="%H:%M:%S",
)


class JsonLines(logging.Formatter):
    """`time` (UTC), `level`, `logger`, `message`; `session` and `turn` where the line belongs to one; `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name, context in (("session", of_session), ("turn", of_turn)):
            value = getattr(record, name, None) or context.get()
            if value is not None:
                document[name] = value
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document, ensure_ascii=False)


def write_logs(level: str, form: Literal["text", "json"]) -> None:
    """From now on the log is written so. It goes where it went."""
    root = logging.getLogger()
    root.setLevel(level.upper())
    for handler in root.handlers:
        handler.setFormatter(JsonLines() if form == "json" else FOR_PEOPLE)
    logging.captureWarnings(form == "json")

"""Files that are nobody else's business: readable by their owner only, and never half written."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from filelock import FileLock


def changing(file: Path) -> FileLock:
    """Held while the file is read and written anew: two commands at once would each undo what the other did.

    Makes the folder. Raises OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileLock(file.with_suffix(".lock"), mode=0o600)


def write_private(file: Path, text: str) -> None:
    """Put the text into the file's place in one step, whatever happens meanwhile. Blocks. Raises OSError."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
            sink.write(text)
            sink.flush()
            os.fsync(sink.fileno())
        beside.replace(file)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise

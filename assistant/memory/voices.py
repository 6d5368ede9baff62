"""The voices of those who agreed to be recognised: where they are kept, and how they are forgotten.

Kept is, for each person, the name that they gave, a vector of a model, how much speech it was taken from, and the day.
The vector is personal data: it tells one's voice from others'. No recording is kept, and none can be made from it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from assistant.config import home
from assistant.conversation.speakers import GUEST, Enrolled
from assistant.private_file import changing, write_private
from audio.voice.protocol import Voice

FORMAT = 1
LONGEST_NAME = 60


class VoicesError(Exception):
    """The voices cannot be read or changed. One line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One person's voice as it is kept."""

    name: str
    model: str
    voice: Voice
    since: str
    """The day on which they enrolled, in ISO 8601."""


def today() -> str:
    """The day, in ISO 8601."""
    return datetime.now(UTC).date().isoformat()


def checked_name(name: str) -> str:
    """The name that somebody is kept by. Raises VoicesError for one that cannot be used."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise VoicesError(f"a name has 1 to {LONGEST_NAME} printable characters")
    if name.casefold() == GUEST:
        raise VoicesError(f"{name!r} is what everybody is called who did not enrol; take another name")
    return name


class EnrolledVoices:
    """The file of voices. It is written anew and put into place in one step, readable by its owner only."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or home() / "voices" / "voices.json"

    def all(self) -> tuple[Kept, ...]:
        """Everyone, by name. Blocks. Raises VoicesError."""
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise ValueError(f"is of format {document['format']}")
            return tuple(sorted(map(_read, document["voices"]), key=lambda kept: kept.name.casefold()))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise VoicesError(f"{self.file}: cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError) as error:
            reason = f"{self.file}: cannot be understood ({error}); `hearthside voices forget --all` begins anew"
            raise VoicesError(reason) from None

    def known(self, model: str) -> tuple[Enrolled, ...]:
        """Those whose voice was taken by this model; a voice of another one cannot be compared. Raises VoicesError."""
        return tuple(Enrolled(kept.name, kept.voice) for kept in self.all() if kept.model == model)

    def keep(self, kept: Kept) -> None:
        """Add somebody, or put their voice in the place of the one that is kept. Blocks. Raises VoicesError."""
        with self._changing():
            self._write([one for one in self.all() if not _same_name(one.name, kept.name)] + [kept])

    def forget(self, name: str) -> bool:
        """Forget somebody, wholly; whether there was anybody of that name. Blocks. Raises VoicesError."""
        with self._changing():
            everyone = self.all()
            rest = [one for one in everyone if not _same_name(one.name, name)]
            if len(rest) == len(everyone):
                return False
            if rest:
                self._write(rest)
            else:
                self._remove()
            return True

    def forget_all(self) -> None:
        """Forget everybody, also where the file is damaged. Blocks. Raises VoicesError."""
        with self._changing():
            self._remove()

    def _changing(self) -> FileLock:
        try:
            return changing(self.file)
        except OSError as error:
            raise VoicesError(f"{self.file.parent}: cannot be made: {error.strerror}") from None

    def _remove(self) -> None:
        for file in (self.file, *self.file.parent.glob(f".{self.file.name}.*")):
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise VoicesError(f"{file}: cannot be removed: {error.strerror}") from None

    def _write(self, everyone: Sequence[Kept]) -> None:
        text = json.dumps({"format": FORMAT, "voices": [_written(one) for one in everyone]}, ensure_ascii=False)
        try:
            write_private(self.file, text)
        except OSError as error:
            raise VoicesError(f"{self.file}: cannot be written: {error.strerror}; nothing was changed") from None


def _same_name(one: str, other: str) -> bool:
    return one.casefold() == " ".join(other.split()).casefold()


def _written(kept: Kept) -> dict[str, Any]:
    return {
        "name": kept.name,
        "model": kept.model,
        "since": kept.since,
        "speech_s": round(kept.voice.speech_s, 2),
        "embedding": [round(float(value), 6) for value in kept.voice.embedding],
    }


def _read(entry: dict[str, Any]) -> Kept:
    embedding = np.array(entry["embedding"], np.float32)
    length = float(np.linalg.norm(embedding))
    if embedding.ndim != 1 or not 0.5 < length < 2:
        raise ValueError(f"the vector of {entry['name']!r} is none")
    return Kept(
        str(entry["name"]), str(entry["model"]), Voice(embedding / length, float(entry["speech_s"])), entry["since"]
    )


def joined(voices: Sequence[Voice]) -> Voice:
    """One voice of several recordings of one person: their mean, by the amount of speech in each."""
    total = np.sum([voice.speech_s * voice.embedding for voice in voices], axis=0)
    return replace(
        voices[0],
        embedding=(total / np.linalg.norm(total)).astype(np.float32),
        speech_s=sum(voice.speech_s for voice in voices),
    )

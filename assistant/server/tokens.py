"""The tokens that were made for clients: where they are kept, and how they are revoked.

A token is 256 random bits, shown once. Kept is its SHA-256, which is enough: a slow, salted hash is for words that
people choose, since those can be guessed one by one; nobody can try 2^256 tokens, nor is there a table of them.
"""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.config import home
from assistant.private_file import changing, write_private

FORMAT = 1
LONGEST_NAME = 60
PREFIX = "hearthside-"
"""Whoever finds a token somewhere knows what it opens, and so do programs that look for lost secrets."""


class Scope(StrEnum):
    """What a token is good for. None includes another."""

    CONVERSE = "converse"
    """To talk and to write with the assistant, and to use its ears and its voice."""
    MEMORY = "memory"
    """To read and change what is remembered of people."""
    SCREEN = "screen"
    """To see the screen."""
    ADMIN = "admin"
    """To watch and to manage the daemon."""


class TokensError(Exception):
    """The tokens cannot be read or changed. One line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of one."""

    name: str
    digest: str
    scopes: frozenset[Scope]
    since: str
    """The day on which it was made, in ISO 8601."""


def digest_of(token: str) -> str:
    """The SHA-256, in hexadecimal."""
    return sha256(token.encode()).hexdigest()


class TokenStore:
    """The file of tokens, readable by its owner only."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or home() / "tokens.json"

    def all(self) -> tuple[Token, ...]:
        """In the order in which they were made. Blocks. Raises TokensError."""
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise ValueError(f"is of format {document['format']}")
            return tuple(map(_read, document["tokens"]))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise TokensError(f"{self.file}: cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError) as error:
            raise TokensError(f"{self.file}: cannot be understood ({error}); remove it to begin anew") from None

    def create(self, name: str, scopes: Collection[Scope]) -> str:
        """Make a token and keep what is kept of it; the token itself. Blocks. Raises TokensError."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise TokensError(f"a token's name has 1 to {LONGEST_NAME} printable characters")
        token = PREFIX + secrets.token_urlsafe(32)
        with self._changing():
            tokens = self.all()
            if any(one.name.casefold() == name.casefold() for one in tokens):
                raise TokensError(f"there is a token {name!r} already; revoke it, or take another name")
            day = datetime.now(UTC).date().isoformat()
            self._write([*tokens, Token(name, digest_of(token), frozenset(scopes), day)])
        return token

    def revoke(self, name: str) -> Sequence[Token]:
        """From now on it is good for nothing; those that are left. Blocks. Raises TokensError."""
        with self._changing():
            tokens = self.all()
            left = [one for one in tokens if one.name.casefold() != " ".join(name.split()).casefold()]
            if len(left) == len(tokens):
                names = ", ".join(one.name for one in tokens) or "none"
                raise TokensError(f"there is no token {name!r}; there are: {names}")
            self._write(left)
            return left

    def _changing(self) -> FileLock:
        try:
            return changing(self.file)
        except OSError as error:
            raise TokensError(f"{self.file.parent}: cannot be made: {error.strerror}") from None

    def _write(self, tokens: Sequence[Token]) -> None:
        entries = [
            {"name": one.name, "sha256": one.digest, "scopes": sorted(one.scopes), "since": one.since} for one in tokens
        ]
        try:
            write_private(self.file, json.dumps({"format": FORMAT, "tokens": entries}, ensure_ascii=False, indent=1))
        except OSError as error:
            raise TokensError(f"{self.file}: cannot be written: {error.strerror}; nothing was changed") from None


def _read(entry: dict[str, Any]) -> Token:
    scopes = frozenset(Scope(scope) for scope in entry["scopes"])
    return Token(str(entry["name"]), str(entry["sha256"]), scopes, str(entry["since"]))

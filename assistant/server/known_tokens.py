"""Which tokens open what, as of now: those of the configuration, and those of the file, which may change."""

import logging
from collections.abc import Mapping

from assistant.server.tokens import Scope, TokensError, TokenStore, digest_of

log = logging.getLogger(__name__)

OF_CONFIGURATION = frozenset({Scope.CONVERSE, Scope.ADMIN})
"""What a token of `server.tokens` is good for."""


class KnownTokens:
    """Looks at the file whenever it is asked, and reads it only when it is another one than the last time: what is
    revoked is good for nothing from the next request on, and no time is spent while nobody asks."""

    def __init__(self, configured: tuple[str, ...], store: TokenStore) -> None:
        self._configured: Mapping[str, frozenset[Scope]] = {digest_of(one): OF_CONFIGURATION for one in configured}
        self._store = store
        self._version: tuple[int, ...] | None = None
        self._made: Mapping[str, frozenset[Scope]] = {}
        self._are_demanded = bool(configured)

    @property
    def are_demanded(self) -> bool:
        """Whether nobody gets in without one. Once they are, they stay so: to revoke the last one, or to damage the
        file, must not open the door."""
        self._look()
        return self._are_demanded

    def demand(self) -> None:
        """Let nobody in without one, whether or not there are any."""
        self._are_demanded = True

    def scopes_of(self, token: str) -> frozenset[Scope]:
        """What it is good for; nothing, where it is not known.

        How long this takes tells nothing: it is the hash that is looked up, and nobody can choose that bit by bit.
        """
        self._look()
        digest = digest_of(token)
        return self._configured.get(digest, frozenset()) | self._made.get(digest, frozenset())

    def _look(self) -> None:
        """A `stat`, some microseconds. A change puts another file in place, with another number."""
        try:
            status = self._store.file.stat()
        except FileNotFoundError:
            version: tuple[int, ...] | None = None
        except OSError:
            version = ()
        else:
            version = status.st_ino, status.st_mtime_ns, status.st_size
        if version == self._version:
            return
        self._version = version
        try:
            self._made = {one.digest: one.scopes for one in self._store.all()}
            self._are_demanded = self._are_demanded or bool(self._made)
        except TokensError as error:
            log.error("no token but those of server.tokens is good for anything: %s", error)
            self._made, self._are_demanded = {}, True

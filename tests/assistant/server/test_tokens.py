"""Tokens are shown once, kept as hashes, and good for nothing as soon as they are revoked."""

from pathlib import Path

import pytest

from assistant.server.known_tokens import KnownTokens
from assistant.server.tokens import PREFIX, Scope, TokensError, TokenStore

CONVERSE, ADMIN = frozenset({Scope.CONVERSE}), frozenset({Scope.ADMIN})


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "home" / "tokens.json")


def test_a_token_is_kept_by_its_hash_alone_where_only_its_owner_reads(store: TokenStore) -> None:
    token = store.create("  the   phone ", [Scope.CONVERSE])
    assert token.startswith(PREFIX) and len(token) >= len(PREFIX) + 43
    assert token not in store.file.read_text() and token.removeprefix(PREFIX) not in store.file.read_text()
    assert store.file.stat().st_mode & 0o777 == 0o600
    (kept,) = store.all()
    assert (kept.name, kept.scopes) == ("the phone", CONVERSE)
    assert store.create("tablet", [Scope.CONVERSE]) != token


def test_names_are_unique_and_legible(store: TokenStore) -> None:
    store.create("phone", [Scope.CONVERSE])
    for name in ("Phone", "", " ", "x" * 61, "a\x00b"):
        with pytest.raises(TokensError):
            store.create(name, [Scope.CONVERSE])
    with pytest.raises(TokensError, match="there are: phone"):
        store.revoke("tablet")


def test_what_is_made_or_revoked_holds_from_the_next_request_on(store: TokenStore) -> None:
    known = KnownTokens((), store)
    assert not known.are_demanded
    phone, watch = store.create("phone", [Scope.CONVERSE]), store.create("watch", [Scope.CONVERSE, Scope.ADMIN])
    assert known.are_demanded
    assert (known.scopes_of(phone), known.scopes_of(watch)) == (CONVERSE, CONVERSE | ADMIN)
    assert known.scopes_of("guess") == known.scopes_of("") == frozenset()
    assert [one.name for one in store.revoke("phone")] == ["watch"]
    assert known.scopes_of(phone) == frozenset()
    assert known.scopes_of(watch) == CONVERSE | ADMIN


def test_tokens_of_the_configuration_are_good_for_conversing_and_managing(store: TokenStore) -> None:
    known = KnownTokens(("battery-staple",), store)
    assert known.are_demanded
    assert known.scopes_of("battery-staple") == CONVERSE | ADMIN


def test_the_last_one_revoked_or_a_damaged_file_does_not_open_the_door(
    store: TokenStore, caplog: pytest.LogCaptureFixture
) -> None:
    known = KnownTokens((), store)
    token = store.create("phone", [Scope.CONVERSE])
    assert known.scopes_of(token)
    store.revoke("phone")
    assert known.are_demanded and not known.scopes_of(token)
    fresh = KnownTokens((), store)
    store.file.write_text("{")
    assert fresh.are_demanded and fresh.are_demanded
    assert len(caplog.records) == 1, "told once, not with every request"
    with pytest.raises(TokensError, match="remove it"):
        store.create("phone", [Scope.CONVERSE])


def test_a_file_that_looks_the_same_is_not_read_again(store: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    token = store.create("phone", [Scope.CONVERSE])
    known = KnownTokens((), store)
    assert known.scopes_of(token)
    monkeypatch.setattr(store, "all", lambda: pytest.fail("read again"))
    assert known.scopes_of(token)

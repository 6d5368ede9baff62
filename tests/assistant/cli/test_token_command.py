"""`hearthside token`: what is printed where, and what a script can rely on."""

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.server.tokens import Scope, TokenStore, digest_of


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))


def test_a_token_is_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "create", "phone"]) == 0
    out, err = capsys.readouterr()
    (kept,) = TokenStore().all()
    assert kept.digest == digest_of(out.strip()), "nothing but the token is on standard output"
    assert "converse" in err and "not shown again" in err
    assert main(["token", "create", "watch", "--scope", "admin", "--scope", "converse"]) == 0
    capsys.readouterr()
    assert main(["token", "list"]) == 0
    listed = capsys.readouterr().out
    assert "phone: converse, since" in listed and "watch: admin, converse, since" in listed
    assert main(["token", "revoke", "phone"]) == 0
    assert "revoked" in capsys.readouterr().out
    assert main(["token", "list", "--json"]) == 0
    (left,) = json.loads(capsys.readouterr().out)["tokens"]
    assert (left["name"], left["scopes"]) == ("watch", ["admin", "converse"])
    assert main(["token", "revoke", "watch"]) == 0
    assert "goes on to ask" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        (["token", "revoke", "phone"], 1, "no token 'phone'"),
        (["token", "create", "phone", "--scope", "everything"], 2, "converse"),
        (["token", "create", " "], 1, "printable"),
        (["token"], 2, "create|list|revoke"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    command: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        done = main(command)
    except SystemExit as exit:
        done = int(str(exit.code))
    assert done == status
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_every_scope_can_be_given() -> None:
    for scope in Scope:
        assert main(["token", "create", scope, "--scope", scope]) == 0
    assert [set(one.scopes) for one in TokenStore().all()] == [{scope} for scope in Scope]

"""What other machines can reach is closed, unless it is meant to be open."""

from pathlib import Path

import pytest

from assistant.cli import main
from assistant.config import Config, ConfigError, ServerConfig, WyomingConfig
from assistant.server.exposure import check_exposure
from assistant.server.tokens import Scope, TokenStore

TLS = {"tls_certificate": "c.pem", "tls_key": "k.pem"}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_on_loopback_nothing_is_needed(host: str) -> None:
    check_exposure(
        Config(server=ServerConfig(host=host), wyoming=WyomingConfig(enabled=True, host=host)),
        serves=True,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "kiosk.lan", ""])
def test_off_loopback_the_server_needs_a_token_and_tls_or_an_explicit_word(host: str) -> None:
    def check(**keys: object) -> None:
        check_exposure(Config(server=ServerConfig(host=host, **keys)), serves=True)  # type: ignore[arg-type]

    with pytest.raises(ConfigError, match="hearthside token create"):
        check(**TLS)
    with pytest.raises(ConfigError, match="tls_certificate"):
        check(tokens=("a",))
    check(tokens=("a",), **TLS)
    check(exposed=True)
    TokenStore().create("phone", [Scope.CONVERSE])
    check(**TLS)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "kitchen.local", ""])
def test_off_loopback_wyoming_needs_an_explicit_word(host: str) -> None:
    with pytest.raises(ConfigError, match=r"wyoming\.exposed"):
        check_exposure(Config(wyoming=WyomingConfig(enabled=True, host=host)))
    check_exposure(Config(wyoming=WyomingConfig(enabled=True, host=host, exposed=True)))


def test_a_door_that_is_not_opened_is_nobodys_business() -> None:
    check_exposure(Config(server=ServerConfig(host="0.0.0.0"), wyoming=WyomingConfig(host="0.0.0.0")))
    with pytest.raises(ConfigError):
        check_exposure(Config(server=ServerConfig(host="0.0.0.0", enabled=True)))


@pytest.mark.parametrize("command", [["serve", "--host", "0.0.0.0"], ["config", "check"], ["run"]])
def test_whoever_would_open_it_says_so_in_one_line_before_anything_is_loaded(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTHSIDE_WYOMING__ENABLED", "true")
    monkeypatch.setenv("HEARTHSIDE_WYOMING__HOST", "0.0.0.0")
    assert main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "can be reached by other machines" in line and "exposed = true" in line

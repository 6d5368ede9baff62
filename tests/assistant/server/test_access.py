"""Who may use the server: the rules, without a network."""

import pytest
from starlette.datastructures import Headers

from assistant.config import ConfigError, ServerConfig
from assistant.server.access import AccessPolicy, access_policy
from assistant.server.exposure import check_exposure


def asked(policy: AccessPolicy, path: str = "/v1/models", **headers: str) -> int | None:
    """The status of the refusal of a request with these headers; None where it is let through."""
    sent = {name.replace("_", "-"): value for name, value in {"host": "127.0.0.1:8765", **headers}.items()}
    objection = policy.objection(path, Headers(sent))
    return objection[0] if objection is not None else None


OPEN = access_policy(ServerConfig())
CLOSED = access_policy(ServerConfig(tokens=("correct-horse", "battery-staple")))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:8765", "[::1]:8765"])
def test_this_machine_may_use_it_by_any_of_its_names(host: str) -> None:
    assert asked(OPEN, host=host) is None


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:8765", "127.0.0.1.evil.example", "[::1", "localhost."]
)
def test_a_name_that_was_made_to_lead_here_is_refused(host: str) -> None:
    assert asked(OPEN, host=host) == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:8766", "file://"]
)
def test_pages_of_others_are_refused_and_so_are_other_servers_of_this_machine(origin: str) -> None:
    assert asked(OPEN, origin=origin) == 403


def test_its_own_page_and_those_that_were_named_may_use_it() -> None:
    assert asked(OPEN, origin="http://127.0.0.1:8765") is None
    named = access_policy(ServerConfig(origins=("https://home.example",), hosts=("kiosk.lan",)))
    assert asked(named, origin="https://home.example", host="kiosk.lan") is None
    assert asked(named, origin="https://home.example.evil.example") == 403


def test_where_there_are_tokens_one_of_them_must_be_shown() -> None:
    assert asked(CLOSED) == asked(CLOSED, authorization="Bearer guess") == asked(CLOSED, authorization="") == 401
    assert asked(CLOSED, authorization="Bearer battery-staple") is None
    assert asked(CLOSED, sec_websocket_protocol="realtime, openai-insecure-api-key.correct-horse") is None
    assert asked(CLOSED, sec_websocket_protocol="realtime, correct-horse") == 401
    assert asked(CLOSED, authorization="Bearer schlüssel") == 401


def test_whoever_watches_the_service_needs_no_token() -> None:
    assert asked(CLOSED, "/healthz") is None
    assert asked(CLOSED, "/healthz", host="evil.example") == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_on_loopback_nothing_is_needed(host: str) -> None:
    check_exposure(ServerConfig(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "kiosk.lan", ""])
def test_off_loopback_tokens_and_tls_are(host: str) -> None:
    with pytest.raises(ConfigError, match="tokens"):
        check_exposure(ServerConfig(host=host))
    with pytest.raises(ConfigError, match="tls"):
        check_exposure(ServerConfig(host=host, tokens=("a",)))
    check_exposure(ServerConfig(host=host, tokens=("a",), tls_certificate="c.pem", tls_key="k.pem"))
    check_exposure(ServerConfig(host=host, exposed=True))

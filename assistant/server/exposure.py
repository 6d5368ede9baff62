"""What other machines can reach asks them who they are and lets nobody else listen, unless it is meant otherwise."""

from assistant.config import Config, ConfigError, is_loopback
from assistant.server.tokens import TokenStore


def check_exposure(config: Config, *, serves: bool = False) -> None:
    """Refuse a door that anybody could use, or listen in on, by mistake. `serves`: the HTTP door is opened in any case.

    Blocks. Raises ConfigError, or TokensError where it matters whether there are any.
    """
    server, wyoming = config.server, config.wyoming
    if (serves or server.enabled) and not (server.exposed or is_loopback(server.host)):
        if not server.tokens and not TokenStore().all():
            raise _too_open("server", server.host, "make a token (`hearthside token create NAME`)")
        if not (server.tls_certificate and server.tls_key):
            raise _too_open("server", server.host, "set server.tls_certificate and server.tls_key")
    if wyoming.enabled and not (wyoming.exposed or is_loopback(wyoming.host)):
        raise _too_open(
            "wyoming", wyoming.host, "the protocol knows neither tokens nor TLS: set wyoming.host to 127.0.0.1"
        )


def _too_open(door: str, host: str, remedy: str) -> ConfigError:
    return ConfigError(
        f"{door}.host {host!r} can be reached by other machines: {remedy}, or {door}.exposed = true if that is meant"
    )

"""Whether other machines could reach the server, and whether that is meant."""

from assistant.config import ConfigError, ServerConfig, is_loopback


def check_exposure(config: ServerConfig) -> None:
    """Refuse a server that anybody could use, or listen in on, by mistake. Raises ConfigError."""
    if is_loopback(config.host) or config.exposed:
        return
    reachable = f"server.host {config.host} can be reached by other machines"
    if not config.tokens:
        raise ConfigError(f"{reachable}: set server.tokens, or server.exposed = true behind a proxy that asks for some")
    if not (config.tls_certificate and config.tls_key):
        raise ConfigError(f"{reachable}: set server.tls_certificate and server.tls_key, or server.exposed = true")

"""The port at which Home Assistant and other Wyoming clients find the daemon's engines."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from assistant.config import Config
from assistant.conversation.engines import Engines
from assistant.server.door import DoorError
from assistant.server.wyoming.connection import Connection, complain
from assistant.server.wyoming.services import services
from assistant.sharing.sharing import Sharing
from assistant.telemetry.metrics import Metrics
from audio.wyoming.wire import MOST_LINE_BYTES

log = logging.getLogger(__name__)

REFUSED_POLITELY = 2
"""Above so many times the clients that are served, one more is only hung up on: to say why takes up to a second."""


@asynccontextmanager
async def serving(
    config: Config, engines: Engines, sharing: Sharing, metrics: Metrics | None = None
) -> AsyncIterator[int]:
    """Serve for as long as the block lasts, and finish what is under way; gives the port. Raises DoorError,
    ManifestError."""
    served = await asyncio.to_thread(services, config, engines, sharing)
    limits = config.wyoming
    metrics = metrics or Metrics()
    clients: set[asyncio.Task[None]] = set()
    connections: set[Connection] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What goes wrong with one client, even by a fault of ours, is between us and that client.
        try:
            if len(clients) <= limits.connections:
                with metrics.session("wyoming"):
                    connection = Connection(served, reader, writer)
                    connections.add(connection)
                    try:
                        await connection.serve()
                    finally:
                        connections.discard(connection)
                        connection.is_idle.set()
            elif len(clients) <= REFUSED_POLITELY * limits.connections:
                reason = f"{limits.connections} clients are connected, and no more are taken (wyoming.connections)"
                await complain(reader, writer, reason, "busy")
        except TimeoutError:
            log.info("Wyoming: a client that takes nothing is dropped")
            writer.transport.abort()
        except OSError:
            pass  # it has gone
        except Exception:
            log.exception("Wyoming: a request failed")
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.get_running_loop().create_task(serve(reader, writer), name="wyoming-client")
        clients.add(client)
        client.add_done_callback(clients.discard)

    try:
        server = await asyncio.start_server(accept, limits.host, limits.port, limit=MOST_LINE_BYTES)
    except OSError as error:
        raise DoorError(
            f"Wyoming on {limits.host} port {limits.port}: {error.strerror or error}; set wyoming.port or wyoming.host"
        ) from None
    try:
        port: int = server.sockets[0].getsockname()[1]
        yield port
    finally:
        server.close()
        with suppress(TimeoutError):  # what is under way may be finished
            async with asyncio.timeout(config.server.drain_s):
                await asyncio.gather(*(connection.is_idle.wait() for connection in connections))
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

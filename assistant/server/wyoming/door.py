"""The port at which Home Assistant and other Wyoming clients find the daemon's engines."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from wyoming.error import Error

from assistant.config import Config
from assistant.conversation.session import Engines
from assistant.server.door import DoorError
from assistant.server.wyoming.connection import Connection
from assistant.server.wyoming.services import services
from audio.wyoming.wire import MOST_LINE_BYTES, write_event

log = logging.getLogger(__name__)

REFUSED_WITHIN_S = 1.0


@asynccontextmanager
async def serving(config: Config, engines: Engines) -> AsyncIterator[int]:
    """Serve for as long as the block lasts; gives the port. Raises DoorError, ManifestError."""
    served = await asyncio.to_thread(services, config, engines)
    limits = config.wyoming
    clients: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What goes wrong with one client, even by a fault of ours, is between us and that client.
        try:
            if len(clients) > limits.connections:
                busy = Error(f"{limits.connections} clients are connected, and no more are taken", "busy")
                await write_event(writer, busy.event(), within_s=REFUSED_WITHIN_S)
                return
            await Connection(served, reader, writer).serve()
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
        for client in clients:
            client.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*clients, return_exceptions=True)

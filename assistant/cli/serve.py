"""`hearthside serve`: the daemon without a microphone and a speaker of its own, for other programs."""

import argparse
import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from assistant import daemon
from assistant.cli.options import add_config_option, configuration
from assistant.cli.run import leave, log_notice, until_signalled
from assistant.config import Config
from assistant.server.doors import web_door, wyoming_door
from assistant.server.exposure import check_exposure

log = logging.getLogger(__name__)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("serve", help="answer other programs, by HTTP")
    add_config_option(parser)
    parser.add_argument("--host", metavar="H", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", metavar="P", type=int, help="on which port (8765)")


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    chosen: dict[str, Any] = {"host": args.host, "port": args.port}
    config = configuration(args, {"server": {key: value for key, value in chosen.items() if value is not None}})
    logging.getLogger().setLevel(config.telemetry.log_level.upper())
    check_exposure(config, serves=True)  # before anything is loaded
    leave(asyncio.run(until_signalled(_serve(config))))


async def _serve(config: Config) -> None:
    began_s = time.monotonic()
    log.info("starting")

    @asynccontextmanager
    async def door(running: daemon.Running) -> AsyncIterator[None]:
        async with web_door(running), wyoming_door(running) if config.wyoming.enabled else nullcontext():
            log.info("listening, %.1f s after the start", time.monotonic() - began_s)
            yield

    await daemon.serve(config, log_notice, door)

"""`hearthside run`: converse through the local microphone and speaker."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from typing import Any, NoReturn

from rich.console import Console

from assistant import daemon
from assistant.cli.options import add_config_option, configuration
from assistant.cli.status_line import StatusLine
from assistant.config import Config
from assistant.conversation.notices import MicrophoneLevel, Notice, PhaseChanged, Stopped, Trouble, Woken
from assistant.conversation.record import TurnRecord
from assistant.safety import stop_signals
from assistant.safety.emergency_stop import open_emergency_stop
from assistant.server.doors import open_doors
from assistant.server.exposure import check_exposure

log = logging.getLogger(__name__)

STOP_WITHIN_S = 1.8
"""Time for an orderly stop. After it the process ends as it is; its children end with it."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("run", help="converse through the microphone and the speaker")
    add_config_option(parser)
    parser.add_argument("--mic", metavar="DEVICE|FILE.wav", help="a microphone, or a recording played in real time")
    parser.add_argument(
        "--speaker", metavar="DEVICE|FILE.wav", help="a speaker, or a file to write, in step with the mic"
    )
    parser.add_argument("--turn-log", metavar="FILE.jsonl", help="append one JSON object per turn")
    parser.add_argument("--no-wake", action="store_true", help="listen always, without a wake word")


def run(args: argparse.Namespace) -> int:
    """Converse until the input ends or a signal comes."""
    config = configuration(args, _overrides(args))
    logging.getLogger().setLevel(config.telemetry.log_level.upper())
    check_exposure(config)
    console = Console(stderr=True)
    with StatusLine(console) if console.is_terminal else nullcontext(None) as line:
        status = asyncio.run(until_signalled(_converse(config, line.observe if line else log_notice)))
    leave(status)


def leave(status: int) -> NoReturn:
    """End the process: native code still at work on a thread cannot be stopped, and must not hold up the end."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)


async def until_signalled(work: Coroutine[Any, Any, None]) -> int:
    """Run until done, SIGINT or SIGTERM; the exit status. A second signal ends the process at once."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    signalled = False

    def stop() -> None:
        nonlocal signalled
        if signalled:
            os._exit(1)
        signalled = True
        task.cancel()
        loop.call_later(STOP_WITHIN_S, os._exit, 0)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        log.info("stopped")
    return 0


async def _converse(config: Config, observer: Callable[[Notice], None]) -> None:
    began_s = time.monotonic()
    log.info("starting")

    @asynccontextmanager
    async def doors(running: daemon.Running) -> AsyncIterator[None]:
        async with open_doors(running):
            log.info("listening, %.1f s after the start", time.monotonic() - began_s)
            yield

    with open_emergency_stop() as emergency:
        stop_signals.obey(emergency)
        await daemon.run(config, observer, doors, emergency)


def log_notice(notice: Notice) -> None:
    """Plain logs, for where there is no terminal. What was said is personal: it shows at level debug only."""
    match notice:
        case PhaseChanged():
            asleep = ", muted" if notice.is_muted else "" if notice.is_awake else ", waiting to be called"
            log.info("%s%s%s", notice.phase.value, ", sounding" if notice.is_sounding else "", asleep)
        case Woken():
            log.info("woken by %s", notice.phrase)
        case TurnRecord():
            log.info("turn %d: %s, latency %s ms", notice.turn_id, notice.outcome, notice.latency_ms)
        case Trouble():
            log.warning("%s", notice.message)
        case MicrophoneLevel() | Stopped():  # the latter is logged where it happens, whatever the loop is doing
            pass
        case _:
            log.debug("%s", notice)


def _overrides(args: argparse.Namespace) -> dict[str, dict[str, Any]]:
    overrides: dict[str, dict[str, Any]] = {"attention": {}, "audio": {}, "telemetry": {}, "wake": {}}
    if args.mic is not None:
        overrides["audio"]["mic"] = args.mic
    if args.speaker is not None:
        overrides["audio"]["speaker"] = args.speaker
    if args.turn_log is not None:
        overrides["telemetry"]["turn_log"] = args.turn_log
    if args.no_wake:
        overrides["wake"]["engine"] = "none"
        overrides["attention"]["mode"] = "always"
    return overrides

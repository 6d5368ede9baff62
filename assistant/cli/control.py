"""`hearthside control`: press the running daemon's buttons, from a terminal or a desktop's key binding."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict

from assistant.cli.options import add_config_option, configuration
from assistant.config import ConfigError
from assistant.conversation.controls import Status
from assistant.server.control import ACTIONS, ask_daemon, control_path

HELP = """status: what it is doing; mute, unmute, toggle-mute: the microphone, device and all; call: as its wake word
does; press, release: the key to talk goes down, or up; stop: everything, until resume; always, wake-word, push-to-talk:
what makes speech be meant for it"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("control", help="mute it, call it, talk by key", description=HELP)
    add_config_option(parser)
    parser.add_argument("action", choices=tuple(ACTIONS), metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Ask, and show what the daemon is doing then."""
    path = control_path(configuration(args).attention.control)
    if path is None:
        raise ConfigError('attention.control is "none": the daemon has no control socket')
    status = asyncio.run(ask_daemon(path, args.action))
    if args.json:
        json.dump({**asdict(status), "mode": status.mode.value}, sys.stdout)
        print()
    else:
        print(_told(status))
    return 0


def _told(status: Status) -> str:
    if status.is_stopped:
        doing = "stopped"
    elif status.is_muted:
        doing = "muted"
    elif status.is_sounding:
        doing = "speaking"
    else:
        doing = status.phase if status.is_awake else "asleep"
    return f"{doing}, mode {status.mode.value}"

"""`hearthside explain`: why a recorded turn stopped, waited or was not answered."""

import argparse
from pathlib import Path

from assistant.cli.options import add_config_option, configuration
from assistant.config import ConfigError
from assistant.telemetry import explain
from assistant.telemetry.recording.reader import RecordingError, find_recording, read_recording


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("explain", help="say why a recorded turn stopped, waited or was not answered")
    add_config_option(parser)
    parser.add_argument("turn", nargs="?", default="last", metavar="TURN", help="its number (turn_id), `last` or `all`")
    parser.add_argument(
        "--recording", type=Path, metavar="DIR", help="a recording, or a folder: its last one (telemetry.recording)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the sentences."""
    folder = args.recording or Path(configuration(args).telemetry.recording)
    if folder == Path():
        raise ConfigError("--recording: name one; telemetry.recording is not set, so nothing was recorded by itself")
    recording = read_recording(find_recording(folder.expanduser()))
    known = explain.turns(recording.steps)
    if not known:
        print(f"{recording.folder}: nobody was heard to speak to it")
        return 0
    for number in _wanted(args.turn, known):
        print(f"turn {number} ({recording.folder.name}; times are seconds into {recording.sound.name})")
        for sentence in explain.explain(number, recording.steps):
            print(f"  {sentence}")
    return 0


def _wanted(turn: str, known: list[int]) -> list[int]:
    if turn == "all":
        return known
    if turn == "last":
        return known[-1:]
    if turn.isdecimal() and int(turn) in known:
        return [int(turn)]
    raise RecordingError(f"no turn {turn}; there are {known[0]} to {known[-1]}, `last` and `all`")

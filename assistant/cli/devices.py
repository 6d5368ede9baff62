"""`hearthside devices`: the microphones and speakers of this machine."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from audio.devices.portaudio import list_devices


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("devices", help="list microphones and speakers")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """List the devices that `--mic` and `--speaker` can name; 1 when there are none."""
    devices = asyncio.run(list_devices())
    if args.json:
        json.dump([asdict(device) for device in devices], sys.stdout)
        print()
    elif devices:
        table = Table("number", "name", "microphone", "speaker", "rate")
        for device in devices:
            table.add_row(
                str(device.number),
                device.name,
                "what a speaker plays" if device.is_monitor else "yes" if device.inputs else "",
                "yes" if device.outputs else "",
                f"{device.rate_hz} Hz",
            )
        Console().print(table)
    else:
        print("no sound device found; converse through files: hearthside run --mic FILE.wav --speaker FILE.wav")
    return 0 if devices else 1

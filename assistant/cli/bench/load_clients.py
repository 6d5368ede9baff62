"""The process of the simulated clients, so that what they cost is not taken for the server's.

    python -m assistant.cli.bench.load_clients < WANTED.json

It is told, as one JSON document on standard input: `url`, `headers`, `session` (see `SimulatedClient`), `sessions`
(how many), `for_s`, `spread_s` (they come within so long of each other), `seed`, and `clips`: `file` and `speech_end_s`
of each. It prints `{"begun": true}` when it begins, and what all found as a list when it is done.
"""

import asyncio
import json
import random
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.cli.bench.simulated_client import RATE_HZ, Question, SimulatedClient, Visit
from audio.frames import MIC_RATE_HZ
from audio.resample import resampled
from audio.wav import read_wav


def question(clip: dict[str, Any]) -> Question:
    """A recording as a client asks it."""
    file = Path(clip["file"])
    return Question(file.name, resampled(read_wav(file), MIC_RATE_HZ, RATE_HZ), float(clip["speech_end_s"]))


async def visits(wanted: dict[str, Any]) -> list[Visit]:
    """All clients at once; what each found."""
    questions = [question(clip) for clip in wanted["clips"]]
    chance = random.Random(wanted["seed"])
    print(json.dumps({"begun": True}), flush=True)
    async with asyncio.TaskGroup() as group:
        tasks = []
        for number in range(wanted["sessions"]):
            client = SimulatedClient(
                wanted["url"],
                questions,
                seed=wanted["seed"] + number,
                session=wanted["session"],
                headers=wanted["headers"],
            )
            later_s = chance.uniform(0, wanted["spread_s"]) if number else 0.0
            tasks.append(group.create_task(client.run(wanted["for_s"], later_s=later_s)))
    return [task.result() for task in tasks]


def main() -> None:
    found = asyncio.run(visits(json.loads(sys.stdin.readline())))
    print(json.dumps([asdict(visit) for visit in found]), flush=True)


if __name__ == "__main__":
    main()

"""Our own daemon, from outside: one run for every clip, on file devices."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from audio.frames import MIC_RATE_HZ
from scripts.peers.conversation import Heard, Models

WITHIN_S = 180.0


class Hearthside:
    """`hearthside run --mic CLIP --speaker OUT`. It starts anew each time; its clock starts when it listens."""

    name = "hearthside"

    def __init__(self, models: Models, options: list[str]) -> None:
        self._options = options
        self._env = {
            **os.environ,
            "HEARTHSIDE_CONVERSATION__SYSTEM_PROMPT": models.system_prompt,
            "HEARTHSIDE_LLM__MAX_TOKENS": str(models.max_tokens),
        }
        self.settings = " ".join(["its defaults", *options])

    async def converse(self, clip: Path) -> Heard:
        """A run that fails is one without an answer; its text says why."""
        with tempfile.TemporaryDirectory() as folder:
            out, log = Path(folder, "out.wav"), Path(folder, "turns.jsonl")
            failure = await self._run(["--mic", str(clip), "--speaker", str(out), "--turn-log", str(log), "--no-wake"])
            if failure:
                return Heard(np.zeros(0, np.int16), MIC_RATE_HZ, 0, f"failed: {failure}")
            played, rate_hz = soundfile.read(out, dtype="int16")
            turns = _turns(log)
        answered = [turn for turn in turns if turn["first_audio_out_s"] is not None]
        return Heard(played, rate_hz, len(answered), " ".join(turn["user_text"] for turn in turns))

    async def _run(self, arguments: list[str]) -> str:
        """One run of the daemon to its end; returns why it failed, or nothing."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "assistant", "run", *arguments, *self._options,
            env=self._env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(WITHIN_S):
                _, errors = await process.communicate()
        except TimeoutError:
            return f"not over after {WITHIN_S:g} s"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        last_words = errors.decode(errors="replace").strip().splitlines()[-1:]
        return f"status {process.returncode}: {' '.join(last_words)}" if process.returncode else ""


def _turns(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

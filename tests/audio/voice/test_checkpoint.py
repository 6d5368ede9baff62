"""Checkpoints are read as data: what would run code is refused, what is damaged is said."""

import io
import pickle
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from audio.voice.checkpoint import MAGIC, VERSION, CheckpointError, read_checkpoint

NUMBERS = np.arange(8, dtype=np.float32)


class FloatStorage:
    """Stands for a row of numbers at the end of the file."""


def _rebuild_tensor_v2(*args: Any) -> None:
    raise AssertionError("only its name is written")


class Tensor:
    """Is written as PyTorch writes one."""

    def __init__(self, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
        self.args = (FloatStorage(), offset, shape, strides, False, OrderedDict())

    def __reduce__(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
        return _rebuild_tensor_v2, self.args


class Pickler(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        return ("storage", FloatStorage, "0", "cpu", len(NUMBERS), None) if isinstance(thing, FloatStorage) else None


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Path]:
    """Writes a checkpoint with this table of weights, as if there were a PyTorch here."""
    for module, made in (("torch", FloatStorage), ("torch._utils", _rebuild_tensor_v2)):
        monkeypatch.setitem(sys.modules, module, ModuleType(module))
        setattr(sys.modules[module], made.__name__, made)
        monkeypatch.setattr(made, "__module__", module)

    def write(weights: Any) -> Path:
        out = io.BytesIO()
        for part in (MAGIC, VERSION, {"little_endian": True}, {"weights": weights, "step": 3}, ["0"]):
            Pickler(out, protocol=2).dump(part)
        out.write(struct.pack("<q", len(NUMBERS)) + NUMBERS.tobytes())
        file = tmp_path / "model.pt"
        file.write_bytes(out.getvalue())
        return file

    return write


def test_tensors_are_views_of_the_numbers(write: Callable[[Any], Path]) -> None:
    weights = OrderedDict(one=Tensor(0, (2, 3), (3, 1)), two=Tensor(6, (2,), (1,)), note="not a tensor")
    read = read_checkpoint(write(weights), "weights")
    assert set(read) == {"one", "two"}
    np.testing.assert_array_equal(read["one"], NUMBERS[:6].reshape(2, 3))
    np.testing.assert_array_equal(read["two"], NUMBERS[6:])


def test_a_name_that_no_numbers_need_is_refused_and_never_called(write: Callable[[Any], Path], tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
            return (tmp_path / "owned").touch, ()

    with pytest.raises(CheckpointError, match="which no file of numbers needs"):
        read_checkpoint(write({"one": Evil()}), "weights")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("keep", [0, 5, 40, -1])
def test_a_damaged_file_is_said_in_one_line(write: Callable[[Any], Path], keep: int) -> None:
    file = write({"one": Tensor(0, (2, 3), (3, 1))})
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=str(file)) as refused:
        read_checkpoint(file, "weights")
    assert "\n" not in str(refused.value)


def test_a_tensor_that_is_scattered_or_reaches_beyond_the_numbers_is_refused(write: Callable[[Any], Path]) -> None:
    for tensor in (Tensor(0, (2, 3), (1, 2)), Tensor(4, (2, 3), (3, 1))):
        with pytest.raises(CheckpointError):
            read_checkpoint(write({"one": tensor}), "weights")

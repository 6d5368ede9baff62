"""Opening a model in ONNX Runtime as this house runs them all: beside others, on few cores."""

from pathlib import Path

import onnxruntime

from audio.engines import EngineError


def open_session(model: Path | bytes, *, threads: int = 1, shapes_repeat: bool = True) -> onnxruntime.InferenceSession:
    """A session on the processor for a file or a serialised graph. Raises what ONNX Runtime makes of a damaged one.

    `shapes_repeat` is whether planning memory for the inputs' shapes pays.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin between two runs take the processor from the other models, and with two processors shared
    # with other work they even slow their own model down: Piper's from 17 ms to 42.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = shapes_repeat
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def only_graph(folder: Path, key: str) -> Path:
    """The one .onnx file of a model's folder. Raises EngineError that names `key` of the configuration."""
    found = sorted(folder.glob("*.onnx"))
    if len(found) != 1:
        raise EngineError(f"{key}: {folder} holds {len(found)} .onnx files; it needs exactly one")
    return found[0]

"""Silero's voice activity detector, version 6, on onnxruntime."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.engines import EngineSettings
from audio.frames import Frame, PcmFloat, to_float
from audio.onnx_session import only_graph, open_session

WINDOW = 512
"""Samples that the model scores at once at 16 kHz: 32 ms."""
CONTEXT = 64
"""Samples before the window that the model also sees."""


class SileroVad:
    """Scores 32 ms windows as the frames fill them; between two windows the last score holds."""

    def __init__(self, model: Path) -> None:
        self._model = open_session(model)
        self._waiting: PcmFloat
        self._h: NDArray[np.float32]
        self._c: NDArray[np.float32]
        self._probability: float
        self.reset()

    def probability(self, frame: Frame) -> float:
        self._waiting = np.concatenate([self._waiting, to_float(frame.samples)])
        while len(self._waiting) >= CONTEXT + WINDOW:
            window = self._waiting[None, : CONTEXT + WINDOW]
            scores, self._h, self._c = self._model.run(None, {"input": window, "h": self._h, "c": self._c})
            self._probability = float(scores.reshape(-1)[-1])
            self._waiting = self._waiting[WINDOW:]
        return self._probability

    def reset(self) -> None:
        self._waiting = np.zeros(CONTEXT, np.float32)
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._probability = 0.0


def build(settings: EngineSettings) -> SileroVad:
    return SileroVad(model_file(settings))


def model_file(settings: EngineSettings) -> Path:
    """The model's file. Raises EngineError."""
    return only_graph(settings.model_folder(str(settings.options["model"])), "vad.model")

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
    """Scores the newest 32 ms with every frame.

    The model goes on from window to window, which do not overlap. In between it looks at what is newest, and forgets
    that look: so speech is seen up to 20 ms earlier.
    """

    def __init__(self, model: Path) -> None:
        self._model = open_session(model)
        self._newest: PcmFloat
        """CONTEXT + WINDOW samples, once there are so many."""
        self._unscored: int
        """How many of them the model has not gone on to."""
        self._h: NDArray[np.float32]
        self._c: NDArray[np.float32]
        self.reset()

    def probability(self, frame: Frame) -> float:
        samples = to_float(frame.samples)
        while len(samples):
            piece, samples = samples[: WINDOW - self._unscored], samples[WINDOW - self._unscored :]
            self._newest = np.concatenate([self._newest, piece])[-CONTEXT - WINDOW :]
            self._unscored += len(piece)
            if len(self._newest) < CONTEXT + WINDOW:
                return 0.0
            score, h, c = self._score()
            if self._unscored == WINDOW:
                self._unscored, self._h, self._c = 0, h, c
        return score

    def reset(self) -> None:
        self._newest = np.zeros(CONTEXT, np.float32)
        self._unscored = 0
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)

    def _score(self) -> tuple[float, NDArray[np.float32], NDArray[np.float32]]:
        """The score of what is newest, and the model's state after it."""
        scores, h, c = self._model.run(None, {"input": self._newest[None, :], "h": self._h, "c": self._c})
        return float(scores.reshape(-1)[-1]), h, c


def build(settings: EngineSettings) -> SileroVad:
    return SileroVad(model_file(settings))


def model_file(settings: EngineSettings) -> Path:
    """The model's file. Raises EngineError."""
    return only_graph(settings.model_folder(str(settings.options["model"])), "vad.model")

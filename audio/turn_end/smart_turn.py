"""Smart Turn v3.2: how finished a turn sounds by its melody and its last vowels, on onnxruntime."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audio.engines import EngineSettings
from audio.frames import MIC_RATE_HZ, Pcm16, to_float
from audio.onnx_session import only_graph, open_session
from audio.turn_end.protocol import PausedTurn
from audio.worker import Worker

if TYPE_CHECKING:
    from faster_whisper.feature_extractor import FeatureExtractor

MODEL = "smart-turn-v3.2"
WINDOW_S = 8
"""What the model hears: the turn's last 8 s, with silence before a shorter one."""
SHORTEST_S = 0.2
"""Less sound than this says nothing."""


class SmartTurn:
    """Scores the sound of a turn on a thread of its own: 36 ms of one core a call (AVX2), of which the network 33."""

    def __init__(self, model: Path) -> None:
        self._model = open_session(model)
        self._features: FeatureExtractor | None = None
        self._worker = Worker("turn-end")

    async def probability(self, turn: PausedTurn) -> float:
        """Probability that the speaker has finished, by the sound alone; 0.5 for a turn too short to tell."""
        if len(turn.samples) < SHORTEST_S * MIC_RATE_HZ:
            return 0.5
        return await self._worker.run(self._score, turn.samples)

    def finished(self, words: str) -> float:
        """It does not look at words: 0.5."""
        return 0.5

    async def warm(self) -> None:
        """Run it once, so that the first pause costs what later ones do."""
        quiet = np.random.default_rng(0).normal(0, 30, MIC_RATE_HZ).astype(np.int16)
        await self._worker.run(self._score, quiet)

    async def close(self) -> None:
        """Drop what waits to be scored."""
        self._worker.close()

    def _score(self, samples: Pcm16) -> float:
        if self._features is None:
            # Here, on the worker's thread: faster-whisper takes half a second to import.
            from faster_whisper.feature_extractor import FeatureExtractor

            self._features = FeatureExtractor(chunk_length=WINDOW_S)
        window = np.zeros(WINDOW_S * MIC_RATE_HZ, np.float32)
        heard = to_float(samples[-len(window) :])
        window[-len(heard) :] = heard
        level = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
        features = self._features(level, padding=0)[None, :, : 100 * WINDOW_S].astype(np.float32)
        (scores,) = self._model.run(None, {"input_features": features})
        return float(scores.reshape(-1)[0])


def build(settings: EngineSettings) -> SmartTurn:
    """The sound alone as an engine: `smart-turn`. Raises EngineError."""
    return load(settings, MODEL)


def load(settings: EngineSettings, name: str) -> SmartTurn:
    """The sound model called `name` in the manifest. Raises EngineError."""
    return SmartTurn(only_graph(settings.model_folder(name), "turn_end.sound"))

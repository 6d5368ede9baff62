"""A voice by three LSTMs trained to tell speakers apart (GE2E, the weights of Resemblyzer), on onnxruntime."""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.engines import EngineError, EngineSettings
from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_float
from audio.onnx_session import open_session
from audio.voice.checkpoint import CheckpointError, read_checkpoint
from audio.voice.protocol import Embedding, Voice
from audio.voice.speech_only import speech_only
from audio.worker import Worker

LAYERS = 3
WINDOW, HOP, CHANNELS = 400, 160, 40
"""Of the spectra, in samples: 25 ms, every 10 ms; and their mel bands. As in training."""
FRAMES, STEP = 160, 80
"""What the network hears at a time, in spectra: 1.6 s, each beginning 0.8 s after the one before."""
LEVEL = 10 ** (-30 / 20)
"""Softer speech is raised to this root mean square, as in training."""
SHORTEST_S = 0.5
"""Less speech tells nothing: at 0.5 s every fourth decision would be wrong."""
LONGEST_S = 8.0
"""More speech costs and tells nothing new."""
OFFSET, PER_COSINE, PER_INVERSE_S = -18.3, 25.9, 3.3
"""The cosine of two voices, and one over the seconds of the shorter, give the log odds that they are one person's.

Fitted by logistic regression on 3,300 pairs of recordings of 1, 2 and 3 s and whole ones, of some 18 speakers: read
English, single sentences in several rooms, and two actors in seven emotions."""


class Ge2e:
    """Embeds speech on a thread of its own, with one thread of computing."""

    def __init__(self, model: str, weights: Path) -> None:
        """Raises EngineError for weights that cannot be used."""
        from audio.voice.lstm_graph import build_graph  # brings onnx along, which only this needs

        self._name = model
        try:
            graph = build_graph(read_checkpoint(weights, "model_state"), layers=LAYERS)
        except (CheckpointError, KeyError) as error:
            raise EngineError(f"voices.model: {model} cannot be used: {error}") from error
        self._graph = open_session(graph, shapes_repeat=False)
        self._mel: NDArray[np.float64] | None = None
        self._worker = Worker("voice")

    @property
    def model(self) -> str:
        return self._name

    async def voice(self, samples: Pcm16) -> Voice | None:
        return await self._worker.run(self._voice, samples)

    def same(self, one: Voice, other: Voice) -> float:
        cosine = float(np.dot(one.embedding, other.embedding))
        shorter_s = min(one.speech_s, other.speech_s)
        log_odds = OFFSET + PER_COSINE * cosine + PER_INVERSE_S / max(1.0, shorter_s)
        # Nothing shorter than a second was fitted: it says less, either way.
        return 1 / (1 + math.exp(-log_odds * min(1.0, shorter_s)))

    async def warm(self) -> None:
        noise = np.random.default_rng(0).normal(0, 3000, 2 * MIC_RATE_HZ)
        await self._worker.run(self._embed, to_float(noise.astype(np.int16)))

    async def close(self) -> None:
        self._worker.close()

    def _voice(self, samples: Pcm16) -> Voice | None:
        speech = speech_only(samples)[: round(LONGEST_S * MIC_RATE_HZ)]
        if len(speech) < SHORTEST_S * MIC_RATE_HZ:
            return None
        return Voice(self._embed(to_float(speech)), len(speech) / MIC_RATE_HZ)

    def _embed(self, speech: PcmFloat) -> Embedding:
        """The mean over overlapping windows, each embedded by itself."""
        spectra = self._spectra(speech)
        count = max(1, 1 + -(-(len(spectra) - FRAMES) // STEP))
        padded = np.pad(spectra, ((0, max(0, FRAMES - len(spectra))), (0, 0)))
        starts = [min(number * STEP, len(padded) - FRAMES) for number in range(count)]
        windows = np.stack([padded[start : start + FRAMES] for start in starts])
        (embeddings,) = self._graph.run(None, {"frames": windows})
        mean = embeddings.mean(axis=0)
        embedding: Embedding = mean / np.linalg.norm(mean)
        return embedding

    def _spectra(self, speech: PcmFloat) -> NDArray[np.float32]:
        """Energies in mel bands, shape (frames, CHANNELS); not logarithms: the network was trained so."""
        if self._mel is None:
            # Here, on the worker's thread: faster-whisper takes half a second to import.
            from faster_whisper.feature_extractor import FeatureExtractor

            self._mel = FeatureExtractor.get_mel_filters(MIC_RATE_HZ, WINDOW, n_mels=CHANNELS).T
        level = float(np.sqrt(np.mean(np.square(speech)))) or LEVEL
        padded = np.pad(speech * max(1.0, LEVEL / level), WINDOW // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
        energies = np.abs(np.fft.rfft(frames * hann)) ** 2
        bands: NDArray[np.float32] = (energies @ self._mel).astype(np.float32)
        return bands


def build(settings: EngineSettings) -> Ge2e:
    """Raises EngineError."""
    name = str(settings.options["model"])
    found = sorted(settings.model_folder(name).glob("*.pt"))
    if len(found) != 1:
        raise EngineError(f"voices.model: {name} must hold one .pt file, and holds {len(found)}")
    return Ge2e(name, found[0])

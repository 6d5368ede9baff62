"""The second look: how likely a short stretch of sound is to hold just this phrase. Whisper, told the words."""

import math
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from audio.frames import MIC_RATE_HZ, PcmFloat
from audio.stt.short_window import FRAMES_PER_S, filled_up

WINDOW_S = 4.0
"""Longer than any phrase and the quiet about it. Whisper is made for 30 s; forced to given words it needs no more."""
LEAST = 1e-6


class PhraseLikelihood:
    """Scores phrases, and transcribes them where the words are not known beforehand."""

    def __init__(self, model: Path, *, threads: int = 1) -> None:
        """Load the model: takes half a second. Raises RuntimeError or ValueError where it cannot be used."""
        self._model = WhisperModel(
            str(model), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language="en"
        )

    def of(self, samples: PcmFloat, phrase: str) -> float:
        """The geometric mean of the probabilities of the phrase's tokens, given 16 kHz sound of up to 3 s."""
        tokens = self._tokenizer.encode(f" {phrase}")
        features = self._model.feature_extractor(samples)[:, : len(samples) * FRAMES_PER_S // MIC_RATE_HZ]
        encoded = self._model.encode(filled_up(features, round(WINDOW_S * FRAMES_PER_S)))
        aligned = self._model.model.align(encoded, self._tokenizer.sot_sequence, [tokens], features.shape[1])[0]
        logs = [math.log(max(probability, LEAST)) for probability in aligned.text_token_probs]
        return math.exp(float(np.mean(logs)))

"""Whisper on a window that is little longer than the speech, instead of 30 s.

Used on the worker's thread only.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from audio.frames import MIC_RATE_HZ, PcmFloat
from audio.stt.imagined import is_loop

FRAMES_PER_S = 100
TOKEN_S = 0.02
"""Distance of Whisper's time tokens."""

DYNAMIC_RANGE = 2.0
"""Whisper's features are cut off 80 dB under the loudest one, which after scaling is 2 under it. The window is filled
up with that, as sound that is silent would be. faster-whisper fills with 0, which is loud: in 8 to 10 s windows
tiny.en then lost words or looped."""

SMALLEST_WIDTH = 384
"""Of the encoder's output: that of the tiny models."""

SHORTEST_OF_SMALLEST_S = 9.0
SHORTEST_S = 6.0
REST_S = 1.0
"""The window is at least so long, and so much longer than the audio. Word errors of 71 recordings (616 words) with 5,
6, 7, 8, 9, 10, 12 s: tiny.en 0.28, 0.20, 0.13, 0.11, 0.11, 0.11, 0.10, and 0.11 with 30 s; base 0.08 with all."""

WIDE_S = 15.0
"""Window of the second try after a loop; of those recordings none looped in it."""

TOKENS = 12
TOKENS_PER_S = 10
WIDE_TOKENS = 32
WIDE_TOKENS_PER_S = 24
"""A decoding is cut off after so many tokens, as each of a loop costs 2 to 4 ms. The fastest English has 8 a second,
other scripts have up to 20: where the first figure is not enough the second try has the second."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the decoder made of one window.

    `end_s` is where the last sentence ends, or the audio if it does not. `logprob` is the mean log probability of a
    token. `has_looped` says that the decoder fell into a loop, and that `text` is not to be used.
    """

    text: str
    end_s: float
    logprob: float
    no_speech_probability: float
    has_looped: bool
    encoded: ctranslate2.StorageView


class ShortWindow:
    """Decodes up to 28 s of speech in a window that holds it."""

    def __init__(self, model: WhisperModel, *, language: str, shortest_s: float | None = None) -> None:
        """`shortest_s` is the length of the shortest window; the model's own is chosen where it is not given."""
        self._model = model
        quiet = model.feature_extractor(np.zeros(MIC_RATE_HZ, np.float32))
        width = model.encode(quiet).shape[2]
        own_s = SHORTEST_OF_SMALLEST_S if width <= SMALLEST_WIDTH else SHORTEST_S
        self._shortest_s = shortest_s or own_s
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )

    def decode(self, samples: PcmFloat, *, begins_with: str = "") -> Decoding:
        """Transcribe 16 kHz audio greedily. `begins_with` is the beginning of its text where that is known already.

        What was said before it is not told: given as context it made tiny.en repeat itself and skip sentences (15 to
        16 % of the words of 15 s utterances wrong instead of 9).
        """
        length_s = len(samples) / MIC_RATE_HZ
        features = self._model.feature_extractor(samples)[:, : int(length_s * FRAMES_PER_S)]
        window_s = max(self._shortest_s, length_s + REST_S)
        decoding = self._decode(features, window_s, begins_with, TOKENS + round(TOKENS_PER_S * length_s))
        if decoding.has_looped:
            window_s = max(window_s, WIDE_S)
            limit = WIDE_TOKENS + round(WIDE_TOKENS_PER_S * length_s)
            decoding = self._decode(features, window_s, begins_with, limit)
        return decoding

    def word_starts(self, decoding: Decoding, words: Sequence[str], length_s: float) -> list[float]:
        """Where in the window of `decoding` the words begin, in seconds, by the decoder's attention."""
        if not words:
            return []
        tokens = [self._tokenizer.encode(" " + word) for word in words]
        firsts = itertools.accumulate((len(of_word) for of_word in tokens[:-1]), initial=0)
        frames = round(length_s * FRAMES_PER_S)
        found = self._model.model.align(
            decoding.encoded, self._tokenizer.sot_sequence, [list(itertools.chain(*tokens))], frames
        )[0]
        begins_s = {token: frame * TOKEN_S for token, frame in reversed(found.alignments)}
        return [begins_s.get(first, length_s) for first in firsts]

    def _decode(self, features: NDArray[np.float32], window_s: float, begins_with: str, max_tokens: int) -> Decoding:
        tokenizer = self._tokenizer
        length_s = features.shape[1] / FRAMES_PER_S
        encoded = self._model.encode(filled_up(features, math.ceil(window_s * FRAMES_PER_S)))
        known = [tokenizer.timestamp_begin, *tokenizer.encode(" " + begins_with)] if begins_with else []
        prompt = [*tokenizer.sot_sequence, *known]
        limit = max(max_tokens, len(known) + TOKENS)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            # CTranslate2 gives half of it to the text, and none of the rest to a prompt.
            max_length=max(2 * limit, len(prompt) + limit),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        text_tokens, end_s = self._until_the_end(tokens, length_s)
        text = tokenizer.decode(text_tokens).strip()
        has_looped = len(tokens) >= limit or is_loop(text)
        # The score is a mean in which known tokens count as certain.
        logprob = result.scores[0] * len(tokens) / max(1, len(tokens) - len(known))
        return Decoding(text, end_s, logprob, result.no_speech_prob, has_looped, encoded)

    def _until_the_end(self, tokens: list[int], length_s: float) -> tuple[list[int], float]:
        """The text up to the first time that lies at the end of the audio or beyond, and where it ends.

        What follows is invented.
        """
        text: list[int] = []
        end_s = length_s
        for token in tokens:
            if token < self._tokenizer.eot:
                text.append(token)
                end_s = length_s
            elif token >= self._tokenizer.timestamp_begin and text:
                end_s = min(length_s, (token - self._tokenizer.timestamp_begin) * TOKEN_S)
                if end_s >= length_s:
                    break
        return text, end_s


def filled_up(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Whisper's features of some sound, followed by silence; `frames` in all, of FRAMES_PER_S."""
    silence = features.max() - DYNAMIC_RANGE
    return np.pad(features, ((0, 0), (0, frames - features.shape[1])), constant_values=silence)

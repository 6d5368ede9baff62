"""Whisper on a window that is little longer than the speech, instead of 30 s.

Used on the worker's thread only.
"""

import itertools
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from audio.frames import MIC_RATE_HZ, PcmFloat

FRAMES_PER_S = 100
TOKEN_S = 0.02
"""Distance of Whisper's time tokens."""

DYNAMIC_RANGE = 2.0
"""Whisper's features are cut off 80 dB under the loudest one, which after scaling is 2 under it. The window is filled
up with that, as sound that is silent would be. faster-whisper fills with 0, which is loud: in 8 to 10 s windows
tiny.en then lost words or looped."""

SHORTEST_S = 9.0
REST_S = 1.0
WIDE_WINDOW_S = 15
"""Window of the second try after a loop; of 71 recordings none looped in it."""

LOOP_COMPRESSION = 2.4
"""Whisper's own limit: text that compresses better is a loop (Radford et al., 2022, section 4.5)."""

TOKENS = 12
TOKENS_PER_S = 10
WIDE_TOKENS = 32
WIDE_TOKENS_PER_S = 24
"""A decoding is cut off after so many tokens, as each of a loop costs 2 to 4 ms. The fastest English has 8 a second,
other scripts have up to 20: where the first figure is not enough the second try has the second."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """What the decoder made of one window.

    `logprob` is the mean log probability of a token. `has_looped` says that the decoder fell into a loop, and that
    `text` is not to be used.
    """

    text: str
    logprob: float
    no_speech_probability: float
    has_looped: bool
    encoded: ctranslate2.StorageView


class ShortWindow:
    """Decodes up to 28 s of speech in a window that holds it."""

    def __init__(self, model: WhisperModel, *, language: str) -> None:
        self._model = model
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )

    def decode(self, samples: PcmFloat, *, begins_with: str = "", after: str = "") -> Decoding:
        """Transcribe 16 kHz audio greedily.

        `begins_with` is the beginning of its text where that is known already, `after` what was said before it.
        """
        length_s = len(samples) / MIC_RATE_HZ
        features = self._model.feature_extractor(samples)[:, : int(length_s * FRAMES_PER_S)]
        window_s = max(SHORTEST_S, length_s + REST_S)
        decoding = self._decode(features, window_s, begins_with, after, TOKENS + round(TOKENS_PER_S * length_s))
        if decoding.has_looped:
            window_s = max(window_s, WIDE_WINDOW_S)
            limit = WIDE_TOKENS + round(WIDE_TOKENS_PER_S * length_s)
            decoding = self._decode(features, window_s, begins_with, after, limit)
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

    def _decode(
        self, features: NDArray[np.float32], window_s: float, begins_with: str, after: str, max_tokens: int
    ) -> Decoding:
        tokenizer = self._tokenizer
        length_s = features.shape[1] / FRAMES_PER_S
        encoded = self._model.encode(_filled_up(features, math.ceil(window_s * FRAMES_PER_S)))
        known = [tokenizer.timestamp_begin, *tokenizer.encode(" " + begins_with)] if begins_with else []
        context = [tokenizer.sot_prev, *tokenizer.encode(" " + after)] if after else []
        prompt = [*context, *tokenizer.sot_sequence, *known]
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
        text = tokenizer.decode(self._until_the_end(tokens, length_s)).strip()
        has_looped = len(tokens) >= limit or _compression(text) > LOOP_COMPRESSION
        # The score is a mean in which known tokens count as certain.
        logprob = result.scores[0] * len(tokens) / max(1, len(tokens) - len(known))
        return Decoding(text, logprob, result.no_speech_prob, has_looped, encoded)

    def _until_the_end(self, tokens: list[int], length_s: float) -> list[int]:
        """The text up to the first time that lies at the end of the audio or beyond: what follows is invented."""
        first_time = self._tokenizer.timestamp_begin
        text: list[int] = []
        for token in tokens:
            if token < self._tokenizer.eot:
                text.append(token)
            elif token >= first_time and text and (token - first_time) * TOKEN_S >= length_s:
                break
        return text


def _filled_up(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    silence = features.max() - DYNAMIC_RANGE
    return np.pad(features, ((0, 0), (0, frames - features.shape[1])), constant_values=silence)


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0

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
from audio.stt.languages import is_foreign, likeliest

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

UNSURE_LOGPROB = -0.6
"""A decoding less sure than this may be of another language: those of German, French, Chinese and Japanese as English
were all at -0.67 or less. To look costs some 10 ms, and half of all passes over English are as unsure."""

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
    language: str
    """Two-letter code of the language that it was decoded as."""
    encoded: ctranslate2.StorageView


class ShortWindow:
    """Decodes up to 28 s of speech in a window that holds it."""

    def __init__(self, model: WhisperModel, *, languages: Sequence[str], shortest_s: float | None = None) -> None:
        """`languages` are the ones that are spoken, the usual one first.

        `shortest_s` is the length of the shortest window; the model's own is chosen where it is not given.
        """
        self._model = model
        quiet = model.feature_extractor(np.zeros(MIC_RATE_HZ, np.float32))
        width = model.encode(quiet).shape[2]
        own_s = SHORTEST_OF_SMALLEST_S if width <= SMALLEST_WIDTH else SHORTEST_S
        self._shortest_s = shortest_s or own_s
        self._tokenizers = {
            language: Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
            for language in languages
        }

    def decode(self, samples: PcmFloat, *, begins_with: str = "", language: str = "") -> Decoding:
        """Transcribe 16 kHz audio greedily. `begins_with` is the beginning of its text where that is known already.

        `language` is that of `begins_with`, or of an utterance whose language is known; where neither is given and
        several are spoken, the likeliest of them is found.
        What was said before it is not told: given as context it made tiny.en repeat itself and skip sentences (15 to
        16 % of the words of 15 s utterances wrong instead of 9).
        """
        length_s = len(samples) / MIC_RATE_HZ
        features = self._model.feature_extractor(samples)[:, : int(length_s * FRAMES_PER_S)]
        window_s = max(self._shortest_s, length_s + REST_S)
        decoding = self._decode(features, window_s, begins_with, TOKENS + round(TOKENS_PER_S * length_s), language)
        if decoding.has_looped:
            window_s = max(window_s, WIDE_S)
            limit = WIDE_TOKENS + round(WIDE_TOKENS_PER_S * length_s)
            decoding = self._decode(features, window_s, begins_with, limit, decoding.language)
        return decoding

    def word_starts(self, decoding: Decoding, words: Sequence[str], length_s: float) -> list[float]:
        """Where in the window of `decoding` the words begin, in seconds, by the decoder's attention."""
        if not words:
            return []
        tokenizer = self._tokenizers[decoding.language]
        tokens = [tokenizer.encode(" " + word) for word in words]
        firsts = itertools.accumulate((len(of_word) for of_word in tokens[:-1]), initial=0)
        frames = round(length_s * FRAMES_PER_S)
        found = self._model.model.align(
            decoding.encoded, tokenizer.sot_sequence, [list(itertools.chain(*tokens))], frames
        )[0]
        begins_s = {token: frame * TOKEN_S for token, frame in reversed(found.alignments)}
        return [begins_s.get(first, length_s) for first in firsts]

    def _decode(
        self, features: NDArray[np.float32], window_s: float, begins_with: str, max_tokens: int, language: str
    ) -> Decoding:
        length_s = features.shape[1] / FRAMES_PER_S
        encoded = self._model.encode(filled_up(features, math.ceil(window_s * FRAMES_PER_S)))
        language = language or self._spoken(encoded)
        tokenizer = self._tokenizers[language]
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
        text_tokens, end_s = _until_the_end(tokens, length_s, tokenizer)
        text = tokenizer.decode(text_tokens).strip()
        has_looped = len(tokens) >= limit or is_loop(text)
        # The score is a mean in which known tokens count as certain.
        logprob = result.scores[0] * len(tokens) / max(1, len(tokens) - len(known))
        if logprob < UNSURE_LOGPROB and self._is_foreign(encoded):
            text = ""
        return Decoding(text, end_s, logprob, result.no_speech_prob, has_looped, language, encoded)

    def _spoken(self, encoded: ctranslate2.StorageView) -> str:
        """Which of the languages it is, by the decoder's own first step: some 10 ms."""
        if len(self._tokenizers) == 1:
            return next(iter(self._tokenizers))
        return likeliest(self._likely(encoded), self._tokenizers)

    def _is_foreign(self, encoded: ctranslate2.StorageView) -> bool:
        return self._model.model.is_multilingual and is_foreign(self._likely(encoded), self._tokenizers)

    def _likely(self, encoded: ctranslate2.StorageView) -> dict[str, float]:
        found = self._model.model.detect_language(encoded)[0]
        return {token.strip("<|>"): float(probability) for token, probability in found}


def _until_the_end(tokens: list[int], length_s: float, tokenizer: Tokenizer) -> tuple[list[int], float]:
    """The text up to the first time that lies at the end of the audio or beyond, and where it ends.

    What follows is invented.
    """
    text: list[int] = []
    end_s = length_s
    for token in tokens:
        if token < tokenizer.eot:
            text.append(token)
            end_s = length_s
        elif token >= tokenizer.timestamp_begin and text:
            end_s = min(length_s, (token - tokenizer.timestamp_begin) * TOKEN_S)
            if end_s >= length_s:
                break
    return text, end_s


def filled_up(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Whisper's features of some sound, followed by silence; `frames` in all, of FRAMES_PER_S."""
    silence = features.max() - DYNAMIC_RANGE
    return np.pad(features, ((0, 0), (0, frames - features.shape[1])), constant_values=silence)

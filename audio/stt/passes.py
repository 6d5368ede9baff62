"""A rolling pass: from the audio so far and the last revision to the next.

Used on the worker's thread only.
"""

import math
from collections.abc import Sequence

import numpy as np
from faster_whisper import WhisperModel

from audio.frames import MIC_RATE_HZ, PcmFloat
from audio.stt.imagined import is_noise
from audio.stt.rolling import Revision, agreed, settled, without_beginning
from audio.stt.short_window import Decoding, ShortWindow

LONGEST_PASS_S = 8.0
"""A pass over more audio than this is the last that decodes its beginning."""

MOST_AT_ONCE_S = 9.0
"""More than this, where passes come that late, is decoded in pieces: of 12 s tiny.en left out sentences."""

KNOWN_AFTER_S = 2.5
"""Where several languages are spoken, each pass up to this long finds out anew which it is: by the first second alone
2 of 6 German and French sentences were taken for English."""

LONGEST_REST_S = 1.0
SPEECH_BELOW_DB = 12.0
BLOCK = MIC_RATE_HZ // 10
UNLIKELY_LOGPROB = -1.0
"""Whisper may close a sentence and say nothing of the next. If more than a second follows, and some 100 ms of it come
within 12 dB of the loudest, or the decoder was not sure that this was all, the rest is decoded as a window of its own,
as Whisper does with what is left of its 30 seconds: without that, whole sentences of utterances of several were lost.
"""


class Passes:
    """Decodes what is not final yet of a growing utterance; the cost does not grow with it."""

    def __init__(self, model: WhisperModel, *, languages: Sequence[str]) -> None:
        self._window = ShortWindow(model, languages=languages)
        self._is_one_language = len(languages) == 1

    def revise(self, samples: PcmFloat, start_s: float, earlier: Revision) -> Revision:
        """The revision after `earlier`, of 16 kHz audio that begins at `start_s`, with the lead if there is one."""
        until_s = start_s + len(samples) / MIC_RATE_HZ
        revision = earlier
        while until_s - revision.window_s > MOST_AT_ONCE_S:
            revision = self._next(samples, start_s, revision, revision.window_s + MOST_AT_ONCE_S)
        return self._next(samples, start_s, revision, until_s)

    def _next(self, samples: PcmFloat, start_s: float, earlier: Revision, until_s: float) -> Revision:
        first, last = (round((at_s - start_s) * MIC_RATE_HZ) for at_s in (earlier.window_s, until_s))
        in_window = samples[first:last]
        decoding = self._decode(in_window, start_s, earlier)
        if decoding.language != earlier.language:  # what was understood as another language is void
            earlier = earlier.anew(start_s, decoding.language)
        rest = in_window[round(decoding.end_s * MIC_RATE_HZ) :]
        words, logprob = _heard(decoding, earlier)
        more: list[str] = []
        may_go_on = logprob < UNLIKELY_LOGPROB or _is_speech(rest, in_window)
        if not decoding.has_looped and len(rest) > LONGEST_REST_S * MIC_RATE_HZ and may_go_on:
            after = self._window.decode(rest, language=decoding.language)
            more = [] if after.has_looped else _words(after)
            logprob = min(logprob, after.logprob) if more else logprob
        revision = agreed(earlier, words + more, until_s, logprob)
        if more and revision.stable_words >= revision.settled + len(words):
            return settled(revision, len(words), revision.window_s + decoding.end_s)
        if until_s - revision.window_s <= LONGEST_PASS_S:
            return revision
        lead = earlier.lead_in_window
        starts_s = self._window.word_starts(decoding, [*lead, *words], len(in_window) / MIC_RATE_HZ)[len(lead) :]
        on_clock_s = [*(revision.window_s + at_s for at_s in starts_s), *(until_s for _ in more)]
        return without_beginning(revision, in_window, on_clock_s)

    def _decode(self, in_window: PcmFloat, start_s: float, earlier: Revision) -> Decoding:
        if self._is_one_language or earlier.until_s - start_s >= KNOWN_AFTER_S:
            return self._window.decode(in_window, begins_with=earlier.known_text, language=earlier.language)
        return self._window.decode(in_window, begins_with=" ".join(earlier.lead_in_window))


def _heard(decoding: Decoding, earlier: Revision) -> tuple[list[str], float]:
    """The words in the window and how sure the decoder is; after a loop those of before, without any certainty."""
    if decoding.has_looped:
        return [word.text for word in earlier.words[earlier.settled :]], -math.inf
    lead = len(earlier.lead_in_window)
    return _words(decoding, lead) or earlier.known_text.split()[lead:], decoding.logprob


def _words(decoding: Decoding, lead: int = 0) -> list[str]:
    """Those after the first `lead`."""
    words = decoding.text.split()[lead:]
    probability, logprob = decoding.no_speech_probability, decoding.logprob
    return [] if is_noise(" ".join(words), no_speech_probability=probability, logprob=logprob) else words


def _is_speech(rest: PcmFloat, window: PcmFloat) -> bool:
    return _loudest(rest) > _loudest(window) * 10 ** (-SPEECH_BELOW_DB / 10)


def _loudest(samples: PcmFloat) -> float:
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    return float(np.mean(np.square(blocks), axis=1).max(initial=0.0))

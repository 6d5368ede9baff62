"""What successive passes over a growing utterance agree on. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audio.frames import MIC_RATE_HZ, PcmFloat
from audio.stt.protocol import Lead, TranscribedWord, Transcript

STABLE_AFTER_S = 1.5
"""A word is stable once it has stood unchanged while so much more was heard. Passes that follow each other by 0.1 s
hear nearly the same and agree on the same mistakes: agreement of two alone (LocalAgreement-2: Machacek et al., 2023,
whose passes are a second apart) would make them final. With tiny.en, 71 recordings, a pass every 0.15 to 0.25 s, the
last one's word error rate was 0.122 with 0.5 s, 0.115 with 1.0 s, 0.105 with 1.5 and 2.0 s, and 0.107 without."""

KEPT_S = 3.0
"""What is left of a window when its beginning is dropped: the words in it are not final yet, and lean on each other."""

LEAST_CUT_S = 1.0
"""Dropping less would not be worth it."""

NEAR_S = 0.1
MOMENT_S = 0.04
"""The decoder's attention tells within 100 ms where a word begins; the quietest 40 ms there are the gap before it."""


@dataclass(frozen=True, slots=True)
class Revision(Transcript):
    """A transcript of a rolling pass, and what the next pass goes on from."""

    window_s: float = 0.0
    """Where the audio begins, on the session's clock, that is still decoded."""
    settled: int = 0
    """Words that were said before that."""
    since_s: tuple[float, ...] = ()
    """For each word, the end of the audio of the pass since which it has stood unchanged."""
    begins_s: float = 0.0
    """Where the utterance begins, about."""
    lead: tuple[str, ...] = ()
    """Words that are known to be said before that, and are no part of it."""

    @property
    def lead_in_window(self) -> tuple[str, ...]:
        """Those of them that are still decoded."""
        return self.lead if self.window_s < self.begins_s else ()

    @property
    def known_text(self) -> str:
        """The beginning, which is known or stable, of what is said in the window."""
        stable = self.words[self.settled : self.stable_words]
        return " ".join([*self.lead_in_window, *(word.text for word in stable)])

    def anew(self, audio_s: float, language: str) -> "Revision":
        """Before any pass over the same utterance in another language, its audio beginning at `audio_s`."""
        return replace(first_revision(self.begins_s, language), window_s=audio_s, lead=self.lead)


def first_revision(start_s: float, language: str, lead: Lead | None = None) -> Revision:
    """Before any pass over an utterance that begins at `start_s`, and its audio with the lead, if there is one."""
    before = Revision("", (), 0, language, start_s, window_s=start_s, begins_s=start_s)
    if lead is None:
        return before
    return replace(before, window_s=start_s - lead.length_s, lead=tuple(lead.text.split()))


def agreed(earlier: Revision, heard: Sequence[str], until_s: float, logprob: float) -> Revision:
    """The revision after a pass over the window up to `until_s`.

    `heard` are the words in the window and `logprob` the mean log probability of a token. Words that stand where
    they stood keep their times; new ones share the time that is left, by their length.
    """
    stable = earlier.words[: earlier.stable_words]
    known = earlier.stable_words - earlier.settled
    texts = [*(word.text for word in stable), *heard[known:]]
    same = 0
    while same < min(len(texts), len(earlier.words)) and texts[same] == earlier.words[same].text:
        same += 1
    confidence = math.exp(min(0.0, logprob)) if texts else 1.0
    begin_s = earlier.words[same - 1].end_s if same else max(earlier.window_s, earlier.begins_s)
    words = earlier.words[:same] + _spread(texts[same:], min(begin_s, until_s), until_s, confidence)
    since_s = earlier.since_s[:same] + (until_s,) * (len(texts) - same)
    stable_words = max(earlier.stable_words, _stable(since_s[:-1], until_s))
    return replace(
        earlier,
        text=" ".join(texts),
        words=words,
        stable_words=stable_words,
        until_s=until_s,
        confidence=confidence,
        since_s=since_s,
    )


def settled(revision: Revision, words: int, until_s: float) -> Revision:
    """The revision whose window begins at `until_s`, the first `words` words of the window being final."""
    count = revision.settled + words
    return replace(
        revision,
        settled=count,
        stable_words=max(count, revision.stable_words),
        window_s=max(until_s, revision.window_s),
    )


def without_beginning(revision: Revision, samples: PcmFloat, starts_s: Sequence[float]) -> Revision:
    """The revision with the beginning of its window settled: what was said there is final, its audio decoded no more.

    `samples` is the window and `starts_s` where its words begin, on the session's clock. The cut is made where it is
    quietest at the beginning of a word, not in the first second or the last three, or before the last three seconds
    where no word begins in between.
    """
    latest_s = revision.until_s - KEPT_S
    cuts = [
        (*_quietest(samples, at_s - revision.window_s), words)
        for words, at_s in enumerate(starts_s)
        if revision.window_s + LEAST_CUT_S < at_s < latest_s
    ]
    if cuts:
        _, cut_s, words = min(cuts)
        window_s = revision.window_s + cut_s
    else:
        window_s, words = latest_s, sum(at_s < latest_s for at_s in starts_s)
    return settled(revision, words, window_s)


def _quietest(samples: PcmFloat, at_s: float) -> tuple[float, float]:
    """Energy and time of the quietest moment about `at_s`."""
    half = round(MOMENT_S / 2 * MIC_RATE_HZ)
    moments = range(round((at_s - NEAR_S) * MIC_RATE_HZ), round((at_s + NEAR_S) * MIC_RATE_HZ) + 1, half)
    return min((float(np.mean(np.square(samples[at - half : at + half]))), at / MIC_RATE_HZ) for at in moments)


def _stable(since_s: Sequence[float], until_s: float) -> int:
    """How many words have stood long enough. The last word of a pass, maybe half of one, is not to be among them."""
    return next((at for at, since in enumerate(since_s) if since > until_s - STABLE_AFTER_S), len(since_s))


def _spread(texts: Sequence[str], begin_s: float, end_s: float, probability: float) -> tuple[TranscribedWord, ...]:
    total = sum(map(len, texts))
    words, done = [], 0
    for text in texts:
        start_s = begin_s + (end_s - begin_s) * done / total
        done += len(text)
        words.append(TranscribedWord(text, start_s, begin_s + (end_s - begin_s) * done / total, probability))
    return tuple(words)

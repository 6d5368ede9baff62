"""Whether what was found answers the question at all: the signs of it."""

import math

import numpy as np

from assistant.memory.retrieval.embedder import Vectors
from assistant.memory.retrieval.features import FEATURES

KNOWN = (
    "told_and_score", "echoed", "is_alone", "score_alone", "subject_alone", "words_alone", "weakest_alone",
    "whole_alone", "told_of_self_alone",
)  # fmt: skip
"""Few, and of them those that mean the same in every kind of conversation: with 18 learned from one kind, 12 fewer in
100 unanswerable questions of another were recognised."""
SPEAKER, SPEAKER_BEFORE, SUBJECT, WORDS, WEAKEST, WHOLE, OF_SELF, TOLD, ECHOED = (
    FEATURES.index(name)
    for name in (
        "speaker", "speaker_before", "subject", "words", "weakest", "whole", "told_of_self", "told", "echoed",
    )
)  # fmt: skip
LEAST_SCORE = 5.75
"""Of the likeliest, in log odds: below it nothing answers, however well the one side matches. Of seven LoCoMo
conversations 7 in 100 unanswerable questions more are recognised so, and 1.4 % of the evidence is lost."""
MANY = 600
"""Among so many memories, and more: what orders find among 100,000 has 4.3 in the middle, what answers some 10."""
RISE = 0.88
"""With e times as many. Among few, few are by chance a little like the question: of 15 things told, what answered one
of eleven questions had 2.8 at least; it is 2.5 there, and what a timer's order found had 1.8."""
LOOKED_AT = 60
"""So many of the likeliest are given to `evidence`: further down everybody has said something alike."""
FIRST = 20
NOT_OF_SELF = 0.9
"""What a sentence counts for that names nobody, beside one about its speaker."""
TOLD_COUNTS = 8.0
"""As much as the whole score, which is some 5 to 10 for what answers."""


def least_score(memories: int) -> float:
    """What the likeliest among so many has at least, if it answers anything."""
    return LEAST_SCORE - RISE * max(0.0, math.log(MANY / memories))


def without_speaker(features: Vectors) -> Vectors:
    """The same signs of relevance as if nobody in particular had spoken: with these both sides are measured alike."""
    plain = features.copy()
    plain[:, [SPEAKER, SPEAKER_BEFORE]] = 0
    return plain


def evidence(features: Vectors, scores: Vectors, plain: Vectors) -> Vectors:
    """Of what was found, best first: shape (KNOWN,). `plain` are the scores by `without_speaker`.

    The commonest way to answer what was never said is to take what another one told of themself, or what the person
    asked about said of it to the other ("Your dog is lovely!"). So it counts how much better the one side matches than
    the other. Where there is one side only, it counts how well anything matches.
    """
    asked, others = features[:, SPEAKER] > 0, features[:, SPEAKER] < 0
    of_self = features[:, OF_SELF]
    found = np.zeros(len(KNOWN), np.float32)
    if asked.any() and others.any():
        told = plain + TOLD_COUNTS * np.maximum(of_self, NOT_OF_SELF * features[:, TOLD])
        found[:2] = [one[asked].max() - one[others].max() for one in (told, features[:, ECHOED])]
    else:
        first, weakest = features[0], features[:FIRST, WEAKEST].max()
        matched = features[:, SUBJECT].max()
        found[2:] = 1, scores[0], matched, first[WORDS], weakest, first[WHOLE], of_self.max()
    return found

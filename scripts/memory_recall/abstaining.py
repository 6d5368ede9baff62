"""Learns when what was found does not answer: the thing was said of somebody else, or never."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.memory.retrieval.embedder import Embedder
from assistant.memory.retrieval.hybrid import HybridRecall, Ranked
from assistant.memory.retrieval.weights import Network, Weights
from memory_recall.conversations import UNANSWERABLE, Asked, Conversation
from memory_recall.fitting import fit_chance
from memory_recall.measured import is_scored
from memory_recall.remembered import ranked_for, remembered

ANSWERED = 0.9
"""Of the answerable questions, so many are to be answered."""
EVERY = 3
"""Of the questions about scenes one in so many is enough."""
DECAY = 0.2


async def learn_known(
    folder: Path,
    scenes: Sequence[Conversation],
    personas: Sequence[Conversation],
    embedder: Embedder,
    weights: Weights,
) -> Network:
    """The log odds that something is known. Where a person is asked about they are learned from personas: in scenes
    everybody talks about everybody, and a thing asked of another is often told all the same."""
    seen, answerable = [], []
    for conversation in personas:
        asked = [(one, one.kind != UNANSWERABLE) for one in conversation.questions]
        async for recall, ranked, is_answerable in _ranked(folder, conversation, asked, embedder, weights):
            seen.append(recall.evidence(ranked))
            answerable.append(is_answerable)
    for conversation, other in zip(scenes, [*scenes[1:], scenes[0]], strict=True):
        asked = list(of_nobody(conversation, other))[::EVERY]
        async for recall, ranked, is_answerable in _ranked(folder, conversation, asked, embedder, weights):
            seen.append(recall.evidence(ranked))
            answerable.append(is_answerable)
    return fit_chance(np.stack(seen), np.array(answerable), decay=DECAY)


async def learn_from_when(
    folder: Path, conversations: Sequence[Conversation], embedder: Embedder, weights: Weights
) -> float:
    """The log odds from which on ANSWERED of the questions that have evidence are answered."""
    odds = []
    for conversation in conversations:
        asked = [(one, True) for one in conversation.questions if is_scored(one)]
        async for recall, ranked, _ in _ranked(folder, conversation, asked, embedder, weights):
            odds.append(recall.known(ranked))
    return float(np.quantile(odds, 1 - ANSWERED, method="lower"))


def of_nobody(conversation: Conversation, other: Conversation) -> Iterator[tuple[Asked, bool]]:
    """A conversation's questions without names, and another's, about which nothing was ever said here."""
    for source in (conversation, other):
        for asked in source.questions:
            yield without_names(asked, source), source is conversation


def without_names(asked: Asked, conversation: Conversation) -> Asked:
    """The question without the names of those who speak."""
    names = "|".join(re.escape(name) for name in {episode.speaker for episode in conversation.episodes})
    return replace(asked, text=re.sub(rf"\b({names})\b", "they", asked.text))


async def _ranked(
    folder: Path,
    conversation: Conversation,
    questions: Sequence[tuple[Asked, bool]],
    embedder: Embedder,
    weights: Weights,
) -> AsyncIterator[tuple[HybridRecall, Ranked, bool]]:
    async with remembered(folder / conversation.name, conversation.episodes, embedder, weights) as store:
        recall = HybridRecall(store, embedder, weights)
        for asked, is_answerable in questions:
            ranked = await ranked_for(store, recall, conversation, asked)
            if ranked is not None:
                yield recall, ranked, is_answerable

#!/usr/bin/env python
"""Measures what recall finds, and how fast.

    python scripts/bench_memory_recall.py [--locomo FILE] [--realtalk FILE...] [--friends FILE...] [--keep DIR]
        [--only NAME...] [--not NAME...] [--captions] [--peer PYTHON] [--together] [--scale 100000]

Recall of the evidence of each question among the first 5, 10 and 20 episodes and within 1,500 tokens (SmolLM2's) of
what is put before a model, for words alone (FTS5), vectors alone (cosine of MiniLM) and all together; and how many
unanswerable questions are recognised. FILE is of LoCoMo, REALTALK (danny911kr/REALTALK, data/*.json) or FriendsQA;
every conversation is a memory of its own, or with --together all of them are one.

--scale: how long a search takes with so many memories, and adding one more; with --keep, DIR/scale-N is a memory as the
daemon has it, for `hearthside bench latency --memory`. --peer: the same questions to mem0ai in an
environment of its own (`pip install mem0ai==2.2.1 onnxruntime tokenizers`), with the same embedder and without a
language model; its search by words wants a model from a hub and is left out. Run it on a quiet machine, with
OMP_NUM_THREADS=1.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from memory_recall.conversations import UNANSWERABLE, Conversation, friends, locomo, realtalk
from memory_recall.measured import DELIVERED, Measured, is_scored, share
from memory_recall.mem0_answers import mem0_answers
from memory_recall.remembered import remembered
from tokenizers import Tokenizer

from assistant.config import home
from assistant.memory.episodes import Episode
from assistant.memory.facts.table import FactTable
from assistant.memory.recall import EVERYONE, Recalled
from assistant.memory.retrieval.compact import unpacked
from assistant.memory.retrieval.delivery import deliver
from assistant.memory.retrieval.embedder import Embedded, Embedder
from assistant.memory.retrieval.hybrid import HybridRecall
from assistant.memory.retrieval.minilm import MiniLm
from assistant.memory.retrieval.weights import Weights, load_weights
from assistant.memory.store import log
from assistant.memory.store.lexical import LexicalRecall
from assistant.memory.store.sqlite import Connection
from assistant.memory.store.store import Store
from assistant.models.verify import verified_folder

DEPTH = 150
SEARCHES = 300
BATCH = 2000
JOINED = " ... "


def counter() -> Callable[[str], int]:
    """Tokens as the embedded language model counts them."""
    files = sorted((home() / "prepared").glob("SmolLM2*/tokenizer.json"))
    if not files:
        raise SystemExit("SmolLM2's tokenizer is not prepared: run `hearthside ask hello` once")
    tokenizer = Tokenizer.from_file(str(files[0]))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


class Vectors:
    """By the cosine of whole texts alone, over all of them."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store, self._embedder = store, embedder

    async def search(self, query: str, *, owner: str = "", limit: int, now: datetime) -> Sequence[Recalled]:
        def look_up(connection: Connection) -> Sequence[Recalled]:
            rows = connection.execute("SELECT number, whole FROM vectors_pieces").fetchall()
            wholes = unpacked(b"".join(row[1] for row in rows)).reshape(len(rows), -1)
            scores = wholes @ self._embedder.embed([query])[0].whole
            best = np.argsort(-scores)[:limit]
            return [Recalled(_episode(connection, rows[one][0]), float(scores[one]), "episode") for one in best]

        return await self._store.read(look_up)


def _episode(connection: Connection, number: int) -> Episode:
    row = connection.execute(f"SELECT {log.COLUMNS} FROM episodes WHERE number = ?", (number,)).fetchone()
    return log.episode(row)


async def measure(
    conversations: Sequence[Conversation], args: argparse.Namespace, embedder: Embedder, weights: Weights
) -> None:
    ways = [Measured(name) for name in ("words", "vectors", "all together")]
    count = counter()
    known: list[tuple[bool, bool]] = []
    told: list[tuple[bool, float]] = []
    for conversation in conversations:
        async with (
            _kept(args.keep, conversation.name) as folder,
            remembered(folder, conversation.episodes, embedder, weights) as store,
        ):
            recall = HybridRecall(store, embedder, weights)
            await recall.search("to read the index", owner=EVERYONE, limit=1, now=conversation.now)
            for asked in conversation.questions:
                if not is_scored(asked) and asked.kind != UNANSWERABLE:
                    continue
                found = await recall.find(asked.text, owner=EVERYONE, limit=1, now=conversation.now)
                known.append((asked.kind != UNANSWERABLE, found.is_known))
                if not is_scored(asked):
                    continue
                searches = (LexicalRecall(store), Vectors(store, embedder), recall)
                for way, search in zip(ways, searches, strict=True):
                    began = time.perf_counter()
                    ranked = await search.search(asked.text, owner=EVERYONE, limit=DEPTH, now=conversation.now)
                    took_ms = (time.perf_counter() - began) * 1000
                    if way.name != "all together":  # their scores are no log odds
                        ranked = [replace(one, score=-float(place)) for place, one in enumerate(ranked)]
                    delivered = deliver(ranked, count)
                    ids = [one.id for one in delivered.episodes]
                    way.take(asked, _ids(ranked), ids, took_ms)
                told.append((found.is_known, share(asked.evidence, ids)))
    for way in ways:
        print("\n".join(way.lines()))
    for answerable, what in ((True, "answerable questions answered"), (False, "unanswerable recognised")):
        ones = [is_known == answerable for wanted, is_known in known if wanted == answerable]
        if ones:
            print(f"  {what}: {100 * np.mean(ones):.1f} % of {len(ones)}")
    if told:
        kept, of_all = sum(part for is_known, part in told if is_known), sum(part for _, part in told)
        print(f"  evidence within {DELIVERED} kept where that is decided: {100 * kept / of_all:.1f} %")
    if args.peer:
        peer = Measured("mem0ai")
        for conversation in conversations:
            asked = [one for one in conversation.questions if is_scored(one)]
            for one, ids, took_ms in mem0_answers(args.peer, conversation, asked, DEPTH):
                by_id = {episode.id: episode for episode in conversation.episodes}
                ranked = [Recalled(by_id[i], -float(place), "episode") for place, i in enumerate(ids)]
                delivered = deliver(ranked, count)
                peer.take(one, ids, [episode.id for episode in delivered.episodes], took_ms)
        print("\n".join(peer.lines()))


class OfSentences:
    """Embeds the bulk of many memories by their sentences, each once: 100,000 whole texts would take half an hour."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Embedded] = {}
        self.name = embedder.name

    def embed(self, texts: Sequence[str]) -> Sequence[Embedded]:
        parts = [text.split(JOINED) for text in texts]
        fresh = sorted({part for one in parts for part in one} - self._known.keys())
        self._known |= dict(zip(fresh, self._embedder.embed(fresh), strict=True))
        return [self._joined(one, [self._known[part] for part in one]) for one in parts]

    @staticmethod
    def _joined(texts: Sequence[str], parts: Sequence[Embedded]) -> Embedded:
        whole = np.sum([part.whole for part in parts], axis=0)
        starts = np.cumsum([0, *(len(text) + len(JOINED) for text in texts)])
        return Embedded(
            np.concatenate([part.pieces for part in parts]),
            np.concatenate([start + part.begins for start, part in zip(starts[:-1], parts, strict=True)]),
            np.concatenate([part.vectors for part in parts]),
            whole / np.linalg.norm(whole),
        )


def _ids(ranked: Sequence[Recalled]) -> list[str]:
    return [one.episode.id for one in ranked]


@asynccontextmanager
async def _kept(keep: Path | None, name: str) -> AsyncIterator[Path]:
    if keep is not None:
        yield keep / name
        return
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch)


def together(conversations: Sequence[Conversation]) -> Conversation:
    """All of them as one memory."""
    episodes, questions = [], []
    for one in conversations:
        episodes += [
            replace(episode, id=f"{one.name}/{episode.id}", session=f"{one.name}/{episode.session}")
            for episode in one.episodes
        ]
        questions += [replace(ask, evidence=tuple(f"{one.name}/{i}" for i in ask.evidence)) for ask in one.questions]
    return Conversation("together", tuple(episodes), tuple(questions))


async def scale(
    conversations: Sequence[Conversation], size: int, keep: Path | None, embedder: Embedder, weights: Weights
) -> None:
    """Searches among many memories: those of the conversations, and others mixed from their sentences."""
    chance = random.Random(0)
    real = [episode for one in conversations for episode in one.episodes]
    sentences = [part.strip() for episode in real for part in episode.text.split(". ") if len(part) > 20]
    speakers = sorted({episode.speaker for episode in real})
    start = datetime(2020, 1, 1, tzinfo=UTC)
    mixed = [
        Episode(
            f"mixed-{number}",
            start + timedelta(minutes=15 * number),
            f"session-{number // 20}",
            chance.choice(speakers),
            JOINED + JOINED.join(chance.sample(sentences, 2)),
        )
        for number in range(size)
    ]
    questions = [ask.text for one in conversations for ask in one.questions]
    chance.shuffle(questions)
    async with (
        _kept(keep, f"scale-{size}") as folder,
        remembered(folder, (), OfSentences(embedder), weights, [FactTable()]) as store,
    ):
        began = time.perf_counter()
        for begin in range(0, size, BATCH):
            await store.append(mixed[begin : begin + BATCH])
            await store.caught_up()
        print(f"  {size} memories: written in {time.perf_counter() - began:.0f} s")
        recall = HybridRecall(store, embedder, weights)
        now = start + timedelta(minutes=15 * size)
        began = time.perf_counter()
        await recall.search("what was the first", owner=EVERYONE, limit=1, now=now)
        print(f"  first search, which reads the signs: {(time.perf_counter() - began) * 1000:.0f} ms")
        for what, owner in (("everybody's", EVERYONE), ("one's own", "")):
            took, used = [], []
            for text in questions[:SEARCHES]:
                began, before = time.perf_counter(), time.process_time()
                await recall.search(text, owner=owner, limit=50, now=now)
                took.append((time.perf_counter() - began) * 1000)
                used.append((time.process_time() - before) * 1000)
            p50, p95, most = np.percentile(took, [50, 95, 100])
            print(f"  search, {what}: n={len(took)} p50 {p50:.1f} ms, p95 {p95:.1f} ms, most {most:.1f} ms")
            print("    of it processor time p50 {:.1f} ms, p95 {:.1f} ms".format(*np.percentile(used, [50, 95])))
        adding, after = [], []
        for _ in range(30):
            text = f"My locker at the swimming pool is number {chance.randrange(10**6)}."
            fresh = Episode(f"fresh-{time.time_ns()}", now, "fresh", real[0].speaker, text)
            began = time.perf_counter()
            await store.append([fresh])
            adding.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            found = await recall.search(fresh.text, owner=EVERYONE, limit=50, now=now)
            after.append((time.perf_counter() - began) * 1000)
            if fresh.id not in _ids(found):
                print(f"  NOT FOUND after it was added: {fresh.id}")
        print(f"  add one: p50 {np.median(adding):.1f} ms; the search after it: p50 {np.median(after):.1f} ms")


async def run(args: argparse.Namespace) -> None:
    weights = load_weights()
    embedder = MiniLm(verified_folder("minilm-l6-v2-int8") / "model.onnx", weights.vocabulary)
    everything = list(locomo(args.locomo, captions=args.captions)) if args.locomo else []
    everything += [realtalk(file, captions=args.captions) for file in args.realtalk]
    everything += [one for file in args.friends for one in friends(file)]
    conversations = [one for one in everything if one.name not in args.leave and one.name in (args.only or [one.name])]
    if not conversations:
        raise SystemExit("there is no conversation: name a file (--locomo, --realtalk, --friends)")
    if args.together:
        conversations = [together(conversations)]
    print(f"{len(conversations)} conversations: {', '.join(one.name for one in conversations)}")
    if args.scale:
        await scale(conversations, args.scale, args.keep, embedder, weights)
    else:
        await measure(conversations, args, embedder, weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locomo", type=Path)
    parser.add_argument("--realtalk", type=Path, nargs="*", default=[], help="files of REALTALK's data as well")
    parser.add_argument("--friends", type=Path, nargs="*", default=[], help="FriendsQA files as well")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--not", nargs="*", default=[], dest="leave")
    parser.add_argument("--captions", action="store_true")
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--keep", type=Path, help="where embedded conversations stay for the next time")
    parser.add_argument("--peer", type=Path, metavar="PYTHON")
    parser.add_argument("--scale", type=int, metavar="N")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()

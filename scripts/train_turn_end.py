#!/usr/bin/env python3
"""Trains the network that tells a finished utterance by its words: audio/turn_end/words.npz.

It learns from whole sentences and from each of their beginnings, as if every utterance came once whole and once cut at
a word taken at random. It needs PyTorch besides, and a quarter of an hour of one core. The same
corpora and the same PyTorch give the same weights. The shipped ones come from these files of public repositories:

    python scripts/train_turn_end.py --vectors MINILM --out audio/turn_end/words.npz --epochs 6 --corpus KIND=FILE ...

    --corpus lines=dataset/lm/lm.txt                        pswietojanski/slurp, CC BY 4.0
    --corpus rasa=.../RasaNlu_Merged_KFold_4_*.json         xliuhw/NLU-Evaluation-Data, CC BY 4.0; folds 1, 3, 4
    --corpus clinc=data/data_full.json                      clinc/oos-eval, CC BY 3.0
    --corpus snips=.../train_AddToPlaylist_full.json        sonos/nlu-benchmark, CC0; train_*_full and validate_*
    --corpus taskmaster=TM-4-2024/data/data_00.json         google-research-datasets/Taskmaster, CC BY 4.0; 00 to 07
    --corpus dialogues=TM-3-2020/splits/train/train-bc.tsv  the same
    --corpus spans=span_extraction/restaurant8k/test.json   PolyAI-LDN/task-specific-datasets, CC BY 4.0; all of them
    --corpus table=banking_data/train.csv                   the same; train and test
    --corpus questions=main/trainmodel.json                 brmson/dataset-factoid-webquestions, CC BY 4.0; all four
    --corpus lines=server/data/en/sentence-collector.txt    mozilla/voice-web, CC0; all of them
    --held-out slurp=dataset/slurp/devel.jsonl              pswietojanski/slurp; devel and test
    --held-out nq=nq_open/NQ-open.dev.jsonl                 google-research-datasets/natural-questions
    --held-out tests=tests/en/light_HassTurnOn.yaml         home-assistant/intents; all of them

MINILM is a folder with `model.safetensors` and `tokenizer.json` of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0):
its word vectors make alike the words that the corpora never show. Held-out sentences are taken out of the corpora.
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from turn_end_corpora import SHORT_COPIES, SHORT_WEIGHT, Sentence, load, short_utterances

from audio.turn_end.words import NUMBER, START, SUFFIX_BUCKETS, WordsModel, suffix_bucket

INPUT, STATE = 64, 160
OWN_WORDS = 5000
"""The most frequent words learn a vector beside MiniLM's; the others would only learn their few sentences by heart."""
GUESSED_WORDS = 2000
GUESS_WEIGHT = 0.15
"""Guessing the next word besides teaches grammar: with it and STATE at 160 instead of 128 the area under the curve of
held-out questions rose from 0.938 to 0.947."""
BATCH, RATE, DROPOUT = 128, 3e-3, 0.3


class Network(nn.Module):
    """The network of audio/turn_end/words.py, as PyTorch trains it."""

    def __init__(self, vectors: Tensor, words: int) -> None:
        super().__init__()
        self.words = words
        self.vectors: Tensor
        self.register_buffer("vectors", vectors)
        self.projection = nn.Linear(vectors.shape[1], INPUT, bias=False)
        self.own = nn.Embedding(OWN_WORDS + SUFFIX_BUCKETS + 1, INPUT, padding_idx=OWN_WORDS + SUFFIX_BUCKETS)
        nn.init.normal_(self.own.weight[:-1].detach(), std=0.02)
        self.reader = nn.GRU(INPUT, STATE, batch_first=True)
        self.end = nn.Linear(STATE, 1)
        self.guess = nn.Linear(STATE, INPUT)
        self.usual = nn.Parameter(torch.zeros(GUESSED_WORDS))
        self.dropout = nn.Dropout(DROPOUT)

    def table(self, numbers: Tensor) -> Tensor:
        none = torch.full_like(numbers, OWN_WORDS + SUFFIX_BUCKETS)
        own = torch.where(numbers >= self.words, numbers - self.words + OWN_WORDS, none)
        own = torch.where(numbers < min(OWN_WORDS, self.words), numbers, own)
        projected: Tensor = self.projection(self.vectors[numbers])
        return projected + self.own(own)

    def loss(self, rows: list[list[int]], weights: list[float]) -> Tensor:
        """`rows` begin with START. A sentence counts once as whole and once as cut, however long it is."""
        longest = max(map(len, rows))
        numbers = torch.zeros(len(rows), longest, dtype=torch.long)
        ends, counts = torch.zeros(len(rows), longest), torch.zeros(len(rows), longest)
        following = torch.full((len(rows), longest), -1)
        for place, (row, weight) in enumerate(zip(rows, weights, strict=True)):
            last = len(row) - 1
            numbers[place, : len(row)] = torch.tensor(row)
            following[place, :last] = torch.tensor(row[1:])
            ends[place, last] = 1
            counts[place, 1:last] = weight / max(last - 1, 1)
            counts[place, last] = weight
        states, _ = self.reader(self.dropout(self.table(numbers)))
        states = self.dropout(states)
        wrong = functional.binary_cross_entropy_with_logits(self.end(states)[..., 0], ends, reduction="none")
        guessed = (following >= 1) & (following < GUESSED_WORDS)
        scores = self.guess(states[guessed]) @ self.table(torch.arange(GUESSED_WORDS)).T + self.usual
        # Not divided by the weights: a batch holds sentences of one length, and short ones are to weigh more.
        total: Tensor = (wrong * counts).sum() / (2 * len(rows))
        return total + GUESS_WEIGHT * functional.cross_entropy(scores, following[guessed])

    def save(self, vocabulary: list[str], file: Path) -> None:
        """Write what WordsModel reads: word vectors in 8 bits with a scale each, the rest in 16."""
        with torch.no_grad():
            table = self.table(torch.arange(self.words + SUFFIX_BUCKETS)).numpy()
        scale = np.abs(table).max(1) / 127 + 1e-9
        reader = {name: value.detach().numpy() for name, value in self.reader.named_parameters()}
        np.savez_compressed(
            file,
            vocabulary=np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
            table=np.rint(table / scale[:, None]).astype(np.int8),
            scale=scale.astype(np.float16),
            into=reader["weight_ih_l0"].T.astype(np.float16),
            into_bias=reader["bias_ih_l0"],
            again=reader["weight_hh_l0"].T.astype(np.float16),
            again_bias=reader["bias_hh_l0"],
            end=self.end.weight.detach().numpy()[0],
            end_bias=self.end.bias.detach().numpy()[0],
        )


def minilm_vectors(folder: Path, words: list[str]) -> NDArray[np.float32]:
    """The mean of each word's pieces; of all words with an ending for that ending. Shape (words + endings, 384)."""
    raw = (folder / "model.safetensors").read_bytes()
    size = int.from_bytes(raw[:8], "little")
    begin, end = json.loads(raw[8 : 8 + size])["embeddings.word_embeddings.weight"]["data_offsets"]
    pieces = np.frombuffer(raw[8 + size + begin : 8 + size + end], np.float32).reshape(-1, 384)
    number_of = piece_numbers(folder)

    def pieces_of(word: str) -> list[int]:
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if mark + word[start:end] in number_of)
            if (end := next(ends, 0)) == 0:
                return []
            found.append(number_of[mark + word[start:end]])
            start = end
        return found

    vectors = np.zeros((len(words) + SUFFIX_BUCKETS, 384), np.float32)
    alike: dict[int, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        if word != START and (found := pieces_of("2" if word == NUMBER else word)):
            vectors[place] = pieces[found].mean(0)
            alike[suffix_bucket(word)].append(place)
    for bucket, places in alike.items():
        vectors[len(words) + bucket] = vectors[places].mean(0)
    vectors[1:] -= vectors[1:].mean(0)
    return vectors / vectors.std()


def piece_numbers(folder: Path) -> dict[str, int]:
    numbers: dict[str, int] = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return numbers


def misheard(row: list[int], vocabulary: list[str], chance: random.Random) -> list[int]:
    """What Whisper might make of it: now and then a word before the last is lost, wrong or unknown."""
    kind = chance.random()
    words = len(vocabulary)
    if kind < 0.3 and len(row) > 2:
        place = chance.randrange(len(row) - 1)
        if kind < 0.1:
            row = row[:place] + row[place + 1 :]
        else:
            wrong = words + chance.randrange(SUFFIX_BUCKETS) if kind < 0.2 else chance.randrange(1, words)
            row = [*row[:place], wrong, *row[place + 1 :]]
    return [
        words + suffix_bucket(vocabulary[number]) if number < words and chance.random() < 0.02 else number
        for number in row
    ]


def held_out_figures(model: WordsModel, sentences: list[Sentence], chance: random.Random) -> str:
    """Whole sentences against the same ones cut at a word taken at random."""
    tried = [words for words in chance.sample(sentences, min(1500, len(sentences))) if len(words) > 1]
    whole = np.array([model.log_odds(list(words)) for words in tried])
    cut = np.array([model.log_odds(list(words[: chance.randrange(1, len(words))])) for words in tried])
    area = float((whole[:, None] > cut[None]).mean())
    surely = float((whole > np.quantile(cut, 0.95)).mean())
    return (
        f"area under the curve {area:.3f}; {surely:.0%} of the ends are known where 5 % of the cuts are taken for ends"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", action="append", required=True, metavar="KIND=FILE")
    parser.add_argument("--held-out", action="append", required=True, metavar="KIND=FILE")
    parser.add_argument("--vectors", type=Path, required=True, metavar="MINILM")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    chance = random.Random(args.seed)

    held_out = load(args.held_out)
    short = short_utterances()
    excluded = {words for corpus in held_out.values() for words in corpus}
    counts: Counter[Sentence] = sum(load(args.corpus).values(), Counter())
    weight_of = {words: min(count, 64) ** 0.5 for words, count in counts.items() if words not in excluded}
    weight_of |= dict.fromkeys(short, SHORT_WEIGHT)
    learnt = sorted(weight_of) + short * (SHORT_COPIES - 1)
    frequency = Counter(word for words in learnt for word in words)
    frequent = sorted(
        (word for word, count in frequency.items() if count > 1), key=lambda word: (-frequency[word], word)
    )
    plain = [word for word in piece_numbers(args.vectors) if len(word) > 1 and word.isascii() and word.isalpha()]
    vocabulary = [START, *dict.fromkeys(frequent + plain)]
    number_of = {word: number for number, word in enumerate(vocabulary)}
    print(f"{len(learnt)} sentences, {len(vocabulary)} words", flush=True)

    network = Network(torch.tensor(minilm_vectors(args.vectors, vocabulary)), len(vocabulary))
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    updates = args.epochs * -(-len(learnt) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=updates, pct_start=0.1)
    for epoch in range(1, args.epochs + 1):
        chance.shuffle(learnt)
        ordered = sorted(learnt, key=len)
        batches = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
        chance.shuffle(batches)
        for batch in batches:
            rows = [[number_of.get(word, len(vocabulary) + suffix_bucket(word)) for word in words] for words in batch]
            loss = network.loss(
                [[0, *misheard(row, vocabulary, chance)] for row in rows], [weight_of[words] for words in batch]
            )
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        network.save(vocabulary, args.out)
        with np.load(args.out) as stored:
            model = WordsModel(dict(stored))
        for kind, corpus in held_out.items():
            figures = held_out_figures(model, sorted(corpus), random.Random(5))
            print(f"pass {epoch} of {args.epochs}, held out {kind}: {figures}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The sentences that scripts/train_turn_end.py learns from: readers of public corpora, and short utterances."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from audio.turn_end.words import normalise

Sentence = tuple[str, ...]
LONGEST = 30
"""Words of the longest sentence that is learnt from."""

SHORT = """
stop, yes, no, yes please, no thanks, no thank you, okay, thanks, thank you, thank you very much, cancel, cancel that,
never mind, nevermind, pause, play, resume, continue, next, previous, repeat that, say that again, louder, quieter,
volume up, volume down, turn it up, turn it down, turn it off, turn it on, mute, unmute, skip, next song, help, hello,
hi, good morning, good night, goodbye, bye, what time is it, what's the time, what day is it, what's the date, what's
the date today, what day is it today, what's the weather, what's the weather like, what's the weather like today,
what's the weather today, how's the weather, will it rain today, is it going to rain, how are you, how are you doing,
who are you, what's your name, what can you do, tell me a joke, tell me a story, sing me a song, turn on the light,
turn on the lights, turn off the light, turn off the lights, lights on, lights off, set a timer, set an alarm, set a
timer for five minutes, set a timer for ten minutes, set an alarm for seven am, wake me up at seven, stop the music,
play some music, play music, pause the music, what's the news, what's on my calendar, what's next, go back, start
over, sure, maybe, i don't know, that's all, that's it, what did you say, be quiet, shut up, why, why not, where am i,
who is that, what is that, what is this, really, sounds good, please stop, call mom, call my mother, good afternoon,
good evening, how old are you, open the door, close the door, lock the door, open the window, what's up, today,
tomorrow, in the kitchen, the second one, both
"""
SHORT_WEIGHT, SHORT_COPIES = 16.0, 25
"""Corpora hold each of these once and their longer relatives by the hundred; people say the short ones all day."""


def sentences(text: str) -> Iterator[str]:
    return (part for part in re.split(r"(?<=[.?!])\s+", text.strip()) if part)


def read_lines(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield from sentences(line)


def read_rasa(file: Path) -> Iterator[str]:
    return (one["text"] for one in json.loads(file.read_text(encoding="utf-8"))["rasa_nlu_data"]["common_examples"])


def read_clinc(file: Path) -> Iterator[str]:
    return (text for part in json.loads(file.read_text(encoding="utf-8")).values() for text, _ in part)


def read_snips(file: Path) -> Iterator[str]:
    (examples,) = json.loads(file.read_bytes().decode("utf-8", "replace")).values()
    return ("".join(piece["text"] for piece in one["data"]) for one in examples)


def read_taskmaster(file: Path) -> Iterator[str]:
    for dialogue in json.loads(file.read_text(encoding="utf-8")):
        for turn in dialogue["utterances"]:
            if turn["speaker"] == "user":
                yield from sentences(turn["text"])


def read_dialogues(file: Path) -> Iterator[str]:
    for turn in re.findall(r"<U>([^<]*)", file.read_text(encoding="utf-8")):
        yield from sentences(turn)


def read_spans(file: Path) -> Iterator[str]:
    for one in json.loads(file.read_text(encoding="utf-8")):
        yield from sentences(one["userInput"]["text"])


def read_table(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.reader(rows):
            yield from sentences(row[0])


def read_questions(file: Path) -> Iterator[str]:
    return (one["qText"] for one in json.loads(file.read_text(encoding="utf-8")))


def read_slurp(file: Path) -> Iterator[str]:
    return (json.loads(line)["sentence"] for line in file.read_text(encoding="utf-8").splitlines())


def read_nq(file: Path) -> Iterator[str]:
    return (json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines())


def read_tests(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if (found := re.match(r"^\s+- [\"']?([a-zA-Z][^:{}\[\]\"]*?)[\"']?\s*$", line)) and " " in found[1]:
            yield found[1]


READERS: dict[str, Callable[[Path], Iterable[str]]] = {
    "lines": read_lines,
    "rasa": read_rasa,
    "clinc": read_clinc,
    "snips": read_snips,
    "taskmaster": read_taskmaster,
    "dialogues": read_dialogues,
    "spans": read_spans,
    "table": read_table,
    "questions": read_questions,
    "slurp": read_slurp,
    "nq": read_nq,
    "tests": read_tests,
}


def counted(texts: Iterable[str]) -> Counter[Sentence]:
    """How often each sentence occurs, as normalised words."""
    return Counter(words for text in texts if 0 < len(words := tuple(normalise(text))) <= LONGEST)


def load(named: Iterable[str]) -> dict[str, Counter[Sentence]]:
    """Sentences of the files, by kind. `named` are KIND=FILE."""
    found: dict[str, Counter[Sentence]] = {}
    for one in named:
        kind, _, path = one.partition("=")
        if kind not in READERS or not path:
            raise SystemExit(f"{one}: give KIND=FILE; kinds are {', '.join(READERS)}")
        found.setdefault(kind, Counter()).update(counted(READERS[kind](Path(path))))
    return found


def short_utterances() -> list[Sentence]:
    return [tuple(normalise(text)) for text in SHORT.replace("\n", " ").split(",")]

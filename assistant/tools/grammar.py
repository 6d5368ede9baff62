"""The grammar of short commands, expanded into all the sentences that it allows.

hassil's own matcher walks the templates anew for every text (0.4 to 4 ms); as the sentences are finite and few,
they are laid out once. A text is then looked up in microseconds, and the same table says how a sentence could go on
and which one a mis-heard text is near to.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from string import Formatter
from typing import Any, TypeAlias

from hassil.intents import Intents, SlotList, TextSlotList
from hassil.sample import sample_expression, sample_sentence

SlotValue: TypeAlias = int | str
Slots: TypeAlias = tuple[tuple[str, SlotValue], ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a command says: the intent's name, and the values of its lists by their names."""

    intent: str
    slots: Slots = ()

    def slot(self, name: str, otherwise: SlotValue) -> SlotValue:
        return dict(self.slots).get(name, otherwise)


class Grammar:
    """Every sentence with its meaning. Sentences are lower-case words with single spaces."""

    def __init__(self, templates: Mapping[str, Any]) -> None:
        """`templates` is a document in hassil's format. Raises ValueError where one sentence has two meanings."""
        self._meanings: dict[str, Meaning] = {}
        for sentence, meaning in _expand(Intents.from_dict(dict(templates))):
            if (other := self._meanings.setdefault(sentence, meaning)) != meaning:
                raise ValueError(f"the grammar gives {sentence!r} two meanings: {other} and {meaning}")
        self._sorted = sorted(self._meanings)

    def __len__(self) -> int:
        return len(self._meanings)

    @property
    def sentences(self) -> list[str]:
        """All sentences, in alphabetical order."""
        return self._sorted

    def meaning(self, sentence: str) -> Meaning | None:
        return self._meanings.get(sentence)

    def goes_on(self, beginning: str) -> bool:
        """Whether a longer sentence begins so and means something else. Its last word may be half a word."""
        meaning = self._meanings.get(beginning)
        for index in range(bisect_right(self._sorted, beginning), len(self._sorted)):
            if not self._sorted[index].startswith(beginning):
                return False
            if self._meanings[self._sorted[index]] != meaning:
                return True
        return False


def _expand(intents: Intents) -> Iterator[tuple[str, Meaning]]:
    values = {name: list(_values(name, slot_list)) for name, slot_list in intents.slot_lists.items()}
    for intent_name, intent in intents.intents.items():
        for data in intent.data:
            for template in data.sentences:
                for pattern in sample_sentence(template, None, intents.expansion_rules, expand_lists=False):
                    for sentence, slots in _filled(pattern, values):
                        yield sentence, Meaning(intent_name, slots)


def _filled(pattern: str, values: Mapping[str, list[tuple[str, SlotValue]]]) -> Iterator[tuple[str, Slots]]:
    """A sentence in which lists still stand by their names, "volume {level}", with every value in their places."""
    names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    for chosen in product(*(values[name] for name in names)):
        words = {name: text for name, (text, _) in zip(names, chosen, strict=True)}
        slots = tuple((name, value) for name, (_, value) in zip(names, chosen, strict=True))
        if sentence := " ".join(pattern.format(**words).split()):
            yield sentence, slots


def _values(name: str, slot_list: SlotList) -> Iterator[tuple[str, SlotValue]]:
    """Every way to say a list's values, and what each stands for."""
    if not isinstance(slot_list, TextSlotList):
        raise ValueError(f"{name}: a list of short commands names all its values")
    for value in slot_list.values:
        for text in sample_expression(value.text_in):
            yield text, value.value_out

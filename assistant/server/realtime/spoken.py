"""What the assistant said in one item: the words, when each of them is over, and how much of it is remembered."""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WordEnd:
    """When `at_ms` of the item's sound have been heard, its transcript was heard up to character `end`."""

    at_ms: float
    end: int


@dataclass(slots=True)
class Spoken:
    """Grows as the answer is spoken; times and characters both rise."""

    text: str = ""
    duration_ms: float = 0.0
    _ends: list[WordEnd] = field(default_factory=list)
    _heard_end: int | None = None
    """How many characters were heard; None: nothing is known of an interruption."""
    _kept_ms: float | None = None
    """How much of the sound the client has left of it."""

    def say(self, text: str) -> None:
        """More of the transcript."""
        self.text += text

    def sound(self, duration_ms: float, ends: list[WordEnd]) -> None:
        """More of the sound, and the words that are over in it or later; `at_ms` counts from the item's beginning."""
        self.duration_ms += duration_ms
        for word in ends:
            latest = self._ends[-1].at_ms if self._ends else 0.0
            self._ends.append(word if word.at_ms >= latest else WordEnd(latest, word.end))

    def cut_at(self, heard_ms: float) -> None:
        """The client says that no more than so much of the sound was heard: to its last whole word."""
        self._kept_ms = heard_ms
        before = bisect_right(self._ends, heard_ms, key=lambda word: word.at_ms)
        self._heard_end = self._ends[before - 1].end if before else 0

    def cut(self, heard: str) -> None:
        """No more than these words, with which the transcript begins, were heard."""
        self._heard_end = len(self.text) - len(self.text.lstrip()) + len(heard)

    @property
    def kept_ms(self) -> float:
        """Length of the sound, as far as it was not cut off by the client."""
        return self.duration_ms if self._kept_ms is None else self._kept_ms

    @property
    def is_cut(self) -> bool:
        return self._heard_end is not None

    @property
    def remembered(self) -> str:
        """The transcript, as far as it was heard."""
        return self.text if self._heard_end is None else self.text[: self._heard_end].rstrip()

"""Asks all sources at once, waits for none longer than it may take, and keeps what finds room.

What it puts together is volatile and belongs into the last message, beside the question: everything before it stays
the same to the byte from turn to turn, so that the model's server need not evaluate it again. See `placing`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from assistant.brain.context.source import Fate, LeftOut, Part, Source, Wanted

log = logging.getLogger(__name__)

Counter = Callable[[str], int]
"""How many tokens a text is, by the model's own tokenizer or at least as many."""


@dataclass(frozen=True, slots=True)
class Context:
    """What was put together for one question: `parts` in the order of the sources."""

    parts: tuple[Part, ...] = ()
    took_ms: float = 0.0
    """From when it was asked for."""

    @property
    def text(self) -> str:
        """What the model gets, a source a paragraph; "" where no source had anything to say."""
        return "\n".join(part.text for part in self.parts if part.is_in)

    @property
    def tokens(self) -> int:
        return sum(part.tokens for part in self.parts if part.is_in)

    @property
    def lines_by_source(self) -> list[list[str]]:
        """Of each source that is in."""
        return [part.text.split("\n") for part in self.parts if part.is_in]

    @property
    def lines(self) -> list[str]:
        return list(chain.from_iterable(self.lines_by_source))


class Orchestrator:
    """See the module. It may be asked again and again while a question is being said."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        budget_tokens: int,
        count: Counter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`budget_tokens` is for all sources together."""
        self._sources = tuple(sources)
        self._budget_tokens = budget_tokens
        self._count = count
        self._clock = clock

    def has_room(self, lines: Sequence[str]) -> bool:
        """Whether all of these are at most what all sources together may say."""
        return self._count("\n".join(lines)) <= self._budget_tokens

    async def context(self, wanted: Wanted) -> Context:
        """What the sources know by their deadlines. Raises nothing: a source that fails is left out."""
        began_s = self._clock()
        told = await asyncio.gather(*(self._told(source, wanted) for source in self._sources))
        return Context(self._with_room(told), round(1000 * (self._clock() - began_s), 2))

    async def _told(self, source: Source, wanted: Wanted) -> Part:
        began_s, within_s = self._clock(), source.deadline_s if wanted.within_s is None else wanted.within_s

        def part(fate: Fate, text: str = "", reason: str = "") -> Part:
            tokens = self._count(text) if text else 0
            return Part(source.name, fate, text, tokens, round(1000 * (self._clock() - began_s), 2), reason)

        try:
            async with asyncio.timeout(within_s):
                text = (await source.tell(wanted)).strip()
        except TimeoutError:
            log.info("%s had nothing to say within %.0f ms", source.name, 1000 * within_s)
            return part(Fate.LATE)
        except LeftOut as left_out:
            return part(Fate.LEFT_OUT, reason=str(left_out))
        except Exception as error:  # a defect, or a database that is away: the answer goes on without it
            log.warning("%s: %s", source.name, type(error).__name__)
            return part(Fate.FAILED, reason=type(error).__name__)
        if not text:
            return part(Fate.NOTHING)
        kept = shortened(text, source.budget_tokens, self._count)
        if not kept:
            return part(Fate.NO_ROOM)
        return part(Fate.IN if kept == text else Fate.SHORTENED, kept)

    def _with_room(self, told: Sequence[Part]) -> tuple[Part, ...]:
        """The same parts; those that find no room, of the lowest priority first, shortened or left out."""
        left = self._budget_tokens
        kept = dict(enumerate(told))
        for number in sorted(kept, key=lambda number: -self._sources[number].priority):
            part = kept[number]
            if not part.is_in:
                continue
            if part.tokens > left:
                text = shortened(part.text, left, self._count)
                tokens, fate = (self._count(text), Fate.SHORTENED) if text else (0, Fate.NO_ROOM)
                part = kept[number] = replace(part, text=text, tokens=tokens, fate=fate)
            left -= part.tokens
        return tuple(kept[number] for number in range(len(told)))


def shortened(text: str, budget_tokens: int, count: Counter) -> str:
    """As many whole lines of it, from the first on, as are at most so many tokens; "" where the first is more."""
    if count(text) <= budget_tokens:
        return text
    lines = text.split("\n")
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count("\n".join(lines[:middle])) <= budget_tokens else (low, middle - 1)
    return "\n".join(lines[:low])

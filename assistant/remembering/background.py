"""What a language model should know besides the conversation, a thing a line."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.brain.context.explained import background_told
from assistant.brain.context.orchestrator import Context, Orchestrator
from assistant.brain.context.placing import told_ahead, told_at_last
from assistant.brain.context.source import LeftOut, Wanted
from assistant.conversation.skill import Asked
from assistant.conversation.speakers import owner_of
from assistant.conversation.told import NOTHING, Background
from assistant.conversation.wording import means_same, wording
from assistant.memory.episodes import Episode, Origin
from assistant.memory.facts.saying import day_said
from assistant.memory.recall import Found, Recall, Recalled
from assistant.memory.store.errors import StoreError
from assistant.remembering.quoting import is_kept_back

MOST = 4
LOOKED_AT = 8
"""That the same was asked before is often the first thing to be found, and tells nothing."""
FEWEST = 3
"""Words of a question that is still being said: of fewer nobody knows what it is about."""
AHEAD_S = 0.5
"""By then the user has said more."""
BEGUN_S = 0.1
"""The answer is being written already; its first clause takes longer."""
LONGEST = 240
"""Characters of one thing that was said."""


async def nothing_to_wait_for() -> None:
    """Where nobody forgets anything."""


@dataclass(slots=True)
class MemorySource:
    """What was said before that the question may need. Nothing of it is told to a guest; nothing private leaves."""

    recall: Recall
    is_remote: bool
    """Whether the language model is on another machine."""
    settled: Callable[[], Awaitable[None]] = nothing_to_wait_for
    """Waits until what is being forgotten is gone."""
    on_private: Callable[[], None] = lambda: None
    """Called when a model on this machine is told something private."""
    name: str = "memories"
    priority: int = 60
    budget_tokens: int = 200
    deadline_s: float = 0.03
    _last: "tuple[tuple[tuple[str, ...], str, datetime], asyncio.Future[Found]] | None" = None
    """What was looked for last, with its clock, and what was found, or will be."""

    def forget(self) -> None:
        """Let go what was found last."""
        self._last = None

    async def tell(self, wanted: Wanted) -> str:
        if wanted.speaker is None:
            raise LeftOut("the speaker is a guest")
        if not wanted.is_whole and len(wanted.question.split()) < FEWEST:
            return ""
        await self.settled()
        try:
            found = await self._found(wanted.question, wanted.speaker, wanted.at)
        except StoreError:
            raise LeftOut("memory is not to be had") from None  # the store has told the user
        recalled = [one for one in found.likely if _tells_more(one.episode, wanted.question)]
        if not found.is_known or not recalled:
            raise LeftOut("nothing that is remembered answers it")
        if self.is_remote:
            recalled = [one for one in recalled if not is_kept_back(one.episode)]
            if not recalled:
                raise LeftOut("it is private, and the model is on another machine")
        elif any(is_kept_back(one.episode) for one in recalled[:MOST]):
            self.on_private()
        return recollection(recalled[:MOST], wanted.at)

    async def _found(self, question: str, owner: str, at: datetime) -> Found:
        """Most questions are said to their end before they are known to be whole: then it was looked for already, or
        is being. Raises StoreError."""
        asked = wording(question), owner, at
        last = self._last
        if last is None or last[0] != asked or _has_failed(last[1]):
            looking = asyncio.ensure_future(self.recall.find(question, owner=owner, limit=LOOKED_AT, now=at))
            looking.add_done_callback(_has_failed)  # perhaps nobody waits for it any more
            self._last = last = asked, looking
        return await asyncio.shield(last[1])


class OrchestratedBackground:
    """See `conversation.protocols.BackgroundSource`. `last` is what was found for the last question when it was whole,
    and `latest` what it was told, for whoever asks why."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        now: Callable[[], datetime],
        *,
        ahead_s: float = AHEAD_S,
        begun_s: float = BEGUN_S,
    ) -> None:
        self._orchestrator = orchestrator
        self._ahead_s, self._begun_s = ahead_s, begun_s
        self._now = now
        self._at: datetime | None = None
        """When the question began that is being said: until it is answered, it is no later."""
        self._forgettings = 0
        self.last, self.latest = Context(), NOTHING

    def forget(self) -> None:
        """Let go what was told so far, also of a question that is still being said."""
        self._forgettings += 1
        self.last, self.latest = Context(), NOTHING

    async def ahead(self, asked: Asked, so_far: Background) -> Background:
        so_far = self._still(asked, so_far)
        context = await self._orchestrator.context(self._wanted(asked, so_far, self._ahead_s, is_whole=False))
        return replace(told_ahead(so_far, context.lines), told=tuple(background_told(context)))

    async def note(self, asked: Asked, so_far: Background | None) -> Background:
        within_s, so_far = None if so_far is None else self._begun_s, self._still(asked, so_far or NOTHING)
        self.last = await self._orchestrator.context(self._wanted(asked, so_far, within_s, is_whole=True))
        placed = told_at_last(so_far, self.last.lines_by_source, self._orchestrator.has_room)
        self.latest = replace(placed, told=tuple(background_told(self.last)))
        return self.latest

    def _wanted(self, asked: Asked, so_far: Background, within_s: float | None, *, is_whole: bool) -> Wanted:
        if self._at is None or not so_far.before:
            self._at = self._now()
        return Wanted(asked.text, self._at, so_far.whose, is_whole, within_s)

    def _still(self, asked: Asked, so_far: Background) -> Background:
        """What stands so far. It is nothing once somebody else turns out to speak, since what was found was not theirs;
        and once something was forgotten, since that may be among it."""
        anew = Background(whose=owner_of(asked.speaker), forgettings=self._forgettings)
        is_still = (so_far.whose, so_far.forgettings) == (anew.whose, anew.forgettings)
        return so_far if is_still else anew


def _has_failed(looking: "asyncio.Future[Found]") -> bool:
    return looking.done() and (looking.cancelled() or looking.exception() is not None)


def _tells_more(episode: Episode, question: str) -> bool:
    return not episode.text.rstrip().endswith("?") and not means_same(episode.text, question)


def recollection(found: Sequence[Recalled], now: datetime) -> str:
    """What was said before, a line each, as data: a memory that gives an order is told as what somebody said."""
    lines = []
    for one in found:
        episode = one.episode
        said = " ".join(episode.text.split())[:LONGEST].replace("“", '"').replace("”", '"')
        who = "you answered" if episode.origin is Origin.ASSISTANT else f"{episode.speaker or 'the user'} said"
        lines.append(f"{day_said(episode.when, now).capitalize()} {who}: “{said}”.")
    return "\n".join(lines)

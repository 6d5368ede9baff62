"""Memory as a skill of a conversation: answers what is asked of it, with where it knows that from, and forgets."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from assistant.conversation.controls import ControlError, Controls
from assistant.conversation.decisions import Outcome
from assistant.conversation.earcons import Earcon
from assistant.conversation.notices import Notice
from assistant.conversation.record import TurnRecord
from assistant.conversation.short_answers import answer as short_answer
from assistant.conversation.skill import Asked, SkillReply
from assistant.conversation.speakers import owner_of
from assistant.memory.episodes import Episode, Origin, Sensitivity
from assistant.memory.facts.claims import Fact
from assistant.memory.facts.questions import UNKNOWN, understand
from assistant.memory.facts.routines import routines
from assistant.memory.facts.table import FactTable
from assistant.memory.recall import Recall
from assistant.memory.store import log
from assistant.memory.store.errors import StoreError
from assistant.memory.store.forgetting import Selection
from assistant.memory.store.store import Store
from assistant.remembering.background import recollection
from assistant.remembering.quoting import LOOKED_AT, QUOTED, is_kept_back, is_telling, names, perhaps, quotation, quoted
from assistant.remembering.replies import Deed, Forgetting, Reply, how_known, known, sources_of, told
from assistant.remembering.request import Kind, Request, request
from assistant.remembering.sensitive import is_off_the_record
from assistant.remembering.statements import may_correct, stated
from assistant.remembering.writing import MEMORY, Writing

logger = logging.getLogger(__name__)

TOLD_WITHIN_S = 30.0
AGREED_WITHIN_S = 60.0
"""A "yes" that comes later belongs to something else."""
ROUTINES_OVER = timedelta(weeks=26)
UNABLE = "I can't get at my memory just now; the log says why, and what to do."
CONFIDED = "I keep that to myself: it stays on this machine."
EXPIRES_EVERY = timedelta(days=1)
LOOKS_EVERY_S = 5.0
"""How soon what `hearthside memory forget` took away is gone from the conversation, too."""
NOT_YOURS = "I don't know who you are, so I keep nothing of what you say."

Forgotten = Callable[[], None]
"""Told that something was forgotten: whatever else holds what was said lets it go, too."""


@dataclass(frozen=True, slots=True)
class Open:
    """What the last answer left to its `owner`: a question, and the facts that it was said from; `sources`: where they
    come from, as long as nothing else was said since."""

    owner: str | None = None
    asks: Forgetting | None = None
    facts: tuple[Fact, ...] = ()
    sources: tuple[str, ...] = ()
    things: int = 0
    """How many were told of."""
    since: datetime | None = None


@dataclass(slots=True, eq=False)
class _Answered:
    """One answer; see `conversation.skill`."""

    remembering: "Remembering"
    reply: Reply
    owner: str | None
    before: Open | None = None
    undo: Callable[[], None] | None = None

    @property
    def text(self) -> str:
        return self.reply.text

    @property
    def context(self) -> str:
        return self.reply.context

    @property
    def route(self) -> str:
        return MEMORY

    @property
    def earcon(self) -> Earcon | None:
        return None

    @property
    def is_private(self) -> bool:
        return self.reply.is_private and self.remembering.is_remote

    def commit(self) -> None:
        self.before = self.remembering.open
        facts = self.reply.facts or self.remembering.left_to(self.owner).facts
        things = len(self.reply.facts or self.reply.sources)
        now = self.remembering.now()
        self.remembering.open = Open(self.owner, self.reply.asks, facts, self.reply.sources, things, now)
        self.remembering.pending = self.reply.deed
        self.remembering.writing.was_private = self.reply.is_private
        if self.reply.at_once is not None:
            self.undo = self.reply.at_once()

    def take_back(self) -> None:
        if self.before is not None:
            self.remembering.open = self.before
            self.remembering.pending = None
        if self.undo is not None:
            self.undo()

    def heard_out(self) -> None:
        self.remembering.do_pending()


@dataclass(slots=True, eq=False)
class Remembering:
    """See `conversation.skill.Skill`."""

    store: Store
    recall: Recall
    facts: FactTable
    writing: Writing
    now: Callable[[], datetime]
    is_remote: bool = False
    """Whether the language model is on another machine, where nothing private may go."""
    forgotten: list[Forgotten] = field(default_factory=list)
    voice: Controls | None = None
    """Of the conversation: tells what could not be done."""
    open: Open = Open()
    pending: Deed | None = None
    """Of the answer that is being given: done when its turn is over, also if it was interrupted."""
    _forgettings: int = 0
    """As the store counts them, when the last was heard of."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _deeds: set[asyncio.Task[str]] = field(default_factory=set)
    """Those of them that change the memory."""

    def is_asked(self, text: str) -> bool:
        if self.is_whole(text) or understand(text, self.now()) is not None:
            return True
        return bool(stated(self._episode(text, ""))) or (bool(self.open.facts) and may_correct(text))

    def is_whole(self, text: str) -> bool:
        if request(text) is not None or (self.is_remote and self.writing.is_private(text)):
            return True
        return self._asks() is not None and short_answer(text) in ("yes", "no")

    async def settled(self) -> None:
        """Wait until what is being forgotten is gone, or could not be: no answer is from it."""
        if self._deeds:
            await asyncio.wait(tuple(self._deeds))

    async def answer(self, asked: Asked) -> SkillReply:
        await self.settled()
        owner = owner_of(asked.speaker)
        try:
            return _Answered(self, await self._reply(asked, owner), owner)
        except StoreError as error:  # its line names files: nothing to be read aloud
            logger.warning("memory: %s", error)
            return _Answered(self, Reply(UNABLE), owner)

    def stop(self) -> None:
        self.open, self.pending = replace(self.open, asks=None), None

    def observe(self, notice: Notice) -> None:
        """What the conversation tells: turns are written down."""
        self.writing.observe(notice)
        if not isinstance(notice, TurnRecord):
            return
        if notice.route != MEMORY:  # "yes", "forget that" and "how do you know" are about something else now
            self.open = Open(self.open.owner, facts=self.open.facts, since=self.open.since)
        elif notice.outcome == Outcome.INTERRUPTED.value:
            self.do_pending()

    def left_to(self, owner: str | None) -> Open:
        """What the last answer left to this person: nothing, if it was somebody else's."""
        return self.open if self.open.owner == owner else Open(owner)

    def do_pending(self) -> None:
        """Do what the answer announced: its turn is over, and cannot be taken back."""
        deed, self.pending = self.pending, None
        if deed is not None:
            self.do(deed)

    def tell_soon(self, text: str) -> None:
        """Say something unasked, in the next pause."""
        self._start(self._tell(text))

    async def _tell(self, text: str) -> None:
        logger.warning("memory: the user is told of trouble")
        if self.voice is not None:
            try:
                await self.voice.say(text, within_s=TOLD_WITHIN_S)
            except ControlError as error:
                logger.warning("memory: the user was not told: %s", error)

    def do(self, deed: Deed) -> None:
        """Do it now."""
        self._start(self._done(deed))

    async def keep_in_order(self) -> None:
        """For ever: forget what was kept as long as is configured, and what another program has forgotten meanwhile."""
        expires_at = self.now()
        while True:
            try:
                if self.now() >= expires_at:
                    expires_at = self.now() + EXPIRES_EVERY
                    await self.store.expire(self.now())
                await self._let_go()
            except StoreError as error:  # the store has told the user
                logger.info("memory: %s", error)
            await asyncio.sleep(LOOKS_EVERY_S)

    async def close(self) -> None:
        """Write what is still to be written."""
        await self.writing.written()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- answers ----------------------------------------------------------------------------------------

    async def _reply(self, asked: Asked, owner: str | None) -> Reply:
        now = self.now()
        if (asks := self._asks()) is not None and (said := short_answer(asked.text)) in ("yes", "no"):
            if self.open.owner != owner:
                return Reply()  # nobody else decides what becomes of somebody's memory
            agreed = said == "yes"
            return Reply("Forgetting it.", deed=self._forget(asks)) if agreed else Reply("I keep it, then.")
        if (wanted := request(asked.text)) is not None:
            return await self._requested(wanted, asked.text, owner, now)
        question = understand(asked.text, now)
        if owner is None:
            return Reply(UNKNOWN if question is not None else "")
        if question is None:
            return await self._acknowledged(self._episode(asked.text, owner))
        found = await self.store.read(lambda connection: self.facts.answer(connection, owner, question, now))
        if found.facts:
            return await self._said_from(Reply(found.text, facts=found.facts), owner)
        recalled = await self.recall.find(asked.text, owner=owner, limit=LOOKED_AT, now=now)
        if (once := perhaps(recalled.recalled, asked.text)) is not None:
            return Reply(f"I am not sure. {quotation(once, now)}", sources=(once.id,), is_private=is_kept_back(once))
        # Of a thing, what is only like it ("the hairdresser") would make a model answer what nobody has told.
        thing = question.named
        may_go = [
            one
            for one in (recalled.likely if thing else recalled.likely[:QUOTED])
            if is_telling(one.episode)
            and (not thing or names(one.episode, thing))
            and not (self.is_remote and is_kept_back(one.episode))
        ][:QUOTED]
        context = recollection(may_go, now) if recalled.is_known else ""
        if context and any(is_kept_back(one.episode) for one in may_go):
            self.writing.tells_private()
        return Reply(context=context) if context else Reply(found.text)

    async def _said_from(self, reply: Reply, owner: str) -> Reply:
        """The same, with where its facts come from: what "forget that" means then."""
        claims = await self.store.read(lambda connection: self.facts.claims(connection, owner))
        kept_back = any(fact.said.is_private for fact in reply.facts)
        return replace(reply, sources=sources_of(reply.facts, claims), is_private=kept_back)

    async def _acknowledged(self, episode: Episode) -> Reply:
        """What was taken of a statement, so that the user hears what was misheard; nothing where nothing was taken."""
        kept_back = self.writing.is_private(episode.text)
        if episode.owner in self.writing.off_the_record or is_off_the_record(episode.text):
            return Reply("I keep nothing of that." if kept_back else "", is_private=kept_back)
        await self.writing.written()
        claims = await self.store.read(lambda connection: self.facts.claims_of(connection, episode))
        reply = replace(told(claims, episode.when), is_private=kept_back)
        return replace(reply, text=CONFIDED) if kept_back and self.is_remote and not reply.text else reply

    def _episode(self, text: str, owner: str) -> Episode:
        """What the user says, as it will be written down."""
        return Episode("said", self.now(), self.writing.session, owner, text, owner=owner)

    async def _requested(self, wanted: Request, said: str, owner: str | None, now: datetime) -> Reply:
        if wanted.kind in (Kind.OFF_THE_RECORD, Kind.ON_THE_RECORD):
            return self._record(owner, is_off=wanted.kind is Kind.OFF_THE_RECORD)
        if owner is None:
            return Reply(NOT_YOURS)
        match wanted.kind:
            case Kind.KEEP if owner in self.writing.off_the_record:
                return Reply("We are off the record.")
            case Kind.KEEP:
                taken = await self._acknowledged(self._episode(said, owner))
                return taken if taken.text else Reply("I'll remember that.")
            case Kind.KNOWN:
                reply = await self._said_from(known(await self._facts(owner), wanted.topic, now), owner)
                quotes = Reply() if reply.facts or not wanted.topic else await self._quoted(wanted.topic, owner, now)
                return quotes if quotes.sources else reply
            case Kind.TOLD:
                return await self._quoted(wanted.topic, owner, now)
            case Kind.HOW_KNOWN:
                left = self.left_to(owner)
                return how_known(left.facts if left.sources else (), now)
            case Kind.PRIVATE:
                return self._keep_back(owner)
            case Kind.SUGGEST:
                return await self._suggest(owner, now)
            case Kind.FORGET_LAST:
                return await self._forget_last(owner)
            case Kind.FORGET_ABOUT:
                return await self._propose(Selection(about=wanted.topic, within=owner), f"about {wanted.topic}")
            case Kind.FORGET_SPAN if wanted.span is not None:
                since = now.replace(hour=0, minute=0, second=0) if wanted.midnight else now - wanted.span
                return await self._propose(Selection(since=since, within=owner), "of that time")
            case Kind.FORGET_SPAN:
                ids = tuple(self.writing.all.get(owner, ()))
                return await self._propose(Selection(ids=ids, within=owner), "of this conversation")
            case _:
                return await self._propose(Selection(everything=True, within=owner), "that I know of you")

    async def _forget_last(self, owner: str) -> Reply:
        """What was said last: the user's turn, and what the assistant has just told of before it."""
        left = self.left_to(owner)
        sources, last = left.sources, tuple(self.writing.last.get(owner, ()))
        if sources and left.things > 1:
            return await self._propose(Selection(ids=(*sources, *last), within=owner), "that I have just told you")
        if not sources and not last:
            return Reply("There is nothing of yours that I have kept just now.")
        forgetting = Forgetting(Selection(ids=(*sources, *last), within=owner), "")
        return Reply("Forgotten.", deed=self._forget(forgetting))

    def _keep_back(self, owner: str) -> Reply:
        if not (last := tuple(self.writing.last.get(owner, ()))):
            return Reply("There is nothing of yours that I have kept just now.")
        return Reply(CONFIDED, deed=lambda: self._kept_back(last), is_private=True)

    async def _kept_back(self, ids: tuple[str, ...]) -> str:
        """What is written down is not changed: it is forgotten, and written anew as private."""
        await self.writing.written()
        before = await self.store.select(Selection(ids=ids))
        kept = [replace(one, id=f"{one.id}-private", sensitivity=Sensitivity.PRIVATE) for one in before]
        await self.store.append(kept)
        return await self._forget(Forgetting(Selection(ids=ids), ""))()

    async def _suggest(self, owner: str, now: datetime) -> Reply:
        since = now - ROUTINES_OVER
        said = await self.store.read(lambda connection: log.by_time(connection, since=since, owner=owner))
        # Those of private things are the user's to notice: what is offered may enter a prompt.
        of_user = [one for one in said if one.origin is Origin.USER and not is_kept_back(one)]
        found = await asyncio.to_thread(routines, of_user, now)
        if not found:
            return Reply("Not yet: I have noticed nothing that you ask for again and again.")
        return Reply(f"{found[0].reason} I do nothing by myself: you only have to say so.", sources=())

    async def _quoted(self, topic: str, owner: str, now: datetime) -> Reply:
        return await quoted(self.store, self.recall, topic, owner, now)

    async def _propose(self, selection: Selection, what: str) -> Reply:
        await self.writing.written()
        count = len(await self.store.select(selection))
        if not count:
            return Reply(f"I remember nothing {what}.")
        things = "one thing" if count == 1 else f"{count} things"
        return Reply(f"Shall I forget {things} {what}, for good?", asks=Forgetting(selection, what))

    def _record(self, owner: str | None, *, is_off: bool) -> Reply:
        if owner is None:
            return Reply(NOT_YOURS)

        def at_once() -> Callable[[], None]:
            before = self.writing.off_the_record

            def undo() -> None:
                self.writing.off_the_record = before

            self.writing.off_the_record = before | {owner} if is_off else before - {owner}
            return undo

        text = "Off the record. I keep nothing until you say: on the record." if is_off else "On the record again."
        return Reply(text, at_once=at_once)

    def _forget(self, forgetting: Forgetting) -> Deed:
        async def deed() -> str:
            self._tell_forgotten()  # at once: the next question may be asked while the store is still at it
            await self.writing.written()
            report = await self.store.forget(forgetting.selection, waits=False)
            logger.info("memory: %d episodes forgotten", len(report.ids))
            self.writing.forgotten()
            await self._let_go()
            return ""

        return deed

    async def _let_go(self) -> None:
        """If something was forgotten since, perhaps by another program: have all that holds it let it go."""
        count = await self.store.forgettings()
        if count != self._forgettings:
            self._forgettings = count
            self._tell_forgotten()

    def _tell_forgotten(self) -> None:
        self.open = Open()
        for forgotten in self.forgotten:
            forgotten()

    async def _facts(self, owner: str) -> tuple[Fact, ...]:
        return await self.store.read(lambda connection: self.facts.facts(connection, owner))

    def _asks(self) -> Forgetting | None:
        since = self.open.since
        is_fresh = since is not None and (self.now() - since).total_seconds() <= AGREED_WITHIN_S
        return self.open.asks if is_fresh else None

    # --- deeds ------------------------------------------------------------------------------------------

    async def _done(self, deed: Deed) -> None:
        doing = asyncio.ensure_future(deed())
        self._deeds.add(doing)
        doing.add_done_callback(self._deeds.discard)
        try:
            trouble = await doing
        except StoreError as error:
            logger.warning("memory: nothing was forgotten: %s", error)
            trouble = "That could not be forgotten just now; the log says why. Please say it again later."
        if trouble:
            await self._tell(trouble)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="memory")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

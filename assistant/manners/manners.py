"""How somebody is answered, as they asked for aloud ("be brief"): a skill of a conversation, and what comes of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.brain.behaviour import Behaviour, Style, behaviour_of, style_of
from assistant.config import ConfigError, ConversationConfig
from assistant.conversation.earcons import Earcon
from assistant.conversation.history import History
from assistant.conversation.notices import Notice, PhaseChanged
from assistant.conversation.record import TurnRecord
from assistant.conversation.skill import Asked, SkillReply
from assistant.conversation.speakers import GUEST, Speaker
from assistant.conversation.threads import Threads
from assistant.conversation.turn_taking import Phase
from assistant.manners.request import asks_again, request
from assistant.manners.wishes import Wishes

log = logging.getLogger(__name__)

ROUTE = "manner"
STRANGERS_S = 120.0
"""What strangers wish holds until nobody has said anything for so long."""

SAYINGS = {
    "brief": "I'll be brief.",
    "teacher": "I'll explain things like a teacher.",
    "creative": "I'll be inventive.",
    "precise": "I'll be precise.",
    "formal": "Certainly. I shall be formal.",
    "casual": "Sure, casual it is.",
    "technical": "I'll use technical terms.",
    "": "Back to normal.",
}


@dataclass(slots=True, eq=False)
class _Answered:
    """One answer; see `conversation.skill`. Without a `style` nothing changes."""

    manners: "Manners"
    name: str
    text: str
    context: str = ""
    style: Style | None = None
    behaviour: Behaviour | None = None
    before: tuple[Style, Behaviour] | None = None

    @property
    def route(self) -> str:
        return ROUTE

    @property
    def earcon(self) -> Earcon | None:
        return None

    @property
    def is_private(self) -> bool:
        return False

    def commit(self) -> None:
        if self.style is not None and self.behaviour is not None:
            self.before = self.manners.put_in_force(self.name, self.style, self.behaviour)

    def take_back(self) -> None:
        if self.before is not None:
            self.manners.put_in_force(self.name, *self.before)

    def heard_out(self) -> None:
        """There is nothing more to do."""


@dataclass(slots=True)
class Manners:
    """Puts in force, in the thread with each person, what they asked for. See `conversation.skill.Skill`."""

    conversation: Callable[[], ConversationConfig]
    threads: Threads
    wishes: Wishes
    tells_apart: bool
    """Whether people are told apart by their voices."""
    now_s: Callable[[], float]
    on_changed: list[Callable[[], None]] = field(default_factory=list)
    """Called when somebody is answered otherwise from now on."""
    _wanted: dict[str, Style] = field(default_factory=dict)
    _in_force: dict[str, Behaviour] = field(default_factory=dict)
    _heard_s: float = 0.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _keeping: asyncio.Lock = field(default_factory=asyncio.Lock)

    def open(self) -> None:
        """Read what is wished for; from now on it is in force. Blocks. Raises ConfigError."""
        self._wanted = {name: style for name, style in self.wishes.all().items() if self._is_kept(name)}
        behaviour_of(self.conversation(), style_of(self.conversation().for_guests))

    def follow(self) -> None:
        """Put it in force in the threads that there are, and in those that will be begun."""
        self.threads.follow(self._begun)

    def again(self, usual: Behaviour | None = None) -> None:
        """What is usual has changed: put in force what follows. Raises ValueError where that is too long."""
        self.threads.visit(self._begun)

    def is_asked(self, text: str) -> bool:
        return request(text) is not None

    def is_whole(self, text: str) -> bool:
        return request(text) is not None

    async def answer(self, asked: Asked) -> SkillReply:
        name = name_of(asked.speaker)
        wanted = request(asked.text)
        style = await asyncio.to_thread(style_of, wanted) if isinstance(wanted, str) else wanted or Style()
        whole = _wish(style.over(self._wanted.get(name, Style())))
        try:
            behaviour = await asyncio.to_thread(self._behaviour, name, whole)
        except ConfigError as error:
            log.warning("%s", error)
            return _Answered(self, name, f"I don't know a way of answering called {wanted}.")
        said = SAYINGS.get(style.profile or style.wording or "", f"I'll answer in the way called {wanted}.")
        thread = self.threads.named(name)
        if asks_again(asked.text) and thread.turns and style.profile:
            plain = await asyncio.to_thread(behaviour_of, self.conversation(), Style("", ""))
            context = behaviour.system_prompt.removeprefix(plain.system_prompt).strip()
            return _Answered(self, name, "", context, whole, behaviour)
        return _Answered(self, name, said, "", whole, behaviour)

    def stop(self) -> None:
        """Nothing of it goes on."""

    def observe(self, notice: Notice) -> None:
        """When a turn begins: what strangers wished for lapses when they seem to have gone, and files may be others."""
        if isinstance(notice, TurnRecord):
            self._heard_s = self.now_s()
        is_begun = isinstance(notice, PhaseChanged) and notice.phase is Phase.LISTENING
        is_long_ago = self.now_s() - self._heard_s > STRANGERS_S
        if is_begun and is_long_ago and not self._is_kept("") and self._wanted.pop("", None) is not None:
            self._begun("", self.threads.named(""))
        if is_begun and not self._tasks:
            self._start(self.fresh())

    async def fresh(self) -> None:
        """Put in force what the files say now that are not everybody's; those `LiveBehaviour` follows."""
        names = [name for name in self._in_force if name in self._wanted or (not name and self.tells_apart)]
        for name in names:
            wish = self._wanted.get(name, Style())
            try:
                behaviour = await asyncio.to_thread(self._behaviour, name, wish)
                if self._wanted.get(name, Style()) == wish:
                    self._instruct(name, self.threads.named(name), behaviour)
            except (ConfigError, ValueError) as error:
                log.info("%s is answered as before: %s", name or "the user", error)

    def put_in_force(self, name: str, style: Style, behaviour: Behaviour) -> tuple[Style, Behaviour]:
        """From the next answer on; what was in force before. What they wish is kept where it may be."""
        before = self._wanted.get(name, Style()), self._in_force[name]
        try:
            self._instruct(name, self.threads.named(name), behaviour)
        except ValueError as error:
            log.error("%s is answered as before: %s", name or "the user", error)
            return before
        self._wanted[name] = style
        log.info("from the next answer on: %s", behaviour.source)
        if self._is_kept(name):
            self._start(self._keep(name, style))
        return before

    async def _keep(self, name: str, style: Style) -> None:
        """One after the other: what is wished last is what stays."""
        async with self._keeping:
            await asyncio.to_thread(self.wishes.keep, name, style)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="manners")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Write what is still to be written."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begun(self, name: str, thread: History) -> None:
        """Two or three small files are read."""
        try:
            behaviour = self._behaviour(name, self._wanted.get(name, Style()))
        except ConfigError as error:
            log.error("%s is answered as is usual: %s", name or "the user", error)
            behaviour = behaviour_of(self.conversation())
        self._instruct(name, thread, behaviour)

    def _instruct(self, name: str, thread: History, behaviour: Behaviour) -> None:
        if behaviour != self._in_force.get(name):
            thread.instruct(behaviour.system_prompt, behaviour.source)
            thread.manner = behaviour.manner
            self._in_force[name] = behaviour
            for listener in self.on_changed:
                listener()

    def _behaviour(self, name: str, wish: Style) -> Behaviour:
        conversation = self.conversation()
        usual = style_of(conversation.for_guests) if not name and self.tells_apart else Style()
        return behaviour_of(conversation, wish.over(usual))

    def _is_kept(self, name: str) -> bool:
        """Whether it is known whose it is: strangers leave nothing."""
        return bool(name) or not (self.tells_apart or self.conversation().public)


def name_of(speaker: Speaker | None) -> str:
    """Of the thread with this person."""
    return "" if speaker is None or speaker.name == GUEST else speaker.name


def _wish(style: Style) -> Style:
    """What is as usual is no wish."""
    return replace(style, profile=style.profile or None, wording=style.wording or None)

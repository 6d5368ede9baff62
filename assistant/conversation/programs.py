"""What other programs ask of a conversation, and what comes of it: something is said for them, or the user is heard.

When that begins, turn-taking decides; this keeps what is to be said until then, and whoever waits for what came of it.
"""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from assistant.conversation.answer import Answer, AnswerError
from assistant.conversation.controls import ControlError, Said
from assistant.conversation.facts import ErrandCalledOff, Fact, ListenWanted, SayWanted
from assistant.conversation.reading_aloud import all_clauses
from audio.beside import beside
from audio.tts.protocol import TextToSpeech

MOST_WAITING = 16
"""Errands at once: programs that ask for more wait in vain."""


@dataclass(slots=True)
class _Errand:
    """One of them, from being asked for until what came of it is known."""

    answer: Answer | None = None
    """What is to be said; None: the user is to be heard."""
    has_sound: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    turn_over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a turn ends in which the user may have been heard."""
    said: Said | None = None
    words: str | None = None
    refusal: str = ""

    def end(self) -> None:
        self.has_sound.set()
        self.begun.set()
        self.over.set()

    async def ended(self) -> None:
        """Raises ControlError."""
        await self.over.wait()
        if self.refusal:
            raise ControlError(self.refusal)


class Programs:
    """Their errands at one conversation."""

    def __init__(
        self,
        tts: TextToSpeech,
        feed: Callable[[Fact], None],
        *,
        now: Callable[[], float],
        pace: Callable[[], float],
        is_user_heard: Callable[[], bool],
        on_listened: Callable[[], None],
    ) -> None:
        """`feed` tells turn-taking; `on_listened` is called when an errand hears the user no longer."""
        self._tts = tts
        self._feed = feed
        self._now = now
        self._pace = pace
        self._is_user_heard = is_user_heard
        self._on_listened = on_listened
        self._numbers = itertools.count(1)
        self._errands: dict[int, _Errand] = {}
        self._listener: int | None = None

    # --- for the programs -------------------------------------------------------------------------------

    async def say(self, text: str, *, within_s: float) -> Said:
        """See `Controls.say`."""
        number, errand = self._open()
        try:
            clauses = await _length_of(text)
            async with beside(self._prepare(number, errand, text)):
                async with asyncio.timeout(within_s):
                    await errand.has_sound.wait()
                    if not errand.over.is_set():
                        self._feed(SayWanted(self._now(), number, clauses))
                    await errand.begun.wait()
                await errand.ended()
        except TimeoutError:
            raise ControlError(f"it was not said: nobody left a pause for it within {within_s:.0f} s") from None
        finally:
            self._close(number, errand)
        if errand.said is None:
            raise RuntimeError("an errand ended without an end")
        return errand.said

    async def listen(self, *, within_s: float) -> str | None:
        """See `Controls.listen`."""
        number, errand = self._open()
        try:
            self._feed(ListenWanted(self._now(), number))
            try:
                async with asyncio.timeout(within_s):
                    await errand.ended()
            except TimeoutError:
                if self._listener == number and self._is_user_heard():  # who has begun is heard out
                    errand.turn_over.clear()
                    await errand.turn_over.wait()
        finally:
            self._close(number, errand)
        if errand.words == "":
            raise ControlError("what the user said could not be understood")
        return errand.words

    # --- for the session --------------------------------------------------------------------------------

    def begin_to_say(self, number: int) -> Answer:
        """What this errand has to say, the beginning of which has its sound; it is being said."""
        errand = self._errands[number]
        if errand.answer is None:
            raise RuntimeError("the errand has nothing to say")
        errand.begun.set()
        errand.answer.was_committed()
        return errand.answer

    def said(self, number: int, said: Said) -> None:
        """It has been said, or was interrupted."""
        if (errand := self._errands.get(number)) is not None:
            errand.said = said
            errand.end()

    def begin_to_listen(self, number: int) -> None:
        """This errand hears the user from now on."""
        self._listener = number

    def heard(self, number: int, words: str) -> None:
        """The user has said this, or "" where it was not understood."""
        if (errand := self._errands.get(number)) is not None:
            errand.words = words
            errand.end()

    def turn_over(self) -> None:
        """A turn has ended, whatever was in it."""
        if self._listener is not None:
            self._errands[self._listener].turn_over.set()

    def refuse_all(self, reason: str) -> None:
        """Nothing comes of what was asked for, but for what is being said: that has been heard in part."""
        for errand in self._errands.values():
            if errand.answer is None or not errand.begun.is_set():
                self._refuse(errand, reason)

    def refuse_listeners(self, reason: str) -> None:
        """Nobody hears the user any more."""
        for errand in self._errands.values():
            if errand.answer is None:
                self._refuse(errand, reason)

    # --- parts of these ---------------------------------------------------------------------------------

    def _open(self) -> tuple[int, _Errand]:
        if len(self._errands) >= MOST_WAITING:
            raise ControlError(f"busy: {MOST_WAITING} programs wait already; try again later")
        number = next(self._numbers)
        self._errands[number] = errand = _Errand()
        return number, errand

    def _close(self, number: int, errand: _Errand) -> None:
        if not errand.over.is_set():
            self._feed(ErrandCalledOff(self._now(), number))
        del self._errands[number]
        if self._listener == number:
            self._listener = None
            self._on_listened()

    def _refuse(self, errand: _Errand, reason: str) -> None:
        if not errand.over.is_set():
            errand.refusal = reason
            errand.end()

    async def _prepare(self, number: int, errand: _Errand, text: str) -> None:
        """Have it spoken as far ahead as an answer is: its beginning before it is begun, the rest while it is heard."""
        answer = errand.answer = Answer(lambda clause: errand.has_sound.set(), self._now, self._pace)
        try:
            await answer.recite(text, self._tts)
        except AnswerError as error:
            if errand.begun.is_set():  # it is told how much of it was heard
                self._feed(ErrandCalledOff(self._now(), number))
            else:
                self._refuse(errand, str(error))


async def _length_of(text: str) -> int:
    """In clauses. Raises ControlError."""
    async with aclosing(all_clauses(text)) as clauses:
        spoken = [clause.speech.spoken.strip() async for clause in clauses]
    if not any(spoken):
        raise ControlError("there is nothing in it that can be spoken")
    return len(spoken)

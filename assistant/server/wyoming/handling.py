"""The role handle: what was said in, as text, and the assistant's answer out. Home Assistant's conversation agent."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from wyoming.event import Event
from wyoming.handle import Handled, HandledChunk, HandledStart, HandledStop, NotHandled

from assistant.conversation.history import Exchange, History
from assistant.conversation.local_reply import LocalReply, SetPace, SetVolume, Situation
from assistant.conversation.messages import TextDelta
from assistant.conversation.protocols import LanguageModel, LocalIntents, ModelError
from assistant.conversation.volume import Volume
from assistant.server.wyoming.refusal import Refused
from assistant.sharing.engines import BusyModel

LONGEST_QUESTION_CHARS = 2000
MOST_DIALOGUES = 64
KEPT_S = 600.0
"""A dialogue in which nothing is said for so long is forgotten; Home Assistant gives its own five minutes."""
LONGEST_ID_CHARS = 200


@dataclass(slots=True)
class Dialogue:
    """What was said in one conversation of a client."""

    history: History
    last_answer: str = ""
    used_s: float = 0.0


class Dialogues:
    """The conversations by their id, as many as there is room for; the longest unused is forgotten first."""

    def __init__(self, new_history: Callable[[], History], now: Callable[[], float] = time.monotonic) -> None:
        self._new_history = new_history
        self._now = now
        self._dialogues: OrderedDict[str, Dialogue] = OrderedDict()

    def __len__(self) -> int:
        return len(self._dialogues)

    def of(self, conversation_id: object) -> Dialogue:
        """The dialogue of this id, perhaps a new one; without an id it is remembered nowhere."""
        now_s = self._now()
        while self._dialogues and now_s - next(iter(self._dialogues.values())).used_s > KEPT_S:
            self._dialogues.popitem(last=False)
        if not isinstance(conversation_id, str) or not 0 < len(conversation_id) <= LONGEST_ID_CHARS:
            return Dialogue(self._new_history())
        dialogue = self._dialogues.pop(conversation_id, None) or Dialogue(self._new_history())
        dialogue.used_s = now_s
        self._dialogues[conversation_id] = dialogue
        if len(self._dialogues) > MOST_DIALOGUES:
            self._dialogues.popitem(last=False)
        return dialogue


class Answers:
    """Answers questions: the short commands first, then the language model."""

    def __init__(self, intents: LocalIntents | None, dialogues: Dialogues, *, apology: str) -> None:
        self._intents = intents
        self._dialogues = dialogues
        self._apology = apology

    async def answer(self, question: str, conversation_id: object, llm: LanguageModel) -> AsyncGenerator[Event, None]:
        """The answer as it is written; `handled` repeats it for clients that do not read its pieces. Raises Refused.

        A question that cannot be answered is `not-handled`, with the apology, whatever was sent before.
        """
        if len(question) > LONGEST_QUESTION_CHARS:
            raise Refused(f"a question of more than {LONGEST_QUESTION_CHARS} characters is not answered", "too-long")
        dialogue = self._dialogues.of(conversation_id)
        if (reply := self._short_command(question, dialogue)) is not None:
            if isinstance(reply.action, SetVolume | SetPace):  # of a voice that is not heard here
                yield NotHandled(self._apology).event()
                return
            if reply.text:
                dialogue.history.append(Exchange(question, reply.text))
                dialogue.last_answer = reply.text
            yield Handled(reply.text).event()
            return
        async with aclosing(self._written(question, dialogue, llm)) as events:
            async for event in events:
                yield event

    async def _written(self, question: str, dialogue: Dialogue, llm: LanguageModel) -> AsyncGenerator[Event, None]:
        messages = await asyncio.to_thread(dialogue.history.messages, question)  # 5 ms for the longest
        text, sent = "", ""
        try:
            async with aclosing(llm.stream(messages)) as deltas:
                async for delta in deltas:
                    if not isinstance(delta, TextDelta):
                        continue
                    text += delta.text
                    if (written := text.strip()) == sent:
                        continue
                    if not sent:
                        yield HandledStart().event()
                    yield HandledChunk(written[len(sent) :]).event()
                    sent = written
        except BusyModel as busy:
            raise Refused(str(busy), "busy") from None
        except ModelError:
            yield NotHandled(self._apology).event()
        else:
            dialogue.history.append(Exchange(question, sent))
            dialogue.last_answer = sent
            yield (Handled(sent) if sent else NotHandled(self._apology)).event()
        if sent:
            yield HandledStop().event()

    def _short_command(self, question: str, dialogue: Dialogue) -> LocalReply | None:
        if self._intents is None:
            return None
        return self._intents.recognise(question, Situation(Volume(), last_answer=dialogue.last_answer))

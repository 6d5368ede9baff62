"""What has been said, as far as it was heard, and the prompt that is made of it."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from assistant.conversation.messages import Message
from assistant.conversation.noted import noted

MESSAGE_TOKENS = 8
"""What a chat template puts around each message: five tokens in ChatML, up to eight in others."""

CUT = " … "
"""Stands where a question that is too long was cut."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and what was heard of its answer: empty if nothing was."""

    user_text: str
    heard_text: str
    interrupted: bool = False
    note: str = ""
    """What the model is told about the question: who asked it."""

    @property
    def asked(self) -> str:
        """The question as the model gets it."""
        return noted(self.user_text, self.note)


class Memory(Protocol):
    """What a session asks its memory of the conversation for; see `History`."""

    def append(self, exchange: Exchange) -> None: ...

    def messages(self, question: str, note: str = "") -> list[Message]: ...


class History:
    """The exchanges that the model still sees, and the prompt: system prompt, exchanges, then the question.

    What stands first changes least, because a server keeps the evaluation of a prompt only up to its first
    change. Therefore the oldest exchanges are not dropped one by one, which would change the beginning with every
    turn and cost the evaluation of the whole history each time, but a third of the window at once.
    """

    def __init__(self, system_prompt: str, *, max_turns: int, budget_tokens: int) -> None:
        """`budget_tokens` is the model's context less the longest answer.

        Raises ValueError when the system prompt leaves the conversation less than half of it.
        """
        self._system = Message("system", system_prompt)
        self._room = budget_tokens - _cost(self._system)
        if self._room < max(budget_tokens // 2, 2 * MESSAGE_TOKENS):
            raise ValueError(
                f"conversation.system_prompt takes about {_cost(self._system)} of the {budget_tokens} tokens that "
                "llm.context_tokens less llm.max_tokens leave; shorten it or raise llm.context_tokens"
            )
        self._max_turns = max_turns
        self._block = max(1, max_turns // 3)
        self._exchanges: deque[Exchange] = deque()

    def append(self, exchange: Exchange) -> None:
        """Add what was just said; beyond `max_turns` the oldest third is forgotten."""
        self._exchanges.append(exchange)
        if len(self._exchanges) > self._max_turns:
            for _ in range(min(self._block, len(self._exchanges))):
                self._exchanges.popleft()

    def messages(self, question: str, note: str = "") -> list[Message]:
        """The whole prompt, whose estimated tokens stay within the budget; `question` ends it, whatever its length.

        A question that is too long by itself loses its middle: what is asked stands at its beginning or its end.
        """
        room = self._room - MESSAGE_TOKENS - estimate_tokens(noted("", note))
        asked = Exchange(fit(question, room), "", note=note)
        kept = list(self._exchanges)
        while True:
            turns = list(_alternating([*kept, asked]))
            if not kept or sum(map(_cost, turns)) <= self._room:
                return [self._system, *turns]
            del kept[: self._block]

    def prefix(self) -> list[Message]:
        """The prompt as far as it is known before the next question: what to warm a model with."""
        return self.messages("")[:-1]


def estimate_tokens(text: str) -> int:
    """At least as many tokens as any usual tokenizer makes of `text`.

    A third per letter or space; digits and punctuation can be a token each, and so can every byte of a letter
    outside ASCII.
    """
    return -(-_thirds(text) // 3)


def fit(text: str, tokens: int) -> str:
    """`text`, if need be without its middle, so that its estimate is at most `tokens`."""
    if estimate_tokens(text) <= tokens:
        return text
    low, high = 0, len(text)
    while low < high:  # the most characters that still fit, two thirds of them from the beginning
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate_tokens(_without_middle(text, middle)) <= tokens else (low, middle - 1)
    return _without_middle(text, low) if low else ""


def _without_middle(text: str, characters: int) -> str:
    tail = characters // 3
    return text[: characters - tail] + CUT + text[len(text) - tail :]


def _thirds(text: str) -> int:
    return sum(
        1 if character.isascii() and (character.isalpha() or character == " ") else 3 * len(character.encode())
        for character in text
    )


def _cost(message: Message) -> int:
    return MESSAGE_TOKENS + (estimate_tokens(message.content) if isinstance(message.content, str) else 0)


def _alternating(exchanges: Iterable[Exchange]) -> Iterable[Message]:
    """User and assistant in turn, as many chat templates demand: questions without an answer join the next one."""
    unanswered: list[str] = []
    for exchange in exchanges:
        unanswered.append(exchange.asked)
        if exchange.heard_text:
            yield Message("user", "\n".join(unanswered))
            yield Message("assistant", exchange.heard_text + "—" * exchange.interrupted)
            unanswered = []
    if unanswered:
        yield Message("user", "\n".join(unanswered))

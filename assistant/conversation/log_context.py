"""To which conversation, and which of its turns, what is logged belongs: every task inherits it from its maker."""

from contextvars import ContextVar

of_session: ContextVar[str | None] = ContextVar("of_session", default=None)
of_turn: ContextVar[int | None] = ContextVar("of_turn", default=None)

"""What the tests of short commands share."""

from datetime import datetime

from assistant.conversation.local_reply import Situation
from assistant.conversation.volume import Volume
from assistant.tools.language import load_language
from assistant.tools.local_intents import LocalIntents

TEN_PAST_THREE = datetime(2026, 11, 21, 15, 10, 42)
NOTHING_SAID = Situation(Volume())

ENGLISH = LocalIntents(load_language("en"), now=lambda: TEN_PAST_THREE)


def intent(text: str, situation: Situation = NOTHING_SAID) -> str | None:
    """The intent that is recognised; None where the text is left to the language model."""
    reply = ENGLISH.recognise(text, situation)
    return reply.intent if reply is not None else None

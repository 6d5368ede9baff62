"""A question with what the model is told besides it: who asked, and how. Pure."""

import re

_NOTE = re.compile(r"\n\([^\n]*\)$")
_PUNCTUATION = re.compile(r"[\s.?!,…—-]+$")


def noted(question: str, note: str) -> str:
    """The question as the model gets it. The note stands last: most of the question was evaluated without it."""
    return f"{question}\n({note})" if note else question


def up_to_last_word(message: str) -> str:
    """What was said of a message, to the end of its last word: no note, and no punctuation, which nobody has said."""
    return _PUNCTUATION.sub("", _NOTE.sub("", message))

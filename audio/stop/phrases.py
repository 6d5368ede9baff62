"""The phrases that stop everything, and the one that ends that."""

from dataclasses import dataclass
from enum import Enum


class Order(Enum):
    """What a phrase asks for."""

    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Phrase:
    """`keys` are the words by which the first look finds it, with the likelihood ratio that it asks for and the time
    by which the phrase may begin before them, in seconds. `text` is what Whisper would write; from a likelihood of
    `enough` on it was said.

    The sound after a candidate is looked at between `first_try_s` and `last_try_s` after it, every `try_every_s`.
    """

    order: Order
    text: str
    keys: tuple[tuple[str, float, float], ...]
    enough: float
    first_try_s: float = 0.0
    last_try_s: float = 0.36
    try_every_s: float = 0.06


PHRASES = (
    # One voice at four speeds and pitches, quiet and with six noises at 10 dB: 0.13 at least. "Stop all auctions" 0.16;
    # 26 other sentences made of the same words 0.01 at most, 17 minutes of other people's speech 0.001.
    Phrase(Order.STOP, "Stop all actions", (("stop all actions", 1e-40, 0.0), ("all actions", 1e-30, 0.45)), 0.12),
    # The same voice: 0.10 at least. "Emergency stock": 0.05, "the emergency stopped everyone": 0.01.
    Phrase(Order.STOP, "Emergency stop", (("emergency stop", 1e-30, 0.0),), 0.07),
    # Only as a sentence of its own, which the full stop and the quiet tell: the same voice 0.023 at least, except twice
    # in 30 with noise; other people's speech 0.02 at most.
    Phrase(Order.RESUME, "Resume.", (("resume", 1e-15, 0.0),), 0.022, first_try_s=0.3, last_try_s=0.5, try_every_s=0.1),
)

"""Whether the microphone hears the speaker at all: with headphones it does not. Pure."""

from collections import deque
from dataclasses import dataclass, field

ECHO_FROM = 0.6
"""Likeness of half a second (see `likeness`) that is an echo: echoes softer than their sound by 0 to 20 dB had 0.56 to
0.97 in virtual rooms, people and noises without an echo nine times in ten less than 0.49."""
AUDIBLE_DB = 4.0
"""What is by so much louder than the microphone is while nothing plays may be an echo, whatever it is like: on a
machine that is too busy the far end is known too late for any likeness."""
UNCOUPLED_AFTER = 10
"""Stretches in a row in which nothing is heard while the speaker sounds: 5 s of sound."""
COUPLED_OF, COUPLED_FROM = 6, 4
"""So many of the last stretches in which something is heard are an echo: nobody talks over the assistant so long."""


@dataclass(slots=True)
class Coupling:
    """Told of stretches of half a second; knows whether there is an echo to cancel.

    It believes in headphones only where the microphone stays silent while the speaker sounds, since a needless
    canceller costs little and a missing one an interruption.
    """

    is_coupled: bool = True
    _floor_dbfs: float | None = None
    """Level of the microphone while nothing plays."""
    _silent: int = 0
    """Stretches in a row."""
    _heard: deque[bool] = field(default_factory=lambda: deque(maxlen=COUPLED_OF))

    def idle(self, near_dbfs: float) -> None:
        """A stretch in which the speaker was silent: the softest of the latest are the room's own sound."""
        floor = self._floor_dbfs
        self._floor_dbfs = near_dbfs if floor is None else min(near_dbfs, floor + 0.2)

    def sounding(self, near_dbfs: float, likeness: float) -> bool:
        """A stretch in which the speaker sounded; whether that changed what is known."""
        is_audible = self._floor_dbfs is None or near_dbfs > self._floor_dbfs + AUDIBLE_DB
        is_echo = likeness >= ECHO_FROM
        self._silent = 0 if is_audible or is_echo else self._silent + 1
        self._heard.append(is_audible)
        was_coupled = self.is_coupled
        if is_echo or sum(self._heard) >= COUPLED_FROM:
            self.is_coupled = True
        elif self._silent >= UNCOUPLED_AFTER:
            self.is_coupled = False
        return self.is_coupled is not was_coupled

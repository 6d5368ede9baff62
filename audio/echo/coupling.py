"""Whether the microphone hears the speaker at all: with headphones it does not. Pure."""

from dataclasses import dataclass

UNCOUPLED_BELOW = 0.5
"""Likeness of half a second (see `likeness`) that no echo has which can be heard above a quiet room: echoes that were
softer by 0 to 20 dB had 0.56 to 0.97 in virtual rooms; people and noises without an echo nine times in ten less than
0.49."""
COUPLED_FROM = 0.6
UNCOUPLED_AFTER = 10
"""Such stretches in a row: 5 s of sound. Nobody talks over the assistant for that long."""


@dataclass(slots=True)
class Coupling:
    """Told how alike microphone and far end were, stretch by stretch; knows whether there is an echo to cancel."""

    is_coupled: bool = True
    """Until the opposite is known: a needless canceller costs little, a missing one an interruption."""
    _unlike: int = 0
    """Stretches in a row."""

    def observe(self, likeness: float) -> bool:
        """One more stretch of half a second in which the speaker sounded; whether that changed what is known."""
        self._unlike = self._unlike + 1 if likeness < UNCOUPLED_BELOW else 0
        was_coupled = self.is_coupled
        if likeness >= COUPLED_FROM:
            self.is_coupled = True
        elif self._unlike >= UNCOUPLED_AFTER:
            self.is_coupled = False
        return self.is_coupled is not was_coupled

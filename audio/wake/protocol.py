"""What a wake word detector must do."""

from dataclasses import dataclass
from typing import Protocol

from audio.frames import Frame


@dataclass(frozen=True, slots=True)
class WakeWord:
    """A wake word was heard.

    `model` is the model's name in the manifest, `phrase` what was said. `end_s` is where the phrase ended, on the
    session's clock: what follows is meant for the assistant.
    """

    model: str
    phrase: str
    end_s: float


class WakeWordDetector(Protocol):
    """Listens for several phrases at once. Synchronous: a frame must cost well under a millisecond."""

    def detect(self, frame: Frame) -> tuple[WakeWord, ...]:
        """The wake words whose detection became certain with this frame; frames arrive in order, none is skipped.

        A phrase is reported once, within 0.5 s of its end.
        """
        ...

    def reset(self) -> None:
        """Forget earlier frames, as at the start of a session."""
        ...

"""What a voice activity detector must do."""

from typing import Protocol

from audio.frames import Frame


class VoiceActivityDetector(Protocol):
    """Scores frames one by one. Synchronous: a frame must cost well under a millisecond."""

    def probability(self, frame: Frame) -> float:
        """Probability in [0, 1] that the frame holds speech. Frames arrive in order, none is skipped."""
        ...

    def reset(self) -> None:
        """Forget earlier frames, as at the start of a session."""
        ...

"""What an echo canceller must do."""

from typing import Protocol

from audio.frames import Pcm16


class EchoCanceller(Protocol):
    """Takes what the speaker plays out of what the microphone hears.

    Synchronous: a frame must cost well under a millisecond.
    """

    def process(self, near: Pcm16, far: Pcm16) -> Pcm16:
        """The clean frame: `near` as the microphone heard it, without `far`, which the speaker played.

        Both are frames of the same FRAME_SAMPLES at MIC_RATE_HZ; frames come in order and without gaps. The echo may
        come later than its far end by whatever the engine can find (`webrtc`: 0 to about 500 ms), never earlier.
        What comes back may lag `near` by the engine's own delay.
        """
        ...

    def reset(self) -> None:
        """Forget the room, as at the start of a session."""
        ...

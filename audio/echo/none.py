"""No cancellation: for headphones, files, and sound servers that cancel by themselves."""

from audio.engines import EngineSettings
from audio.frames import Pcm16


class NoCancellation:
    """Hands every frame on as it is."""

    def process(self, near: Pcm16, far: Pcm16) -> Pcm16:
        return near

    def reset(self) -> None:
        pass


def build(settings: EngineSettings) -> NoCancellation:
    return NoCancellation()

"""The sound that a client has sent and not committed yet."""

from dataclasses import dataclass, field

from assistant.server.realtime.refusal import Refusal
from assistant.server.realtime.wire_audio import Encoding

SHORTEST_MS = 100
"""Less than this is no utterance."""


@dataclass(slots=True)
class InputBuffer:
    """Bytes as they came: an event may end in the middle of a sample."""

    longest_s: float
    """Sound that may wait to be committed."""
    encoding: Encoding = Encoding.PCM
    _data: bytearray = field(default_factory=bytearray)

    @property
    def duration_ms(self) -> float:
        return self.duration_of(self._data)

    def duration_of(self, data: bytes | bytearray) -> float:
        """In milliseconds, of sound in this encoding."""
        return 1000 * len(data) / (self.encoding.rate_hz * self.encoding.bytes_per_sample)

    def append(self, data: bytes) -> None:
        """Raises Refusal where there is no room."""
        most = self.longest_s * self.encoding.rate_hz * self.encoding.bytes_per_sample
        if len(self._data) + len(data) > most:
            raise Refusal(
                f"The input audio buffer is full: it holds {self.longest_s:g} s; commit it or clear it.",
                code="input_audio_buffer_full",
                param="audio",
            )
        self._data += data

    def take_whole(self) -> bytes:
        """All whole samples; a rest stays for the next event."""
        whole = len(self._data) - len(self._data) % self.encoding.bytes_per_sample
        taken = bytes(self._data[:whole])
        del self._data[:whole]
        return taken

    def commit(self) -> bytes:
        """All of it, for an item. Raises Refusal where there is too little."""
        if self.duration_ms < SHORTEST_MS:
            raise Refusal(
                f"Error committing input audio buffer: buffer too small. Expected at least {SHORTEST_MS} ms of audio, "
                f"but buffer only has {self.duration_ms:.2f} ms of audio.",
                code="input_audio_buffer_commit_empty",
            )
        taken = self.take_whole()
        self._data.clear()
        return taken

    def clear(self) -> None:
        self._data.clear()

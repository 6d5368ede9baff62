"""WebRTC's detector as a cheap gate, Silero's to confirm: silence costs almost nothing."""

from collections import deque

from audio.engines import EngineSettings
from audio.frames import FRAME_MS, Frame
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.silero import SileroVad, model_file
from audio.vad.webrtc import WebRtcVad

LEAD_MS = 320
"""Audio that the confirming model hears from before the gate opened, so that its state is right: ten of its windows.

In 84 s of rooms, traffic and echo a lead of 200 ms made it report speech once; one of 320 ms did not."""
HOLD_MS = 1000
"""The gate stays open this long after its own last detection."""


class GatedVad:
    """Runs the confirming detector only while the gate has detected something lately."""

    def __init__(self, gate: VoiceActivityDetector, confirm: VoiceActivityDetector) -> None:
        self._gate = gate
        self._confirm = confirm
        self._lead: deque[Frame] = deque(maxlen=LEAD_MS // FRAME_MS)
        self._open_frames = 0

    def probability(self, frame: Frame) -> float:
        was_open = self._open_frames > 0
        self._open_frames -= was_open
        if self._gate.probability(frame) >= 0.5:
            self._open_frames = HOLD_MS // FRAME_MS
        if not self._open_frames:
            self._lead.append(frame)
            return 0.0
        if not was_open:
            self._confirm.reset()
            for earlier in self._lead:
                self._confirm.probability(earlier)
            self._lead.clear()
        return self._confirm.probability(frame)

    def reset(self) -> None:
        self._gate.reset()
        self._confirm.reset()
        self._lead.clear()
        self._open_frames = 0


def build(settings: EngineSettings) -> GatedVad:
    return GatedVad(WebRtcVad(int(settings.options["webrtc_mode"])), SileroVad(model_file(settings)))

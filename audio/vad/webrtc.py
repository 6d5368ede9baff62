"""WebRTC's voice activity detector: 3 microseconds a frame, generous with noise."""

import webrtcvad

from audio.engines import EngineSettings
from audio.frames import MIC_RATE_HZ, Frame


class WebRtcVad:
    """Says 1.0 or 0.0; `mode` 0 passes most, 3 least."""

    def __init__(self, mode: int) -> None:
        self._mode = mode
        self._vad = webrtcvad.Vad(mode)

    def probability(self, frame: Frame) -> float:
        return float(self._vad.is_speech(frame.samples.tobytes(), MIC_RATE_HZ))

    def reset(self) -> None:
        self._vad = webrtcvad.Vad(self._mode)


def build(settings: EngineSettings) -> WebRtcVad:
    return WebRtcVad(int(settings.options["webrtc_mode"]))

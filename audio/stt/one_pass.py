"""faster-whisper without its second look at the end of an utterance.

Imported on the worker's thread only: faster-whisper takes half a second to import, and brings PyAV and a hub client.
"""

from typing import Any

from faster_whisper import WhisperModel

SHORTEST_REST_S = 1.0
"""A rest shorter than this, after a decoding that came to its end, holds no further sentence."""


class OnePassWhisper(WhisperModel):  # type: ignore[misc]  # faster-whisper carries no types
    """Stops where Whisper has said that the last sentence ended.

    When Whisper expects another sentence, closing with two timestamps instead of one, faster-whisper decodes what
    is left from the last word on as a window of its own. For a rest of 0.1 s that doubles the time and has been seen
    to put "Thank you." or "We'll see you in a minute." into the user's mouth.
    """

    def _split_segments_by_timestamps(self, **window: Any) -> tuple[list[dict[str, Any]], int, bool]:
        segments, seek, is_over = super()._split_segments_by_timestamps(**window)
        reaches_the_end = window["segment_size"] < self.feature_extractor.nb_max_frames
        is_closed = bool(window["tokens"]) and window["tokens"][-1] >= window["tokenizer"].timestamp_begin
        if reaches_the_end and is_closed and segments:
            rest_s = window["time_offset"] + window["segment_duration"] - segments[-1]["end"]
            if rest_s < SHORTEST_REST_S:
                return segments, window["seek"] + window["segment_size"], True
        return segments, seek, is_over

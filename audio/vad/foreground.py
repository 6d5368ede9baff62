"""The user's voice, told from voices in the background by loudness: a television never falls silent. Pure."""

import statistics
from collections import deque

from audio.frames import FRAME_MS

OVER_MS = 300
"""Loudness is that of the loudest frame of so much sound: it leaves out the soft parts inside words."""
USUAL_OVER_MS = 4000
"""How loud the speaker usually is, is the median over so much voice: somebody who turns away is followed."""
LEARNT_AFTER_MS = 500
"""Until so much of the utterance has been heard, every voice is the speaker's."""


class Foreground:
    """Lets through the voice that has the turn, and not what is clearly softer."""

    def __init__(self, softer_db: float) -> None:
        """A voice by `softer_db` softer than the utterance so far is somebody else's."""
        self._softer_db = softer_db
        self._levels_db: deque[float] = deque(maxlen=OVER_MS // FRAME_MS)
        self._loudness_db: deque[float] = deque(maxlen=USUAL_OVER_MS // FRAME_MS)

    def probability(self, level_db: float, probability: float, *, is_in_turn: bool) -> float:
        """`probability` of speech, or 0 for a voice in the background; outside a turn any voice may begin one.

        `level_db` is the frame's level, in dB relative to any constant.
        """
        if not is_in_turn:
            self._loudness_db.clear()
            self._levels_db.clear()
        self._levels_db.append(level_db)
        if probability < 0.5:
            return probability
        loudness_db = max(self._levels_db)
        is_learnt = len(self._loudness_db) >= LEARNT_AFTER_MS // FRAME_MS
        if is_learnt and loudness_db < statistics.median(self._loudness_db) - self._softer_db:
            return 0.0
        self._loudness_db.append(loudness_db)
        return probability

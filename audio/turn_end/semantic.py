"""The end of a turn by what was said and by how it sounded: log-odds of models, weighed against each other."""

import asyncio
import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from audio.engines import EngineSettings
from audio.frames import MIC_RATE_HZ
from audio.turn_end import smart_turn
from audio.turn_end.protocol import PausedTurn
from audio.turn_end.smart_turn import SmartTurn
from audio.turn_end.words import HESITATIONS, ending, normalise, words_model

WEIGHTS = "semantic.json"
NO_SOUND_MODEL = "none"
HESITATING = 0.02
"""Probability that a turn is over whose last word is an "um"."""
CLOCK_ERROR_S = 0.03
COMPARED = MIC_RATE_HZ // 2
"""Samples that tell one pause from another."""
SUREST = 6.0
"""No model is believed beyond these log-odds (odds of 400 to 1)."""


@dataclass(frozen=True, slots=True)
class Blend:
    """What each piece of evidence is worth, fitted by logistic regression (scripts/weigh_turn_end.py).

    `words`, `sound` and `expected` (by the language model) multiply the models' log-odds; `endings` is added for the
    mark that the transcript ends with: Whisper ends a sentence that is cut short with "..." or with nothing. The
    outcome is calibrated for as many pauses as ends of turns.
    """

    bias: float
    words: float
    sound: float
    endings: Mapping[str, float]
    expected: float = 0.0

    def probability(self, words: float, sound: float, mark: str, expected: float = 0.0) -> float:
        """`words`, `sound` and `expected` in log-odds, `mark` one of ENDINGS."""
        log_odds = self.bias + self.words * words + self.sound * sound + self.expected * expected
        log_odds += self.endings.get(mark, 0.0)
        return 1.0 / (1.0 + math.exp(-log_odds))


class SemanticEndOfTurn:
    """Judges by the words, by the sound and by what a language model expects, whichever there is."""

    def __init__(self, sound: SmartTurn | None) -> None:
        self._sound = sound
        self._heard: PausedTurn | None = None
        self._judging = asyncio.Lock()
        """The pause that the sound model judged last, and what it said of it."""
        self._verdict = 0.5
        self._words = words_model()
        self._blends = blends()

    async def probability(self, turn: PausedTurn) -> float:
        """Probability that the speaker has finished, by all that is known. Asking again in the same pause is cheap.

        The sound is judged once in a pause, at the first call (36 ms of a core), best after 60 to 100 ms of silence:
        later verdicts cost the same and are worse (with the words, area under the curve 0.98 after 100 ms, 0.97 after
        300). So further calls take in new words, and what is expected of them, only.
        """
        if self._sound is None:
            return self.judge(turn.words, None, turn.expected)
        async with self._judging:  # who asks again meanwhile waits for the same verdict
            if self._heard is None or not _is_same_pause(self._heard, turn):
                self._verdict, self._heard = await self._sound.probability(turn), turn
        return self.judge(turn.words, self._verdict, turn.expected)

    def finished(self, words: str) -> float:
        """Probability that these words alone make a finished utterance; 0.5 for none. Takes about a millisecond."""
        return self.judge(words, None)

    def judge(self, words: str, sound: float | None, expected: float | None = None) -> float:
        """Probability that the turn is over, by the words, the sound model's verdict and the language model's.

        What is unknown is "" or None. Without words there is nothing that a message could be expected to end with.
        """
        known = normalise(words)
        heard = 0.0 if sound is None else log_odds_of(sound)
        if not known:
            return 0.5 if sound is None else self._blends["sound"].probability(0.0, heard, "")
        if known[-1] in HESITATIONS:
            return HESITATING
        name = "words" if sound is None else "both"
        if expected is None:
            return self._blends[name].probability(believed(self._words.log_odds(known)), heard, ending(words))
        return self._blends[f"{name}, expected"].probability(
            believed(self._words.log_odds(known)), heard, ending(words), log_odds_of(expected)
        )

    async def warm(self) -> None:
        """Run what takes long the first time."""
        self.finished("what time is it")
        if self._sound:
            await self._sound.warm()

    async def close(self) -> None:
        """Drop what waits to be scored."""
        if self._sound:
            await self._sound.close()


def _is_same_pause(earlier: PausedTurn, turn: PausedTurn) -> bool:
    """Whether nothing but silence has come since."""
    grown = len(turn.samples) - len(earlier.samples)
    if grown < 0 or abs(grown / MIC_RATE_HZ - (turn.silence_s - earlier.silence_s)) > CLOCK_ERROR_S:
        return False
    compared = slice(max(len(earlier.samples) - COMPARED, 0), len(earlier.samples))
    return bool(np.array_equal(turn.samples[compared], earlier.samples[compared]))


def believed(log_odds: float) -> float:
    """A model's log-odds as far as it is believed."""
    return min(max(log_odds, -SUREST), SUREST)


def log_odds_of(probability: float) -> float:
    """A model's probability as log-odds, as far as it is believed."""
    kept = min(max(probability, 1e-6), 1.0 - 1e-6)
    return believed(math.log(kept / (1.0 - kept)))


@functools.cache
def blends() -> Mapping[str, Blend]:
    """The weights that come with the package, for "words", "sound" and "both", and for what is "expected" beside."""
    stored = json.loads((files(__package__) / WEIGHTS).read_text(encoding="utf-8"))
    return {name: Blend(**weights) for name, weights in stored.items()}


def build(settings: EngineSettings) -> SemanticEndOfTurn:
    """The engine `semantic`; the option `sound` names the sound model or is "none". Raises EngineError."""
    name = str(settings.options["sound"])
    return SemanticEndOfTurn(None if name == NO_SOUND_MODEL else smart_turn.load(settings, name))

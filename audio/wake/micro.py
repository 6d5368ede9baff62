"""microWakeWord: small streaming models, 50 to 80 KB each, 14 microseconds for 10 ms of sound."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures

from audio.engines import EngineError, EngineSettings
from audio.frames import Frame
from audio.recent import RecentAudio
from audio.wake.phrase_end import MOMENT_S, NEAR_S, quietest_s
from audio.wake.protocol import WakeWord

LAG_S = {"okay_nabu": 0.12, "hey_jarvis": 0.25, "hey_mycroft": 0.0, "alexa": 0.05}
"""By how much a detection comes after the phrase's end when a question follows in the same breath, by the graph's name.

Medians of 41 sentences of the project's voice at three speeds, all within 0.08 s of them; for "alexa", which that voice
seldom says well in one breath, a compromise with 13 recordings of people (0.2 s before to 0.2 s after the end)."""
USUAL_LAG_S = 0.1
"""For models that were never measured here."""

SETTLE_S = NEAR_S + MOMENT_S
"""Sound after a detection that is waited for to find the phrase's end."""
APART_S = 1.0
"""A score that was high so shortly before belongs to the same phrase: it stays high for up to 0.7 s."""
SUREST, LEAST_SURE = 0.99, 0.5
"""Mean scores that are asked for at the ends of the scale of sensitivity; the graphs never give more than 0.996."""
KEPT_S = 2.0


class _Phrase:
    """One model, and what it made of the sound so far."""

    def __init__(self, name: str, config: Path, sensitivity: float) -> None:
        self.name = name
        self._graph = MicroWakeWord.from_config(config)
        self._threshold = threshold(self._graph.probability_cutoff, sensitivity)
        self._lag_s = LAG_S.get(self._graph.id, USUAL_LAG_S)
        self._high_s = -APART_S
        """When the score was last high enough."""

    @property
    def words(self) -> str:
        return self._graph.wake_word

    def push(self, features: Iterable[NDArray[np.generic]], at_s: float) -> float | None:
        """Take in the features of a frame that ends at `at_s`: about when a phrase ended that is detected now."""
        ended_s = None
        for window in features:
            score = self._graph.process_streaming_prob(window)
            if score is not None and score > self._threshold:
                if at_s - self._high_s > APART_S:
                    ended_s = at_s - self._lag_s
                self._high_s = at_s
        return ended_s

    def reset(self) -> None:
        self._graph.reset()
        self._high_s = -APART_S


class MicroWakeWords:
    """Several models on the same features."""

    def __init__(self, models: Iterable[tuple[str, Path]], sensitivity: float) -> None:
        """`models` are names with the files that describe them. Raises EngineError for one that cannot be used."""
        self._features = MicroWakeWordFeatures()
        self._phrases = []
        for name, config in models:
            try:
                self._phrases.append(_Phrase(name, config, sensitivity))
            except (KeyError, OSError, RuntimeError, ValueError) as error:
                raise EngineError(f"wake.models: {name} cannot be used: {error}") from error
        self._recent = RecentAudio(KEPT_S)
        self._settling: list[tuple[float, _Phrase]] = []

    def detect(self, frame: Frame) -> tuple[WakeWord, ...]:
        self._recent.append(frame)
        features = list(self._features.process_streaming(frame.samples.tobytes()))
        for phrase in self._phrases:
            if (about_s := phrase.push(features, frame.end_s)) is not None:
                self._settling.append((about_s, phrase))
        ready = [(about_s, phrase) for about_s, phrase in self._settling if frame.end_s - about_s >= SETTLE_S]
        if not ready:
            return ()
        self._settling = [one for one in self._settling if one not in ready]
        start_s, samples = self._recent.between(frame.end_s - KEPT_S, frame.end_s)
        return tuple(
            WakeWord(phrase.name, phrase.words, quietest_s(samples, start_s, about_s)) for about_s, phrase in ready
        )

    def reset(self) -> None:
        self._features.reset()
        self._settling.clear()
        self._recent = RecentAudio(KEPT_S)
        for phrase in self._phrases:
            phrase.reset()


def threshold(cutoff: float, sensitivity: float) -> float:
    """The mean score to ask for: the model's own `cutoff` at a sensitivity of 0.5, less above it, more below."""
    towards = LEAST_SURE if sensitivity > 0.5 else SUREST
    return cutoff + (towards - cutoff) * abs(2 * sensitivity - 1)


def build(settings: EngineSettings) -> MicroWakeWords:
    names = [str(name) for name in settings.options["models"]]
    if not names:
        raise EngineError('wake.models: names no model; with wake.engine = "none" it listens without a wake word')
    models = [(name, _description(name, settings.model_folder(name))) for name in names]
    return MicroWakeWords(models, float(settings.options["sensitivity"]))


def _description(name: str, folder: Path) -> Path:
    """The JSON file that describes the graph beside it. Raises EngineError."""
    found = sorted(folder.glob("*.json"))
    if len(found) != 1:
        raise EngineError(f"wake.models: {name} must hold one JSON file, and holds {len(found)}")
    return found[0]

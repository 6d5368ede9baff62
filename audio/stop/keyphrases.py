"""The first look: where in a stream of sound a phrase may have been said. PocketSphinx's keyword spotting, by phonemes.

A few per cent of one core while somebody speaks. It is made to miss nothing and to be wrong often: what it finds is
looked at again (`likelihood`).
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pocketsphinx import Decoder

from audio.frames import MIC_RATE_HZ, Pcm16

FRAME_S = 0.01
"""PocketSphinx's own frames."""
DELAY_FRAMES = 1
"""How long it waits for a better match of the same phrase: its own 10 frames would be 0.1 s of delay."""
LOOP_PROBABILITY = 1e-9
"""Of the phonemes that stand for all else: the smaller, the readier. With its own 0.1, half of "stop all actions" is
missed at 10 dB of noise; with this, of 60 orders of one voice at four speeds and pitches in six noises, none, at 3 to 4
candidates a minute of other speech."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`key` may have been said, from `start_s` on, in seconds since the stretch of sound began."""

    key: str
    start_s: float


class Keyphrases:
    """Listens for several phrases at once."""

    def __init__(self, keys: Mapping[str, float]) -> None:
        """`keys` are phrases, in lower case, with the likelihood ratio from which each counts: the smaller, the
        readier. Raises RuntimeError for a word that is not in the dictionary."""
        with tempfile.NamedTemporaryFile("w", suffix=".kws") as file:
            file.writelines(f"{key} /{ratio}/\n" for key, ratio in keys.items())
            file.flush()
            self._decoder = Decoder(
                kws=str(Path(file.name)),
                kws_delay=DELAY_FRAMES,
                kws_plp=LOOP_PROBABILITY,
                lm=None,
                loglevel="FATAL",
                samprate=MIC_RATE_HZ,
            )
        self._is_open = False
        self._found = 0

    def begin(self) -> None:
        """A new stretch of sound."""
        self.end()
        self._decoder.start_utt()
        self._is_open = True
        self._found = 0

    def end(self) -> None:
        """The stretch is over."""
        if self._is_open:
            self._decoder.end_utt()
            self._is_open = False

    def push(self, samples: Pcm16) -> list[Candidate]:
        """What may have been said that ends about now. Sound of any length; a stretch must have begun."""
        self._decoder.process_raw(samples.tobytes(), False, False)
        if self._decoder.hyp() is None:
            return []
        found = list(self._decoder.seg())
        fresh, self._found = found[self._found :], len(found)
        return [Candidate(segment.word.strip(), segment.start_frame * FRAME_S) for segment in fresh]

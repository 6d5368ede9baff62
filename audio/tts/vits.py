"""A VITS voice (what Piper trains), cut in two, so that its first sound is there before its last is computed.

The first half turns phonemes into frames, all at once. The second half, the vocoder, costs more than half of the
time and sees only CONTEXT_FRAMES to either side of a frame, so it can be run piece by piece with the same result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from audio.frames import PcmFloat
from audio.onnx_session import open_session

VOCODER_WEIGHT = "dec.conv_pre.weight"
"""The vocoder begins with the convolution that has these weights, in every export of this family."""

CONTEXT_FRAMES = 12
"""Frames on either side that the vocoder hears; from 10 on, a piece equals the same piece of the whole to 3e-7."""
PIECES_FRAMES = (30, 90, 150)
"""Lengths of the first, the second and every later piece, a frame being 11.6 ms. 30 are soon computed and play
for long enough to compute 90; a long piece wastes less on context, a short one is sooner cancelled."""
SHORTEST_PIECE_FRAMES = 20


class UnsuitableVoice(Exception):
    """The model cannot be cut in two. One line."""


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """A sentence before the vocoder: `frames` has shape (1, channels, n); phoneme i lasts `durations[i]` of the n."""

    frames: NDArray[np.float32]
    durations: NDArray[np.int64]

    @property
    def length(self) -> int:
        return int(self.frames.shape[2])


class Vits:
    """One voice of one speaker. Not safe to use from two threads at once."""

    def __init__(self, model: Path, threads: int) -> None:
        """Load the model; takes about a second. Raises UnsuitableVoice, or what onnx raises for a broken file."""
        whole = onnx.load(str(model))
        inputs = [given.name for given in whole.graph.input]
        outputs = [given.name for given in whole.graph.output]
        firsts = [node.input[0] for node in whole.graph.node if VOCODER_WEIGHT in node.input]
        ceilings = [node.output[0] for node in whole.graph.node if node.op_type == "Ceil"]
        if "sid" in inputs:
            raise UnsuitableVoice("it has several speakers; choose a voice of one speaker")
        if len(firsts) != 1 or len(ceilings) != 1 or len(outputs) != 1:
            raise UnsuitableVoice("it is not built like a Piper voice")
        cut = onnx.utils.Extractor(whole)
        self._encoder = open_session(
            cut.extract_model(inputs, [firsts[0], ceilings[0]]).SerializeToString(), threads=threads
        )
        self._vocoder = open_session(cut.extract_model(firsts, outputs).SerializeToString(), threads=threads)
        self._vocoder_input = firsts[0]

    def encode(self, ids: Sequence[int], *, noise: float, length: float, noise_width: float) -> Utterance:
        """The frames of a sentence, given the ids of its phonemes and the model's three scales."""
        frames, durations = self._encoder.run(
            None,
            {
                "input": np.array([ids], np.int64),
                "input_lengths": np.array([len(ids)], np.int64),
                "scales": np.array([noise, length, noise_width], np.float32),
            },
        )
        return Utterance(frames, durations.reshape(-1).astype(np.int64))

    def sound(self, utterance: Utterance, begin: int, end: int) -> PcmFloat:
        """The sound of the frames [begin, end), shape (n,), in [-1, 1]."""
        first, last = max(0, begin - CONTEXT_FRAMES), min(utterance.length, end + CONTEXT_FRAMES)
        (sound,) = self._vocoder.run(None, {self._vocoder_input: utterance.frames[:, :, first:last]})
        samples: PcmFloat = sound.reshape(-1)
        frame_samples = len(samples) // (last - first)
        return samples[(begin - first) * frame_samples : (end - first) * frame_samples]


def pieces(frames: int) -> Iterator[tuple[int, int]]:
    """Where to cut so many frames: (begin, end) of each piece, in order."""
    begin = number = 0
    while begin < frames:
        end = begin + PIECES_FRAMES[min(number, len(PIECES_FRAMES) - 1)]
        if frames - end < SHORTEST_PIECE_FRAMES:
            end = frames
        yield begin, end
        begin, number = end, number + 1

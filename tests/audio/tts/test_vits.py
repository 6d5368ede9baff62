"""A voice cut in two sounds like the whole."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.tts.vits import CONTEXT_FRAMES, PIECES_FRAMES, SHORTEST_PIECE_FRAMES, UnsuitableVoice, Vits, pieces


@given(st.integers(0, 5000))
def test_pieces_cover_everything_once_and_the_first_is_short(frames: int) -> None:
    cut = list(pieces(frames))
    assert [position for begin, end in cut for position in range(begin, end)] == list(range(frames))
    longest_first = PIECES_FRAMES[0] + SHORTEST_PIECE_FRAMES
    assert all(end - begin <= longest_first for begin, end in cut[:1])
    assert all(end - begin >= SHORTEST_PIECE_FRAMES for begin, end in cut[1:])


def test_the_pieces_are_the_whole(model_folder: Callable[[str], Path]) -> None:
    vits = Vits(model_folder("piper-en-us-joe-medium") / "en_US-joe-medium.onnx", threads=2)
    sentence = [1, *(one for phoneme in [20, 59, 31, 14, 26, 3, 32, 74, 24] * 6 for one in (0, phoneme)), 0, 2]
    utterance = vits.encode(sentence, noise=0.667, length=1.0, noise_width=0.8)
    assert len(utterance.durations) == len(sentence)
    assert utterance.durations.sum() == utterance.length > PIECES_FRAMES[0] + PIECES_FRAMES[1] + CONTEXT_FRAMES
    whole = vits.sound(utterance, 0, utterance.length)
    cut = np.concatenate([vits.sound(utterance, begin, end) for begin, end in pieces(utterance.length)])
    assert np.abs(whole).max() > 0.1
    np.testing.assert_allclose(cut, whole, atol=1e-5)


def test_a_model_that_is_no_voice_is_refused(model_folder: Callable[[str], Path]) -> None:
    with pytest.raises(UnsuitableVoice, match="not built like a Piper voice"):
        Vits(model_folder("silero-vad-v6") / "silero_vad_v6.onnx", threads=1)

"""When Whisper's decoding of an utterance is the whole of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faster_whisper.tokenizer import Tokenizer

from audio.stt.one_pass import OnePassWhisper

FRAMES_PER_S = 100


@pytest.fixture(scope="module")
def model(model_folder: Callable[[str], Path]) -> OnePassWhisper:
    return OnePassWhisper(str(model_folder("whisper-tiny.en")), device="cpu", compute_type="int8")


def split(model: OnePassWhisper, tokens: list[float | str], length_s: float) -> tuple[list[str], float, bool]:
    """What a window that was decoded to `tokens` (a number is a timestamp) gives: texts, where to go on, done."""
    tokenizer = Tokenizer(model.hf_tokenizer, multilingual=False)
    ids: list[int] = []
    for token in tokens:
        ids += tokenizer.encode(token) if isinstance(token, str) else [tokenizer.timestamp_begin + round(token / 0.02)]
    segments: list[dict[str, Any]]
    segments, seek, is_over = model._split_segments_by_timestamps(
        tokenizer=tokenizer,
        tokens=ids,
        time_offset=0.0,
        segment_size=round(length_s * FRAMES_PER_S),
        segment_duration=length_s,
        seek=0,
    )
    return [tokenizer.decode(segment["tokens"]).strip() for segment in segments], seek / FRAMES_PER_S, is_over


def test_a_last_sentence_that_ends_with_the_utterance_is_its_end(model: OnePassWhisper) -> None:
    assert split(model, [0.0, " Yes.", 1.0, 1.2, " No.", 3.8], 4.0) == (["Yes.", "No."], 4.0, True)


@pytest.mark.parametrize("rest_s", [0.0, 0.3, 0.9])
def test_a_short_rest_after_it_is_not_looked_at_again(model: OnePassWhisper, rest_s: float) -> None:
    decoded: list[float | str] = [0.0, " Yes.", 1.0, 1.2, " No.", 3.8, 3.8]
    assert split(model, decoded, 3.8 + rest_s) == (["Yes.", "No."], pytest.approx(3.8 + rest_s), True)


def test_a_long_rest_is(model: OnePassWhisper) -> None:
    assert split(model, [0.0, " Yes.", 1.0, 1.0], 4.0) == (["Yes."], 1.0, False)


def test_a_sentence_that_was_not_finished_is(model: OnePassWhisper) -> None:
    assert split(model, [0.0, " Yes.", 3.2, 3.2, " And"], 4.0) == (["Yes."], 3.2, False)


def test_the_end_of_a_window_is_not_the_end_of_a_longer_utterance(model: OnePassWhisper) -> None:
    assert split(model, [0.0, " Yes.", 29.5, 29.5], 30.0) == (["Yes."], 29.5, False)

"""The prepared model against plain arithmetic, and its cache."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.brain.decoder import PIECE_TOKENS, ContextFull, Decoder
from assistant.brain.prepare import prepare
from tests.assistant.brain.tiny_llama import TOKENS, Floats, TinyLlama

PROMPT = [int(token) for token in np.random.default_rng(3).integers(0, len(TOKENS), 2 * PIECE_TOKENS + 9)]
CONTEXT = 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("prepared")
    TinyLlama.random().write(root / "tiny.gguf")
    prepare(root / "tiny.gguf", root / "done", signed_weights=True)
    return root / "done"


@pytest.fixture
def decoder(folder: Path) -> Decoder:
    return Decoder(folder, context_tokens=CONTEXT, threads=1)


def after(decoder: Decoder, prompt: list[int]) -> Floats:
    for _ in decoder.evaluate(prompt[decoder.begin(prompt) :]):
        pass
    return decoder.logits().copy()


def test_it_computes_a_llama(decoder: Decoder) -> None:
    expected = TinyLlama.random().logits(PROMPT)
    logits = after(decoder, PROMPT)
    assert np.corrcoef(logits, expected)[0, 1] > 0.999
    assert np.abs(logits - expected).max() < 0.05 * np.abs(expected).max()


def test_weights_without_a_sign_give_the_same(decoder: Decoder, folder: Path) -> None:
    prepare(folder.parent / "tiny.gguf", folder.parent / "unsigned", signed_weights=False)
    unsigned = Decoder(folder.parent / "unsigned", context_tokens=CONTEXT, threads=1)
    np.testing.assert_allclose(after(unsigned, PROMPT), after(decoder, PROMPT), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("step", [1, 7, PIECE_TOKENS])
def test_a_prompt_in_any_pieces_gives_the_same(decoder: Decoder, folder: Path, step: int) -> None:
    for size in range(step, len(PROMPT), step):
        after(decoder, PROMPT[:size])
    fresh = Decoder(folder, context_tokens=CONTEXT, threads=1)
    np.testing.assert_allclose(after(decoder, PROMPT), after(fresh, PROMPT), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("at", [0, PIECE_TOKENS - 1, PIECE_TOKENS, len(PROMPT) - 1])
def test_the_logits_of_a_token_inside_are_those_of_a_prompt_that_ends_there(decoder: Decoder, at: int) -> None:
    for _ in decoder.evaluate(PROMPT, at=at):
        pass
    inside, end = decoder.logits_at().copy(), decoder.logits().copy()
    np.testing.assert_allclose(inside, after(decoder, PROMPT[: at + 1]), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(end, after(decoder, PROMPT), rtol=1e-4, atol=1e-4)


def test_only_what_is_new_is_left_to_evaluate(decoder: Decoder) -> None:
    assert decoder.begin(PROMPT) == 0
    after(decoder, PROMPT)
    assert decoder.begin([*PROMPT, 5]) == len(PROMPT)
    assert decoder.begin(PROMPT) == len(PROMPT) - 1, "the last token's logits are wanted"
    assert decoder.begin([*PROMPT[:10], (PROMPT[10] + 1) % len(TOKENS), 4]) == 10


def test_what_came_after_the_common_beginning_is_forgotten(decoder: Decoder, folder: Path) -> None:
    after(decoder, PROMPT)
    other = [*PROMPT[:20], (PROMPT[20] + 1) % len(TOKENS)]
    fresh = Decoder(folder, context_tokens=CONTEXT, threads=1)
    np.testing.assert_allclose(after(decoder, other), after(fresh, other), rtol=1e-4, atol=1e-4)


def test_a_long_prompt_can_be_left_between_its_pieces(decoder: Decoder) -> None:
    next(decoder.evaluate(PROMPT[decoder.begin(PROMPT) :]))
    assert decoder.begin(PROMPT) == PIECE_TOKENS


def test_a_prompt_longer_than_the_context_is_refused(decoder: Decoder) -> None:
    with pytest.raises(ContextFull):
        decoder.begin([3] * (CONTEXT + 1))
    after(decoder, [3] * CONTEXT)
    assert decoder.room == 0
    with pytest.raises(ContextFull):
        next(decoder.evaluate([4]))


def test_the_shape_is_kept_with_the_graph(folder: Path) -> None:
    shape = json.loads((folder / "shape.json").read_text())
    assert (shape["layers"], shape["heads"], shape["kv_heads"], shape["head_size"]) == (2, 4, 2, 16)

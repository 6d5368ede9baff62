"""Making what the embedded model runs, and finding it again."""

import logging
from pathlib import Path

import pytest

from assistant.brain.chat_prompt import ChatPrompt
from assistant.brain.prepare import Unsupported, prepare
from assistant.brain.prepared import prepared_folder
from tests.assistant.brain.tiny_llama import TOKENS, TinyLlama


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEARTHSIDE_HOME", str(tmp_path / "home"))
    file = tmp_path / "tiny.gguf"
    TinyLlama.random().write(file)
    return file


async def test_it_is_made_once_and_found_again(model: Path) -> None:
    folder = await prepared_folder(model)
    assert folder is not None
    made_at = (folder / "model.onnx").stat().st_mtime_ns
    assert await prepared_folder(model) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == made_at


async def test_another_file_of_the_same_name_is_made_anew_and_the_old_one_goes(model: Path) -> None:
    first = await prepared_folder(model)
    TinyLlama({name: 2 * weight for name, weight in TinyLlama.random().weights.items()}).write(model)
    second = await prepared_folder(model)
    assert first is not None
    assert second is not None
    assert first != second
    assert [entry.name for entry in second.parent.iterdir()] == [second.name]


@pytest.mark.parametrize("kind", [{"architecture": "qwen2"}, {"tokenizer": "llama-bpe"}])
async def test_another_kind_of_model_is_left_to_llama_cpp(
    model: Path, kind: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    TinyLlama.random().write(model, **kind)
    with caplog.at_level(logging.INFO):
        assert await prepared_folder(model) is None
    assert "tiny.gguf is left to llama.cpp" in caplog.text


async def test_where_nothing_can_be_written_it_is_left_to_llama_cpp(
    model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home").write_text("in the way")
    assert await prepared_folder(model) is None
    assert "Not a directory" in caplog.text


def test_a_damaged_file_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(Unsupported):
        prepare(file, tmp_path / "home" / "broken", signed_weights=True)
    assert not (tmp_path / "home").exists()


async def test_a_conversation_becomes_tokens(model: Path) -> None:
    folder = await prepared_folder(model)
    assert folder is not None
    prompt = ChatPrompt(folder)

    def tokens(numbers: list[int]) -> str:
        return " ".join(TOKENS[number] for number in numbers)

    said = [("system", "be"), ("user", "on the way")]
    user = "<|im_start|> u s e r Ċ o n Ġthe Ġ w a y"
    system = "<|im_start|> s y s t e m Ċ b e <|im_end|> Ċ"
    assert tokens(prompt.beginning(said)) == f"{system} {user}"
    question, known = prompt.question(said)
    assert tokens(question) == f"{system} {user} <|im_end|> Ċ <|im_start|> a s s i s t a n t Ċ"
    assert tokens(question[:known]) == f"{system} {user}"
    assert prompt.question([*said[:1], ("user", "on the way.")])[0][:known] == question[:known], "a mark is not said"
    assert [prompt.question(other)[1] for other in (said[:1], [("user", "?")], [*said, ("assistant", "y")])] == [
        0,
        0,
        0,
    ]
    assert tokens(prompt.beginning(said[:1])) == f"{system} <|im_start|> u s e r Ċ"
    assert {TOKENS[number] for number in prompt.ends} == {"<|im_end|>", "<|endoftext|>"}

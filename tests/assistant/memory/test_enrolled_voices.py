"""The file of voices: private, whole at any instant, and gone when it is forgotten."""

import json
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.memory.voices import EnrolledVoices, Kept, VoicesError, checked_name, joined, today
from audio.voice.protocol import Voice


def kept(name: str, *vector: float, model: str = "one") -> Kept:
    whole = np.array(vector or (0.6, 0.8), np.float32)
    return Kept(name, model, Voice(whole, 7.5), today())


@pytest.fixture
def store(tmp_path: Path) -> EnrolledVoices:
    return EnrolledVoices(tmp_path / "voices" / "voices.json")


def test_what_is_kept_comes_back_and_only_its_owner_can_read_it(store: EnrolledVoices) -> None:
    store.keep(kept("Zoë"))
    store.keep(kept("Anna", 1.0, 0.0))
    anna, zoe = store.all()
    assert (anna.name, zoe.name) == ("Anna", "Zoë")
    assert zoe.voice.speech_s == 7.5
    np.testing.assert_allclose(zoe.voice.embedding, [0.6, 0.8], atol=1e-6)
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.file.parent.stat().st_mode) == 0o700


def test_nothing_but_name_model_day_seconds_and_vector_is_kept(store: EnrolledVoices) -> None:
    store.keep(kept("Anna"))
    text = store.file.read_text()
    assert len(text) < 200
    assert set(map(str, json.loads(text)["voices"][0])) == {
        "name", "model", "since", "speech_s", "embedding",
    }  # fmt: skip


def test_who_enrols_again_is_kept_once(store: EnrolledVoices) -> None:
    store.keep(kept("Anna", 1.0, 0.0))
    store.keep(kept("anna", 0.0, 1.0))
    (anna,) = store.all()
    np.testing.assert_allclose(anna.voice.embedding, [0.0, 1.0])


def test_only_voices_of_the_same_model_are_known(store: EnrolledVoices) -> None:
    store.keep(kept("Anna"))
    store.keep(kept("Bo", model="two"))
    assert [one.name for one in store.known("two")] == ["Bo"]


def test_who_is_forgotten_leaves_nothing_behind(store: EnrolledVoices) -> None:
    store.keep(kept("Anna"))
    store.keep(kept("Bo"))
    assert store.forget("  ANNA ")
    assert "Anna" not in store.file.read_text()
    assert not store.forget("Anna")
    assert store.forget("Bo")
    assert not store.file.exists()


def test_everybody_can_be_forgotten_also_from_a_damaged_file_and_a_write_that_was_cut(store: EnrolledVoices) -> None:
    store.keep(kept("Anna"))
    store.file.write_text(store.file.read_text()[:40])
    (store.file.parent / ".voices.json.0badcafe").write_text("Anna")
    with pytest.raises(VoicesError, match="forget --all"):
        store.all()
    store.forget_all()
    assert store.all() == ()
    assert not any("Anna" in file.read_text() for file in store.file.parent.iterdir())


def test_a_disk_that_takes_nothing_leaves_what_was_there(
    store: EnrolledVoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.keep(kept("Anna"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(VoicesError, match="No space left on device; nothing was changed"):
        store.keep(kept("Bo"))
    assert [one.name for one in store.all()] == ["Anna"]
    assert {file.name for file in store.file.parent.iterdir()} == {"voices.json", "voices.lock"}


def test_many_who_enrol_at_once_are_all_kept(store: EnrolledVoices) -> None:
    names = [f"P{number}" for number in range(8)]
    threads = [threading.Thread(target=store.keep, args=(kept(name),)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.name for one in store.all()] == names


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "Guest", "a\x1b[2Jb"])
def test_names_that_cannot_be_used_are_refused(name: str) -> None:
    with pytest.raises(VoicesError):
        checked_name(name)


def test_several_recordings_make_one_voice_by_their_length() -> None:
    voices = [Voice(np.array([1, 0], np.float32), 3.0), Voice(np.array([0, 1], np.float32), 4.0)]
    whole = joined(voices)
    assert whole.speech_s == 7.0
    np.testing.assert_allclose(whole.embedding, [0.6, 0.8], atol=1e-6)

"""A model whose files are not exactly the manifest's is refused, and the message says which file and what to do."""

from pathlib import Path

import pytest

from assistant.models.manifest import ManifestError, load_manifest
from assistant.models.verify import ModelFileError, faults, looks_present, verified_folder
from tests.tiny_model import SETTINGS, TinyModel, entry


def test_a_whole_model_gives_its_folder(tiny: TinyModel) -> None:
    tiny.put_in_place()
    assert verified_folder("tiny") == tiny.folder


def test_a_missing_model_says_how_to_fetch_it(tiny: TinyModel) -> None:
    with pytest.raises(
        ModelFileError, match=r"^model tiny: weights.bin is missing; run `hearthside models fetch tiny`$"
    ):
        verified_folder("tiny")


def test_a_truncated_file_is_refused(tiny: TinyModel) -> None:
    tiny.put_in_place()
    weights = tiny.folder / "weights.bin"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelFileError, match=r"weights.bin is truncated: 1,000 bytes instead of 24,000"):
        verified_folder("tiny")


def test_one_changed_bit_is_refused(tiny: TinyModel) -> None:
    tiny.put_in_place()
    weights = tiny.folder / "weights.bin"
    content = bytearray(weights.read_bytes())
    content[12_345] ^= 1
    weights.write_bytes(content)
    assert looks_present(load_manifest().model("tiny")), "the size alone does not tell"
    with pytest.raises(
        ModelFileError, match=r"weights.bin is damaged or was changed: its SHA-256 begins [0-9a-f]{12}, "
    ):
        verified_folder("tiny")


def test_a_folder_in_the_place_of_a_file_is_refused(tiny: TinyModel) -> None:
    tiny.put_in_place()
    (tiny.folder / "settings.json").unlink()
    (tiny.folder / "settings.json").mkdir()
    with pytest.raises(ModelFileError, match=r"settings.json"):
        verified_folder("tiny")


def test_every_fault_of_every_model_is_found(tiny: TinyModel) -> None:
    tiny.put_in_place()
    (tiny.folder / "weights.bin").unlink()
    (tiny.folder / "settings.json").write_bytes(SETTINGS.replace(b"2", b"3"))
    manifest = load_manifest()
    found = faults([manifest.model("tiny"), manifest.model("silero-vad-v6")])
    assert [(fault.file, fault.kind) for fault in found["tiny"]] == [
        ("weights.bin", "missing"),
        ("settings.json", "hash"),
    ]
    assert [fault.kind for fault in found["silero-vad-v6"]] == ["missing"]


def test_a_model_of_the_users_own_is_verified_where_it_lies(tiny: TinyModel, tmp_path: Path) -> None:
    tiny.manifest.write_text(entry().replace('title = "A tiny model"', f'title = "Mine"\npath = "{tmp_path}/mine"'))
    tiny.put_in_place()
    tiny.folder.rename(tmp_path / "mine")
    assert verified_folder("tiny") == tmp_path / "mine"
    (tmp_path / "mine" / "settings.json").unlink()
    with pytest.raises(ModelFileError, match=rf"settings.json is missing; put the right file into {tmp_path}/mine"):
        verified_folder("tiny")


def test_an_unknown_name_is_answered_with_the_nearest(tiny: TinyModel) -> None:
    with pytest.raises(ManifestError, match=r"no model is called 'tinny'; did you mean tiny\?"):
        verified_folder("tinny")

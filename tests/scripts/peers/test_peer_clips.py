"""Which recordings are measured, and what is said when there are none."""

from pathlib import Path

import pytest

from scripts.peers.compare import NoClips, find_clips


def labelled(folder: Path) -> Path:
    (folder / "labels.jsonl").write_text(
        '{"file": "b.wav", "speech_end_s": 2.5}\n{"file": "a.wav", "speech_end_s": 1, "text": "hello"}\n'
    )
    return folder


def test_labelled_recordings_come_in_order_with_their_ends(tmp_path: Path) -> None:
    found = find_clips(labelled(tmp_path), [])
    assert [(clip.file.name, clip.speech_end_s) for clip in found] == [("a.wav", 1.0), ("b.wav", 2.5)]


def test_only_the_named_ones_are_taken(tmp_path: Path) -> None:
    assert [clip.file for clip in find_clips(labelled(tmp_path), ["b"])] == [tmp_path / "b.wav"]


def test_a_name_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoClips, match="names none"):
        find_clips(labelled(tmp_path), ["c"])


@pytest.mark.parametrize("content", [None, "no json"])
def test_a_folder_without_labels_says_what_to_do(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "labels.jsonl").write_text(content)
    with pytest.raises(NoClips, match=r"labels\.jsonl: cannot be used .*make_clips"):
        find_clips(tmp_path, [])

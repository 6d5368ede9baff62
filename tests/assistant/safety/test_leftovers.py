"""What killed daemons left is taken away, and nothing of a living one's."""

import os
import socket
from pathlib import Path

from assistant.safety.emergency_stop import NEWS, PREFIX, EmergencyStop
from assistant.safety.leftovers import YOUNG_S, clear_leftovers


def left_by_a_killed_daemon(place: Path, name: str) -> Path:
    """As the system leaves it: the socket is still there, and nobody listens."""
    folder = place / f"{PREFIX}{name}"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(folder / NEWS))
    (folder / "hearthside-stop-x").write_bytes(bytes(16))
    return folder


def test_what_a_killed_daemon_left_goes_and_a_living_ones_stays(tmp_path: Path) -> None:
    dead = left_by_a_killed_daemon(tmp_path, "dead")
    (tmp_path / "other").mkdir()
    strange = left_by_a_killed_daemon(tmp_path, "strange")
    (strange / "thesis.txt").write_text("...")
    folder = tmp_path / f"{PREFIX}living"
    folder.mkdir()
    living = EmergencyStop(folder)
    try:
        assert clear_leftovers(tmp_path, PREFIX, NEWS) == [dead]
        assert living.latch.file.exists() and (folder / NEWS).exists()
        living.stop("test")
        assert living.is_stopped
    finally:
        living.close()
    assert clear_leftovers(tmp_path, PREFIX, NEWS) == []  # it went away by itself a moment ago: its folder is young
    assert not dead.exists() and (tmp_path / "other").exists() and strange.exists()


def test_a_folder_that_is_just_being_made_is_left_alone_and_an_old_one_is_not(tmp_path: Path) -> None:
    young, old = tmp_path / f"{PREFIX}young", tmp_path / f"{PREFIX}old"
    young.mkdir()
    old.mkdir()
    then = old.stat().st_mtime - YOUNG_S - 1
    os.utime(old, (then, then))
    assert clear_leftovers(tmp_path, PREFIX, NEWS) == [old]
    assert young.exists()


def test_what_is_a_link_or_a_file_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").write_text("x")
    assert clear_leftovers(tmp_path, PREFIX, NEWS) == []
    assert elsewhere.exists()

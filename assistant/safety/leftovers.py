"""What a daemon that was killed could not take away, taken away by the next one."""

import contextlib
import logging
import os
import shutil
import socket
import time
from pathlib import Path

from audio.stop.latch import LATCH_PREFIX

log = logging.getLogger(__name__)

YOUNG_S = 60.0
"""A folder without its socket may belong to a daemon that is just being started; after so long it does not."""


def clear_leftovers(place: Path, prefix: str, news: str) -> list[Path]:
    """Remove the folders of ours in `place` whose daemon is dead; those that were removed.

    A living daemon has a thread that listens at the datagram socket `news` in its folder, from the start to the end:
    the system refuses a connection to the socket of one that is gone, however it went.
    """
    gone = [
        folder
        for folder in place.glob(f"{prefix}*")
        if _is_ours(folder) and not _is_listened_to(folder / news) and not _is_being_made(folder, news)
    ]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    if gone:
        log.info("removed what %d killed daemons had left in %s", len(gone), place)
    return gone


def _is_ours(folder: Path) -> bool:
    """Whether it is such a folder, of this user's, and holds nothing but what a daemon puts there."""
    with contextlib.suppress(OSError):
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
            return all(one.is_socket() or one.name.startswith(LATCH_PREFIX) for one in folder.iterdir())
    return False


def _is_being_made(folder: Path, news: str) -> bool:
    with contextlib.suppress(OSError):
        return not (folder / news).exists() and time.time() - folder.stat().st_mtime < YOUNG_S
    return False


def _is_listened_to(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # whatever it is, it is nobody's leftover for sure
            return True
    return True

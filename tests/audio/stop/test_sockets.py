"""Words between processes that never wait for each other."""

import threading
from pathlib import Path

from audio.stop.sockets import Receiver, Sender


def test_a_word_arrives_and_where_nobody_listens_it_is_lost(tmp_path: Path) -> None:
    sender = Sender(tmp_path / "s")
    sender.send(b"nobody hears")
    receiver = Receiver(tmp_path / "s")
    sender.send(b"hello")
    assert receiver.receive() == b"hello"
    receiver.close()
    sender.send(b"gone")


def test_who_does_not_read_holds_nobody_up_and_another_takes_its_place(tmp_path: Path) -> None:
    sender, first = Sender(tmp_path / "s"), Receiver(tmp_path / "s")
    for _ in range(5_000):
        sender.send(bytes(640))
    second = Receiver(tmp_path / "s")
    sender.send(b"to the second")
    assert second.receive() == b"to the second"
    assert first.receive() == bytes(640)


def test_closing_wakes_who_waits(tmp_path: Path) -> None:
    receiver, words = Receiver(tmp_path / "s"), []
    waiting = threading.Thread(target=lambda: words.append(receiver.receive()))
    waiting.start()
    receiver.close()
    waiting.join(5)
    assert words == [b""]

"""What the service manager is told, at a datagram socket of the test's own."""

import os
import socket
from pathlib import Path

import pytest

from assistant.service.notify import ServiceManager
from tests.assistant.service.listening import notification_socket


async def test_it_hears_of_every_state(tmp_path: Path) -> None:
    async with notification_socket(tmp_path) as listening:
        environment = {"NOTIFY_SOCKET": str(listening.path), "WATCHDOG_USEC": "30000000", "OTHER": "x"}
        manager = ServiceManager(environment)
        assert environment == {"OTHER": "x"}, "no child may speak for the daemon"
        assert manager.watchdog_s == 30.0
        manager.ready("listening")
        assert await listening.until("READY=1") == "READY=1\nSTATUS=listening"
        manager.reloading()
        assert (await listening.until("RELOADING=1")).partition("\nMONOTONIC_USEC=")[2].isdigit()
        manager.alive()
        await listening.until("WATCHDOG=1")
        manager.stopping()
        await listening.until("STOPPING=1")


async def test_an_abstract_socket_is_one_too() -> None:
    name = f"hearthside-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        ServiceManager({"NOTIFY_SOCKET": f"@{name}"}).ready("x")
        assert listening.recv(100).startswith(b"READY=1")


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_a_manager_nothing_fails(environment: dict[str, str]) -> None:
    manager = ServiceManager(environment)
    assert manager.watchdog_s is None
    manager.ready("x")
    manager.stopping()


def test_a_watchdog_for_another_process_is_not_ours() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).watchdog_s is None
    assert ServiceManager({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": str(os.getpid())}).watchdog_s == 1.0

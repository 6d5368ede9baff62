"""What tests of several parts of the house need."""

import signal
from collections.abc import Iterator

import pytest

from tests.rig import SoundCard, require_sound_card


@pytest.fixture(autouse=True)
def signals_as_they_were() -> Iterator[None]:
    """What a child process does with its signals must not be inherited by the children of later tests, nor what whoever
    runs the tests does with theirs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        if handler is not None:
            signal.signal(number, handler)


@pytest.fixture(scope="session")
def running_sound_card() -> Iterator[SoundCard]:
    """One virtual sound card for all tests that leave it as it was."""
    require_sound_card()
    with SoundCard() as card:
        yield card


@pytest.fixture
def sound_card(running_sound_card: SoundCard, monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    """The virtual sound card, and this process's environment set so that it is the only one."""
    for name, value in running_sound_card.env().items():
        monkeypatch.setenv(name, value)
    return running_sound_card


@pytest.fixture
def own_sound_card(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    """A virtual sound card for a test that breaks it."""
    require_sound_card()
    with SoundCard() as card:
        for name, value in card.env().items():
            monkeypatch.setenv(name, value)
        yield card

"""What tests of several parts of the house need."""

from collections.abc import Iterator

import pytest

from tests.rig import SoundCard, require_sound_card


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

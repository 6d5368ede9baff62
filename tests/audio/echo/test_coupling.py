"""Whether there is an echo at all."""

import pytest

from audio.echo.coupling import COUPLED_FROM, ECHO_FROM, UNCOUPLED_AFTER, Coupling

ROOM_DBFS = -60.0


@pytest.fixture
def coupling() -> Coupling:
    """In a quiet room."""
    coupling = Coupling()
    for extra_db in (0.0, 20.0, 1.0, 3.0):  # somebody says something
        coupling.idle(ROOM_DBFS + extra_db)
    return coupling


def silences(coupling: Coupling, times: int) -> list[bool]:
    return [coupling.sounding(ROOM_DBFS + 1, 0.1) for _ in range(times)]


def test_it_takes_seconds_of_silence_under_its_voice_to_believe_in_headphones(coupling: Coupling) -> None:
    assert silences(coupling, UNCOUPLED_AFTER) == [False] * (UNCOUPLED_AFTER - 1) + [True]
    assert not coupling.is_coupled


def test_one_stretch_that_is_an_echo_ends_that_belief(coupling: Coupling) -> None:
    silences(coupling, UNCOUPLED_AFTER)
    assert coupling.sounding(ROOM_DBFS + 1, ECHO_FROM)
    assert coupling.is_coupled


def test_so_does_sound_that_is_like_nothing_if_it_lasts(coupling: Coupling) -> None:
    silences(coupling, UNCOUPLED_AFTER)
    changes = [coupling.sounding(ROOM_DBFS + 20, 0.2) for _ in range(COUPLED_FROM)]
    assert changes == [False] * (COUPLED_FROM - 1) + [True]


def test_as_long_as_anything_is_heard_there_may_be_an_echo(coupling: Coupling) -> None:
    """However unlike it is: the far end may be known too late."""
    assert not any(coupling.sounding(ROOM_DBFS + 20, 0.1) for _ in range(100))
    for _ in range(20):
        silences(coupling, UNCOUPLED_AFTER - 1)
        coupling.sounding(ROOM_DBFS + 20, 0.1)
    assert coupling.is_coupled


def test_without_a_moment_of_quiet_nothing_is_known() -> None:
    coupling = Coupling()
    silences(coupling, 100)
    assert coupling.is_coupled


def test_a_room_that_has_become_louder_is_known_in_time(coupling: Coupling) -> None:
    for _ in range(200):
        coupling.idle(ROOM_DBFS + 15)
    assert not any(coupling.sounding(ROOM_DBFS + 16, 0.1) for _ in range(UNCOUPLED_AFTER - 1))
    assert coupling.sounding(ROOM_DBFS + 16, 0.1)

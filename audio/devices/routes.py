"""Where the sound server has put a stream, and whether that is the device which is meant. Pure.

A sound server moves a stream whose device goes, without a word, to whatever is left: an input to the monitor of the
speaker, so that it hears what is played; an output to a dummy that nobody hears.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from audio.devices.choose import Kind

DUMMY = "auto_null"
"""The sink that PipeWire and PulseAudio put up where there is none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A source or a sink of the sound server."""

    index: int
    name: str
    description: str
    is_monitor: bool = False
    """Whether it gives what a sink plays."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a stream is."""

    device: str = ""
    """Description of the device that it has."""
    lost: str = ""
    """Why it has not the device that is meant; "" where it has."""
    move_to: int | None = None
    """Index of the endpoint that it should be moved to."""


def route(kind: Kind, wanted: str, at: Endpoint | None, present: Sequence[Endpoint]) -> Route:
    """What to think of a stream that is `at` this endpoint, None: at none, when these are there.

    `wanted` is the endpoint's name; "": whichever the sound server chooses, as long as it is a real one.
    """
    if wanted:
        meant = next((one for one in present if one.name == wanted), None)
        if meant is None:
            return Route(lost=f"{wanted} is not there")
        if at is None or at.index != meant.index:
            return Route(lost=f"the sound server uses {at.description if at else 'none'} instead", move_to=meant.index)
        return Route(meant.description)
    if at is None or at.name == DUMMY:
        return Route(lost=f"the sound server has no {kind}")
    if kind == "microphone" and at.is_monitor:
        return Route(lost=f"the sound server gives what the speaker plays instead ({at.description})")
    return Route(at.description)

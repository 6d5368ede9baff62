"""Which of the sound card's devices a user means."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from audio.devices.protocol import DeviceError

Kind: TypeAlias = Literal["microphone", "speaker"]
KINDS: tuple[Kind, ...] = ("microphone", "speaker")

PULSE = "pulse"
"""PortAudio's device that is the sound server: it survives the server's death, and takes part in its moves."""
USE_FILES = "use --mic FILE.wav --speaker FILE.wav"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device as PortAudio or the sound server lists it; `rate_hz` is its own rate."""

    number: int
    name: str
    host: str
    inputs: int
    outputs: int
    rate_hz: int
    is_default_input: bool
    is_default_output: bool
    server_name: str = ""
    """Its name with the sound server, for a device of the sound server: it is reached through the device `pulse`."""
    is_monitor: bool = False
    """Whether it is no microphone but gives what a speaker plays."""

    def channels(self, kind: Kind) -> int:
        return self.inputs if kind == "microphone" else self.outputs

    def is_default(self, kind: Kind) -> bool:
        return self.is_default_input if kind == "microphone" else self.is_default_output


def choose_device(kind: Kind, wanted: str, devices: Sequence[DeviceInfo]) -> DeviceInfo:
    """The device that `wanted` means: `default`, its number, its name, or a part of its name that no other has.

    A name with the sound server is a name, too.

    Raises DeviceError.
    """
    usable = [device for device in devices if device.channels(kind) > 0]
    if not usable:
        raise DeviceError(f"no {kind} found: connect one, or {USE_FILES}")
    if wanted in ("", "default"):
        return _default(kind, usable)
    if wanted.isdecimal():
        by_number = [device for device in usable if device.number == int(wanted)]
        return _only(kind, wanted, by_number, usable)
    folded = wanted.casefold()
    whole = [device for device in usable if folded in (device.name.casefold(), device.server_name.casefold())]
    return _only(kind, wanted, whole or [device for device in usable if folded in device.name.casefold()], usable)


def _default(kind: Kind, usable: Sequence[DeviceInfo]) -> DeviceInfo:
    # PortAudio's own default on Linux may be the `pipewire` plugin, which spins without end when its server dies.
    for device in usable:
        if device.name == PULSE:
            return device
    return next((device for device in usable if device.is_default(kind)), usable[0])


def _only(kind: Kind, wanted: str, found: Sequence[DeviceInfo], usable: Sequence[DeviceInfo]) -> DeviceInfo:
    # "Jabra" is the microphone, not the monitor of the headset's speaker, and in the hands of the sound server, which
    # has the card open, rather than the card itself.
    found = [device for device in found if not device.is_monitor] or found
    found = found if len(of_server := [device for device in found if device.server_name]) != 1 else of_server
    if len(found) > 1 and len({device.name for device in found}) == 1:
        # One device under several host interfaces (Windows): the first is the one PortAudio prefers.
        return next((device for device in found if device.is_default(kind)), found[0])
    if len(found) == 1:
        return found[0]
    if found:
        raise DeviceError(f"{kind} {wanted!r} may be {_listed(found)}; say its number or more of its name")
    names = [device.name for device in usable]
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.4)
    nearest = [device for device in usable if device.name in near] or usable[:5]
    raise DeviceError(f"no {kind} is called {wanted!r}; there are {_listed(nearest)} (`hearthside devices` lists all)")


def _listed(devices: Sequence[DeviceInfo]) -> str:
    return ", ".join(f"{device.number} ({device.name})" for device in devices)

"""Which devices are there, in one line of the log for each loss and each return."""

import logging
from collections.abc import Mapping

from audio.devices.choose import Kind

log = logging.getLogger(__name__)


class Presence:
    """Told again and again what is lost and why; says only what is new."""

    def __init__(self) -> None:
        self.lost: dict[Kind, str] = {}
        """Why, for each device that is gone."""
        self._devices: dict[Kind, str] = {}
        self._lost_at_s: dict[Kind, float] = {}

    def tell(self, lost: Mapping[Kind, str], devices: Mapping[Kind, str], now_s: float) -> None:
        """Now these are `lost`, for the reason given, or "" not; `devices` are in use, where any is known."""
        gone = {kind: why for kind, why in lost.items() if why and kind not in self.lost}
        for why in dict.fromkeys(gone.values()):
            log.warning("%s gone: %s", _are([kind for kind in gone if gone[kind] == why]), why)
        back = [kind for kind, why in lost.items() if not why and kind in self.lost]
        if back:
            away_s = now_s - min(self._lost_at_s[kind] for kind in back)
            log.info("%s back after %.1f s: %s", _are(back), away_s, "; ".join(devices[kind] for kind in back))
        for kind, device in devices.items():
            if kind not in back and not lost.get(kind) and device != self._devices.get(kind):
                log.info("%s%s: %s", kind, " is now" if kind in self._devices else "", device)
        self._lost_at_s.update(dict.fromkeys(gone, now_s))
        self._devices.update({kind: device for kind, device in devices.items() if not lost.get(kind)})
        self.lost = {**self.lost, **gone}
        for kind in back:
            del self.lost[kind]


def _are(kinds: list[Kind]) -> str:
    """The devices as a subject, with its verb."""
    return " and ".join(f"the {kind}" for kind in kinds) + (" is" if len(kinds) == 1 else " are")

"""What the assistant says of itself, unasked: that its microphone is gone, and that it is back. Pure.

It never says so over the user or its own answer, nor twice; what has become untrue or needless is not said at all.
"""

from dataclasses import dataclass, field
from enum import Enum

from assistant.conversation.policy import lasted

SAID_AFTER_S = 1.0
"""A microphone that is away for less is not missed: a child process that died, a sleep, a change of device."""
QUIET_FOR_S = 0.7
"""It is announced that it is back unless the user speaks within this long: an answer says as much."""


class Announcement(Enum):
    """What may be said."""

    MICROPHONE_GONE = "microphone_gone"
    MICROPHONE_BACK = "microphone_back"


class Device(Enum):
    """What may be gone."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"


@dataclass(slots=True)
class Announcements:
    """Told when devices go and come, and when the user speaks; asked what is to be said now that nobody speaks."""

    _lost_since_s: dict[Device, float] = field(default_factory=dict)
    _is_gone_said: bool = False
    _back_since_s: float | None = None
    """When the microphone came back that was said to be gone; None: nothing is to be said of it."""

    def lost(self, device: Device, at_s: float) -> None:
        """The device is gone."""
        self._lost_since_s.setdefault(device, at_s)
        if device is Device.MICROPHONE:
            self._back_since_s = None

    def back(self, device: Device, at_s: float) -> None:
        """The device is there again."""
        if self._lost_since_s.pop(device, None) is not None and device is Device.MICROPHONE and self._is_gone_said:
            self._back_since_s = at_s

    def user_spoke(self) -> None:
        """The user was heard: they need not be told."""
        if self._back_since_s is not None:
            self._back_since_s = None
            self._is_gone_said = False

    @property
    def has_devices(self) -> bool:
        """Whether both are there: what is said can be heard, and what is said over it."""
        return not self._lost_since_s

    def due(self, at_s: float) -> Announcement | None:
        """What is to be said now; it is taken as said."""
        if Device.SPEAKER in self._lost_since_s:
            return None
        since_s = self._lost_since_s.get(Device.MICROPHONE)
        if since_s is not None and not self._is_gone_said and lasted(since_s, at_s, SAID_AFTER_S):
            self._is_gone_said = True
            return Announcement.MICROPHONE_GONE
        if self._back_since_s is not None and lasted(self._back_since_s, at_s, QUIET_FOR_S):
            self._back_since_s = None
            self._is_gone_said = False
            return Announcement.MICROPHONE_BACK
        return None

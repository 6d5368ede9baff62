"""Whether microphone and speaker are there, and the machine awake, as turn-taking and whoever watches need to know."""

from collections.abc import Callable, Mapping

from assistant.conversation.announcements import Device
from assistant.conversation.facts import DeviceBack, DeviceLost, Fact, Slept
from assistant.conversation.notices import DevicePresence, Observer
from audio.devices.asleep import Sleep
from audio.devices.protocol import DeviceHealth


class DeviceWatch:
    """Asks the devices how they are, as often as it is asked itself, and tells what has changed."""

    def __init__(
        self, health: Mapping[Device, Callable[[], DeviceHealth]], observer: Observer, sleep: Sleep | None = None
    ) -> None:
        self._health = health
        self._sleep = sleep or Sleep()
        self._observer = observer
        self._lost = dict.fromkeys(health, "")

    def facts(self, at_s: float) -> list[Fact]:
        """What is new."""
        slept_s = self._sleep.slept_s()
        facts: list[Fact] = [Slept(at_s, slept_s)] if slept_s else []
        for device, health in self._health.items():
            lost = health().lost
            if lost == self._lost[device]:
                continue
            self._observer(DevicePresence(device, lost))
            if not lost:
                facts.append(DeviceBack(at_s, device))
            elif not self._lost[device]:
                facts.append(DeviceLost(at_s, device))
            self._lost[device] = lost
        return facts

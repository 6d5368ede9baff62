"""The status line: what can be seen of devices that are gone."""

import io

from rich.console import Console

from assistant.cli.status_line import StatusLine
from assistant.conversation.announcements import Device
from assistant.conversation.notices import DevicePresence


def shown(line: StatusLine) -> str:
    return line._render().plain


def test_a_device_that_is_gone_shows_until_it_is_back() -> None:
    line = StatusLine(Console(file=io.StringIO()))
    assert "no " not in shown(line)
    line.observe(DevicePresence(Device.MICROPHONE, "unplugged"))
    assert "no microphone" in shown(line)
    line.observe(DevicePresence(Device.SPEAKER, "unplugged"))
    assert "no microphone no speaker" in shown(line)
    line.observe(DevicePresence(Device.MICROPHONE, ""))
    assert "no speaker" in shown(line)
    assert "no microphone" not in shown(line)

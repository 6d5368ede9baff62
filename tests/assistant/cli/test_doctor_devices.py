"""What `hearthside doctor` says of a microphone that is none."""

from assistant.cli.doctor import _microphone
from assistant.config import Config
from tests.rig import SoundCard


def listening_to(mic: str) -> Config:
    return Config.model_validate({"audio": {"mic": mic}})


async def test_a_monitor_in_the_place_of_a_microphone_is_named(own_sound_card: SoundCard) -> None:
    own_sound_card.unplug("mic")
    finding = await _microphone(listening_to("default"))
    assert not finding.ok
    assert finding.found.startswith("default: the sound server gives what the speaker plays instead (Monitor of ")
    assert "hearthside devices" in finding.advice


async def test_a_monitor_that_was_chosen_is_named(sound_card: SoundCard) -> None:
    finding = await _microphone(listening_to("Monitor of speaker"))
    assert not finding.ok
    assert finding.found.startswith("Monitor of speaker")
    assert "is no microphone" in finding.found

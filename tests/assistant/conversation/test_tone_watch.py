"""Listening to tones: off the event loop, and what is usual is each speaker's own."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from assistant.conversation.scope import TurnScope
from assistant.conversation.speakers import Speaker
from assistant.conversation.tone import KNOWN_AFTER
from assistant.conversation.tone_watch import ToneWatch
from audio.frames import MIC_RATE_HZ, Pcm16


class Heard:
    """A turn whose sound is a buzz at `pitch_hz` that swells `per_s` times a second."""

    def __init__(self, pitch_hz: float = 120.0, per_s: float = 4.0) -> None:
        self.pitch_hz, self.per_s = pitch_hz, per_s

    def turn_audio(self, from_s: float, until_s: float) -> tuple[float, Pcm16]:
        time_s = np.arange(round((until_s - from_s) * MIC_RATE_HZ)) / MIC_RATE_HZ
        buzz = sum(np.sin(2 * np.pi * self.pitch_hz * number * time_s) / number for number in range(1, 12))
        swelling = 0.52 - 0.48 * np.cos(2 * np.pi * self.per_s * time_s)
        return from_s, (5000 * buzz * swelling).astype(np.int16)


@pytest.fixture
def heard() -> Iterator[Heard]:
    yield Heard()


async def listened(watch: ToneWatch, speaker: str = "") -> TurnScope:
    async with asyncio.TaskGroup() as group:
        turn = TurnScope(group=group, turn=1, speaker=Speaker(speaker, 0.9) if speaker else None)
        await watch.listen(turn, 0.0, 2.0)
    watch.ended(turn)
    return turn


async def test_a_voice_is_measured_and_becomes_what_is_usual(heard: Heard) -> None:
    watch = ToneWatch(heard, feelings=True)  # type: ignore[arg-type]
    for _ in range(KNOWN_AFTER):
        turn = await listened(watch)
        assert turn.tone is not None and not turn.tone.is_whispered
        assert turn.tone.feeling is None
    heard.per_s = 6.5
    turn = await listened(watch)
    assert turn.tone is not None and turn.tone.feeling is not None
    assert turn.tone.faster > 1.25
    assert "faster" in turn.note


async def test_what_is_usual_for_one_is_not_for_another(heard: Heard) -> None:
    watch = ToneWatch(heard, feelings=False)  # type: ignore[arg-type]
    for _ in range(KNOWN_AFTER):
        await listened(watch, "Anna")
    heard.per_s = 6.5
    turn = await listened(watch, "Bo")
    assert turn.tone is not None and turn.tone.faster == 1.0


async def test_a_defect_of_it_leaves_a_turn_without_a_tone() -> None:
    watch = ToneWatch(None, feelings=True)  # type: ignore[arg-type]
    turn = await listened(watch)
    assert turn.tone is None and turn.note == ""
    assert watch.wants(0.0, 2.5)


def test_too_short_a_beginning_is_not_listened_to(heard: Heard) -> None:
    assert not ToneWatch(heard, feelings=False).wants(1.0, 1.3)  # type: ignore[arg-type]


async def test_a_turn_is_measured_again_when_more_of_it_has_come(heard: Heard) -> None:
    watch = ToneWatch(heard, feelings=False)  # type: ignore[arg-type]
    assert watch.wants(0.0, 2.0)
    await listened(watch)
    assert not watch.wants(0.0, 2.3)
    assert watch.wants(0.0, 2.5)
    assert watch.wants(2.1, 2.7), "of the next turn there is nothing yet"

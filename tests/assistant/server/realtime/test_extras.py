"""Events beyond the public protocol, for the client that asks for them; every other client sees none of them."""

import json
from typing import Any

from assistant.server.realtime.session_settings import EXTRAS
from tests.assistant.server.realtime.client import Client
from tests.assistant.server.realtime.test_conversing import Scene, ask, play, transcribed
from tests.assistant.server.realtime.wired import Wired
from tests.virtual_time import run_in_virtual_time


class AskingClient(Client):
    """Keeps the others apart: they are neither public nor in the public order."""

    def __init__(self) -> None:
        super().__init__()
        self.extra: list[dict[str, Any]] = []

    async def send(self, text: str) -> None:
        event = json.loads(text)
        if event["type"] in EXTRAS:
            self.extra.append(event)
        else:
            await super().send(text)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.extra if event["type"] == f"hearthside.{kind}"]


async def conversation(scene: Scene) -> None:
    scene.update(audio=transcribed(), include=list(EXTRAS))
    await ask(scene)
    await scene.client.until("response.done")
    await scene.speak(8.0, is_loud=False)


def test_words_as_they_are_understood_and_spoken_and_what_is_going_on() -> None:
    client = AskingClient()

    async def main() -> None:
        scene = Scene()
        scene.client = client
        await scene.play(conversation)

    run_in_virtual_time(main())
    committed = next(event for event in client.events if event["type"] == "input_audio_buffer.committed")
    partial = client.of("partial_transcript")
    assert partial and {event["item_id"] for event in partial} == {committed["item_id"]}
    assert partial[-1]["text"] == "what is that"
    said = next(event for event in client.events if event["type"] == "response.output_audio_transcript.done")
    words = [word for event in client.of("word_times") for word in event["words"]]
    assert {event["item_id"] for event in client.of("word_times")} == {said["item_id"]}
    assert words == sorted(words, key=lambda word: (word["end_ms"], word["end"]))
    assert words[-1]["end"] == len(said["transcript"])
    phases = [event["phase"] for event in client.of("phase")]
    assert phases[:2] == ["idle", "listening"] and "answering" in phases and phases[-1] == "idle"


def test_who_does_not_ask_gets_none_of_them() -> None:
    async def act(scene: Scene) -> None:  # its client takes what is not public for an error
        scene.update(audio=transcribed())
        await ask(scene)
        await scene.client.until("response.done")

    play(act)


def test_nothing_else_can_be_included() -> None:
    wired = Wired()
    refused = wired.refused("session.update", session={"type": "realtime", "include": ["logprobs"]})
    assert refused["code"] == "unsupported_value" and "hearthside.word_times" in refused["message"]

"""When "emergency stop" is heard: by its parts, and with the real models on the project's own voice."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.config import Config
from assistant.opening import build_engine
from audio.frames import MIC_RATE_HZ, Frame, Pcm16, PcmFloat
from audio.stop.keyphrases import Candidate, Keyphrases
from audio.stop.likelihood import PhraseLikelihood
from audio.stop.phrases import Order, Phrase
from audio.stop.spotter import Spotted, StopSpotter, frames_of, keys_of
from audio.tts.spoken import spoken
from audio.vad.webrtc import WebRtcVad
from audio.wav import read_wav
from tests.model_files import model_folder
from tests.recordings import DATA, require_data

__all__ = ["model_folder"]

ORDERS = ("Emergency stop!", "Emergency stop.", "Stop all actions!", "Stop all actions.")
OTHER = "It was an emergency, so stop the music. All actions are listed below. Stop all the lights."
WITHIN = "Her resume was impressive. Please resume the movie."

HALT = Phrase(Order.STOP, "Halt", (("halt", 1.0, 0.0),), 0.5)
GO_ON = Phrase(Order.RESUME, "Go on.", (("go on", 1.0, 0.0),), 0.5, first_try_s=0.2, last_try_s=0.2)


class LoudGate:
    def probability(self, frame: Frame) -> float:
        return float(np.abs(frame.samples).max() > 1000)

    def reset(self) -> None:
        pass


class ScriptedLook:
    """Finds these in the first stretch, each once so much sound has come since it began."""

    def __init__(self, *found: tuple[float, Candidate]) -> None:
        self.found = found
        self.heard_s = 0.0
        self.stretches = 0
        self.is_open = False

    def begin(self) -> None:
        self.heard_s, self.is_open = 0.0, True
        self.stretches += 1

    def end(self) -> None:
        self.is_open = False

    def push(self, samples: Pcm16) -> list[Candidate]:
        assert self.is_open
        if self.stretches > 1:
            return []
        before_s, self.heard_s = self.heard_s, self.heard_s + len(samples) / MIC_RATE_HZ
        return [candidate for at_s, candidate in self.found if before_s < at_s <= self.heard_s]


def loud(length_s: float) -> Pcm16:
    return np.full(round(length_s * MIC_RATE_HZ), 5000, np.int16)


def quiet(length_s: float) -> Pcm16:
    return np.zeros(round(length_s * MIC_RATE_HZ), np.int16)


def all_heard(spotter: StopSpotter, sound: Pcm16, wanted: Order = Order.STOP) -> list[Spotted]:
    heard = [spotter.push(frame, wanted) for frame in frames_of(sound)]
    return [one for one in heard if one is not None]


def test_silence_is_not_looked_at() -> None:
    look = ScriptedLook()
    assert all_heard(StopSpotter(LoudGate(), look, lambda samples, text: 1.0, [HALT]), quiet(5)) == []
    assert look.stretches == 0


def test_a_candidate_that_is_not_likely_enough_is_looked_at_again_until_it_is() -> None:
    scores = [0.1, 0.2, 0.9]
    seen_s: list[float] = []

    def likelihood(samples: PcmFloat, text: str) -> float:
        seen_s.append(round(len(samples) / MIC_RATE_HZ, 2))
        return scores.pop(0)

    spotter = StopSpotter(LoudGate(), ScriptedLook((1.0, Candidate("halt", 0.5))), likelihood, [HALT])
    (heard,) = all_heard(spotter, np.concatenate([quiet(1), loud(2)]))
    assert (heard.order, heard.phrase) == (Order.STOP, "halt")
    # The stretch begins 0.3 s before the first loud frame's end, the phrase 0.5 s into it; 0.25 s more is looked at.
    assert heard.at_s == pytest.approx(0.72 + 1.0 + 2 * 0.06, abs=0.021)
    assert seen_s == [pytest.approx(0.75 + 0.06 * n, abs=0.021) for n in range(3)]


def test_one_that_never_becomes_likely_is_given_up() -> None:
    spotter = StopSpotter(LoudGate(), ScriptedLook((1.0, Candidate("halt", 0.5))), lambda *_: 0.1, [HALT])
    assert all_heard(spotter, loud(4)) == []
    assert 2 <= spotter.second_looks <= 7


def test_only_what_makes_sense_now_is_heard() -> None:
    found = ((0.5, Candidate("halt", 0.2)), (1.5, Candidate("go on", 1.2)))

    def spotter() -> StopSpotter:
        return StopSpotter(LoudGate(), ScriptedLook(*found), lambda *_: 1.0, [HALT, GO_ON])

    sound = loud(3)
    assert [one.phrase for one in all_heard(spotter(), sound, Order.STOP)] == ["halt"]
    (released,) = all_heard(spotter(), sound, Order.RESUME)
    assert released.phrase == "go on"
    assert released.at_s == pytest.approx(1.7, abs=0.021), "only once it is known to be all"


@pytest.fixture(scope="module")
def say() -> Callable[[str], Pcm16]:
    """Everything that these tests need to hear, from one start of the voice."""

    async def speak(texts: Sequence[str]) -> dict[str, Pcm16]:
        tts = build_engine("tts", Config().tts)
        try:
            await tts.warm()
            return {text: await spoken(text, tts) for text in texts}
        finally:
            await tts.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        said = thread.submit(asyncio.run, speak([*ORDERS, OTHER, "Resume.", WITHIN])).result()
    return said.__getitem__


@pytest.fixture(scope="module")
def likelihood(model_folder: Callable[[str], Path]) -> PhraseLikelihood:
    return PhraseLikelihood(model_folder("whisper-tiny.en"))


def real(likelihood: PhraseLikelihood) -> StopSpotter:
    return StopSpotter(WebRtcVad(1), Keyphrases(keys_of()), likelihood.of)


@pytest.mark.parametrize("text", ORDERS)
def test_the_phrases_are_heard_in_time(likelihood: PhraseLikelihood, say: Callable[[str], Pcm16], text: str) -> None:
    said = say(text)
    end_s = 1.0 + float(np.flatnonzero(np.abs(said) > 300)[-1]) / MIC_RATE_HZ
    (heard,) = all_heard(real(likelihood), np.concatenate([quiet(1), said, quiet(1)]))
    assert heard.phrase == text.lower().strip("!.")
    assert heard.at_s < end_s + 0.1, "the sound that it takes; what looking takes comes on top"


def test_sentences_of_the_same_words_are_not_orders(likelihood: PhraseLikelihood, say: Callable[[str], Pcm16]) -> None:
    assert all_heard(real(likelihood), np.concatenate([quiet(1), say(OTHER), quiet(1)])) == []


def test_resume_is_heard_as_a_sentence_of_its_own_only(
    likelihood: PhraseLikelihood, say: Callable[[str], Pcm16]
) -> None:
    (released,) = all_heard(real(likelihood), np.concatenate([quiet(1), say("Resume."), quiet(1)]), Order.RESUME)
    assert released.phrase == "resume"
    within = np.concatenate([quiet(1), say(WITHIN), quiet(1)])
    assert all_heard(real(likelihood), within, Order.RESUME) == []


def test_people_who_talk_of_other_things_stop_nothing(likelihood: PhraseLikelihood) -> None:
    require_data()
    files = sorted((DATA / "04_wakeword" / "confusable_nonwake").glob("*.wav"))
    talk = np.concatenate([piece for file in files for piece in (read_wav(file), quiet(0.5))])
    assert all_heard(real(likelihood), talk) == []

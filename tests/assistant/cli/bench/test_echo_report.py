"""What the echo benchmark makes of a talk in a room; and what it prints."""

import numpy as np
import pytest

from assistant.cli.bench.echo import Command, InRoom, RealPair, summary
from assistant.cli.bench.talking import Onset, onsets, quieter_db, rooms, straight_through, talk, through
from assistant.config import Config
from audio.echo.none import NoCancellation
from audio.echo.webrtc import WebRtcCanceller
from audio.frames import MIC_RATE_HZ, Frame, Pcm16
from audio.vad.segmenter import Segmenter
from audio.virtual_room import Room, reverberation
from tests.audio.echo.test_likeness import babble

ROOM = Room("any", reverberation(0.3), drift_ppm=60)


class LoudVad:
    """Hears speech in whatever is loud."""

    def probability(self, frame: Frame) -> float:
        return float(np.abs(frame.samples).max() > 300)

    def reset(self) -> None:
        pass


def sentences() -> list[Pcm16]:
    return [babble(2.0, seed=1), babble(1.5, seed=2)]


def found(heard: Pcm16, far: Pcm16) -> list[Onset]:
    return onsets(heard, far, LoudVad(), Segmenter(threshold=0.5, onset_ms=60))


def test_a_talk_is_the_sentences_over_and_over_with_pauses() -> None:
    said = talk(sentences(), 8.0)
    assert len(said.samples) == 8 * MIC_RATE_HZ
    assert [end - begin for begin, end in said.sentences] == [32_000, 24_000, 32_000]
    outside = said.samples.copy()
    for begin, end in said.sentences:
        outside[begin:end] = 0
    assert not outside.any()


def test_the_far_end_in_the_benchmark_is_what_was_said() -> None:
    said = talk(sentences(), 5.0)
    _, far = through(NoCancellation(), Room("any", reverberation(0.3)), said, np.zeros_like(said.samples), 0.0)
    begin, end = said.sentences[0]
    lags = range(-80, 81)
    inner = slice(begin + 400, end - 400)
    alike = [np.corrcoef(far[inner], said.samples[inner.start + lag : inner.stop + lag])[0, 1] for lag in lags]
    assert max(alike) > 0.9
    assert abs(lags[int(np.argmax(alike))]) <= 64, "within the waver of the reports"


def test_the_echo_is_heard_without_cancellation_and_goes_with_it() -> None:
    said = talk(sentences(), 8.0)
    heard = ROOM.heard(said.samples, np.zeros_like(said.samples))
    off, far = through(NoCancellation(), ROOM, said, heard, 0.01)
    on, _ = through(WebRtcCanceller(), ROOM, said, heard, 0.01)
    assert quieter_db(heard, off, far) == pytest.approx(0.0)
    gone_db = quieter_db(heard, on, far)
    assert gone_db is not None
    assert gone_db > 15
    own = found(heard, far)
    assert len(own) >= 3
    assert np.median([onset.likeness for onset in own]) > 0.7
    assert len(found(on, far)) < len(own)


def test_where_nothing_is_played_there_is_nothing_to_measure() -> None:
    silence = np.zeros(MIC_RATE_HZ, np.int16)
    voice = babble(1.0, seed=3)
    assert quieter_db(voice, voice, silence) is None
    assert quieter_db(voice, voice, silence, while_playing=False) == pytest.approx(0.0)
    assert np.array_equal(straight_through(NoCancellation(), voice, silence), voice)


def test_there_are_rooms_without_any_recording() -> None:
    made_up = rooms(None)
    assert len(made_up) >= 3
    assert len({room.name for room in made_up}) == len(made_up)


def test_the_summary_counts_per_ten_minutes_and_tells_likeness_apart() -> None:
    own = [Onset(1.0, 1.0, 0.9), Onset(5.0, 0.5, 0.4), Onset(9.0, 0.1, 0.1)]
    lines = summary(
        Config(),
        [InRoom("a room", 300.0, -33.0, 20.0, 25.0, own, [])],
        [Command("a.wav", "a room", "stop the music", -3.0, "stop the music", "stop the music", "music", "stop music")],
        [RealPair("p", "farend_singletalk", 10.0, 30.0, None, own, [])],
    )
    text = "\n".join(lines)
    assert "without cancellation: 6.0, lasting 4.0, of these unlike the played sound 2.0" in text
    assert "with cancellation: 0.0, lasting 0.0, of these unlike the played sound 0.0" in text
    assert "over the assistant, cancellation: 33.3 %" in text
    assert "over the assistant, no cancellation: 66.7 %" in text


def test_the_summary_can_do_without_commands_and_recordings() -> None:
    assert len(summary(Config(), [InRoom("a room", 60.0, -33.0, None, None, [], [])], [], [])) == 4

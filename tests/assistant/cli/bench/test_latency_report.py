"""What the latency benchmark counts as an answer, a cut, a gap; and what it prints where there is nothing to print."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from assistant.cli.bench.answered import Answered, gaps_ms
from assistant.cli.bench.clips import Clip, read_clips
from assistant.cli.bench.figures import Distribution
from assistant.cli.bench.latency import Measured, summary
from assistant.cli.bench.waterfall import draw, stages
from assistant.config import Config, ConfigError
from tests.assistant.cli.bench.turn_records import turn_record

RATE_HZ = 8000


def clip(**changes: object) -> Clip:
    return Clip(
        **{"file": Path("a.wav"), "text": "what is that", "speech_start_s": 0.5, "speech_end_s": 2.0, **changes}
    )  # type: ignore[arg-type]


def test_latency_counts_from_the_clips_end_of_speech_to_the_first_sound_after_it() -> None:
    one = Answered(clip(), [turn_record()], first_sound_s=2.25, answer_s=2.25)
    assert one.latency_ms == pytest.approx(250)
    assert one.is_whole
    assert not one.is_cut


@pytest.mark.parametrize(
    "one",
    [
        Answered(clip(), [turn_record()], first_sound_s=1.5, answer_s=2.1),
        Answered(clip(), [turn_record(), turn_record(turn_id=2)], first_sound_s=2.3, answer_s=2.3),
        Answered(clip(), [turn_record(false_starts=("A",))], first_sound_s=2.3, answer_s=2.3),
    ],
    ids=["too early", "in pieces", "withdrawn"],
)
def test_a_turn_that_was_cut_has_no_latency(one: Answered) -> None:
    assert one.is_cut
    assert one.latency_ms is None


def test_an_apology_is_no_answer() -> None:
    assert Answered(clip(), [turn_record(outcome="apologised")], first_sound_s=2.3, answer_s=2.3).latency_ms is None


def test_gaps_are_those_that_the_punctuation_does_not_ask_for() -> None:
    def sound(*parts: tuple[float, bool]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return np.concatenate([np.full(round(RATE_HZ * long_s), 0.5 * loud, np.float32) for long_s, loud in parts])

    output = sound(
        (0.3, False), (0.5, True), (0.4, False), (0.5, True), (0.2, False), (0.5, True), (0.1, False), (0.2, True)
    )
    assert gaps_ms(output, RATE_HZ, "It is, well, a lamp.") == []
    assert gaps_ms(output, RATE_HZ, "It is, well a lamp.") == [pytest.approx(200, abs=1)]
    assert len(gaps_ms(output, RATE_HZ, "It is a lamp.")) == 2


def test_the_summary_tells_all_clocks_and_what_they_cost(tmp_path: Path) -> None:
    paused = clip(file=Path("b.wav"), pauses=((1.0, 1.6),))
    measured = Measured(
        [Answered(clip(), [turn_record()], 2.25, 2.25), Answered(paused, [turn_record(), turn_record()], 1.2, 2.3)],
        {"a.wav": "what is that", "b.wav": "what is that"},
        [180.0, None],
    )
    text = "\n".join(summary(measured, Config()))
    assert "end of speech to first sound of the answer: n=1 median 250 ms" in text
    assert "onset of an interruption to silence: n=1 median 180 ms" in text
    assert "false ends of turn: 1 of 1 (100.0 %) clips with a pause inside, 0 of 1 (0.0 %) without" in text
    assert "missed turns: 0 of 2" in text
    table = stages(measured.answered)
    assert table["turn decided"].median == pytest.approx(200)
    draw(table, tmp_path / "waterfall.png")
    with Image.open(tmp_path / "waterfall.png") as picture:
        assert picture.size[0] == 1000


def test_nothing_measured_is_said_to_be_nothing() -> None:
    assert Distribution.of([None]).line("hush") == "hush: not measured (n=0)"


def test_clips_come_with_their_labels_and_without_a_folder_there_are_none(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.zeros(16_000, np.int16), 16_000)
    label = {"file": "a.wav", "text": "yes", "speech_start_s": 0.1, "speech_end_s": 0.8, "pauses": [[0.3, 0.7]]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(label) + "\n")
    (one,) = read_clips(tmp_path, Config.model_validate({"vad": {"engine": "webrtc"}}))
    assert (one.text, one.speech_end_s, one.has_pause, one.is_labelled) == ("yes", 0.8, True, True)
    with pytest.raises(ConfigError, match="no such folder"):
        read_clips(tmp_path / "none", Config())
    (tmp_path / "labels.jsonl").write_text("nonsense\n")
    with pytest.raises(ConfigError, match=r"labels\.jsonl"):
        read_clips(tmp_path, Config())

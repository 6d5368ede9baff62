"""What counts as an answer, as cut, and as faster."""

import numpy as np
import pytest

from audio.frames import PcmFloat
from scripts.peers.conversation import GIVE_UP_S, LISTEN_S, is_over
from scripts.peers.report import report
from scripts.peers.score import Outcome, judge, summarise, times_faster


def played(first_s: float | None) -> PcmFloat:
    samples = np.zeros(5_000, np.float32)
    if first_s is not None:
        samples[round(first_s * 1000) :] = 0.1
    return samples


def verdict(first_s: float | None, answers: int = 1) -> Outcome:
    return judge("peer", "clip", played(first_s), 1000, speech_end_s=2.0, answers=answers, heard="")


def test_latency_runs_from_the_end_of_speech_to_the_first_sound() -> None:
    outcome = verdict(2.75)
    assert outcome.latency_ms == pytest.approx(750)
    assert outcome.counts


def test_an_answer_before_the_end_of_speech_is_cut() -> None:
    assert verdict(1.5).cut
    assert not verdict(1.5).counts


def test_two_answers_are_cut_however_late_they_come() -> None:
    assert verdict(2.5, answers=2).cut


def test_silence_is_unanswered_and_not_cut() -> None:
    outcome = verdict(None, answers=0)
    assert (outcome.latency_ms, outcome.cut, outcome.counts) == (None, False, False)


def test_the_summary_takes_times_from_whole_answers_only() -> None:
    outcomes = [verdict(2.1), verdict(2.3), verdict(1.0), verdict(4.0, answers=2), verdict(None, answers=0)]
    summary = summarise("peer", [*outcomes, Outcome("other", "clip", 9.0, 1, False, "")])
    assert (summary.clips, summary.n, summary.cut, summary.unanswered) == (5, 2, 2, 1)
    assert (summary.median, summary.max) == (pytest.approx(200), pytest.approx(300))
    assert summary.p95 == pytest.approx(290)


def test_a_system_that_never_answers_has_no_times() -> None:
    summary = summarise("peer", [verdict(None, answers=0)])
    assert (summary.n, summary.median, summary.p95) == (0, None, None)


def test_ratios_say_how_many_times_ours_goes_into_theirs() -> None:
    ours = [Outcome("hearthside", "clip", 250.0, 1, False, "")]
    theirs = [Outcome("pipecat", "clip", 1000.0, 1, False, "")]
    assert report([*ours, *theirs], {}, {})["ratios"] == {"pipecat": {"median": 4.0, "p95": 4.0}}
    assert report(theirs, {}, {})["ratios"] == {}


@pytest.mark.parametrize(("ours", "theirs"), [(None, 5.0), (5.0, None), (0.0, 5.0)])
def test_there_is_no_ratio_without_two_times(ours: float | None, theirs: float | None) -> None:
    assert times_faster(ours, theirs) is None


def test_a_conversation_is_over_when_the_answer_and_the_clip_have_been_heard() -> None:
    assert not is_over(4.9, clip_s=5.0, first_sound_s=1.0)
    assert is_over(5.1, clip_s=5.0, first_sound_s=1.0)
    assert not is_over(6.0 + LISTEN_S - 0.1, clip_s=5.0, first_sound_s=6.0)


def test_no_answer_is_waited_for_only_so_long() -> None:
    assert not is_over(5.0 + GIVE_UP_S - 0.1, clip_s=5.0, first_sound_s=None)
    assert is_over(5.0 + GIVE_UP_S + 0.1, clip_s=5.0, first_sound_s=None)

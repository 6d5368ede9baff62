"""From probabilities to speech that begins and pauses, as timelines of 20 ms frames."""

from hypothesis import given
from hypothesis import strategies as st

from audio.vad.segmenter import DIP_MS, RELEASE_BELOW, Segmenter, SpeechState

FRAME_S = 0.02
ONSET_FRAMES = 3
DIP_FRAMES = DIP_MS // 20
THRESHOLD = 0.5


def states(*probabilities: float) -> list[SpeechState]:
    segmenter = Segmenter(threshold=THRESHOLD, onset_ms=ONSET_FRAMES * 20)
    return [
        segmenter.push(number * FRAME_S, (number + 1) * FRAME_S, probability)
        for number, probability in enumerate(probabilities)
    ]


def test_speech_begins_once_it_has_lasted_and_is_dated_at_its_first_frame() -> None:
    timeline = states(0.1, 0.1, 0.9, 0.9, 0.9)
    assert [state.is_speaking for state in timeline] == [False, False, False, False, True]
    assert timeline[-1].onset_s == 2 * FRAME_S
    assert timeline[-1].last_speech_end_s == 5 * FRAME_S
    assert timeline[-1].silence_s == 0


def test_a_sure_frame_is_speech_at_once_where_that_is_asked_for() -> None:
    segmenter = Segmenter(threshold=THRESHOLD, onset_ms=60)
    unsure = segmenter.push(0.0, 0.02, 0.55, at_once=0.65)
    sure = segmenter.push(0.02, 0.04, 0.7, at_once=0.65)
    assert (unsure.is_speaking, unsure.may_begin) == (False, True)
    assert (sure.is_speaking, sure.onset_s) == (True, 0.0)


def test_a_detector_that_knows_only_yes_and_no_is_never_sure() -> None:
    assert not Segmenter(threshold=THRESHOLD, onset_ms=60).push(0.0, 0.02, 1.0, at_once=0.65).is_speaking


def test_a_click_is_not_speech() -> None:
    assert not any(state.is_speaking for state in states(0.9, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1))


def test_voice_may_begin_until_it_has_begun_or_ceased() -> None:
    timeline = states(0.1, 0.9, 0.1, 0.9, 0.9, 0.9)
    assert [state.may_begin for state in timeline] == [False, True, False, True, True, False]


def test_a_short_dip_does_not_pause_speech_and_is_no_silence_afterwards() -> None:
    timeline = states(*[0.9] * 3, 0.0, 0.0, 0.9)
    assert all(state.is_speaking for state in timeline[2:])
    assert timeline[-1].silence_s == 0


def test_a_longer_dip_pauses_it_and_the_silence_counts_from_the_last_speech() -> None:
    timeline = states(*[0.9] * 3, 0.0, 0.0, 0.0)
    assert [state.is_speaking for state in timeline[2:]] == [True, True, True, False]
    assert timeline[-1].last_speech_end_s == 3 * FRAME_S
    assert abs(timeline[-1].silence_s - DIP_MS / 1000) < 1e-9


def test_speech_once_begun_goes_on_a_little_below_the_threshold_but_does_not_begin_there() -> None:
    just_below = THRESHOLD - RELEASE_BELOW / 2
    assert all(state.is_speaking for state in states(*[0.9] * 3, *[just_below] * 10)[2:])
    assert not any(state.is_speaking for state in states(*[just_below] * 10))


def test_after_a_pause_speech_begins_anew_with_its_own_onset() -> None:
    timeline = states(*[0.9] * 3, *[0.0] * 5, *[0.9] * 3)
    assert timeline[-1].is_speaking
    assert timeline[-1].onset_s == 8 * FRAME_S
    assert timeline[-2].onset_s == 0.0
    assert timeline[-2].last_speech_end_s == 3 * FRAME_S


def test_before_any_speech_the_silence_is_as_old_as_the_session() -> None:
    assert states(0.0, 0.0)[-1] == SpeechState(False, None, None, 2 * FRAME_S)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_times_never_run_backwards_and_never_ahead(probabilities: list[float]) -> None:
    before: SpeechState | None = None
    for number, state in enumerate(states(*probabilities)):
        now_s = (number + 1) * FRAME_S
        if state.onset_s is not None and state.last_speech_end_s is not None:
            assert 0 <= state.onset_s < state.last_speech_end_s <= now_s + 1e-9
            assert abs(state.silence_s - (now_s - state.last_speech_end_s)) < 1e-9
        if before is not None:
            assert (before.onset_s or 0) <= (state.onset_s or 0)
            assert (before.last_speech_end_s or 0) <= (state.last_speech_end_s or 0)
            if before.is_speaking and state.is_speaking:
                assert before.onset_s == state.onset_s
        before = state


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_speech_begins_only_after_enough_of_it_and_pauses_only_after_enough_silence(probabilities: list[float]) -> None:
    timeline = states(*probabilities)
    for number, state in enumerate(timeline):
        was_speaking = number > 0 and timeline[number - 1].is_speaking
        if state.is_speaking and not was_speaking:
            assert min(probabilities[number + 1 - ONSET_FRAMES : number + 1]) >= THRESHOLD
        if was_speaking and not state.is_speaking:
            assert max(probabilities[number + 1 - DIP_FRAMES : number + 1]) < THRESHOLD - RELEASE_BELOW


@given(st.lists(st.floats(0, 1), max_size=100))
def test_whatever_came_before_enough_speech_is_heard_and_enough_silence_ends_it(earlier: list[float]) -> None:
    assert states(*earlier, *[1.0] * ONSET_FRAMES)[-1].is_speaking
    assert not states(*earlier, *[0.0] * DIP_FRAMES)[-1].is_speaking

"""Tones: what is told of an utterance, and what never is."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.tone import KNOWN_AFTER, REMEMBERED, Usual, tone
from audio.voice.prosody import Prosody

PLAIN = Prosody(
    speech_s=2.5, level_dbfs=-25, voiced_share=0.7, pitch_hz=120, syllables_per_s=4.5, tilt_db=8, pause_share=0.1
)
WHISPER = replace(PLAIN, voiced_share=0.1, tilt_db=-10, level_dbfs=-42)

shares, speeds = st.floats(0, 1), st.floats(0, 12)
anything = st.builds(
    Prosody, st.floats(0, 30), st.floats(-90, 0), shares, st.floats(70, 400), speeds, st.floats(-40, 40), shares
)


def usually(heard: Prosody, times: int = KNOWN_AFTER) -> Usual:
    usual = Usual()
    for _ in range(times):
        usual = usual.with_one_more(heard)
    return usual


def test_a_whisper_is_told_by_its_lack_of_voice_from_the_first_utterance_on() -> None:
    judged = tone(WHISPER, Usual(), feelings=False)
    assert judged.is_whispered
    assert "whispers" in judged.note
    assert not tone(PLAIN, Usual(), feelings=False).is_whispered


def test_a_short_sound_is_never_taken_for_a_whisper() -> None:
    assert not tone(replace(WHISPER, speech_s=0.3), Usual(), feelings=False).is_whispered


def test_a_rate_is_worth_a_word_only_where_it_is_known_what_is_usual() -> None:
    fast, slow = (replace(PLAIN, syllables_per_s=rate) for rate in (7.0, 3.0))
    assert tone(fast, Usual(), feelings=False).note == ""
    assert "faster" in tone(fast, usually(PLAIN), feelings=False).note
    assert "slower" in tone(slow, usually(PLAIN), feelings=False).note
    assert tone(PLAIN, usually(PLAIN), feelings=False).note == ""


def test_feelings_are_not_even_computed_unless_they_are_asked_for() -> None:
    raised = replace(PLAIN, pitch_hz=220, tilt_db=-2)
    assert tone(raised, usually(PLAIN, 9), feelings=False).feeling is None
    judged = tone(raised, usually(PLAIN, 9), feelings=True)
    assert judged.feeling is not None
    assert judged.feeling.tense > 0.9 > 0.1 > judged.feeling.calm
    assert "a guess" in judged.note
    usual = tone(PLAIN, usually(PLAIN, 9), feelings=True).feeling
    assert usual is not None and usual.calm > 0.8


def test_a_hurry_is_a_faster_rate_with_fewer_pauses() -> None:
    judged = tone(replace(PLAIN, syllables_per_s=6.8, pause_share=0.02), usually(PLAIN, 9), feelings=True).feeling
    assert judged is not None
    assert judged.hurried > 0.8 > judged.tense


def test_a_stranger_of_whom_nothing_is_known_has_no_feelings() -> None:
    assert tone(PLAIN, usually(PLAIN, KNOWN_AFTER - 1), feelings=True).feeling is None


def test_a_whisper_does_not_change_what_is_usual() -> None:
    assert usually(PLAIN).with_one_more(WHISPER) == usually(PLAIN)


@given(anything, st.lists(anything, max_size=30))
def test_whatever_is_heard_estimates_are_shares_and_confidence_is_never_high(
    heard: Prosody, before: list[Prosody]
) -> None:
    usual = Usual()
    for one in before:
        usual = usual.with_one_more(one)
    assert usual.utterances <= REMEMBERED
    judged = tone(heard, usual, feelings=True)
    assert 0 <= judged.whispering <= 1
    assert 0 <= judged.confidence <= 1
    if judged.feeling is not None:
        feeling = judged.feeling
        assert all(0 <= value <= 1 for value in (feeling.calm, feeling.tense, feeling.hurried))
        assert feeling.confidence < 0.9

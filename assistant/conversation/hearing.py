"""What the microphone hears, as turn-taking needs it: when speech that is for the assistant begins and pauses."""

import math
from collections.abc import Callable

import numpy as np

from assistant.conversation.attention import Attention, Mode
from assistant.conversation.facts import (
    Called,
    ClockReached,
    Fact,
    FloorTaken,
    FloorYielded,
    Muted,
    SpeechPaused,
    SpeechStarted,
)
from assistant.conversation.notices import MicrophoneLevel, Observer, UserPauses, UserSpeaks, Woken
from assistant.conversation.own_words import own_words
from assistant.conversation.turn_taking import Phase
from audio.frames import MIC_RATE_HZ, Frame, Pcm16, level_dbfs
from audio.recent import RecentAudio
from audio.stt.protocol import Lead
from audio.vad.foreground import Foreground
from audio.vad.protocol import VoiceActivityDetector
from audio.vad.segmenter import Segmenter
from audio.vad.speech_end import refined_end_s
from audio.wake.lead import LEAD_S, lead
from audio.wake.protocol import WakeWord, WakeWordDetector

LEVEL_EVERY_FRAMES = 5

SPEECH_END_SEEN_S = 4.0
"""Audio before the end of speech that tells how loud the speaker is, and the room."""

OVER_ANSWER_FROM = 0.65
"""Probability of speech from which, over an answer, a single frame counts, so that it hushes at once.

Of 120 recordings of people, a third of them with noise, 93 % are so found within 120 ms of their first sound instead
of 88 %, half of them within 40 ms instead of 80; in 256 s of noise one thing is taken for speech instead of none."""

ECHO_FROM = 0.7
"""Likeness from which speech over the assistant is its own echo (see `audio.echo.likeness`)."""

OWN_WORDS_FROM = 0.8
"""Share of the words that are the assistant's own from which they are its echo (see `own_words`)."""

CALL_S = 0.8
"""A wake word lasts about as long: it tells of the voice as much as what follows it."""

Likeness = Callable[[float, float], float]
"""How like what the speaker played the microphone's sound between two times is, from 0 to 1."""


class Hearing:
    """Follows the microphone frame by frame, and remembers its sound for as long as a turn may last."""

    def __init__(
        self,
        vad: VoiceActivityDetector,
        segmenter: Segmenter,
        foreground: Foreground,
        *,
        pre_roll_s: float,
        kept_s: float,
        observer: Observer,
        attention: Attention | None = None,
        wake: WakeWordDetector | None = None,
        likeness: Likeness | None = None,
    ) -> None:
        """`kept_s` is how much of the past can be asked for. `wake` is needed where attention asks for wake words."""
        self.attention = attention or Attention()
        self.is_speaking = False
        """Whether speech that is for the assistant is under way."""
        self.is_muted = False
        """Whether nothing is heard at all; set by `mute`."""
        self._was_muted = self._was_called = self._was_held = False
        self._vad = vad
        self._segmenter = segmenter
        self._foreground = foreground
        self._wake = wake
        self._likeness = likeness
        self._pre_roll_s = pre_roll_s
        self._woken: WakeWord | None = None
        """The wake word after which a turn began, or is to begin."""
        self._recent = RecentAudio(kept_s)
        self._observer = observer
        self._frames = 0

    def facts(self, frame: Frame, phase: Phase, *, is_in_turn: bool) -> list[Fact]:
        """What turn-taking, which is in `phase`, is to know of the frame. `is_in_turn`: the user has the floor."""
        self._recent.append(frame)
        level = level_dbfs(frame.samples)
        if self.is_muted:
            return self._hear_nothing(frame)
        self._was_muted = False
        voice = self._foreground.probability(level, self._vad.probability(frame), is_in_turn=is_in_turn)
        was_called = self._mind_wake_words(frame)
        at_once = OVER_ANSWER_FROM if phase is Phase.ANSWERING else None
        speech = self._segmenter.push(frame.start_s, frame.end_s, voice, at_once=at_once)
        speech = self.attention.admit(speech, frame.end_s, phase)
        was_held, self._was_held = self._was_held, self.attention.is_held(frame.end_s)
        facts: list[Fact] = []
        if self._was_held and not was_held:
            facts.append(FloorTaken(frame.end_s))
        if speech.is_speaking and not self.is_speaking and speech.onset_s is not None:
            facts.append(SpeechStarted(frame.end_s, speech.onset_s))
            self._observer(UserSpeaks(speech.onset_s))
        elif self.is_speaking and not speech.is_speaking and speech.last_speech_end_s is not None:
            end_s = self._speech_end_s(speech.last_speech_end_s, frame.end_s)
            facts.append(SpeechPaused(frame.end_s, end_s))
            self._observer(UserPauses(end_s))
        self.is_speaking = speech.is_speaking
        if was_held and not self._was_held:
            facts.append(FloorYielded(frame.end_s))
        self._frames += 1
        if self._frames % LEVEL_EVERY_FRAMES == 0:
            self._observer(MicrophoneLevel(level))
        if was_called:
            facts.append(Called(frame.end_s))
        return [*facts, ClockReached(frame.end_s, speech.may_begin)]

    def mute(self, *, is_muted: bool) -> None:
        """From the next frame on hear nothing, or everything again."""
        self.is_muted = is_muted

    def call(self, at_s: float) -> None:
        """As if a wake word had been said that ended there."""
        self.attention.key_tapped(at_s)
        self._was_called = True

    def turn_audio(self, from_s: float, until_s: float) -> tuple[float, Pcm16]:
        """The sound of a turn, and when it begins: a little before its onset, but never within a wake word."""
        return self._recent.between(max(from_s - self._pre_roll_s, self.attention.hears_from_s), until_s)

    def lead(self, start_s: float) -> Lead | None:
        """The wake word with which a turn began whose audio begins at `start_s`, if that cuts it off.

        Where the wake word ends is known to within 0.15 s only: transcribed from there on, 106 synthetic questions lost
        6.0 % of their words; with the wake word before them, and known to be one, 0.4 %.
        """
        word = self._woken
        if word is None or abs(word.end_s - start_s) > 1 / MIC_RATE_HZ:
            return None
        _, samples = self._recent.between(start_s - LEAD_S, start_s)
        return lead(samples, word.phrase)

    def voice_audio(self, from_s: float, until_s: float) -> Pcm16:
        """What tells who speaks in a turn: its sound, and the wake word's if it began with one."""
        _, samples = self.turn_audio(from_s, until_s)
        called_s = self.attention.hears_from_s
        if not self.attention.was_called or not math.isfinite(called_s):
            return samples
        _, call = self._recent.between(called_s - CALL_S, called_s)
        return np.concatenate([call, samples])

    def is_echo(self, from_s: float, until_s: float, text: str, saying: str) -> bool:
        """Whether what is heard there, transcribed as `text`, is what the speaker played: by its sound or its words.

        `saying` is what is being said. Where the microphone cannot hear the speaker nothing is.
        """
        if self._likeness is None:
            return False
        return self._likeness(from_s, until_s) >= ECHO_FROM or own_words(text, saying) >= OWN_WORDS_FROM

    def _hear_nothing(self, frame: Frame) -> list[Fact]:
        self._segmenter.push(frame.start_s, frame.end_s, 0.0)
        was_muted, self._was_muted = self._was_muted, True
        self.is_speaking = self._was_held = self._was_called = False
        muted: list[Fact] = [] if was_muted else [Muted(frame.end_s)]
        return [*muted, ClockReached(frame.end_s)]

    def _mind_wake_words(self, frame: Frame) -> bool:
        was_called, self._was_called = self._was_called, False
        if self._wake is None or self.attention.mode is not Mode.WAKE_WORD:
            return was_called
        heard = self._wake.detect(frame)
        for word in heard:
            self.attention.woken(word.end_s)
            if self.attention.hears_from_s == word.end_s:  # otherwise it is part of what is being said
                self._woken = word
            self._observer(Woken(word.phrase))
        return was_called or bool(heard)

    def _speech_end_s(self, detected_s: float, now_s: float) -> float:
        start_s, samples = self._recent.between(detected_s - SPEECH_END_SEEN_S, now_s)
        return refined_end_s(samples, start_s, detected_s)

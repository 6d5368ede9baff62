"""Whether speech is meant for the assistant: which of it turn-taking gets to know of. Pure: time is what it is told.

In mode `always`, all speech is. In mode `wake-word`, speech is meant for the assistant

- that follows a wake word, in the same breath or within some seconds, from the end of the phrase on;
- that comes while a turn is under way: it goes on with the question, or interrupts the answer;
- that begins soon after an answer, later still after one that asked something: it needs no wake word.

Where only the voice that called may go on so, another one that begins after an answer is heard for as long as it takes
to tell, and then no longer, until it calls itself.

In mode `push-to-talk`, speech is that comes while the key is held; or that follows a single press, as it follows a
wake word, and what goes on with it.
"""

import math
from dataclasses import dataclass, field, replace
from enum import Enum

from assistant.conversation.decisions import Outcome
from assistant.conversation.speakers import Same
from assistant.conversation.turn_taking import Phase
from assistant.conversation.wording import asks
from audio.vad.segmenter import SpeechState
from audio.voice.protocol import Voice

APART_S = 0.25
"""Speech must go on so long after a wake word to be more than its last sound: where the phrase ends is known to within
0.1 s, and nobody says a word in less than 0.15 s."""

PHRASE_S = 1.5
"""A wake word is said in less than this: speech that began so shortly before its end began with it."""

LEAD_S = 0.3
"""People begin to speak a little before the key is down, ..."""

TAIL_S = 0.2
"""... and let go of it before the sound of the last word is over."""

FAREWELLS = frozenset({"thank_you", "goodbye"})
"""Short commands, by the name of their intent, that end a conversation."""


class Mode(Enum):
    """What makes speech be meant for the assistant."""

    ALWAYS = "always"
    WAKE_WORD = "wake-word"
    PUSH_TO_TALK = "push-to-talk"


@dataclass(frozen=True, slots=True)
class AttentionPolicy:
    """When speech needs a wake word. Times in seconds; the configuration says what they are for."""

    mode: Mode = Mode.ALWAYS
    listen_s: float = 6.0
    follow_up_s: float = 4.0
    follow_up_to_question_s: float = 10.0
    another_voice: float | None = None
    """Down to this probability of being the one that called, a voice may not go on without calling; None: any may."""


@dataclass(frozen=True, slots=True)
class EndedTurn:
    """What attention needs to know of a turn that is over."""

    outcome: Outcome
    answer: str = ""
    """The answer's text, as displayed."""
    intent: str = ""
    """Name of the short command that it was; "" where it was none."""


@dataclass(slots=True)
class Attention:
    """Tell it of every frame's speech (`admit`), every call (`woken`), the key, and every turn's end (`turn_ended`)."""

    policy: AttentionPolicy = field(default_factory=AttentionPolicy)
    mode: Mode = field(init=False)
    """The one in force; may be set at any time."""
    hears_from_s: float = -math.inf
    """The end of the last wake word: nothing before it is to be transcribed in a turn that it began."""
    is_awake: bool = False
    """Whether speech that began with the last frame would be for the assistant."""
    was_called: bool = False
    """Whether a wake word began the turn under way, or the next one."""
    _caller: Voice | None = None
    """The voice that called last."""
    _is_refused: bool = False
    """Whether the speech under way is another's."""
    _open_until_s: float = -math.inf
    """Speech that begins until then needs no further wake word."""
    _onset_s: float | None = None
    """Where the speech under way that is for the assistant began; None while there is none."""
    _is_first: bool = False
    """Whether that speech began a turn, as opposed to going on with one."""
    _held_from_s: float = math.inf
    _held_until_s: float = -math.inf
    """When the key was pressed, and until when what is said counts; infinite while it is held."""
    _is_held: bool = False
    """Whether it was at the last frame."""
    _is_over: bool = False
    """Whether the speech under way went on after the key: the rest of it is not for the assistant."""

    def __post_init__(self) -> None:
        self.mode = self.policy.mode
        self.is_awake = self.mode is Mode.ALWAYS

    def woken(self, phrase_end_s: float) -> None:
        """A wake word was heard that ended there."""
        self._open_until_s = max(self._open_until_s, phrase_end_s + self.policy.listen_s)
        self.was_called, self._caller, self._is_refused = True, None, False
        began_with_it = self._onset_s is None or (self._is_first and phrase_end_s - self._onset_s <= PHRASE_S)
        if began_with_it:  # otherwise it is part of what is being said
            self.hears_from_s = max(self.hears_from_s, phrase_end_s)

    def key_tapped(self, at_s: float) -> None:
        """The key to talk was pressed once: what is said next is meant, as after a wake word."""
        self.woken(at_s - LEAD_S)

    def key_pressed(self, at_s: float) -> None:
        """The key to talk is held from now on."""
        self._held_from_s, self._held_until_s = at_s, math.inf
        self._is_refused = False

    def key_released(self, at_s: float) -> None:
        """The user has let go of it."""
        self._held_until_s = min(self._held_until_s, at_s + TAIL_S)

    def is_held(self, at_s: float) -> bool:
        """Whether the key is held, or was until just now."""
        return self._held_from_s <= at_s <= self._held_until_s

    def listened_for(self) -> None:
        """Somebody waits for what is said next, until `not_listened_for`: it needs no wake word, but the key, where one
        is needed. Whoever says it may be another than the one who called last.
        """
        if self.mode is not Mode.PUSH_TO_TALK:
            self._open_until_s, self.was_called, self._is_refused = math.inf, True, False

    def not_listened_for(self, at_s: float) -> None:
        """Nobody does any more."""
        self._open_until_s = min(self._open_until_s, at_s)

    def admit(self, speech: SpeechState, at_s: float, phase: Phase) -> SpeechState:
        """The speech after the frame that ends at `at_s`, as turn-taking, which is in `phase`, is to know of it."""
        was_held, self._is_held = self._is_held, self.is_held(at_s)
        self._is_over = speech.is_speaking and (self._is_over or (was_held and not self._is_held))
        if self.mode is Mode.ALWAYS and not self._is_over:
            return speech
        self.is_awake = self._is_held or self._goes_on(phase) or at_s <= self._open_until_s
        if not speech.is_speaking or speech.onset_s is None:
            self._onset_s, self._is_refused = None, False
            return replace(speech, may_begin=speech.may_begin and self.is_awake)
        if self._is_refused:
            return replace(speech, is_speaking=False)
        if self._onset_s is None:
            self._onset_s = self._meant_from_s(speech, phase)
            self._is_first = phase in (Phase.IDLE, Phase.ANSWERING)
        if self._onset_s is None or self._is_over:
            return replace(speech, is_speaking=False)
        return replace(speech, onset_s=self._onset_s)

    def is_another(self, voice: Voice, same: Same) -> bool:
        """Whether the voice of the turn under way, as far as it was heard, is another than the one that called.

        Then its speech is refused from now on, until it pauses or a wake word comes.
        """
        if self.policy.another_voice is None or self.mode is not Mode.WAKE_WORD or self._is_held:
            return False
        if self.was_called:
            self._caller = voice
            return False
        if self._caller is None or same(self._caller, voice) > self.policy.another_voice:
            return False
        self._onset_s, self._is_refused = None, True
        return True

    def turn_ended(self, at_s: float, turn: EndedTurn) -> None:
        """A turn is over. One that was ignored had nothing in it and changes nothing."""
        if turn.outcome is Outcome.IGNORED:
            return
        self.was_called = False
        policy = self.policy
        if turn.intent in FAREWELLS or self.mode is Mode.PUSH_TO_TALK:
            self._open_until_s = -math.inf
        else:
            self._open_until_s = at_s + (policy.follow_up_to_question_s if asks(turn.answer) else policy.follow_up_s)

    def _meant_from_s(self, speech: SpeechState, phase: Phase) -> float | None:
        """From when on speech under way is for the assistant; None where it is not, or not known to be yet."""
        if speech.onset_s is None or speech.last_speech_end_s is None:
            return None
        if self._is_held:
            return max(speech.onset_s, self._held_from_s - LEAD_S)
        if self._goes_on(phase):
            return speech.onset_s
        if phase is not Phase.IDLE:
            return None
        if speech.onset_s >= self.hears_from_s:
            return speech.onset_s if speech.onset_s <= self._open_until_s else None
        is_more = speech.last_speech_end_s >= self.hears_from_s + APART_S
        return self.hears_from_s if is_more and self.hears_from_s <= self._open_until_s else None

    def _goes_on(self, phase: Phase) -> bool:
        """Whether speech belongs to the turn under way. By key, nothing but the key interrupts an answer."""
        return phase is not Phase.IDLE and not (self.mode is Mode.PUSH_TO_TALK and phase is Phase.ANSWERING)

"""Listening, beside a turn, to how it is said. What was measured goes with the turn; what is usual, with the daemon."""

import asyncio
import logging

from assistant.conversation.hearing import Hearing
from assistant.conversation.scope import TurnScope
from assistant.conversation.tone import SHORTEST_S, Usual, tone
from audio.frames import Pcm16
from audio.voice.prosody import prosody

log = logging.getLogger(__name__)

LONGEST_S = 6.0
"""The last so much of a turn is measured: some 10 ms of work..."""
EVERY_S = 0.4
"""... and anew when so much more of it has come."""


class ToneWatch:
    """Follows the tone of one turn after the other."""

    def __init__(self, hearing: Hearing, *, feelings: bool) -> None:
        """`feelings`: whether to guess at them, too."""
        self._hearing = hearing
        self._feelings = feelings
        self._usual: dict[str, Usual] = {}
        """By who speaks; "" where nobody is told apart."""
        self._listened_until_s = 0.0
        self._is_listening = False

    def wants(self, from_s: float, until_s: float) -> bool:
        """Whether there is enough of the turn to tell, more than was measured, and nothing being measured."""
        is_new = until_s - max(from_s, self._listened_until_s) >= EVERY_S
        return not self._is_listening and is_new and until_s - from_s >= SHORTEST_S

    async def listen(self, turn: TurnScope, from_s: float, until_s: float) -> None:
        """Measure the turn so far, off the event loop, and leave its tone in it."""
        self._is_listening = True
        self._listened_until_s = until_s
        try:
            samples: Pcm16 = self._hearing.turn_audio(max(from_s, until_s - LONGEST_S), until_s)[1]
            heard = await asyncio.to_thread(prosody, samples)
        except Exception:  # the conversation outlives a defect of what only accompanies it
            log.exception("tone")
            return
        finally:
            self._is_listening = False
        if heard is not None:
            turn.prosody = heard
            turn.tone = tone(heard, self._usual.get(_whose(turn), Usual()), feelings=self._feelings)

    def ended(self, turn: TurnScope) -> None:
        """A turn that was answered is over: it tells how its speaker usually speaks."""
        if turn.prosody is not None:
            self._usual[_whose(turn)] = self._usual.get(_whose(turn), Usual()).with_one_more(turn.prosody)


def _whose(turn: TurnScope) -> str:
    return turn.speaker.name if turn.speaker is not None else ""

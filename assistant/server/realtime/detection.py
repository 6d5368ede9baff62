"""How a client wants turns to be found, in this house's terms."""

import math
from dataclasses import dataclass, replace

from assistant.conversation.local_reply import LocalReply, Situation
from assistant.conversation.patience import Patience
from assistant.conversation.policy import TurnPolicy
from assistant.server.realtime.session_settings import SemanticVad, ServerVad

LONGEST_S = {"low": 8.0, "medium": 4.0, "auto": 4.0, "high": 2.0}
"""The public limits: after so much silence the turn is over, whatever it sounds like."""

EAGERNESS = {"low": 2.0, "medium": 1.0, "auto": 1.0, "high": 0.6}
"""By how much longer than configured to wait in a pause."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What the conversation needs to find turns."""

    policy: TurnPolicy
    threshold: float
    pre_roll_s: float
    creates_response: bool
    interrupts_response: bool


def detection_of(
    wanted: ServerVad | SemanticVad, usual: TurnPolicy, *, threshold: float, pre_roll_s: float
) -> Detection:
    """The configured policy, changed as the client wants it.

    Nothing that a client was told is taken back: who goes on after the answer has begun interrupts it.
    """
    policy = replace(usual, take_back_s=-math.inf, yields_at_once=True, interruptible=wanted.interrupt_response)
    if isinstance(wanted, ServerVad):
        silence_s = max(0.1, wanted.silence_duration_ms / 1000)
        policy = replace(policy, patience=Patience(((0.0, silence_s),)), longest_pause_s=max(silence_s, 1.0))
        threshold, pre_roll_s = min(max(wanted.threshold, 0.05), 0.95), wanted.prefix_padding_ms / 1000
    else:
        steps = tuple((from_p, EAGERNESS[wanted.eagerness] * wait_s) for from_p, wait_s in usual.patience.steps)
        policy = replace(policy, patience=Patience(steps), longest_pause_s=LONGEST_S[wanted.eagerness])
    return Detection(policy, threshold, pre_roll_s, wanted.create_response, wanted.interrupt_response)


class NoAnswer:
    """In the place of short commands where the client answers by itself: every turn's answer is nothing."""

    def recognise(self, text: str, situation: Situation) -> LocalReply | None:
        return LocalReply("unanswered", "")

    def could_continue(self, text: str) -> bool:
        return True

"""The record of one turn: what was said, what was heard, and when."""

from dataclasses import dataclass

from assistant.conversation.decisions import EndTurn, Outcome
from assistant.conversation.scope import TurnScope


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One committed turn, as it went. Times are seconds on the session's sample clock; None: did not happen."""

    turn_id: int
    session_id: str
    outcome: str
    """`answered`, `interrupted` or `apologised`."""
    user_text: str
    answer_text: str
    heard_text: str
    interrupted: bool
    speech_start_s: float
    speech_end_s: float
    committed_s: float
    stt_final_s: float | None
    llm_first_token_s: float | None
    tts_first_audio_s: float | None
    first_audio_out_s: float | None
    latency_ms: float | None
    """From the last sound of the user's speech to the first sample of the answer; None for an apology."""
    speculations: int
    """How many times an answer to this turn was begun."""
    tools: tuple[str, ...]
    route: str
    """Which way the answer came: `llm`."""
    error: str = ""

    @classmethod
    def of(cls, session_id: str, scope: TurnScope, ended: EndTurn, heard_chars: int) -> "TurnRecord":
        """The record of a committed turn of whose answer `heard_chars` characters, as displayed, were heard."""
        commit, answer, first_s = scope.commit, scope.answer, scope.first_audio_out_s
        if commit is None:
            raise ValueError("only a committed turn has a record")
        return cls(
            turn_id=scope.turn,
            session_id=session_id,
            outcome=ended.outcome.value,
            user_text=commit.text,
            answer_text=scope.answer_text.strip(),
            heard_text=scope.answer_text[:heard_chars].strip(),
            interrupted=ended.outcome is Outcome.INTERRUPTED,
            speech_start_s=commit.speech_start_s,
            speech_end_s=commit.speech_end_s,
            committed_s=commit.decided_s,
            stt_final_s=scope.stt_final_s,
            llm_first_token_s=answer.first_token_s if answer else None,
            tts_first_audio_s=answer.first_audio_s if answer else None,
            first_audio_out_s=first_s,
            latency_ms=None if first_s is None else round(1000 * (first_s - commit.speech_end_s), 1),
            speculations=scope.speculations,
            tools=(),
            route="llm",
            error=ended.reason if ended.outcome is Outcome.APOLOGISED else "",
        )

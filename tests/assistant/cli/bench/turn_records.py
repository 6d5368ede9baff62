"""Records of turns, for what reads them."""

from assistant.conversation.record import TurnRecord


def turn_record(**changes: object) -> TurnRecord:
    """A turn that was answered, with these fields changed."""
    fields: dict[str, object] = {
        "turn_id": 1, "session_id": "s", "outcome": "answered", "user_text": "what is that", "answer_text": "A lamp.",
        "heard_text": "A lamp.", "interrupted": False, "speech_start_s": 0.5, "speech_end_s": 2.0, "committed_s": 2.2,
        "stt_final_s": 2.1, "llm_first_token_s": 2.15, "tts_first_audio_s": 2.19, "first_audio_out_s": 2.25,
        "latency_ms": 250.0, "speculations": 1, "tools": (), "route": "llm", "answer_begun_s": 2.1, "work_s": 1.0,
    }  # fmt: skip
    return TurnRecord(**{**fields, **changes})  # type: ignore[arg-type]

"""The turn log survives a full disk, and nothing in it is ever half a line."""

import dataclasses
import errno
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.record import TurnRecord
from assistant.telemetry.turn_log import TurnLog


def record(turn: int, text: str = "what is that") -> TurnRecord:
    return TurnRecord(
        turn_id=turn,
        session_id="s",
        outcome="answered",
        user_text=text,
        answer_text="A lamp.",
        heard_text="A lamp.",
        interrupted=False,
        speech_start_s=1.0,
        speech_end_s=2.0,
        committed_s=2.6,
        stt_final_s=2.5,
        llm_first_token_s=2.7,
        tts_first_audio_s=2.8,
        first_audio_out_s=2.9,
        latency_ms=900.0,
        speculations=1,
        tools=(),
        route="llm",
    )


def test_every_turn_is_one_line_with_the_promised_fields(tmp_path: Path) -> None:
    file = tmp_path / "new" / "turns.jsonl"
    with TurnLog(file) as log:
        log.add(record(1, "naïve – 日本"))
        log.add(record(2))
    first, second = map(json.loads, file.read_text().splitlines())
    assert first["user_text"] == "naïve – 日本"
    assert second["turn_id"] == 2
    promised = (
        "turn_id, session_id, user_text, answer_text, heard_text, interrupted, speech_start_s, speech_end_s, "
        "committed_s, stt_final_s, llm_first_token_s, tts_first_audio_s, first_audio_out_s, latency_ms, speculations, "
        "tools, route"
    )
    assert set(promised.split(", ")) <= set(first)
    assert set(first) == {field.name for field in dataclasses.fields(TurnRecord)}


def test_an_existing_log_is_continued(tmp_path: Path) -> None:
    file = tmp_path / "turns.jsonl"
    for turn in (1, 2):
        with TurnLog(file) as log:
            log.add(record(turn))
    assert [json.loads(line)["turn_id"] for line in file.read_text().splitlines()] == [1, 2]


def test_a_full_disk_loses_nothing_that_memory_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Half of each line fits; then the disk has room again."""
    file = tmp_path / "turns.jsonl"
    full, write = [True], os.write

    def write_to_full_disk(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[: len(data) // 2]) if full[0] else write(descriptor, data)

    monkeypatch.setattr(os, "write", write_to_full_disk)
    with TurnLog(file) as log:
        log.add(record(1))
        log.add(record(2))
        log.flush()
        assert file.read_bytes() == b""
        full[0] = False
        log.add(record(3))
    assert [json.loads(line)["turn_id"] for line in file.read_text().splitlines()] == [1, 2, 3]
    warnings = [one for one in caplog.records if os.strerror(errno.ENOSPC) in one.getMessage()]
    assert len(warnings) == 1, "one warning, not one a turn"


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with TurnLog(tmp_path) as log:  # a folder
        log.add(record(1))
    assert "1 turns could not be written" in caplog.text


@given(cut=st.integers(min_value=1, max_value=200), is_first=st.booleans())
def test_a_daemon_killed_while_it_writes_costs_that_line_and_no_other(cut: int, is_first: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "turns.jsonl"
        for turn in [1] if is_first else [1, 2]:
            with TurnLog(file) as log:
                log.add(record(turn))
        *_, last = whole = file.read_bytes().splitlines(keepends=True)
        cut = min(cut, len(last))
        file.write_bytes(b"".join(whole)[: -cut or None])
        with TurnLog(file) as log:
            log.add(record(3))
        turns = [json.loads(line)["turn_id"] for line in file.read_text().splitlines()]
    complete = [1] if is_first else [1, 2]
    assert turns == [*(complete if cut == 1 else complete[:-1]), 3]  # 1: only the end of the line is missing

"""`hearthside mcp` where there is nobody to pass anything on to; the journey has it with a daemon."""

from pathlib import Path

import pytest

from assistant.cli import main


def test_without_a_daemon_it_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEARTHSIDE_ATTENTION__CONTROL", str(tmp_path / "control.sock"))
    assert main(["mcp"]) == 1
    monkeypatch.setenv("HEARTHSIDE_ATTENTION__CONTROL", "none")
    assert main(["mcp"]) == 2
    out, errors = capsys.readouterr()
    assert out == "" and errors.count("\n") == 2
    assert "no daemon is running" in errors and "attention.control" in errors

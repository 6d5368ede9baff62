"""A peer's environment is made once, and again when its requirements change."""

from pathlib import Path

import pytest

from scripts.peers import environment


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty list of requirements for a peer named `toy`: no network is needed."""
    monkeypatch.setattr(environment, "HERE", tmp_path)
    file = tmp_path / "requirements-toy.txt"
    file.write_text("")
    return file


def test_it_is_made_on_first_use_and_then_kept(requirements: Path, tmp_path: Path) -> None:
    made = environment.python("toy", tmp_path / "home")
    assert made.exists()
    witness = made.parent / "witness"
    witness.touch()
    assert environment.python("toy", tmp_path / "home") == made
    assert witness.exists()
    requirements.write_text("# changed\n")
    environment.python("toy", tmp_path / "home")
    assert not witness.exists()


def test_a_package_that_cannot_be_had_is_one_clear_line(requirements: Path, tmp_path: Path) -> None:
    requirements.write_text(str(tmp_path / "there-is-no-such-wheel-1.0-py3-none-any.whl"))
    with pytest.raises(
        environment.EnvironmentFailed, match=r"^toy: its environment cannot be made: .*; check "
    ) as raised:
        environment.python("toy", tmp_path / "home")
    assert "\n" not in str(raised.value)


def test_a_peer_does_not_see_our_interpreter_and_asks_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/ours")
    monkeypatch.setenv("HOME", "/home/user")
    found = environment.variables(EXTRA="1")
    assert "PYTHONPATH" not in found
    assert (found["HOME"], found["EXTRA"], found["HF_HUB_OFFLINE"]) == ("/home/user", "1", "1")

"""The units for systemd are what systemd takes them for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[1] / "configs" / "units"
PROGRAM = "/bin/true"
"""In the place of a program that is not installed where the tests run."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze, which checks units, is not installed"
)


def settings(unit: str) -> dict[str, str]:
    lines = (UNITS / unit).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@needs_systemd
@pytest.mark.parametrize(
    ("unit", "manager"), [("hearthside.service", "--system"), ("hearthside.user.service", "--user")]
)
def test_systemd_has_nothing_to_say_against_a_unit(tmp_path: Path, unit: str, manager: str) -> None:
    text = (UNITS / unit).read_text()
    for program in ("/opt/hearthside/bin/hearthside", "%h/.local/bin/hearthside"):
        text = text.replace(program, PROGRAM)
    file = tmp_path / "hearthside.service"
    file.write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", manager, "verify", str(file)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (checked.stdout + checked.stderr).strip() == "", "it warns of unknown keys, and exits with 0 all the same"
    assert checked.returncode == 0


@pytest.mark.parametrize("unit", ["hearthside.service", "hearthside.user.service"])
def test_a_unit_fits_what_the_daemon_does(unit: str) -> None:
    kept = settings(unit)
    assert kept["Type"] == "notify"
    assert kept["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert kept["RestartPreventExitStatus"] == "2", "wrong configuration is not mended by starting again"
    assert kept["KillMode"] == "mixed", "the daemon ends its children itself"
    assert 0 < int(kept["WatchdogSec"]) <= 60
    assert int(kept["TimeoutStopSec"]) > 5

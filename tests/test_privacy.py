"""Nothing leaves the machine, whatever the libraries would like to tell."""

import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

REPORTING = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED", "ORT_RUNNING_UNIT_TESTS", "PYTEST_CURRENT_TEST")
"""Variables that keep ONNX Runtime silent; on a user's machine none of them is set."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest model there is."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "same", ends[:1], ends[1:])
    file = tmp_path_factory.mktemp("model") / "same.onnx"
    onnx.save(helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 17)]), file)
    return file


def traces(home: Path, model: Path, *imports: str) -> list[str]:
    """What a process that imports these and then loads the model leaves in its user's home."""
    home.mkdir()
    program = "".join(f"import {name}\n" for name in imports)
    program += f"import onnxruntime\nonnxruntime.InferenceSession({str(model)!r}, providers=['CPUExecutionProvider'])"
    environment = {name: value for name, value in os.environ.items() if name not in REPORTING}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    # Nowhere to tell it to: this test must not do what it is there to prevent.
    environment |= {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("package", ["audio", "assistant", "assistant.cli", "audio.child_side"])
def test_onnx_runtime_gives_the_machine_no_identity(tmp_path: Path, model: Path, package: str) -> None:
    assert traces(tmp_path / "home", model, package) == []


def test_left_to_itself_it_would(tmp_path: Path, model: Path) -> None:
    """Otherwise the test above could not fail."""
    assert traces(tmp_path / "home", model) != []

"""The model files that tests run on: those that `hearthside models fetch` has put into the state folder."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.config import home


@pytest.fixture(scope="session")
def model_folder() -> Callable[[str], Path]:
    """Gives the folder of a model by its name; skips where it is not there, fails where it must be."""

    def folder(name: str) -> Path:
        found = home() / "models" / name
        if found.is_dir():
            return found
        missing = f"model {name} is not at {found}; fetch it with: hearthside models fetch {name}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)

    return folder

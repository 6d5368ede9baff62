"""What tests of the models and of the command line share."""

from pathlib import Path

import pytest

from tests import tiny_model
from tests.tiny_model import TinyModel


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyModel:
    """The model `tiny`, not yet fetched; this process sees its home and its manifest too."""
    made = tiny_model.make(tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made

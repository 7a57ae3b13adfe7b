"""The workspace refuses to work without its parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener import config
from screener.config import Settings
from screener.errors import ModelError
from screener.pipeline.workspace import Workspace
from screener.store import open_store


def test_a_missing_model_is_an_error_not_a_weaker_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = config.built_in("rules")
    (tmp_path / "model").mkdir()
    monkeypatch.setattr(config, "built_in", lambda kind: rules if kind == "rules" else tmp_path)
    with open_store(tmp_path / "s.db") as store, pytest.raises(ModelError):
        _ = Workspace(settings=Settings(), store=store).classifier

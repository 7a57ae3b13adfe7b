"""Commands killed in the middle of their work, run again, leave what an undisturbed one leaves (short of the bench)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.bench import kill_commands


@pytest.mark.parametrize("name", ["items", "prices", "alerts", "prune", "backup"])
def test_killed_and_run_again_is_as_if_undisturbed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_commands, "NEWS", 240)
    monkeypatch.setattr(kill_commands, "ALERTS", 30)
    scenario = next(s for s in kill_commands.scenarios(tmp_path, 240, 100) if s.name == name)
    place, seed = tmp_path / name, random.randrange(10_000)
    place.mkdir()
    wrong, _ = kill_commands.trial(scenario, place, 2, random.Random(seed))
    assert not wrong, (seed, wrong)

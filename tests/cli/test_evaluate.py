"""``screener evaluate``: figures on one's own labels, from several files of items, and no errors of the locked set."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import ROOT, Run

LOCKED = ROOT / "data" / "labels" / "locked.jsonl"


def write(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_items_may_be_several_files(run: Run, tmp_path: Path) -> None:
    labels = write(tmp_path / "l.jsonl", [{"id": i, "types": ["reverse_split"], "sure": 3} for i in "ab"])
    items = [write(tmp_path / f"{i}.jsonl", [{"id": i, "title": "Zorvane Expands Its Mill"}]) for i in "ab"]
    done = run("evaluate", labels, *items, "--format", "json", "--errors")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["summary"]["items"] == 2
    assert [e["kind"] for e in found["errors"]] == ["missed", "missed"]


def test_errors_of_the_locked_set_are_never_listed(run: Run, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in LOCKED.read_text(encoding="utf-8").splitlines()[:3]]
    labels = write(tmp_path / "mine.jsonl", rows)  # a copy under another name is as closed as the file itself
    items = write(tmp_path / "items.jsonl", [{"id": row["id"], "title": "Zorvane Expands Its Mill"} for row in rows])
    refused = run("evaluate", labels, items, "--errors", "--sure", "1")
    assert refused.returncode == 2
    assert "locked set" in refused.stderr
    assert not refused.stdout
    figures = run("evaluate", labels, items, "--format", "json", "--sure", "1")
    assert figures.returncode == 0, figures.stderr
    assert json.loads(figures.stdout)["errors"] == []
    assert json.loads(figures.stdout)["summary"]["items"] == 3

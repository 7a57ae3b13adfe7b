"""``screener classify``: text or JSON lines in, one JSON line each out, clean and in order."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

SPLIT = {
    "id": "a",
    "title": "Zorvane Corp. Announces 1-for-20 Reverse Stock Split",
    "text": "",
    "form": "PR",
    "tickers": ["ZVAN"],
}
QUIET = {"id": "a", "title": "Zorvane to Present at the Harbor Growth Conference", "text": ""}
MISS = {
    "id": 3,
    "title": "Quellix Phase 3 Trial Did Not Meet Its Primary Endpoint",
    "published": "2026-03-12T12:00:00Z",
}


def test_json_lines_keep_order_and_ids(run: Run) -> None:
    lines = "\n".join(json.dumps(x) for x in (SPLIT, QUIET, MISS))
    done = run("classify", "--format", "jsonl", stdin=lines)
    assert done.returncode == 0 and not done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [f["id"] for f in found] == ["a", "a", 3]
    split = found[0]["catalysts"][0]
    assert (split["type"], split["polarity"], split["facts"]["ratio"]) == ("reverse_split", "-", "1-for-20")
    assert split["confidence"] >= 0.5 and set(split) == {"type", "stage", "polarity", "confidence", "facts", "evidence"}
    for span in split["evidence"]:
        if span["field"] == "title":
            assert SPLIT["title"][span["start"] : span["end"]] == span["text"]
    assert found[1]["catalysts"] == [] and found[1]["noise"][0]["kind"] == "conference"
    missed = found[2]["catalysts"][0]
    assert (missed["type"], missed["polarity"]) == ("clinical_readout", "-")


def test_plain_text_from_standard_input(run: Run) -> None:
    done = run("classify", stdin=SPLIT["title"] + "\nMore words.\n")  # type: ignore[operator]
    assert done.returncode == 0 and "reverse_split" in done.stdout and "ratio=1-for-20" in done.stdout


def test_a_broken_line_is_named_and_the_rest_classified(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(SPLIT) + "\n{broken\n" + json.dumps(QUIET) + "\n")
    done = run("classify", str(path), "--format", "jsonl")
    assert done.returncode == 2 and len(done.stdout.splitlines()) == 2 and f"{path}:2:" in done.stderr


def test_empty_input_is_fine(run: Run) -> None:
    done = run("classify", "--format", "jsonl", stdin="")
    assert (done.returncode, done.stdout) == (0, "") and "empty" in done.stderr


def test_threshold(run: Run) -> None:
    low = run("classify", "--format", "jsonl", "--threshold", "0.01", stdin=json.dumps(SPLIT))
    high = run("classify", "--format", "jsonl", "--threshold", "1", stdin=json.dumps(SPLIT))
    assert len(json.loads(low.stdout)["catalysts"]) >= 1 and json.loads(high.stdout)["catalysts"] == []

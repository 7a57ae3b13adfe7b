"""A price source of one's own, by following the README alone: one file in a folder, asked by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener.cli import cli
from screener.store import open_store
from tests.prices.serving import Service, serving

ROOT = Path(__file__).resolve().parents[2]
ITEM = {
    "source": "mine", "source_id": "1", "form": "PR", "body": "Zorvane Therapeutics, Inc. (Nasdaq: ZVEX) says so.",
    "title": "Zorvane Therapeutics Announces 1-for-20 Reverse Stock Split",
    "published": "2026-03-12T12:00:00Z", "ticker_hints": ["ZVEX"],
}  # fmt: skip
ROWS = [
    {"ticker": "ZVEX", "day": "2026-03-10", "close": 2.0, "volume": 90_000},
    {"ticker": "ZVEX", "day": "2026-03-11", "close": 1.5, "volume": 900_000, "change_pct": -25.0},
]


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as found:
        yield found


def readme_source() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.partition("**Your own source**")[2].partition("```python\n")[2].partition("```")[0]


def asked(place: Path, service: Service, source: str) -> Result:
    """``screener run --prices mine`` with a source's text saved as the README says."""
    (place / "rules" / "prices").mkdir(parents=True)
    (place / "rules" / "prices" / "mine.py").write_text(source, encoding="utf-8")
    (place / "items.jsonl").write_text(json.dumps(ITEM) + "\n", encoding="utf-8")
    (place / "screener.toml").write_text(
        f"[rules]\nfolders = [{json.dumps(str(place / 'rules'))}]\n"
        f'[prices.mine]\nbase_url = "{service.base_url}"\n[database]\npath = {json.dumps(str(place / "own.db"))}\n',
        encoding="utf-8",
    )
    command = ["run", "--items", str(place / "items.jsonl"), "--prices", "mine", "--as-of", "2026-03-12T13:00:00Z"]
    return CliRunner().invoke(cli, ["--config", str(place / "screener.toml"), *command])


def test_it_is_one_file_by_the_readme_alone(tmp_path: Path, service: Service) -> None:
    service.says("/bars", ROWS)
    done = asked(tmp_path, service, readme_source())
    assert done.exit_code == 0, done.output
    assert service.seen and "tickers=ZVEX" in service.seen[0][0]
    with open_store(tmp_path / "own.db") as store:
        newest = store.lists.newest()
        assert newest is not None
        (row,) = store.lists.of_run(newest.day, newest.run_id) or ()
    assert (row.ticker, row.price, row.market_cap) == ("ZVEX", 1.5, None)
    assert row.change_pct is None or row.change_pct == -25.0


def test_its_errors_cost_its_answer_only(tmp_path: Path, service: Service) -> None:
    service.says("/bars", [{"ticker": "ZVEX", "day": "yesterday"}])
    done = asked(tmp_path, service, readme_source())
    assert done.exit_code == 0, done.output
    with open_store(tmp_path / "own.db") as store:
        (run,) = store.runs.newest(1)
    assert [p.stage for p in run.problems if "mine" in p.subject] == ["price"]


@pytest.mark.parametrize("text", ["import nothing_of_this_name\n", "def (", "PLUGIN = 7\n"])
def test_a_file_that_is_no_source_is_named(tmp_path: Path, service: Service, text: str) -> None:
    done = asked(tmp_path, service, text)
    assert done.exit_code == 1 and "mine.py" in f"{done.output}{done.exception}"

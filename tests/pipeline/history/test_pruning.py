"""Old days move into an archive: nothing is lost, ``--as-of`` finds their lists, and the news can be brought back."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from screener.cli import cli
from screener.errors import InputError
from screener.pipeline.explanation import explain
from screener.pipeline.history import pruning
from screener.pipeline.history.archive import months
from screener.pipeline.history.loading import load_span
from screener.pipeline.history.pruning import archived_day, archived_rows, move_before
from screener.pipeline.intake.taking import Intake
from screener.pipeline.ranking import rank_day
from screener.store import Store, open_store
from screener.store.spans import Past
from screener.types import Filing, Run, WatchRow
from tests.pipeline.history.making import filled, ordinary, written
from tests.pipeline.make import at, item, workspace_on

OLD, NEW = dt.date(2026, 2, 27), dt.date(2026, 3, 12)
CUT = dt.date(2026, 3, 10)
EVER = dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
HOURS = (8, 10, 15)


def listed(store: Store, day: dt.date, hour: int) -> list[WatchRow]:
    """Make and store the list of an hour."""
    as_of = at(hour, day=day)
    rows = rank_day(workspace_on(store, as_of), f"{day}-{hour}", day, as_of)
    run = Run(id=f"{day}-{hour}", started=as_of, as_of=as_of, day=day, rules_digest="r", model_id="words")
    with store.transaction():
        store.runs.start(run)
        store.lists.save(run, rows)
    return rows


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two days of news that grows by the hour, with a filing each."""
    opened = open_store(tmp_path / "own.db")
    intake = Intake(workspace_on(opened))
    for day in (OLD, NEW):
        for n, hour in enumerate(HOURS):
            ticker, title = "QBKR" if n else "ZVRN", f"News {n} of an Approval of {day}"
            intake.take(
                [item(ticker, title, at(hour - 1, m, day=day), source=w) for m, w in ((0, "wire"), (5, "relay"))]
            )
            listed(opened, day, hour)
        accepted = at(9, day=day)
        filing = Filing(
            accession=f"0001-26-{day:%m%d}", form="S-3", company="Q", cik=1, role="Filer", accepted=accepted,
            received=accepted,
        )  # fmt: skip
        with opened.transaction():
            opened.filings.add([filing])
    return opened


def everything(store: Store) -> list[Past]:
    return list(store.spans.published(*EVER))


def test_lists_of_moved_days_are_found_as_of_any_moment(store: Store, tmp_path: Path) -> None:
    moments = [at(h, 30, day=d) for d in (OLD, NEW) for h in (7, *HOURS)]
    days = {at(h, 30, day=d): d for d in (OLD, NEW) for h in (7, *HOURS)}
    before = {m: store.lists.rows_as_of(days[m], m) for m in moments}
    assert sum(r is not None for r in before.values()) == 6
    dropped = move_before(store, tmp_path / "archive", CUT)
    assert dropped["stories"] == 3 and dropped["superseded lists"] == 2 and dropped["filings"] == 1
    for moment in moments:
        rows = store.lists.rows_as_of(days[moment], moment)
        rows = archived_rows(store, days[moment], moment) if rows is None else rows
        assert rows == before[moment], moment
    assert archived_day(store, OLD, at(9, day=OLD)) == OLD
    assert archived_day(store, OLD, at(7, day=OLD)) is None
    store.close()


def test_the_command_line_finds_them_too(store: Store, tmp_path: Path) -> None:
    run, db = CliRunner(), str(store.path)
    asked = ["today", "--as-of", at(9, day=OLD).isoformat(), "--all", "--format", "json", "--db", db]
    store.close()
    before = run.invoke(cli, asked)
    assert json.loads(before.stdout)
    prune = ["db", "prune", "--before", str(CUT), "--archive", str(tmp_path / "archive"), "--db", db]
    assert "would drop 3 stories" in run.invoke(cli, prune).stderr
    assert "moved or dropped 3 stories" in run.invoke(cli, [*prune, "--yes"]).stderr
    assert run.invoke(cli, asked).stdout == before.stdout
    assert run.invoke(cli, [*asked, "--date", str(OLD)]).stdout == before.stdout


def test_explain_tells_the_row_of_a_moved_day(store: Store, tmp_path: Path) -> None:
    moment, db = at(9, 30, day=OLD), str(store.path)
    row = store.lists.rows_as_of(OLD, moment)[0]  # type: ignore[index]
    move_before(store, tmp_path / "archive", CUT)
    assert store.lists.rows_as_of(OLD, moment) is None
    found = explain(workspace_on(store), row.ticker, OLD, moment, archived_rows(store, OLD, moment))
    assert found.row == row and not found.stories
    store.close()
    asked = ["explain", row.ticker, "--date", str(OLD), "--format", "json", "--db", db, "--as-of"]
    told = CliRunner().invoke(cli, [*asked, moment.isoformat()])
    assert json.loads(told.stdout)["row"]["score"] == row.score
    assert "has no news" in CliRunner().invoke(cli, [*asked, at(6, day=OLD).isoformat()]).stderr


def test_what_was_moved_loads_back_as_it_was(store: Store, tmp_path: Path) -> None:
    before = everything(store)
    move_before(store, tmp_path / "archive", CUT)
    assert len(everything(store)) == 3
    done = load_span(tmp_path / "archive", store)
    assert (done.stories, done.filings) == (3, 1)
    assert everything(store) == before
    store.close()


def test_a_move_that_was_stopped_writes_nothing_twice(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> dict[str, int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(pruning, "PART", 2)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "prune", stopped)
        with pytest.raises(KeyboardInterrupt):
            move_before(store, tmp_path / "archive", CUT)
    assert len(everything(store)) == 6
    move_before(store, tmp_path / "archive", CUT)
    move_before(store, tmp_path / "archive", dt.date(2026, 3, 20))
    counts = {m.month: (m.stories, m.filings) for m in months(tmp_path / "archive")}
    assert counts == {"2026-02": (3, 1), "2026-03": (3, 1)}
    assert not everything(store)
    store.close()


def test_a_backfills_months_and_moved_ones_do_not_mix(store: Store, tmp_path: Path) -> None:
    news = written(tmp_path / "news.jsonl", ordinary(2, at(12, day=OLD)))
    filled(tmp_path / "archive", news)
    with pytest.raises(InputError, match="is a backfill's"):
        move_before(store, tmp_path / "archive", CUT)
    assert len(everything(store)) == 6
    move_before(store, tmp_path / "moved", CUT)
    with pytest.raises(InputError, match="holds what `db prune` moved"):
        filled(tmp_path / "moved", news)
    store.close()

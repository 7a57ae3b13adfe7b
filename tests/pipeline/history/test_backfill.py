"""A backfill: the same bytes however it is cut, copies joined across months, broken input told, resumed where it stopped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from screener.classify.pipeline import Classifier
from screener.clock import Clock
from screener.config import Settings
from screener.errors import InputError
from screener.pipeline.history import reading
from screener.pipeline.history.archive import TABLES, months, read_pasts
from screener.pipeline.history.loading import load_span
from screener.pipeline.history.tagging import _classifier
from screener.pipeline.intake.taking import Intake
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from tests.pipeline.history.making import (
    MIDNIGHT,
    START,
    TABLE,
    TITLE,
    around_midnight,
    bytes_of,
    filled,
    job_in,
    ordinary,
    release,
    written,
)

NEWS = [*ordinary(), *around_midnight()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the news in one file, one after the other in one process."""
    folder = tmp_path_factory.mktemp("whole")
    filled(folder / "archive", written(folder / "news.jsonl", NEWS))
    return folder / "archive"


def test_how_the_input_is_cut_and_ordered_changes_no_byte(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "RUN_ITEMS", 7)
    files = [written(tmp_path / f"{n}.jsonl", reversed(NEWS[n::3])) for n in range(3)]
    filled(tmp_path / "archive", *files)
    assert bytes_of(tmp_path / "archive") == bytes_of(whole)


def test_copies_join_across_the_border_of_months(whole: Path) -> None:
    by_month = {m.month: [p for part in read_pasts(whole, m) for p in part] for m in months(whole)}
    told = [p for p in by_month["2024-12"] if p.story.title == TITLE]
    assert len(told) == 1
    assert [s.source for s in told[0].story.sources] == ["wire", "relay", "edgar"]
    assert told[0].story.confirmed_by == "0009990000-25-000001"
    assert told[0].story.first_seen == MIDNIGHT
    assert [len(v.sources) for _, v in told[0].versions] == [1, 2]
    assert not [p for p in by_month["2025-01"] if p.story.title == TITLE]


def test_the_stories_are_those_of_one_live_intake_and_load_back_as_such(whole: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "live.db") as live, open_store(tmp_path / "loaded.db") as loaded:
        with live.transaction():
            live.listings.replace(TABLE, START)
        classifier: Classifier = _classifier(job_in(whole).rules, True)
        workspace = Workspace(
            settings=Settings(), store=live, clock=Clock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), classifier=classifier
        )
        Intake(workspace).take(NEWS)
        done = load_span(whole, loaded)
        span = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
        expected, found = list(live.spans.first_seen(*span)), list(loaded.spans.first_seen(*span))
        assert done.stories == len(expected)
        assert found == expected
        assert load_span(whole, loaded).stories == 0


def test_joining_reads_nothing_for_a_ledger_that_is_thrown_away(tmp_path: Path) -> None:
    item = release("QBKR", "Qbkr Corp Prices $5 Million Public Offering of 2,500,000 Shares at $2.00 a Share", START)
    classifier: Classifier = _classifier(job_in(tmp_path).rules, True)
    kept = []
    for tags in (True, False):
        with open_store(tmp_path / f"{tags}.db") as store:
            workspace = Workspace(settings=Settings(), store=store, clock=Clock(START), classifier=classifier)
            Intake(workspace, tags=tags).store([item])
            kept.append(store.connection.execute("SELECT count(*) FROM dilution_documents").fetchone()[0])
    assert kept == [1, 0]


def test_a_second_call_does_nothing_and_a_new_file_only_its_months(whole: Path, tmp_path: Path) -> None:
    early = [i for i in NEWS if i.received < dt.datetime(2025, 1, 12, tzinfo=dt.UTC)]
    late = [i for i in NEWS if i not in early]
    archive = tmp_path / "archive"
    assert filled(archive, written(tmp_path / "early.jsonl", early)).fresh == 2
    before = bytes_of(archive)
    assert filled(archive, tmp_path / "early.jsonl").fresh == 0
    december = {k: v for k, v in before.items() if "2024-12" in k}
    filled(archive, written(tmp_path / "late.jsonl", late))
    after = bytes_of(archive)
    assert after == bytes_of(whole)
    assert december.items() <= after.items()


def test_a_month_far_from_the_others_keeps_its_first_days(tmp_path: Path) -> None:
    news = [*ordinary(3), *ordinary(3, dt.datetime(2025, 6, 2, tzinfo=dt.UTC))]
    done = filled(tmp_path / "archive", written(tmp_path / "news.jsonl", news))
    assert {m.month: m.stories for m in done.months} == {"2024-12": 3, "2025-06": 3}


def test_broken_lines_are_problems_with_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path / "news.jsonl", ordinary(2), "{broken", '{"title": "Undated Corp Says Something"}')
    done = filled(tmp_path / "archive", path)
    told = [p.message for p in done.problems]
    assert any(m.startswith(f"{path}:4: is not JSON") for m in told)
    assert any("1 items that state no time" in m for m in told)
    assert done.months[0].items == 3


def test_items_may_come_as_parquet(whole: Path, tmp_path: Path) -> None:
    rows = [
        {
            "id": i.source_id, "source": i.source, "url": i.url, "title": i.title, "body": i.body, "form": i.form,
            "published": i.published, "tickers": list(i.ticker_hints), "items": list(i.items), "cik": i.cik,
            "company": i.company,
        }
        for i in NEWS
    ]  # fmt: skip
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(tmp_path / "news.parquet")
    filled(tmp_path / "archive", tmp_path / "news.parquet")
    assert bytes_of(tmp_path / "archive") == bytes_of(whole)


def test_a_parquet_row_without_zone_or_title_is_a_problem_with_its_row(tmp_path: Path) -> None:
    good = {"title": "Qbkr Corp Wins Contract", "published": "2025-01-02T10:00:00Z"}
    rows = [good, {**good, "title": ""}, {**good, "published": "2025-01-02T10:00:00"}]
    pl.DataFrame(rows).write_parquet(tmp_path / "news.parquet")
    told = [p.subject for p in filled(tmp_path / "archive", tmp_path / "news.parquet").problems]
    assert told == [f"{tmp_path / 'news.parquet'}:2", f"{tmp_path / 'news.parquet'}:3"]


def test_the_tables_are_as_described_and_read_as_partitions(whole: Path) -> None:
    for table, columns in TABLES.items():
        if not (whole / table).exists():
            assert table in ("filings", "lists")
            continue
        frame = pl.read_parquet(whole / table / "**" / "*.parquet", hive_partitioning=True)
        assert [c.name for c in columns] == frame.columns[:-1]
        empty = {c.name for c in columns if c.null == "never null"} & {
            n for n, s in zip(frame.columns, frame.null_count().row(0), strict=True) if s
        }
        assert not empty
    found = (
        pl.scan_parquet(whole / "catalysts" / "**" / "*.parquet").filter(pl.col("type") == "reverse_split").collect()
    )
    assert found["ticker"].to_list().count("QBKR") >= 1


def test_what_a_killed_call_left_is_used_and_nothing_of_it_is_wrong(whole: Path, tmp_path: Path) -> None:
    path, archive = written(tmp_path / "news.jsonl", NEWS), tmp_path / "archive"

    class Killed(Exception):
        pass

    def killed(what: str, _: int) -> None:
        if what == "stories":
            raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            filled(archive, path, progress=killed)
    assert not list((archive / "months").glob("*"))
    filled(archive, path)
    assert bytes_of(archive) == bytes_of(whole)


def test_an_archive_of_a_newer_screener_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "archive.json").write_text('{"schema": 99}')
    with pytest.raises(InputError, match="newer screener"):
        filled(tmp_path / "archive", written(tmp_path / "news.jsonl", ordinary(1)))


def test_an_edit_under_the_same_id_is_a_version_in_the_archive_too(tmp_path: Path) -> None:
    first = release("QBKR", "Qbkr Corp Prices $5 Million Public Offering", START, source_id="one")
    edit = release(
        "QBKR", "Qbkr Corp Prices $6 Million Public Offering", START + dt.timedelta(hours=1), source_id="one"
    )
    filled(tmp_path / "archive", written(tmp_path / "news.jsonl", [first, edit]))
    (past,) = (p for m in months(tmp_path / "archive") for part in read_pasts(tmp_path / "archive", m) for p in part)
    assert past.story.title == edit.title
    assert [v.title for _, v in past.versions] == [first.title]
    assert [i.title for i in past.items] == [first.title, edit.title]

"""Items from JSON lines, and saved answers read by the collectors of the live sources."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors import file as module
from screener.collectors.base import Context
from screener.collectors.file import PLUGIN, BrokenLine, item_of, read_items
from screener.collectors.saved import SavedAnswers
from screener.errors import InputError
from screener.types import Collected, FeedSpec, FeedState, Item, Problem
from tests.collectors.test_edgar import entry, page
from tests.contracts import check_collected, check_item
from tests.server.faults import rss

NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)


def write(folder: Path, *rows: Any, name: str = "inbox.jsonl") -> Path:
    path = folder / name
    text = "\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def read(path: Path, as_of: dt.datetime | None = None) -> tuple[list[Item], list[Problem]]:
    found = list(read_items(path, NOW, as_of))
    items = [x for x in found if isinstance(x, Item)]
    for item in items:
        check_item(item, as_of is not None)
    return items, [x for x in found if isinstance(x, Problem)]


@pytest.mark.parametrize("name", ["inbox.jsonl", "inbox.jsonl.gz"])
def test_all_fields(tmp_path: Path, name: str) -> None:
    row = {
        "source": "desk", "source_id": "7", "url": "https://x.example/7", "title": "Zephyra wins", "summary": "S", "body": "B",
        "published": "2026-03-12T08:30:00-04:00", "received": "2026-03-12T12:31:00Z", "form": "8-K", "items": ["3.01"],
        "cik": "0009990001", "company": "Zephyra", "ticker_hints": ["ZPHQ"], "subjects": ["x"], "facts": {"price": 2.5},
        "exhibits": [{"kind": "EX-99.1", "text": "T"}], "colour": "blue",
    }  # fmt: skip
    (one,), problems = read(write(tmp_path, row, name=name))
    assert not problems
    assert (one.source, one.source_id, one.cik, one.items, one.form) == ("desk", "7", 9990001, ("3.01",), "8-K")
    assert one.published == dt.datetime(2026, 3, 12, 12, 30, tzinfo=dt.UTC)
    assert one.received == dt.datetime(2026, 3, 12, 12, 31, tzinfo=dt.UTC)
    assert one.exhibits[0].kind == "EX-99.1" and one.facts == {"price": 2.5}


def test_other_names_and_what_may_be_missing(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "wire": "Some Wire", "tickers": "ZPHQ", "title": "<b>One</b>"},
        {"title": "Two", "cik": 77, "published": "2026-03-11", "url": None},
    ]
    (one, two), _ = read(write(tmp_path, *rows))
    assert (one.source, one.source_id, one.ticker_hints, one.title) == ("Some Wire", "a", ("ZPHQ",), "One")
    assert two.source == "inbox" and two.published is None and two.received == NOW and two.cik == 77
    assert two.source_id == read(write(tmp_path, *rows))[0][1].source_id


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"title": "A"', "not JSON"),
        ('["A"]', "not a JSON object"),
        ("{}", "no title"),
        ('{"title": "A", "published": "2026-03-12T08:30:00"}', "no time zone"),
        ('{"title": "A", "published": "yesterday"}', "not a time"),
        ('{"title": "A", "cik": "12-3"}', "cik"),
        ('{"title": "A", "cik": "٣"}', "cik"),
        ('{"title": "A", "items": 3}', "items"),
        ('{"title": {"x": 1}}', "title must be text"),
        ('{"title": "A", "exhibits": [{"name": 1}]}', "exhibits"),
        ('{"title": "A", "facts": ["x"]}', "facts"),
        ("\x00", "not JSON"),
    ],
)
def test_a_broken_line_is_one_problem_with_its_place(tmp_path: Path, line: str, why: str) -> None:
    path = write(tmp_path, {"title": "before"}, "", line, {"title": "after"})
    items, (problem,) = read(path)
    assert [i.title for i in items] == ["before", "after"]
    assert problem.kind == "broken_line" and problem.subject == f"{path}:3" and why in problem.message
    assert problem.message.startswith(f"{path}:3: ")


def test_an_endless_line_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE", 100)
    path = write(tmp_path, {"title": "x" * 1000}, {"title": "after"})
    items, (problem,) = read(path)
    assert [i.title for i in items] == ["after"] and "longer than 100" in problem.message


def test_a_byte_order_mark_is_fine(tmp_path: Path) -> None:
    assert read(write(tmp_path, "\ufeff" + json.dumps({"title": "A"})))[0][0].title == "A"


def test_a_time_to_come_is_unknown(tmp_path: Path) -> None:
    row = {"title": "A", "published": "2031-01-01T00:00:00Z", "received": "2032-01-01T00:00:00Z"}
    (one,), _ = read(write(tmp_path, row))
    assert one.published is None and one.received == NOW


def test_a_replay(tmp_path: Path) -> None:
    rows = [{"title": n, "published": f"2026-03-12T1{n}:00:00Z"} for n in "0123"] + [{"title": "undated"}]
    as_of = dt.datetime(2026, 3, 12, 11, 30, tzinfo=dt.UTC)
    items, _ = read(write(tmp_path, *rows), as_of)
    assert [i.title for i in items] == ["0", "1", "undated"]
    assert items[0].received == items[0].published and items[2].received == as_of


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.jsonl.gz"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        list(read_items(tmp_path / name, NOW))


def test_what_is_not_gzip_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(b'{"title": "A"}')
    with pytest.raises(InputError, match="not gzip"):
        list(read_items(path, NOW))
    path.write_bytes(gzip.compress(b'{"title": "A"}\n' * 5000)[:-40])
    with pytest.raises(InputError, match="breaks off"):
        list(read_items(path, NOW))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda c: st.lists(c, max_size=3), max_leaves=5
)
KEYS = st.sampled_from(
    ["title", "published", "received", "cik", "items", "ticker_hints", "exhibits", "facts", "source", "url"]
)


@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_object_gives_an_item_or_a_broken_line(row: dict[str, Any]) -> None:
    try:
        item = item_of(row, Path("x.jsonl"), 1, NOW, None)
    except BrokenLine:
        return
    assert item is not None
    check_item(item)


def test_the_recorded_releases(shared: Path) -> None:
    items, problems = read(shared / "wires" / "releases.jsonl.gz")
    assert len(items) == 6077 and not problems
    assert len({i.source_id for i in items}) == 6077


# ---- as a collector ----------------------------------------------------------------------------------------------


def collect(folder: Path, options: dict[str, Any], as_of: dt.datetime | None = None) -> Collected:
    feed = FeedSpec(name="mine", kind="file", options=options, path=str(folder / "mine.yml"))
    context = Context(fetcher=SavedAnswers([], NOW), now=lambda: NOW, state=FeedState(name="mine"), as_of=as_of)
    found = asyncio.run(PLUGIN.collect(feed, context))
    check_collected(found, feed, as_of)
    return found


def test_paths_are_relative_to_the_feed_file(tmp_path: Path) -> None:
    write(tmp_path, {"title": "A"}, name="a.jsonl")
    write(tmp_path, {"title": "B"}, name="b.jsonl")
    assert [i.title for i in collect(tmp_path, {"paths": ["b.jsonl", "a.jsonl"]}).items] == ["B", "A"]
    assert [i.title for i in collect(tmp_path, {"path": "*.jsonl"}).items] == ["A", "B"]


def test_saved_feeds_are_read_by_the_feed_collector(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(rss(3))
    (tmp_path / "2.xml.gz").write_bytes(gzip.compress(rss(2, start=3)))
    as_of = dt.datetime(2025, 12, 12, 13, 3, 30, tzinfo=dt.UTC)
    found = collect(tmp_path, {"path": "*.xml*", "payload": "feed", "source": "wire"})
    assert len(found.items) == 5 and {i.source for i in found.items} == {"wire"}
    assert len(collect(tmp_path, {"path": "*.xml*", "payload": "feed"}, as_of).items) == 4


def test_saved_edgar_pages_are_one_walk(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(page(entry(9, "4", "Reporting", "Ann Example"), entry(8)))
    (tmp_path / "2.xml").write_bytes(page(entry(9, "4", "Issuer"), entry(7)))
    found = collect(tmp_path, {"path": "*.xml", "payload": "edgar"})
    assert [f.form for f in found.filings] == ["4", "8-K", "8-K"] and len(found.filings[0].parties) == 2
    assert not found.problems


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "options.path is missing"),
        ({"path": "none.jsonl"}, "none.jsonl"),
        ({"path": "*.none"}, r"matches no file"),
        ({"path": "a", "payload": "fed"}, "payload 'fed' is unknown"),
        ({"path": "none.xml", "payload": "feed"}, "none.xml"),
    ],
)
def test_wrong_options_are_one_clear_problem(tmp_path: Path, options: dict[str, Any], why: str) -> None:
    found = collect(tmp_path, options)
    (problem,) = found.problems
    assert problem.kind == "file" and why in problem.message
    assert found.state is not None and found.state.failures == 1


@pytest.mark.parametrize("most", [1, 3, 7])
def test_the_users_limit_on_problems_holds_for_files(tmp_path: Path, most: int) -> None:
    path = write(tmp_path, *(["{not json"] * 9))
    told = [x for x in read_items(path, NOW, None, most) if isinstance(x, Problem)]
    assert len(told) == most + 1 and f"{9 - most} more lines left out" in told[-1].message

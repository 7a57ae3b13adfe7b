"""The watched folder."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from screener.collectors.base import Context
from screener.collectors.folder import PLUGIN
from screener.collectors.load import load_feeds
from screener.types import Collected, FeedSpec, FeedState
from tests.collectors.driving import NOW


class NoNetwork:
    async def get(self, url: str, **_: Any) -> Any:
        raise AssertionError(f"a folder asks no server, but asked for {url}")


def look(
    folder: Path, state: FeedState | None = None, as_of: dt.datetime | None = None, path: str = "", **options: Any
) -> Collected:
    feed = FeedSpec(name="inbox", kind="folder", path=path, options={"path": str(folder), **options})
    context = Context(
        fetcher=NoNetwork(), now=lambda: as_of or NOW, state=state or FeedState(name="inbox"), as_of=as_of
    )
    return asyncio.run(PLUGIN.collect(feed, context))


def line(number: int, **fields: Any) -> str:
    return (
        json.dumps(
            {"id": f"n{number}", "title": f"Zephyra item {number}", "published": "2026-03-04T14:00:00Z", **fields}
        )
        + "\n"
    )


def test_new_files_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line(1) + line(2))
    first = look(tmp_path)
    assert [i.source_id for i in first.items] == ["n1", "n2"]
    assert first.state is not None and first.state.last_item == dt.datetime(2026, 3, 4, 14, tzinfo=dt.UTC)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(line(3).encode()))
    second = look(tmp_path, first.state)
    assert [i.source_id for i in second.items] == ["n3"]
    third = look(tmp_path, second.state)
    assert third.items == () and third.state is not None and len(third.state.seen) == 2


def test_a_file_that_grew_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line(1))
    first = look(tmp_path)
    path.write_text(line(1) + line(2))
    assert [i.source_id for i in look(tmp_path, first.state).items] == ["n1", "n2"]


def test_removed_files_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line(1))
    first = look(tmp_path)
    (tmp_path / "a.jsonl").unlink()
    after = look(tmp_path, first.state)
    assert after.state is not None and after.state.seen == ()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    for name in (".a.jsonl", "a.json", "a.jsonl.tmp", "readme.txt"):
        (tmp_path / name).write_text(line(1))
    (tmp_path / "folder.jsonl").mkdir()
    assert look(tmp_path).items == ()


def test_broken_lines_and_files_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line(1) + "{broken\n" + line(2))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(line(3).encode() * 400)[:40])
    (tmp_path / "c.jsonl").write_text(line(4))
    got = look(tmp_path)
    assert [i.source_id for i in got.items if i.source_id != "n3"] == ["n1", "n2", "n4"]
    assert "broken_line" in {p.kind for p in got.problems}
    assert len(got.problems) == 2


def test_unreadable_file_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_text(line(1))
    (tmp_path / "b.jsonl").write_text(line(2))
    refused, real = {"a.jsonl"}, Path.open

    def opened(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name in refused:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", opened)
    first = look(tmp_path)
    assert [i.source_id for i in first.items] == ["n2"]
    assert [(p.kind, "Permission denied" in p.message) for p in first.problems] == [("file", True)]
    refused.clear()
    assert [i.source_id for i in look(tmp_path, first.state).items] == ["n1"]


def test_missing_folder_is_a_failed_poll(tmp_path: Path) -> None:
    got = look(tmp_path / "none")
    assert [p.kind for p in got.problems] == ["file"]
    assert "none" in got.problems[0].message
    assert got.state is not None and got.state.failures == 1


def test_replay_leaves_out_what_came_later(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line(1) + line(2, published="2026-03-05T14:00:00Z"))
    got = look(tmp_path, as_of=NOW)
    assert [(i.source_id, i.replayed) for i in got.items] == [("n1", True)]


def test_a_file_still_being_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line(1))
    os.utime(path, (NOW.timestamp() - 1, NOW.timestamp() - 1))
    assert look(tmp_path, settle=5).items == ()
    os.utime(path, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    assert len(look(tmp_path, settle=5).items) == 1


def test_the_path_is_relative_to_the_feed_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(line(1))
    assert len(look(Path("in"), path=str(tmp_path / "inbox.yml")).items) == 1


def test_a_feed_file_of_this_kind_needs_no_address(tmp_path: Path) -> None:
    (tmp_path / "inbox.yml").write_text("title: Inbox\nkind: folder\noptions: {path: in}\n")
    spec = load_feeds(tmp_path, kinds=["folder"])["inbox"]
    assert (spec.kind, spec.url, spec.options) == ("folder", "", {"path": "in"})
    own = load_feeds(tmp_path, {"mine": {"kind": "folder", "options": {"path": "/x"}}})["mine"]
    assert (own.kind, own.url) == ("folder", "")

"""Hostile feeds through ``screener run``: what can be read is stored once, at no moment before it came."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.server.app import WireServer
from tests.server.faults import rss

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


def item(n: int, published: dt.datetime | str, guid: bool = True) -> str:
    when = published if isinstance(published, str) else format_datetime(published)
    mark = f"<guid>urn:h:{n}</guid>" if guid else ""
    return (
        f"<item>{mark}<title>Zorvane {n} Announces 1-for-{n + 10} Reverse Split</title><link>https://ir.example.org/{n}</link>"
        f"<description>Zorvane (Nasdaq: ZV{chr(65 + n)}) told so.</description><pubDate>{when}</pubDate></item>"
    )


def channel(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Wire</title>{"".join(items)}</channel></rss>'.encode()


def read(run: Run, server: WireServer, db: Path, body: bytes) -> str:
    env = {"SCREENER_EDGAR__BASE_URL": server.url, "SCREENER_FEEDS__W__URL": server.route("/w.xml", body)}
    done = run("run", "--feeds", "w", "--db", str(db), env={**env, "SCREENER_FEEDS__W__KIND": "feed"})
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stderr


def rows(db: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(db)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_future_and_ancient_dates(run: Run, fault_server: WireServer, tmp_path: Path) -> None:
    db = tmp_path / "s.db"
    told = read(
        run, fault_server, db,
        channel(
            item(1, NOW + dt.timedelta(days=400)), item(2, NOW + dt.timedelta(minutes=2)),
            item(3, "Thu, 01 Jan 1970 00:00:00 GMT"), item(4, "Mon, 99 Foo 2026"), item(5, NOW - dt.timedelta(minutes=5)),
        ),
    )  # fmt: skip
    found = rows(db, "SELECT source_id, published, received FROM items ORDER BY source_id")
    assert len(found) == 5 and "future" in told, told
    for _, published, received in found:
        assert published is None or str(published) <= str(received)
    stories = {str(title): published for title, published in rows(db, "SELECT title, published FROM stories")}
    received = {str(r[0])[-1]: str(r[2]) for r in found}
    assert stories["Zorvane 1 Announces 1-for-11 Reverse Split"] == received["1"]
    before = (NOW - dt.timedelta(minutes=6)).isoformat()
    early = json.loads(run("today", "--as-of", before, "--format", "json", "--db", str(db)).stdout or "[]")
    assert early == []
    for line in json.loads(run("today", "--format", "json", "--db", str(db)).stdout):
        assert line.get("published") is None or line["published"] <= line["as_of"]
        assert line["first_seen"] <= line["as_of"]


def test_missing_guids_come_once(run: Run, fault_server: WireServer, tmp_path: Path) -> None:
    db = tmp_path / "s.db"
    body = channel(*(item(n, NOW - dt.timedelta(minutes=n), guid=False) for n in range(6)))
    read(run, fault_server, db, body)
    read(run, fault_server, db, body + b"\n")
    assert rows(db, "SELECT count(*) FROM items") == [(6,)]


@pytest.mark.parametrize("same", [False, True], ids=["one company's flood", "the same words ten thousand times"])
def test_a_flood_of_items(run: Run, fault_server: WireServer, tmp_path: Path, same: bool) -> None:
    count = 10_000 if same else 3_000  # other words cost comparing
    db, body = tmp_path / "s.db", rss(count)
    if same:
        body = re.sub(rb"wins order \d+<", b"wins an order<", body)
    read(run, fault_server, db, body)
    assert rows(db, "SELECT count(*) FROM items") == [(count,)]
    assert rows(db, "SELECT max(json_array_length(sources)) <= 40 FROM stories") == [(1,)]
    assert db.stat().st_size < 60_000_000

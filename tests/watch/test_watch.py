"""Watch mode over real HTTP: what comes is stored once, in time, whatever goes wrong around it."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from screener import clock
from screener.outputs.health import feed_health
from screener.pipeline import watch
from screener.pipeline.run import Plan
from screener.pipeline.watch_writer import WatchWriter
from screener.store import open_store
from screener.types import FeedSpec, FeedState
from tests.server.app import Reply, Request, WireServer
from tests.server.faults import HTML, rss
from tests.watch.driving import Scene, polls, until

TITLE = "Zephyra Robotics - News"


class Wire:
    """A feed of ``count`` invented items, of which it shows the newest ``window``; ``reply`` overrides it."""

    def __init__(self, server: WireServer, path: str, count: int = 3, window: int = 20) -> None:
        self.server, self.path, self.count, self.window = server, path, count, window
        self.reply: Reply | None = None
        self.url = server.route(path, self)

    def __call__(self, _: Request) -> Reply:
        shown = min(self.count, self.window)
        return self.reply or Reply(rss(shown, title=f"{TITLE} {self.path}", start=self.count - shown))

    @property
    def polls(self) -> int:
        return polls(self.server, self.path)

    async def polled(self, times: int = 1) -> None:
        """Wait for more polls."""
        seen = self.polls
        await until(lambda: self.polls >= seen + times)

    def spec(self, **fields: object) -> FeedSpec:
        name = self.path.strip("/").partition(".")[0]
        return FeedSpec(**{"name": name, "kind": "feed", "url": self.url, "every": 0.1, **fields})  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same course of things in less time: no slower nights, short waits after failures."""
    monkeypatch.setattr(watch, "PACE", dict.fromkeys(watch.PACE, 1.0))
    monkeypatch.setattr(watch, "MAX_BACKOFF", 0.3)
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(watch, "RANK_REST", 0.05)


def scene(tmp_path: Path, *feeds: FeedSpec, **fields: object) -> Scene:
    here = next((f.url.rpartition("/")[0] for f in feeds if f.url), "http://127.0.0.1:9")
    return Scene(path=tmp_path / "s.db", feeds={f.name: f for f in feeds}, edgar=here, **fields)  # type: ignore[arg-type]


def test_what_comes_is_stored_once_and_the_next_watch_goes_on(server: WireServer, tmp_path: Path) -> None:
    wire = Wire(server, "/a.xml", count=3)
    shown = scene(tmp_path, wire.spec())

    async def first() -> None:
        await until(lambda: len(shown.titles()) == 3)
        wire.count = 5
        await until(lambda: len(shown.titles()) == 5)
        await wire.polled(3)

    shown.run(first)
    wire.count = 9

    async def second() -> None:
        await until(lambda: len(shown.titles()) == 9)
        await wire.polled(3)

    shown.run(second)
    assert shown.titles() == sorted(f"Zephyra Robotics wins order {n}" for n in range(9))
    assert shown.query("SELECT gaps, failures FROM feeds") == [(0, 0)]
    assert not shown.heard("failing")


def test_stories_are_classified_and_the_list_is_made(server: WireServer, tmp_path: Path) -> None:
    wire = Wire(server, "/a.xml", count=2)
    shown = scene(tmp_path, wire.spec())

    async def acts() -> None:
        await until(lambda: shown.query("SELECT 1 FROM runs WHERE finished IS NOT NULL"))

    shown.run(acts)
    assert shown.query("SELECT count(*) FROM stories WHERE model_id = ''") == [(0,)]
    counts = json.loads(str(shown.query("SELECT counts FROM runs ORDER BY started LIMIT 1")[0][0]))
    assert (counts["items"], counts["new_items"], counts["feeds"]) == (2, 2, 1)


def test_a_failing_feed_is_said_once_and_holds_up_nobody(server: WireServer, tmp_path: Path) -> None:
    bad, good, slow = Wire(server, "/bad.xml"), Wire(server, "/good.xml", count=1), Wire(server, "/slow.xml")
    bad.reply = Reply(b"gone", 404, "text/plain", etag=False)
    slow.reply = Reply(stream=_drip(), etag=False)
    shown = scene(tmp_path, bad.spec(), good.spec(), slow.spec())

    async def acts() -> None:
        await until(lambda: bad.polls >= 3)
        good.count = 4
        await until(lambda: len(shown.titles()) == 4)
        bad.reply = None
        await until(lambda: shown.heard("bad: reads again") and len(shown.titles()) == 7)

    shown.run(acts)
    assert sum("bad: failing" in line for line in shown.said) == 1
    assert shown.query("SELECT failures, last_error FROM feeds WHERE name = 'bad'") == [(0, "")]
    assert shown.query("SELECT count(*) FROM problems WHERE subject = 'bad'") == [(1,)]
    assert slow.polls == 1


def _drip() -> Iterator[bytes]:
    import time

    while True:
        time.sleep(0.05)
        yield b" "


def test_a_window_that_rolled_over_is_reported(server: WireServer, tmp_path: Path) -> None:
    wire = Wire(server, "/a.xml", count=5, window=5)
    shown = scene(tmp_path, wire.spec())

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 5)
        wire.count = 20
        await until(lambda: shown.query("SELECT 1 FROM problems WHERE kind = 'gap'"))

    shown.run(acts)
    assert shown.heard("a: gap: the oldest item is newer than the last seen")
    assert len(shown.titles()) == 10
    with open_store(shown.path, readonly=True) as store:
        (health,) = feed_health(shown.feeds, store)
    assert health.gaps == 1 and health.state == "ok"


def test_a_feed_that_disabled_itself_comes_back(
    server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "DISABLED_FOR", 0.2)
    wire = Wire(server, "/a.xml")
    wire.reply = Reply(rss(0))
    shown = scene(tmp_path, wire.spec(options={"disable_when_empty": 2}))

    async def acts() -> None:
        await until(lambda: shown.query("SELECT 1 FROM feeds WHERE disabled != ''"))
        wire.reply = None
        await until(lambda: len(shown.titles()) == 3)

    shown.run(acts)
    assert shown.heard("a: disabled itself") and shown.query("SELECT disabled FROM feeds") == [("",)]


def test_changed_rules_are_picked_up_and_broken_ones_are_not(server: WireServer, tmp_path: Path) -> None:
    wire = Wire(server, "/a.xml")
    mine = tmp_path / "mine" / "ranking"
    mine.mkdir(parents=True)
    shown = scene(tmp_path, wire.spec(), rules=(str(tmp_path / "mine"),))
    source = next((Path(__file__).parents[2] / "rules" / "ranking").glob("*.yml"))
    text = source.read_text().replace(f"id: {source.stem}", "id: my_own")

    async def acts() -> None:
        await until(lambda: shown.titles())
        (mine / "my_own.yml").write_text(text)
        await until(lambda: shown.heard("rules loaded anew"))
        (mine / "my_own.yml").write_text("title: [\n")
        await until(lambda: shown.query("SELECT 1 FROM problems WHERE kind = 'rules'"))
        wire.count = 6
        await until(lambda: len(shown.titles()) == 6)

    shown.run(acts)
    assert shown.heard("changed rules do not load, the old ones stay") and shown.heard("my_own.yml:")


def test_a_watched_folder(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    shown = scene(tmp_path, FeedSpec(name="drop", kind="folder", every=0.1, options={"path": str(folder)}))

    def drop(name: str, *numbers: int) -> None:
        rows = [json.dumps({"source": "desk", "source_id": str(n), "title": f"Order {n}"}) for n in numbers]
        part = folder / f".{name}"
        part.write_bytes(gzip.compress("\n".join(rows).encode()))
        part.rename(folder / name)

    async def acts() -> None:
        drop("one.jsonl.gz", 1, 2)
        await until(lambda: len(shown.titles()) == 2)
        drop("two.jsonl.gz", 2, 3)
        await until(lambda: len(shown.titles()) == 3)

    shown.run(acts)
    assert shown.titles() == ["Order 1", "Order 2", "Order 3"]


def test_items_files_come_first(server: WireServer, tmp_path: Path) -> None:
    items = tmp_path / "i.jsonl"
    items.write_text(json.dumps({"source": "desk", "source_id": "1", "title": "Quellix Opens Plant"}) + "\n")
    shown = scene(tmp_path, Wire(server, "/a.xml").spec(), plan=Plan(items=(items,)))

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 4)

    shown.run(acts)


def test_a_locked_store_loses_nothing(server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "BUSY_MS", 50)
    monkeypatch.setattr(watch, "RETRY", 0.05)
    wire = Wire(server, "/a.xml", count=2, window=3)
    shown = scene(tmp_path, wire.spec())

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 2)
        other = sqlite3.connect(shown.path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        for wire.count in range(3, 12):
            await wire.polled()
        await until(lambda: shown.heard("nothing can be stored now"))
        assert len(shown.titles()) == 2
        other.execute("ROLLBACK")
        other.close()
        await until(lambda: len(shown.titles()) == 11)
        await until(lambda: shown.heard("stored again"))

    shown.run(acts)
    assert sum("nothing can be stored" in line for line in shown.said) == 1
    assert shown.query("SELECT count(*) FROM stories WHERE model_id = ''") == [(0,)]


def test_a_full_disk_loses_nothing(server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "RETRY", 0.05)
    wire = Wire(server, "/a.xml", count=2)
    shown = scene(tmp_path, wire.spec())
    with open_store(shown.path) as store:
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    limit = [pages + 20]
    opened = WatchWriter.store

    def small(writer: WatchWriter, *args: object) -> object:
        writer.workspace.store.connection.execute(f"PRAGMA max_page_count = {limit[0]}")
        return opened(writer, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(WatchWriter, "store", small)

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 2)
        wire.window = wire.count = 500
        await until(lambda: shown.heard("nothing can be stored now"))
        limit[0] = 1_000_000
        await until(lambda: len(shown.titles()) == 500)

    shown.run(acts)
    assert shown.heard("disk is full") and shown.heard("stored again")


@pytest.mark.parametrize(
    ("moment", "factor"),
    [
        ("2026-03-12T08:30:00Z", 1),
        ("2026-03-12T15:00:00Z", 1),
        ("2026-03-12T21:00:00Z", 1),
        ("2026-03-14T15:00:00Z", 5),
    ],
)
def test_the_cadence_follows_the_session(monkeypatch: pytest.MonkeyPatch, moment: str, factor: int) -> None:
    monkeypatch.undo()
    feed, now = FeedSpec(name="a", kind="feed", every=30.0), clock.parse_time(moment)
    waits = [watch.wait_for(feed, FeedState(name="a"), now) for _ in range(200)]
    assert all(27 * factor <= w <= 33 * factor for w in waits)
    assert max(waits) - min(waits) > factor  # jitter


def test_failures_are_asked_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(watch, "JITTER", 0.0)
    feed, noon = FeedSpec(name="a", kind="feed", every=10.0), clock.parse_time("2026-03-12T16:00:00Z")
    waits = [watch.wait_for(feed, FeedState(name="a", failures=n), noon) for n in range(12)]
    assert waits[:4] == [10, 20, 40, 80] and waits[-1] == 600 and waits == sorted(waits)
    daily = FeedSpec(name="a", kind="feed", every=86_400.0)
    assert watch.wait_for(daily, FeedState(name="a", failures=5), noon) == 86_400


def test_a_feed_that_is_no_feed_keeps_the_watch_alive(server: WireServer, tmp_path: Path) -> None:
    html, odd = Wire(server, "/html.xml"), FeedSpec(name="odd", kind="nonsense", every=0.1)
    html.reply = Reply(HTML, content_type="text/html")
    good = Wire(server, "/good.xml")
    shown = scene(tmp_path, html.spec(), odd, good.spec())

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 3 and shown.query("SELECT 1 FROM problems WHERE subject = 'odd'"))
        await until(lambda: html.polls >= 2)
        with anyio.move_on_after(0.5):
            await until(lambda: len(shown.query("SELECT 1 FROM problems WHERE subject = 'odd'")) > 1)

    shown.run(acts)
    assert shown.heard("HTML page") and len(shown.query("SELECT 1 FROM problems WHERE subject = 'odd'")) == 1

"""The store: migrations, point in time, atomicity, and plain errors."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from screener.errors import NewerDatabase, StoreError
from screener.store import db as store_db
from screener.store import migrations, open_store
from screener.types import (
    Bar,
    Catalyst,
    Classified,
    FeedState,
    Filing,
    Halt,
    Item,
    Listing,
    Noise,
    Party,
    Problem,
    Quote,
    Regime,
    Run,
    SourceRef,
    Span,
    Story,
    WatchRow,
)

T0 = dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.date(2026, 3, 12)


def story(**changes: object) -> Story:
    fields: dict[str, object] = {
        "id": "s1",
        "title": "Zorbex Announces 1-for-20 Reverse Split",
        "text": "Zorbex said today.",
        "published": T0,
        "first_seen": T0,
        "sources": (SourceRef(source="wire", received=T0),),
        "tickers": ("ZORB", "ZORBW"),
        "cik": 9900001,
    }
    return Story(**{**fields, **changes})  # type: ignore[arg-type]


def row(**changes: object) -> WatchRow:
    fields: dict[str, object] = {
        "run_id": "r1",
        "day": DAY,
        "rank": 1,
        "ticker": "ZORB",
        "score": 42.0,
        "catalyst": "reverse_split",
        "as_of": T0,
    }
    return WatchRow(**{**fields, **changes})  # type: ignore[arg-type]


def run(name: str, as_of: dt.datetime) -> Run:
    return Run(id=name, started=as_of, as_of=as_of, day=DAY, rules_digest="d", model_id="m")


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    with open_store(tmp_path / "new" / "s.db") as opened:
        yield opened


def test_opens_twice_and_knows_its_schema(tmp_path: Path) -> None:
    open_store(tmp_path / "s.db").close()
    with open_store(tmp_path / "s.db") as again:
        assert again.connection.execute("PRAGMA user_version").fetchone()[0] == store_db.SCHEMA_VERSION
        assert again.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert again.integrity() == "ok"


def test_schema_version_counts_the_migrations() -> None:
    assert len(migrations.migration._migrations) == store_db.SCHEMA_VERSION


def test_every_table_and_index_says_its_purpose(store: store_db.Store) -> None:
    rows = store.connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL "
        "AND name NOT LIKE 'stories_fts%' AND name NOT LIKE 'sqlite%' "
        "AND name NOT LIKE '%sqlite_migrations%'"
    ).fetchall()
    silent = [name for name, sql in rows if "--" not in sql]
    assert not silent, f"no comment in: {silent}"


def test_newer_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.db") as raw:
        raw.execute(f"PRAGMA user_version = {store_db.SCHEMA_VERSION + 1}")
    raw.close()
    with pytest.raises(NewerDatabase, match="update the screener"):
        open_store(tmp_path / "s.db")


def test_other_files_and_missing_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database at all, but some text " * 50)
    with pytest.raises(StoreError, match="something else"):
        open_store(tmp_path / "text.db")
    with pytest.raises(StoreError, match="no database there yet"):
        open_store(tmp_path / "none.db", readonly=True)


def test_readonly_refuses_to_write(tmp_path: Path) -> None:
    open_store(tmp_path / "s.db").close()
    with (
        open_store(tmp_path / "s.db", readonly=True) as opened,
        pytest.raises(StoreError, match="read-only"),
        opened.transaction(),
    ):
        opened.set_setting("a", "b")


def test_transaction_is_all_or_nothing(store: store_db.Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.set_setting("a", "b")
        raise ZeroDivisionError
    assert store.get_setting("a") is None


def test_full_disk_is_one_clear_error_and_loses_nothing(store: store_db.Store) -> None:
    with store.transaction():
        store.stories.save(story(), T0)
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreError, match="free some space"), store.transaction():
        for n in range(200):
            store.stories.save(story(id=f"x{n}", text="word " * 2000), T0)
    assert store.counts()["stories"] == 1 and store.integrity() == "ok"


def test_story_round_trip_and_search(store: store_db.Store) -> None:
    with store.transaction():
        store.stories.save(story(), T0)
    assert store.stories.get("s1") == story()
    assert [s.id for s in store.search.stories('reverse "splits')] == ["s1"]
    assert store.search.stories("   ") == [] and store.search.stories("absent") == []
    assert [s.id for s in store.stories.recent(["ZORBW"], [], T0 - HOUR)] == ["s1"]
    assert [s.id for s in store.stories.recent([], [9900001], T0 - HOUR)] == ["s1"]
    assert store.stories.recent(["ZORB"], [9900001], T0 + HOUR) == []


def test_story_versions_are_read_as_of(store: store_db.Store) -> None:
    later = story(title="Zorbex Corrects: 1-for-25", confirmed_by="0009900001-26-000001", tickers=("ZORB",))
    with store.transaction():
        store.stories.save(story(), T0)
    with store.transaction():
        store.stories.save(later, T0 + HOUR)

    def at(moment: dt.datetime) -> list[tuple[str, bool]]:
        return [(s.title, new) for s, new, _ in store.stories.window(T0 - HOUR, T0 + HOUR, moment)]

    assert at(T0 - dt.timedelta(seconds=1)) == []
    assert at(T0) == [(story().title, False)]
    assert at(T0 + HOUR) == [(later.title, True)]
    assert store.stories.recent(["ZORBW"], [], T0 - HOUR) == []
    assert [s.id for s in store.search.stories("corrects")] == ["s1"]


def test_catalysts_round_trip(store: store_db.Store) -> None:
    span = Span(field="title", start=0, end=6, text="Zorbex", fact="ratio")
    catalyst = Catalyst(
        story_id="s1",
        ticker="ZORB",
        type="reverse_split",
        confidence=0.9,
        evidence=(span,),
        facts={"ratio": "1-for-20"},
    )
    found = Classified(story_id="s1", catalysts=(catalyst,), noise=(Noise(story_id="s1", kind="recap"),))
    with store.transaction():
        store.stories.save(story(), T0)
        store.catalysts.save(found, story(), T0, "model")
        store.catalysts.save(found, story(), T0, "model")
    assert store.catalysts.of_stories(["s1", "s2"]) == {"s1": found, "s2": Classified(story_id="s2")}
    ((outline, kept),) = store.catalysts.past_of("ZORB", T0, T0)
    assert kept == catalyst and (outline.title, outline.published, outline.text) == (story().title, T0, "")
    assert store.catalysts.past_of("ZORB", T0, T0 - HOUR) == []
    assert next(store.stories.window(T0, T0, T0))[2] == "model"


def test_items_are_stored_once(store: store_db.Store) -> None:
    item = Item(source="wire", source_id="1", title="A", received=T0, published=T0, ticker_hints=("ON", "TRUE"))
    with store.transaction():
        store.stories.save(story(), T0)
        store.items.add([(item, "s1"), (item, "s1")])
    assert store.items.known("wire", ["1", "2"]) == {"1"}
    assert store.items.get("wire", "1") == item and store.items.of_story("s1") == [item]
    assert store.items.get("wire", "2") is None


def test_filings_keep_the_first_receipt_and_gain_roles(store: store_db.Store) -> None:
    first = Filing(
        accession="a", form="4", company="Person", cik=2, role="Reporting", accepted=T0, received=T0,
        parties=(Party(cik=2, name="Person", role="Reporting"),),
    )  # fmt: skip
    whole = Filing(
        accession="a", form="4", company="Zorbex", cik=1, role="Issuer", accepted=T0, received=T0 + HOUR,
        parties=(*first.parties, Party(cik=1, name="Zorbex", role="Issuer")),
    )  # fmt: skip
    with store.transaction():
        assert store.filings.add([first]) == 1
        assert store.filings.add([whole]) == 0
        assert store.filings.add([first]) == 0
    (found,) = store.filings.of_company(1, T0, T0 + HOUR)
    assert (found.company, found.received, len(found.parties)) == ("Zorbex", T0, 2)
    assert store.filings.known(["a", "b"]) == {"a"}


def test_halts_gain_their_resumption_later(store: store_db.Store) -> None:
    halt = Halt(ticker="ZORB", code="T1", halted=T0, received=T0)
    with store.transaction():
        store.halts.add([halt])
        store.halts.add([Halt(ticker="ZORB", code="T1", halted=T0, resumed=T0 + HOUR, received=T0 + 2 * HOUR)])
    assert store.halts.of_ticker("ZORB", T0, T0 + HOUR)[0].resumed is None
    assert store.halts.of_ticker("ZORB", T0, T0 + 2 * HOUR)[0].resumed == T0 + HOUR


def test_feed_state_and_listings_round_trip(store: store_db.Store) -> None:
    state = FeedState(name="f", etag="e", last_success=T0, seen=("1",), failures=2, gaps=1)
    with store.transaction():
        store.feeds.save(state)
        size = store.listings.replace(
            [Listing(ticker="ON", name="On"), Listing(ticker="NA", name="Nano", cik=5), Listing(ticker="ON", name="x")],
            T0,
        )
    assert store.feeds.state("f") == state and store.feeds.state("g") == FeedState(name="g")
    assert size == 2 and [(x.ticker, x.name) for x in store.listings.all()] == [("ON", "On"), ("NA", "Nano")]


def test_a_table_without_order_is_fetched_again_and_halts_are_renamed(tmp_path: Path) -> None:
    open_store(tmp_path / "s.db").close()
    with sqlite3.connect(tmp_path / "s.db") as raw:
        raw.execute("ALTER TABLE listings DROP COLUMN position")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'm009_table_order'")
        raw.execute("PRAGMA user_version = 8")
        raw.execute("INSERT INTO listings VALUES ('ZORB', 'Zorbex', 'Nasdaq', 5, 't')")
        raw.execute("INSERT INTO settings VALUES ('table_checked', 't'), ('table_etag', 'e')")
        raw.execute(
            "INSERT INTO halts(ticker, halted, code, name, market, received) VALUES ('QHL.B', 't', 'T1', '', '', 't')"
        )
    raw.close()
    with open_store(tmp_path / "s.db") as store:
        assert [x.ticker for x in store.listings.all()] == ["ZORB"]
        assert store.get_setting("table_checked") is None and store.get_setting("table_etag") is None
        assert store.connection.execute("SELECT ticker FROM halts").fetchall() == [("QHL-B",)]


def bar(**changes: object) -> Bar:
    fields: dict[str, object] = {"ticker": "ZORB", "day": DAY, "close": 2.0, "source": "file", "known_at": T0}
    return Bar(**{**fields, **changes})  # type: ignore[arg-type]


def test_bars_load_twice_adds_nothing(store: store_db.Store) -> None:
    with store.transaction():
        assert store.bars.save([bar(), bar(ticker="NA")]) == 2
        assert store.bars.save([bar(), bar(ticker="NA")]) == 0
    assert store.bars.history(["ZORB"], DAY, DAY, T0) == {"ZORB": [bar()]}
    assert store.bars.history(["ZORB"], DAY, DAY, T0 - HOUR) == {}
    assert set(store.bars.days(DAY, DAY, T0)) == {"ZORB", "NA"}


def test_corrected_bar_keeps_what_was_known_before(store: store_db.Store) -> None:
    with store.transaction():
        store.bars.save([bar()])
    with store.transaction():
        store.bars.save([bar(close=2.5, known_at=T0 + HOUR)])
    assert store.bars.history(["ZORB"], DAY, DAY, T0)["ZORB"] == [bar()]
    assert store.bars.history(["ZORB"], DAY, DAY, T0 + HOUR)["ZORB"][0].close == 2.5


def test_one_bar_a_day_by_preference(store: store_db.Store) -> None:
    with store.transaction():
        store.bars.save([bar(), bar(source="other", close=3.0)])
    assert store.bars.history(["ZORB"], DAY, DAY, T0, ["other", "file"])["ZORB"][0].close == 3.0
    assert store.bars.history(["ZORB"], DAY, DAY, T0, ["file"])["ZORB"][0].close == 2.0


def test_lists_are_stored_when_they_change_and_read_as_of(store: store_db.Store) -> None:
    with store.transaction():
        for name, at, score in (("r1", T0, 42.0), ("r2", T0 + HOUR, 42.0), ("r3", T0 + 2 * HOUR, 50.0)):
            store.runs.start(run(name, at))
            stored = store.lists.save(run(name, at), [row(run_id=name, score=score, as_of=at)])
            assert stored == (name != "r2")
    assert store.lists.rows_as_of(DAY, T0 - HOUR) is None
    early = store.lists.rows_as_of(DAY, T0 + HOUR)
    late = store.lists.rows_as_of(DAY)
    assert early is not None and (early[0].run_id, early[0].score) == ("r1", 42.0)
    assert late is not None and late[0].score == 50.0
    assert store.lists.history("ZORB")[0][:3] == (DAY, 1, 50.0)
    assert [r for _, r in store.lists.times(DAY)] == ["r1", "r3"]


def test_a_replayed_past_list_does_not_replace_the_newest(store: store_db.Store) -> None:
    with store.transaction():
        for name, at, score in (("r2", T0 + HOUR, 50.0), ("r1", T0, 42.0)):
            store.runs.start(run(name, at))
            store.lists.save(run(name, at), [row(run_id=name, score=score, as_of=at)])
    assert store.lists.history("ZORB")[0][2] == 50.0


def test_a_problem_with_half_a_character_keeps_no_run_from_its_record(store: store_db.Store) -> None:
    told = Problem(stage="save", subject="halt of ZO\ud83dRB", message="\udc00: lost", kind="k")
    done = Run(id="r1", started=T0, finished=T0 + HOUR, as_of=T0, day=DAY, problems=(told,))
    with store.transaction():
        store.runs.start(done)
        store.runs.finish(done)
    assert [(p.subject, p.message) for p in store.runs.problems("r1")] == [("halt of ZO?RB", "?: lost")]


def test_runs_problems_regimes_marks(store: store_db.Store) -> None:
    done = Run(
        id="r1", started=T0, finished=T0 + HOUR, as_of=T0, day=DAY, counts={"stories": 3},
        problems=(Problem(stage="collect", subject="f", message="m", kind="k"),),
    )  # fmt: skip
    regime = Regime(day=DAY, as_of=T0, label="mixed", measures={"iwm_spy_1d": None})
    with store.transaction():
        store.runs.start(done)
        store.runs.finish(done)
        store.regimes.save(regime)
        store.marks.add("ZORB", "pin", "why", T0)
    assert store.runs.newest() == [done]
    assert store.regimes.of_day(DAY) == regime and store.regimes.of_day(DAY, T0 - HOUR) is None
    assert store.marks.all() == [("ZORB", "pin", "why", T0)]


def test_backup_is_a_database_of_its_own(store: store_db.Store, tmp_path: Path) -> None:
    with store.transaction():
        store.set_setting("a", "b")
    store.backup(tmp_path / "copy.db")
    with open_store(tmp_path / "copy.db") as copy:
        assert copy.get_setting("a") == "b"


def test_quotes_leave_a_trail(store: store_db.Store) -> None:
    quotes = [Quote(ticker="ZORB", as_of=T0 + n * HOUR, last=1.0 + n, session="regular", source="s") for n in range(3)]
    with store.transaction():
        store.bars.save_quotes([*quotes, *quotes])
    assert store.bars.quotes(["ZORB"], T0, T0 + HOUR) == {"ZORB": quotes[1]}
    assert store.bars.trails(["ZORB"], T0, T0 + 9 * HOUR) == {"ZORB": quotes}
    assert store.bars.trails(["ZORB"], T0 + 5 * HOUR, T0 + 9 * HOUR) == {}


def test_splits_and_latest_days(store: store_db.Store) -> None:
    with store.transaction():
        store.bars.save_splits([("ZORB", DAY, 20.0, "s", T0), ("NA", DAY, 0.5, "s", T0)])
        store.bars.save([bar(), bar(day=DAY - dt.timedelta(days=1))])
    assert store.bars.reverse_splits(["ZORB", "NA"], T0) == {"ZORB": [DAY]}
    assert store.bars.latest(["ZORB", "NA"]) == {"ZORB": DAY} and store.bars.last_day(T0) == DAY


@pytest.mark.parametrize("damage", ["page", "cut", "index"])
def test_a_damaged_database_is_not_backed_up(store: store_db.Store, tmp_path: Path, damage: str) -> None:
    with store.transaction():
        for n in range(300):
            store.stories.save(story(id=f"x{n}", text="word " * 400), T0)
    store.close()
    path, target = store.path, tmp_path / "copy.db"
    if damage == "index":
        with sqlite3.connect(path, isolation_level=None) as raw:
            raw.execute("PRAGMA writable_schema = ON")
            raw.execute(
                "UPDATE sqlite_master SET sql = replace(sql, '(published)', '(form)') WHERE name = 'stories_published'"
            )
        raw.close()
    else:
        data = path.read_bytes()
        half = len(data) // 2
        path.write_bytes(data[:half] + (b"\xff" * 40_000 + data[half + 40_000 :] if damage == "page" else b""))
    with pytest.raises(StoreError) as failed, open_store(path, readonly=True) as damaged:
        damaged.backup(target)
    assert "damaged" in str(failed.value) or "malformed" in str(failed.value)
    assert sorted(p.name for p in tmp_path.iterdir() if "copy" in p.name) == []


def test_a_backup_that_is_stopped_leaves_nothing_and_the_next_is_whole(
    store: store_db.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction():
        store.stories.save(story(), T0)
    target = tmp_path / "copy.db"
    target.with_name("copy.db.part").write_bytes(b"left by one that was killed")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.backup(target)
    assert not target.exists() and not target.with_name("copy.db.part").exists()
    store.backup(target)
    with open_store(target, readonly=True) as copy:
        assert copy.stories.get("s1") == story()


def test_a_signal_stops_a_long_statement(store: store_db.Store) -> None:
    sqlite3.enable_callback_tracebacks(False)  # a page's tests may have asked for them in this process
    long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) SELECT sum(i) FROM n"
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), store_db.stoppable(store.connection):
        store.connection.execute(long).fetchone()
    timer.join()
    assert store.connection.execute("SELECT 1").fetchone()[0] == 1

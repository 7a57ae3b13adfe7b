"""The calendar by day says what reading all news would say; a common word is found without ranking all of its news."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.store import Store, open_store, search
from screener.store.calendar import known_dates
from screener.store.occurrences import Occurrence
from screener.types import Catalyst, Classified, FactValue, Story

FIRST = dt.datetime(2026, 1, 5, 14, tzinfo=dt.UTC)
NOW = FIRST + dt.timedelta(days=30)
said = st.tuples(
    st.integers(0, 40),
    st.sampled_from(("QBKR", "ZVRN", "")),
    st.sampled_from(("regulatory_date", "reverse_split")),
    st.dictionaries(
        st.sampled_from(("pdufa_date", "effective_date", "date", "amount_usd")),
        st.sampled_from(("2026-02-01", "2026-02-09", "2026-03-20", "soon", "2026-02-01T10:00:00Z", 5.0)),
        max_size=3,
    ),
)


def put(store: Store, n: int, day: int, ticker: str, kind: str, facts: dict[str, FactValue]) -> Occurrence:
    at = FIRST + dt.timedelta(days=day, minutes=n)
    story = Story(id=f"s{n:03d}", title=f"News {n}", published=at, first_seen=at, tickers=(ticker,) if ticker else ())
    catalyst = Catalyst(story_id=story.id, ticker=ticker, type=kind, confidence=0.9, facts=facts)
    with store.transaction():
        store.stories.save(story, at)
        store.catalysts.save(Classified(story_id=story.id, catalysts=(catalyst,)), story, at, "m")
    return Occurrence(
        story_id=story.id, ticker=ticker, type=kind, stage="", polarity="0", confidence=0.9, facts=facts,
        published=at, at=at, title="",
    )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(news=st.lists(said, max_size=12), first=st.integers(0, 45), days=st.integers(0, 60))
def test_dates_are_those_of_all_news(
    tmp_path_factory: pytest.TempPathFactory,
    news: list[tuple[int, str, str, dict[str, FactValue]]],
    first: int,
    days: int,
) -> None:
    with open_store(tmp_path_factory.mktemp("dates") / "d.db") as store:
        told = [put(store, n, *one) for n, one in enumerate(news)]
        known = sorted((o for o in told if o.at <= NOW), key=lambda o: (o.at, o.story_id), reverse=True)
        start = dt.date(2026, 1, 20) + dt.timedelta(days=first)
        end = start + dt.timedelta(days=days)
        expected = [d for d in known_dates(known) if start <= d.day <= end]
        found = store.calendar.dates(start, end, NOW)
        assert [(d.day, d.kind, d.said.story_id, d.moved) for d in found] == [
            (d.day, d.kind, d.said.story_id, d.moved) for d in expected
        ]


def test_the_soonest_and_the_last_ones_are_taken(tmp_path: Path) -> None:
    with open_store(tmp_path / "d.db") as store:
        for n, day in enumerate((9, 3, 7, 1, 5)):
            put(store, n, 0, f"QB{n}", "regulatory_date", {"pdufa_date": f"2026-02-0{day}"})
        span = dt.date(2026, 2, 2), dt.date(2026, 3, 1), NOW
        assert [d.day.day for d in store.calendar.dates(*span, limit=2)] == [3, 5]
        assert [d.day.day for d in store.calendar.dates(*span, limit=2, backwards=True)] == [9, 7]
        assert [d.said.ticker for d in store.calendar.dates(*span, ticker="QB2")] == ["QB2"]


def test_dates_go_with_their_catalysts(tmp_path: Path) -> None:
    with open_store(tmp_path / "d.db") as store:
        put(store, 1, 0, "QBKR", "regulatory_date", {"pdufa_date": "2026-02-01"})
        span = dt.date(2026, 1, 1), dt.date(2026, 12, 31), NOW
        assert [d.day for d in store.calendar.dates(*span)] == [dt.date(2026, 2, 1)]
        story = store.stories.get("s001")
        assert story is not None
        with store.transaction():
            store.catalysts.save(Classified(story_id="s001"), story, FIRST, "m2")
        assert store.calendar.dates(*span) == []
        put(store, 2, 0, "QBKR", "regulatory_date", {"pdufa_date": "2026-02-02"})
        with store.transaction():
            store.prune(dt.date(2027, 1, 1), dry=False)
        assert store.connection.execute("SELECT count(*) FROM known_dates").fetchone()[0] == 0


def test_a_database_of_before_gets_its_dates(tmp_path: Path) -> None:
    with open_store(tmp_path / "d.db") as store:
        put(store, 1, 0, "QBKR", "regulatory_date", {"pdufa_date": "2026-02-01"})
        for name in ("known_dates_ai", "known_dates_ad"):
            store.connection.execute(f"DROP TRIGGER {name}")
        store.connection.execute("DROP TABLE known_dates")
        store.connection.execute("CREATE INDEX catalysts_dated ON catalysts(published)")
        store.connection.execute(
            "DELETE FROM _sqlite_migrations WHERE name IN ('m012_known_dates', 'm016_known_dates_in_order')"
        )
        store.connection.execute("PRAGMA user_version = 11")
    with open_store(tmp_path / "d.db") as store:
        assert len(store.calendar.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31), NOW)) == 1


def test_a_common_word_gives_headlines_first_and_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", 4)
    with open_store(tmp_path / "s.db") as store, store.transaction():
        for n in range(12):
            at = FIRST + dt.timedelta(hours=n)
            words = ("Contract won", "by the navy") if n % 3 == 0 else ("Navy news", f"a contract, {'rare' * (n == 5)}")
            store.stories.save(Story(id=f"s{n:02d}", title=words[0], text=words[1], published=at, first_seen=at), at)
        assert [s.id for s in store.search.stories("contract", 6)] == ["s09", "s06", "s03", "s00", "s11", "s10"]
        assert [s.id for s in store.search.stories("contract", 2)] == ["s09", "s06"]
        assert [s.id for s in store.search.stories("contract rare")] == ["s05"]
        assert len(store.search.stories("contract", 50)) == 12


def test_the_plans_read_days_and_not_the_history(tmp_path: Path) -> None:
    with open_store(tmp_path / "d.db") as store:
        plans: list[str] = []
        store.connection.set_trace_callback(plans.append)
        store.calendar.dates(dt.date(2026, 1, 1), dt.date(2026, 2, 1), NOW)
        store.connection.set_trace_callback(None)
        (query,) = (p for p in plans if "known_dates" in p)
        steps = [r[3] for r in store.connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any(s.startswith("SEARCH d USING COVERING INDEX known_dates_day (day>? AND day<?)") for s in steps), steps
    assert any(s.startswith("SEARCH e USING") and "known_dates_place" in s for s in steps), steps
    assert not [s for s in steps if s.startswith("SCAN") and s != "SCAN d"], steps  # d: the few that were found

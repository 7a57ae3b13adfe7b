"""The page's own reading queries: all with parameters, all on indexes, none that writes.

Times go in and come out as aware UTC. What ``Store`` reads already is not repeated here.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from screener.sec import forms, items8k
from screener.types import FactValue, Filing, Regime, SourceRef

_sources = msgspec.json.Decoder(tuple[SourceRef, ...])
_facts = msgspec.json.Decoder(dict[str, FactValue])
_texts = msgspec.json.Decoder(tuple[str, ...])
_regime = msgspec.json.Decoder(Regime)
_CHUNK = 400


def stamp(moment: dt.datetime) -> str:
    """A moment as the store writes it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Event(Struct, frozen=True, kw_only=True):
    """One catalyst of one story, without the text."""

    story_id: str
    ticker: str
    type: str
    stage: str
    polarity: str
    confidence: float
    facts: dict[str, FactValue]
    published: dt.datetime
    title: str
    company: str = ""
    form: str = "PR"


_EVENT = (
    "SELECT c.story_id, c.ticker, c.type, c.stage, c.polarity, c.confidence, c.facts, c.published, s.title, s.company, "
    "s.form FROM catalysts c JOIN stories s ON s.id = c.story_id "
)


def _event(r: Sequence[Any]) -> Event:
    return Event(
        story_id=r[0],
        ticker=r[1],
        type=r[2],
        stage=r[3],
        polarity=r[4],
        confidence=r[5],
        facts=_facts.decode(r[6]),
        published=dt.datetime.fromisoformat(r[7]),
        title=r[8],
        company=r[9],
        form=r[10],
    )


def sources(db: sqlite3.Connection, story_ids: Sequence[str], known_by: dt.datetime) -> dict[str, list[SourceRef]]:
    """The sources of stories that had arrived by a moment, first one first."""
    found: dict[str, list[SourceRef]] = {}
    ids = list(dict.fromkeys(story_ids))
    for i in range(0, len(ids), _CHUNK):
        part = ids[i : i + _CHUNK]
        marks = ",".join("?" * len(part))
        for story_id, text in db.execute(f"SELECT id, sources FROM stories WHERE id IN ({marks})", part):  # noqa: S608
            found[story_id] = [s for s in _sources.decode(text) if s.received <= known_by]
    return found


def events_of_type(db: sqlite3.Connection, kind: str, until: dt.datetime, limit: int, skip: int = 0) -> list[Event]:
    """The newest catalysts of one type."""
    rows = db.execute(
        _EVENT + "WHERE c.type = ? AND c.published <= ? ORDER BY c.published DESC LIMIT ? OFFSET ?",
        (kind, stamp(until), limit, skip),
    )
    return [_event(r) for r in rows]


def dated_events(db: sqlite3.Connection, since: dt.datetime, until: dt.datetime, ticker: str = "") -> list[Event]:
    """Catalysts known at ``until`` and published since whose facts hold a date, newest first, without their titles.

    A partial index keeps this short; ``with_titles`` adds the titles of those that are shown.
    """
    rows = db.execute(
        "SELECT story_id, ticker, type, stage, polarity, confidence, facts, published, '', '', '' FROM catalysts "
        "INDEXED BY catalysts_dated WHERE instr(facts, '_date\"') > 0 AND published >= ? AND published <= ? "
        "AND known_at <= ? AND (? = '' OR ticker = ?) ORDER BY published DESC LIMIT 5000",
        (stamp(since), stamp(until), stamp(until), ticker, ticker),
    )
    return [_event(r) for r in rows]


def with_titles(db: sqlite3.Connection, events: Sequence[Event]) -> dict[str, Event]:
    """The events by story id with title, company and form of their stories."""
    found = {
        o.id: o
        for i in range(0, len(events), _CHUNK)
        for o in outlines(db, [e.story_id for e in events[i : i + _CHUNK]])
    }
    return {
        e.story_id: replace(
            e, title=found[e.story_id].title, company=found[e.story_id].company, form=found[e.story_id].form
        )
        if e.story_id in found
        else e
        for e in events
    }


def types(db: sqlite3.Connection) -> list[str]:
    """All catalyst types stored, by skipping through the index on type."""
    rows = db.execute(
        "WITH RECURSIVE t(x) AS (SELECT min(type) FROM catalysts UNION ALL "
        "SELECT (SELECT min(type) FROM catalysts WHERE type > x) FROM t WHERE x IS NOT NULL) "
        "SELECT x FROM t WHERE x IS NOT NULL"
    )
    return [r[0] for r in rows]


def type_counts(db: sqlite3.Connection, since: dt.datetime, until: dt.datetime) -> dict[str, int]:
    """How many catalysts of each type were published in a span."""
    query = "SELECT count(*) FROM catalysts WHERE type = ? AND published >= ? AND published <= ?"
    span = (stamp(since), stamp(until))
    return {t: int(db.execute(query, (t, *span)).fetchone()[0]) for t in types(db)}


def type_days(db: sqlite3.Connection, kind: str, since: dt.datetime, until: dt.datetime) -> list[tuple[str, int]]:
    """Catalysts of one type a day (UTC), ascending."""
    rows = db.execute(
        "SELECT substr(published, 1, 10) AS d, count(*) FROM catalysts WHERE type = ? AND published >= ? "
        "AND published <= ? GROUP BY d ORDER BY d",
        (kind, stamp(since), stamp(until)),
    )
    return [(r[0], r[1]) for r in rows]


class Activity(Struct, frozen=True, kw_only=True):
    """What a source brought since a moment; lags are seconds from publication to receipt, None when nothing came."""

    items: int
    median_lag: float | None
    last: dt.datetime | None


def activity(db: sqlite3.Connection, source: str, since: dt.datetime) -> Activity:
    """A source's items received since a moment; replayed ones say nothing of lag and count without it."""
    rows = db.execute(
        "SELECT published, received FROM items WHERE source = ? AND received >= ? ORDER BY received DESC LIMIT 5000",
        (source, stamp(since)),
    ).fetchall()
    lags = sorted(
        (dt.datetime.fromisoformat(r) - dt.datetime.fromisoformat(p)).total_seconds() for p, r in rows if p and r > p
    )
    return Activity(
        items=len(rows),
        median_lag=lags[len(lags) // 2] if lags else None,
        last=dt.datetime.fromisoformat(rows[0][1]) if rows else None,
    )


def regimes(db: sqlite3.Connection, day: dt.date, known_by: dt.datetime, limit: int = 40) -> list[Regime]:
    """The last regime of each day up to one, ascending."""
    rows = db.execute(
        "SELECT record, max(as_of) FROM regimes WHERE day <= ? AND as_of <= ? GROUP BY day ORDER BY day DESC LIMIT ?",
        (day.isoformat(), stamp(known_by), limit),
    )
    return [_regime.decode(r[0]) for r in rows][::-1]


def company(db: sqlite3.Connection, ticker: str) -> tuple[str, str, int | None] | None:
    """A ticker's name, exchange and CIK in the ticker table."""
    row = db.execute("SELECT name, exchange, cik FROM listings WHERE ticker = ?", (ticker,)).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def found_ids(db: sqlite3.Connection, words: str, limit: int, *, best: bool) -> list[str]:
    """Ids of stories that hold all the words, best first or newest stored first; any text is a valid query."""
    query = " ".join('"' + w.replace('"', '""') + '"' for w in words.split()[:20])
    if not query:
        return []
    by = "rank" if best else "f.rowid DESC"
    rows = db.execute(
        "SELECT s.id FROM stories_fts f JOIN stories s ON s.rowid = f.rowid "  # noqa: S608
        f"WHERE stories_fts MATCH ? ORDER BY {by} LIMIT ?",
        (query, limit),
    )
    return [r[0] for r in rows]


class Outline(Struct, frozen=True, kw_only=True):
    """A story without its text."""

    id: str
    title: str
    form: str
    published: dt.datetime
    tickers: tuple[str, ...]
    company: str
    sources: tuple[SourceRef, ...]


def outlines(db: sqlite3.Connection, ids: Sequence[str]) -> list[Outline]:
    """Stories of these ids in this order."""
    marks = ",".join("?" * len(ids))
    rows = db.execute(
        f"SELECT id, title, form, published, tickers, company, sources FROM stories WHERE id IN ({marks})",  # noqa: S608
        list(ids),
    )
    by_id = {
        r[0]: Outline(
            id=r[0],
            title=r[1],
            form=r[2],
            published=dt.datetime.fromisoformat(r[3]),
            tickers=_texts.decode(r[4]),
            company=r[5],
            sources=_sources.decode(r[6]),
        )
        for r in rows
    }
    return [by_id[i] for i in ids if i in by_id]


def repeats_of(db: sqlite3.Connection, tickers: Sequence[str], story_id: str) -> list[str]:
    """Stories of the same tickers that repeat this one."""
    marks = ",".join("?" * len(tickers))
    rows = db.execute(
        f"SELECT DISTINCT s.id FROM story_tickers t JOIN stories s ON s.id = t.story_id WHERE t.ticker IN ({marks}) "  # noqa: S608
        "AND s.repeats = ? ORDER BY s.published LIMIT 50",
        (*tickers, story_id),
    )
    return [r[0] for r in rows]


def dilution(filings: Sequence[Filing]) -> list[Filing]:
    """Filings that sell shares or prepare it: registrations, prospectuses, 8-Ks that tell of sold shares or new debt."""
    return [
        f
        for f in filings
        if forms.of_family(f.form, *forms.DILUTIVE)
        or (forms.of_family(f.form, "current_report") and any(i in items8k.DILUTIVE for i in f.items))
    ]


def newest_list(db: sqlite3.Connection) -> tuple[str, str, str] | None:
    """The newest list of all: (day, as of, run id), all as stored."""
    row = db.execute(
        "SELECT day, as_of, run_id FROM lists ORDER BY day DESC, as_of DESC, run_id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def neighbours(db: sqlite3.Connection, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The days before and after one that have a list."""
    text = day.isoformat()
    before = db.execute("SELECT max(day) FROM lists WHERE day < ?", (text,)).fetchone()[0]
    after = db.execute("SELECT min(day) FROM lists WHERE day > ?", (text,)).fetchone()[0]
    return (
        dt.date.fromisoformat(before) if before else None,
        dt.date.fromisoformat(after) if after else None,
    )

"""Items, filings, halts, stories, catalysts, feeds and tickers in the store.

Point in time: a story row is its newest version; ``stories_window(..., known_by=T)`` gives each story as it was known
at T, from ``story_versions`` where a later source has changed it since.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import msgspec

from screener.store.rows import chunks, dump, iso, iso_or_none, marks, moment, moment_or_none
from screener.types import (
    Catalyst,
    Classified,
    FactValue,
    FeedState,
    Filing,
    Halt,
    Item,
    Listing,
    Noise,
    Party,
    SourceRef,
    Span,
    Story,
)

_story = msgspec.json.Decoder(Story)
_item = msgspec.json.Decoder(Item)
_texts = msgspec.json.Decoder(tuple[str, ...])
_sources = msgspec.json.Decoder(tuple[SourceRef, ...])
_spans = msgspec.json.Decoder(tuple[Span, ...])
_parties = msgspec.json.Decoder(tuple[Party, ...])
_facts = msgspec.json.Decoder(dict[str, FactValue])

_STORY_COLUMNS = (
    "id, title, text, form, published, first_seen, known_at, company, cik, tickers, items, subjects, sources, novelty, "
    "repeats, confirmed_by, source_facts, replayed"
)
_FEED_COLUMNS = (
    "name, etag, last_modified, last_success, last_error, last_error_at, failures, last_item, seen, gaps, disabled"
)
_NEW_STORY = f"INSERT INTO stories({_STORY_COLUMNS}) VALUES ({marks(range(18))})"
_NEW_TICKER = "INSERT OR IGNORE INTO story_tickers(ticker, published, story_id, position) VALUES (?, ?, ?, ?)"


_MOVED = dt.timedelta(days=10)  # how much earlier a later copy may date a story: copies join within five days


class News:
    """Reads and writes news; writing belongs inside ``Store.transaction``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # ---- tickers and feeds ----

    def replace_listings(self, listings: Iterable[Listing], received: dt.datetime) -> int:
        """Replace the ticker table; returns its size. Its order is kept, and of a repeated ticker the first row."""
        self._db.execute("DELETE FROM listings")
        self._db.executemany(
            "INSERT OR IGNORE INTO listings(ticker, name, exchange, cik, received, position) VALUES (?, ?, ?, ?, ?, ?)",
            ((x.ticker, x.name, x.exchange, x.cik, iso(received), n) for n, x in enumerate(listings)),
        )
        return int(self._db.execute("SELECT count(*) FROM listings").fetchone()[0])

    def listings(self) -> list[Listing]:
        """The ticker table in its source's own order, which ranks a company's lines."""
        rows = self._db.execute("SELECT ticker, name, exchange, cik FROM listings ORDER BY position, ticker")
        return [Listing(ticker=t, name=n, exchange=e, cik=c) for t, n, e, c in rows]

    def feed_state(self, name: str) -> FeedState:
        """What the last poll of a feed left behind; empty for a new feed."""
        row = self._db.execute(f"SELECT {_FEED_COLUMNS} FROM feeds WHERE name = ?", (name,)).fetchone()
        return FeedState(name=name) if row is None else _feed_state(row)

    def feed_states(self) -> dict[str, FeedState]:
        """All feeds ever polled, by name."""
        rows = self._db.execute(f"SELECT {_FEED_COLUMNS} FROM feeds")
        return {r[0]: _feed_state(r) for r in rows}

    def save_feed_state(self, s: FeedState) -> None:
        """Remember a feed's state, in the same transaction as its items."""
        self._db.execute(
            f"INSERT OR REPLACE INTO feeds({_FEED_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                s.name,
                s.etag,
                s.last_modified,
                iso_or_none(s.last_success),
                s.last_error,
                iso_or_none(s.last_error_at),
                s.failures,
                iso_or_none(s.last_item),
                dump(s.seen),
                s.gaps,
                s.disabled,
            ),
        )

    def feed_activity(self, since: dt.datetime) -> dict[str, list[tuple[str, str]]]:
        """Per source, (published, received) texts of the items received since, for lag and rate."""
        found: dict[str, list[tuple[str, str]]] = {}
        rows = self._db.execute(
            "SELECT source, published, received FROM items WHERE received >= ? AND published IS NOT NULL", (iso(since),)
        )
        for source, published, received in rows:
            found.setdefault(source, []).append((published, received))
        return found

    # ---- filings and halts ----

    def known_accessions(self, accessions: Sequence[str]) -> set[str]:
        """Which of these accession numbers are stored."""
        return self._known("SELECT accession FROM filings WHERE accession IN", accessions)

    def add_filings(self, filings: Iterable[Filing]) -> int:
        """Store accessions; one that is known already keeps its first receipt and gains roles. Returns the new ones."""
        before = self._db.total_changes
        rows = [
            (
                f.accession,
                f.form,
                f.company,
                f.cik,
                f.role,
                iso(f.accepted),
                dump(f.items),
                f.link,
                dump(f.parties),
                iso(f.received),
                int(f.replayed),
            )
            for f in filings
        ]
        self._db.executemany(
            "INSERT INTO filings(accession, form, company, cik, role, accepted, items, link, parties, received, replayed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(accession) DO NOTHING",
            rows,
        )
        added = self._db.total_changes - before
        if added < len(rows):
            # A page boundary can cut an accession's roles in two; the longer list of roles wins.
            self._db.executemany(
                "UPDATE filings SET parties = ?2, company = ?3, cik = ?4, role = ?5 "
                "WHERE accession = ?1 AND json_array_length(parties) < json_array_length(?2)",
                ((r[0], r[8], r[2], r[3], r[4]) for r in rows),
            )
        return added

    def filings_of(self, cik: int, since: dt.datetime, until: dt.datetime) -> list[Filing]:
        """A company's filings accepted and received in a span, newest first."""
        rows = self._db.execute(
            "SELECT accession, form, company, cik, role, accepted, items, link, parties, received, replayed FROM filings "
            "WHERE cik = ? AND accepted >= ? AND accepted <= ? AND received <= ? ORDER BY accepted DESC, accession",
            (cik, iso(since), iso(until), iso(until)),
        )
        return [
            Filing(
                accession=r[0],
                form=r[1],
                company=r[2],
                cik=r[3],
                role=r[4],
                accepted=moment(r[5]),
                items=_texts.decode(r[6]),
                link=r[7],
                parties=_parties.decode(r[8]),
                received=moment(r[9]),
                replayed=bool(r[10]),
            )
            for r in rows
        ]

    def add_halts(self, halts: Iterable[Halt]) -> None:
        """Store halts; a known halt gains its resumption."""
        self._db.executemany(
            "INSERT INTO halts(ticker, halted, code, name, market, resumed, pause_price, received, resumed_received) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(ticker, halted, code) DO UPDATE SET "
            "resumed = excluded.resumed, resumed_received = excluded.received "
            "WHERE halts.resumed IS NULL AND excluded.resumed IS NOT NULL",
            (
                (
                    h.ticker,
                    iso(h.halted),
                    h.code,
                    h.name,
                    h.market,
                    iso_or_none(h.resumed),
                    h.pause_price,
                    iso(h.received),
                    iso(h.received) if h.resumed else None,
                )
                for h in halts
            ),
        )

    def halts_of(self, ticker: str, since: dt.datetime, known_by: dt.datetime) -> list[Halt]:
        """A ticker's halts since a moment as known at another, newest first."""
        rows = self._db.execute(
            "SELECT ticker, halted, code, name, market, resumed, pause_price, received, resumed_received FROM halts "
            "WHERE ticker = ? AND halted >= ? AND received <= ? ORDER BY halted DESC",
            (ticker, iso(since), iso(known_by)),
        )
        return [
            Halt(
                ticker=r[0],
                halted=moment(r[1]),
                code=r[2],
                name=r[3],
                market=r[4],
                resumed=moment_or_none(r[5]) if r[8] and r[8] <= iso(known_by) else None,
                pause_price=r[6],
                received=moment(r[7]),
            )
            for r in rows
        ]

    # ---- items ----

    def known_items(self, source: str, ids: Sequence[str]) -> set[str]:
        """Which source ids of a source are stored."""
        found: set[str] = set()
        for part in chunks(ids):
            rows = self._db.execute(
                f"SELECT source_id FROM items WHERE source = ? AND source_id IN ({marks(part)})",
                (source, *part),
            )
            found.update(r[0] for r in rows)
        return found

    def item(self, source: str, source_id: str) -> Item | None:
        """One stored item."""
        row = self._db.execute(
            "SELECT record FROM items WHERE source = ? AND source_id = ?", (source, source_id)
        ).fetchone()
        return None if row is None else _item.decode(row[0])

    def add_items(self, pairs: Iterable[tuple[Item, str]]) -> None:
        """Store items with the id of their story; an item that came again in other words replaces its first form."""
        self._db.executemany(
            "INSERT INTO items(source, source_id, story_id, url, title, published, received, form, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(source, source_id) DO UPDATE SET "
            "story_id = excluded.story_id, title = excluded.title, record = excluded.record",
            (
                (i.source, i.source_id, s, i.url, i.title, iso_or_none(i.published), iso(i.received), i.form, dump(i))
                for i, s in pairs
            ),
        )

    def items_of(self, story_id: str, known_by: dt.datetime | None = None) -> list[Item]:
        """The items of a story in order of receipt."""
        rows = self._db.execute(
            "SELECT record FROM items WHERE story_id = ? AND received <= ? ORDER BY received, source, source_id",
            (story_id, iso(known_by) if known_by else "9999"),
        )
        return [_item.decode(r[0]) for r in rows]

    # ---- stories ----

    def save_story(self, story: Story, known_at: dt.datetime) -> None:
        """Store a new story or the next version of a known one; the version before stays readable as of its time."""
        row = self._db.execute(
            f"SELECT {_STORY_COLUMNS} FROM stories WHERE id = ?",
            (story.id,),
        ).fetchone()
        if row is not None and row[6] < iso(known_at):
            self._db.execute(
                "INSERT OR REPLACE INTO story_versions(story_id, known_at, record) VALUES (?, ?, ?)",
                (story.id, row[6], dump(_from_row(row))),
            )
        self._db.execute(
            f"{_NEW_STORY} ON CONFLICT(id) DO UPDATE SET "
            "title = excluded.title, text = excluded.text, form = excluded.form, published = excluded.published, "
            "first_seen = excluded.first_seen, known_at = excluded.known_at, company = excluded.company, "
            "cik = excluded.cik, tickers = excluded.tickers, items = excluded.items, subjects = excluded.subjects, "
            "sources = excluded.sources, novelty = excluded.novelty, repeats = excluded.repeats, "
            "confirmed_by = excluded.confirmed_by, source_facts = excluded.source_facts",
            _to_row(story, known_at),
        )
        if row is not None:
            self._db.execute("DELETE FROM story_tickers WHERE story_id = ?", (story.id,))
        self._db.executemany(
            _NEW_TICKER,
            ((t, iso(story.published), story.id, n) for n, t in enumerate(story.tickers)),
        )

    def add_stories(self, stories: Sequence[tuple[Story, dt.datetime]]) -> None:
        """Store many stories, each with when it became known; one whose id is stored becomes its next version."""
        held = self._known("SELECT id FROM stories WHERE id IN", [s.id for s, _ in stories])
        for story, known_at in stories:
            if story.id in held:
                self.save_story(story, known_at)
        fresh = [(s, k) for s, k in stories if s.id not in held]
        self._db.executemany(_NEW_STORY, (_to_row(s, k) for s, k in fresh))
        self._db.executemany(
            _NEW_TICKER, ((t, iso(s.published), s.id, n) for s, _ in fresh for n, t in enumerate(s.tickers))
        )

    def unclassified(self, since: dt.datetime) -> list[Story]:
        """Stories published since a moment that no classifier has seen, in order of storing."""
        rows = self._db.execute(
            f"SELECT {_STORY_COLUMNS} FROM stories WHERE published >= ? AND model_id = '' ORDER BY rowid", (iso(since),)
        )
        return [_from_row(r) for r in rows]

    def tickers_with_stories(self, tickers: Collection[str]) -> set[str]:
        """Which of these tickers any stored story is about."""
        return self._known("SELECT DISTINCT ticker FROM story_tickers WHERE ticker IN", sorted(tickers))

    def known_since(self, story_id: str) -> dt.datetime:
        """Since when the newest version of a story is known; the beginning of time for an unknown story."""
        row = self._db.execute("SELECT known_at FROM stories WHERE id = ?", (story_id,)).fetchone()
        return dt.datetime.min.replace(tzinfo=dt.UTC) if row is None else moment(row[0])

    def replace_versions(self, story_id: str, versions: Sequence[tuple[dt.datetime, Story]]) -> None:
        """Write a story's whole past anew: (known at, story), ascending; the last is the newest version."""
        self._db.execute("DELETE FROM story_versions WHERE story_id = ?", (story_id,))
        self._db.executemany(
            "INSERT INTO story_versions(story_id, known_at, record) VALUES (?, ?, ?)",
            ((story_id, iso(known_at), dump(story)) for known_at, story in versions[:-1]),
        )
        known_at, newest = versions[-1]
        self._db.execute("UPDATE stories SET known_at = ? WHERE id = ?", (iso(known_at), story_id))
        self.save_story(newest, known_at)

    def story(self, story_id: str) -> Story | None:
        """The newest version of a story."""
        row = self._db.execute(
            f"SELECT {_STORY_COLUMNS} FROM stories WHERE id = ?",
            (story_id,),
        ).fetchone()
        return None if row is None else _from_row(row)

    def stories_window(
        self, start: dt.datetime, end: dt.datetime, known_by: dt.datetime
    ) -> Iterator[tuple[Story, bool, str]]:
        """Stories published in [start, end] as known at ``known_by``: (story, is the newest version, model id).

        What counts is when the story was published as far as was known then: a copy that came later may have told of
        an earlier publication.
        """
        first, last, known = iso(start), iso(end), iso(known_by)
        changed = self._db.execute("SELECT 1 FROM stories WHERE known_at > ? LIMIT 1", (known,)).fetchone()
        rows = self._db.execute(
            # The plus keeps SQLite on the index of published.
            f"SELECT {_STORY_COLUMNS}, model_id FROM stories "
            "WHERE published >= ? AND published <= ? AND first_seen <= ? AND (published >= ? OR +known_at > ?) "
            "ORDER BY published, id",
            (iso(start - _MOVED) if changed else first, last, known, first, known),
        ).fetchall()
        found = [version for row in rows for version in self._as_of(row, known_by)]
        if changed:
            found = [v for v in found if first <= iso(v[0].published) <= last]
            found.sort(key=lambda v: (iso(v[0].published), v[0].id))
        yield from found

    def recent(self, tickers: Collection[str], ciks: Collection[int], since: dt.datetime) -> list[Story]:
        """Stories of these tickers or CIKs published since a moment, in order of publication.

        Without tickers and CIKs: the stories of no known company.
        """
        found: dict[str, Story] = {}
        if not tickers and not ciks:
            rows = self._db.execute(
                f"SELECT {_STORY_COLUMNS} FROM stories WHERE published >= ? AND tickers = '[]' AND cik IS NULL "
                "ORDER BY published, id",
                (iso(since),),
            )
            return [_from_row(r) for r in rows]
        for part in chunks(tickers):
            rows = self._db.execute(
                f"SELECT {_prefixed('s')} FROM story_tickers t JOIN stories s ON s.id = t.story_id "
                f"WHERE t.ticker IN ({marks(part)}) AND t.published >= ?",
                (*part, iso(since)),
            )
            found.update((r[0], _from_row(r)) for r in rows if r[0] not in found)
        for part in chunks(ciks):
            rows = self._db.execute(
                f"SELECT {_STORY_COLUMNS} FROM stories WHERE cik IN ({marks(part)}) AND published >= ?",
                (*part, iso(since)),
            )
            found.update((r[0], _from_row(r)) for r in rows if r[0] not in found)
        return sorted(found.values(), key=lambda s: (s.published, s.id))

    def last_of_ticker(self, ticker: str, before: dt.datetime, known_by: dt.datetime, limit: int = 10) -> list[Story]:
        """A ticker's last stories published before a moment, newest first, as known at ``known_by``."""
        rows = self._db.execute(
            f"SELECT {_prefixed('s')}, s.model_id FROM story_tickers t JOIN stories s ON s.id = t.story_id "
            "WHERE t.ticker = ? AND t.published < ? AND s.first_seen <= ? ORDER BY t.published DESC LIMIT ?",
            (ticker, iso(before), iso(known_by), limit),
        ).fetchall()
        return [story for row in rows for story, _, _ in self._as_of(row, known_by)]

    def search(self, words: str, limit: int = 50) -> list[Story]:
        """Full-text search over headline and text, best first; any text is a valid query (words are quoted)."""
        query = " ".join('"' + w.replace('"', '""') + '"' for w in words.split())
        if not query:
            return []
        rows = self._db.execute(
            f"SELECT {_prefixed('s')} FROM stories_fts f JOIN stories s ON s.rowid = f.rowid "
            "WHERE stories_fts MATCH ? ORDER BY rank LIMIT ?",
            (query, limit),
        )
        return [_from_row(r) for r in rows]

    def _as_of(self, row: Sequence[object], known_by: dt.datetime) -> Iterator[tuple[Story, bool, str]]:
        if str(row[6]) <= iso(known_by):
            yield _from_row(row), True, str(row[18])
            return
        old = self._db.execute(
            "SELECT record FROM story_versions WHERE story_id = ? AND known_at <= ? ORDER BY known_at DESC LIMIT 1",
            (row[0], iso(known_by)),
        ).fetchone()
        if old is not None:
            yield _story.decode(old[0]), False, ""

    # ---- catalysts ----

    def save_classified(self, found: Classified, story: Story, known_at: dt.datetime, model_id: str) -> None:
        """Replace a story's catalysts and noise by what this classifier found."""
        self._db.execute("DELETE FROM catalysts WHERE story_id = ?", (found.story_id,))
        self._db.execute("DELETE FROM noise WHERE story_id = ?", (found.story_id,))
        self._db.executemany(
            "INSERT INTO catalysts(story_id, position, ticker, type, stage, polarity, confidence, evidence, facts, "
            "made_by, published, known_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    c.story_id,
                    n,
                    c.ticker,
                    c.type,
                    c.stage,
                    c.polarity,
                    c.confidence,
                    dump(c.evidence),
                    dump(c.facts),
                    c.made_by,
                    iso(story.published),
                    iso(known_at),
                )
                for n, c in enumerate(found.catalysts)
            ),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO noise(story_id, kind, evidence) VALUES (?, ?, ?)",
            ((n.story_id, n.kind, dump(n.evidence)) for n in found.noise),
        )
        self._db.execute("UPDATE stories SET model_id = ? WHERE id = ?", (model_id, found.story_id))

    def classified(self, story_ids: Sequence[str]) -> dict[str, Classified]:
        """The stored catalysts and noise of stories, by story id."""
        catalysts: dict[str, list[Catalyst]] = {}
        noise: dict[str, list[Noise]] = {}
        for part in chunks(story_ids):
            rows = self._db.execute(
                "SELECT story_id, ticker, type, stage, polarity, confidence, evidence, facts, made_by FROM catalysts "
                f"WHERE story_id IN ({marks(part)}) ORDER BY story_id, position",
                part,
            )
            for r in rows:
                catalysts.setdefault(r[0], []).append(_catalyst(r))
            rows = self._db.execute(
                f"SELECT story_id, kind, evidence FROM noise WHERE story_id IN ({marks(part)}) ORDER BY 1, 2",
                part,
            )
            for story_id, kind, evidence in rows:
                noise.setdefault(story_id, []).append(
                    Noise(story_id=story_id, kind=kind, evidence=_spans.decode(evidence))
                )
        return {
            i: Classified(story_id=i, catalysts=tuple(catalysts.get(i, ())), noise=tuple(noise.get(i, ())))
            for i in story_ids
        }

    def superseded_of(self, ticker: str, since: dt.datetime, known_by: dt.datetime) -> list[Story]:
        """A ticker's stories published since a moment that changed after another, as they were known then.

        Their stored catalysts belong to what they say now, so ``past_of`` leaves them out.
        """
        rows = self._db.execute(
            f"SELECT {_prefixed('s')}, s.model_id FROM story_tickers t JOIN stories s ON s.id = t.story_id "
            "WHERE t.ticker = ? AND t.published >= ? AND s.known_at > ? AND s.first_seen <= ? ORDER BY s.id",
            (ticker, iso(since - _MOVED), iso(known_by), iso(known_by)),
        ).fetchall()
        versions = (story for row in rows for story, _, _ in self._as_of(row, known_by))
        return [s for s in versions if since <= s.published <= known_by]

    def past_of(self, ticker: str, since: dt.datetime, known_by: dt.datetime) -> list[tuple[Story, Catalyst]]:
        """A ticker's catalysts published since a moment and known by another, newest first; the stories as outlines.

        Stories that changed after ``known_by`` are left out; ``superseded_of`` gives them as they were.
        """
        rows = self._db.execute(
            "SELECT c.story_id, c.ticker, c.type, c.stage, c.polarity, c.confidence, c.evidence, c.facts, c.made_by, "
            "s.title, s.form, s.published, s.first_seen, s.cik FROM catalysts c JOIN stories s ON s.id = c.story_id "
            "WHERE c.ticker = ? AND c.published >= ? AND c.published <= ? AND c.known_at <= ? "
            "ORDER BY c.published DESC, c.story_id, c.position",
            (ticker, iso(since), iso(known_by), iso(known_by)),
        )
        return [(_outline(r), _catalyst(r)) for r in rows]

    def _known(self, query: str, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for part in chunks(ids):
            found.update(r[0] for r in self._db.execute(f"{query} ({marks(part)})", part))
        return found


def _feed_state(r: Sequence[Any]) -> FeedState:
    return FeedState(
        name=r[0],
        etag=r[1],
        last_modified=r[2],
        last_success=moment_or_none(r[3]),
        last_error=r[4],
        last_error_at=moment_or_none(r[5]),
        failures=r[6],
        last_item=moment_or_none(r[7]),
        seen=_texts.decode(r[8]),
        gaps=r[9],
        disabled=r[10],
    )


@cache
def _prefixed(alias: str) -> str:
    return ", ".join(f"{alias}.{c.strip()}" for c in _STORY_COLUMNS.split(","))


def _to_row(s: Story, known_at: dt.datetime) -> tuple[object, ...]:
    return (
        s.id,
        s.title,
        s.text,
        s.form,
        iso(s.published),
        iso(s.first_seen),
        iso(known_at),
        s.company,
        s.cik,
        dump(s.tickers),
        dump(s.items),
        dump(s.subjects),
        dump(s.sources),
        s.novelty,
        s.repeats,
        s.confirmed_by,
        dump(s.source_facts),
        int(s.replayed),
    )


def _from_row(r: Sequence[object]) -> Story:
    return Story(
        id=str(r[0]),
        title=str(r[1]),
        text=str(r[2]),
        form=str(r[3]),
        published=moment(str(r[4])),
        first_seen=moment(str(r[5])),
        company=str(r[7]),
        cik=r[8],  # type: ignore[arg-type]
        tickers=_texts.decode(str(r[9])),
        items=_texts.decode(str(r[10])),
        subjects=_texts.decode(str(r[11])),
        sources=_sources.decode(str(r[12])),
        novelty=r[13],  # type: ignore[arg-type]
        repeats=str(r[14]),
        confirmed_by=str(r[15]),
        source_facts=_facts.decode(str(r[16])),
        replayed=bool(r[17]),
    )


def outline(s: Story, ticker: str) -> Story:
    """A story as ``past_of`` gives it: what history asks for, without text and sources."""
    return Story(
        id=s.id,
        tickers=(ticker,),
        title=s.title,
        form=s.form,
        published=s.published,
        first_seen=s.first_seen,
        cik=s.cik,
    )


def _outline(r: Sequence[Any]) -> Story:
    return Story(
        id=r[0], tickers=(r[1],), title=r[9], form=r[10], published=moment(r[11]), first_seen=moment(r[12]), cik=r[13]
    )


def _catalyst(r: Sequence[str]) -> Catalyst:
    return Catalyst(
        story_id=r[0],
        ticker=r[1],
        type=r[2],
        stage=r[3],
        polarity=r[4],
        confidence=float(r[5]),
        evidence=_spans.decode(r[6]),
        facts=_facts.decode(r[7]),
        made_by=r[8],
    )

"""Stories and their versions, point in time.

A story row is its newest version; ``window(..., known_by=T)`` gives each story as it was known at T, from
``story_versions`` where a later source has changed it since.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

import msgspec

from screener.store.rows import Subject, chunks, dump, iso, marks, moment, texts_of
from screener.types import FactValue, SourceRef, Story

_story = msgspec.json.Decoder(Story)
_sources = msgspec.json.Decoder(tuple[SourceRef, ...])
_facts = msgspec.json.Decoder(dict[str, FactValue])

_COLUMNS = (
    "id, title, text, form, published, first_seen, known_at, company, cik, tickers, items, subjects, sources, novelty, "
    "repeats, confirmed_by, source_facts, replayed"
)
_INSERT = f"INSERT INTO stories({_COLUMNS}) VALUES ({', '.join(f':{c}' for c in _COLUMNS.split(', '))})"
_INSERT_NEW = (
    f"INSERT INTO stories({_COLUMNS}, model_id) VALUES ({', '.join(f':{c}' for c in _COLUMNS.split(', '))}, :model_id)"
)
_NEW_TICKER = "INSERT OR IGNORE INTO story_tickers(ticker, published, story_id, position) VALUES (?, ?, ?, ?)"
_MOVED = dt.timedelta(days=10)  # how much earlier a later copy may date a story: copies join within five days


class Stories(Subject):
    """Reads and writes stories and their versions; writing belongs inside ``Store.transaction``."""

    # ---- writing ----

    def save(self, story: Story, known_at: dt.datetime) -> None:
        """Store a new story or the next version of a known one; the version before stays readable as of its time."""
        row = self._row(f"SELECT {_COLUMNS} FROM stories WHERE id = ?", (story.id,))
        if row is not None and row["known_at"] < iso(known_at):
            self._db.execute(
                "INSERT OR REPLACE INTO story_versions(story_id, known_at, record) VALUES (?, ?, ?)",
                (story.id, row["known_at"], dump(to_story(row))),
            )
        self._db.execute(
            f"{_INSERT} ON CONFLICT(id) DO UPDATE SET "
            "title = excluded.title, text = excluded.text, form = excluded.form, published = excluded.published, "
            "first_seen = excluded.first_seen, known_at = excluded.known_at, company = excluded.company, "
            "cik = excluded.cik, tickers = excluded.tickers, items = excluded.items, subjects = excluded.subjects, "
            "sources = excluded.sources, novelty = excluded.novelty, repeats = excluded.repeats, "
            "confirmed_by = excluded.confirmed_by, source_facts = excluded.source_facts, "
            # What was found in the version before says nothing of this one: it is to be classified again.
            "model_id = ''",
            _to_row(story, known_at),
        )
        if row is not None:
            self._db.execute("DELETE FROM story_tickers WHERE story_id = ?", (story.id,))
        self._add_tickers([story])

    def add(self, stories: Sequence[tuple[Story, dt.datetime]]) -> None:
        """Store many stories, each with when it became known; one whose id is stored becomes its next version."""
        held = self._known("SELECT id FROM stories WHERE id IN", [s.id for s, _ in stories])
        for story, known_at in stories:
            if story.id in held:
                self.save(story, known_at)
        fresh = [(s, k) for s, k in stories if s.id not in held]
        self._db.executemany(_INSERT, (_to_row(s, k) for s, k in fresh))
        self._add_tickers(s for s, _ in fresh)

    def add_new(self, stories: Sequence[tuple[Story, dt.datetime, str]]) -> None:
        """Store many stories that are not there, each with when it became known and the model that looked at it."""
        self._db.executemany(_INSERT_NEW, ({**_to_row(s, at), "model_id": model} for s, at, model in stories))
        self._add_tickers(s for s, _, _ in stories)

    def add_versions(self, versions: Iterable[tuple[str, dt.datetime, Story]]) -> None:
        """Store superseded versions: story id, since when it was known, what it was."""
        self._db.executemany(
            "INSERT INTO story_versions(story_id, known_at, record) VALUES (?, ?, ?)",
            ((story_id, iso(known_at), dump(story)) for story_id, known_at, story in versions),
        )

    def _add_tickers(self, stories: Iterable[Story]) -> None:
        self._db.executemany(
            _NEW_TICKER, ((t, iso(s.published), s.id, n) for s in stories for n, t in enumerate(s.tickers))
        )

    def replace_versions(self, story_id: str, versions: Sequence[tuple[dt.datetime, Story]]) -> None:
        """Write a story's whole past anew: (known at, story), ascending; the last is the newest version."""
        self._db.execute("DELETE FROM story_versions WHERE story_id = ?", (story_id,))
        self.add_versions((story_id, known_at, story) for known_at, story in versions[:-1])
        known_at, newest = versions[-1]
        self._db.execute("UPDATE stories SET known_at = ? WHERE id = ?", (iso(known_at), story_id))
        self.save(newest, known_at)

    # ---- one story ----

    def get(self, story_id: str) -> Story | None:
        """The newest version of a story."""
        row = self._row(f"SELECT {_COLUMNS} FROM stories WHERE id = ?", (story_id,))
        return None if row is None else to_story(row)

    def known_since(self, story_id: str) -> dt.datetime:
        """Since when the newest version of a story is known; the beginning of time for an unknown story."""
        row = self._row("SELECT known_at FROM stories WHERE id = ?", (story_id,))
        return dt.datetime.min.replace(tzinfo=dt.UTC) if row is None else moment(row["known_at"])

    # ---- many ----

    def span(self) -> tuple[dt.datetime, dt.datetime] | None:
        """When the first and the last stored story were published; None without stories."""
        row = self._row("SELECT min(published) AS first, max(published) AS last FROM stories")
        return None if row is None or row["first"] is None else (moment(row["first"]), moment(row["last"]))

    def unclassified(self, limit: int) -> list[Story]:
        """Some of the stories that no classifier has seen as they stand, whatever their age, newest first."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM stories INDEXED BY stories_unclassified WHERE model_id = '' "
            "ORDER BY published DESC, id LIMIT ?",
            (limit,),
        )
        return [to_story(r) for r in rows]

    def tickers_with_stories(self, tickers: Collection[str]) -> set[str]:
        """Which of these tickers any stored story is about."""
        return self._known("SELECT DISTINCT ticker FROM story_tickers WHERE ticker IN", sorted(tickers))

    def window(self, start: dt.datetime, end: dt.datetime, known_by: dt.datetime) -> Iterator[tuple[Story, bool, str]]:
        """Stories published in [start, end] as known at ``known_by``: (story, is the newest version, model id).

        What counts is when the story was published as far as was known then: a copy that came later may have told of
        an earlier publication.
        """
        first, last, known = iso(start), iso(end), iso(known_by)
        changed = self._row("SELECT 1 FROM stories WHERE known_at > ? LIMIT 1", (known,))
        rows = self._rows(
            # The plus keeps SQLite on the index of published.
            f"SELECT {_COLUMNS}, model_id FROM stories "
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
            rows = self._rows(
                f"SELECT {_COLUMNS} FROM stories WHERE published >= ? AND tickers = '[]' AND cik IS NULL "
                "ORDER BY published, id",
                (iso(since),),
            )
            return [to_story(r) for r in rows]
        for names in chunks(tickers):
            rows = self._rows(
                f"SELECT {columns('s')} FROM story_tickers t JOIN stories s ON s.id = t.story_id "
                f"WHERE t.ticker IN ({marks(names)}) AND t.published >= ?",
                (*names, iso(since)),
            )
            found.update((r["id"], to_story(r)) for r in rows if r["id"] not in found)
        for numbers in chunks(ciks):
            rows = self._rows(
                f"SELECT {_COLUMNS} FROM stories WHERE cik IN ({marks(numbers)}) AND published >= ?",
                (*numbers, iso(since)),
            )
            found.update((r["id"], to_story(r)) for r in rows if r["id"] not in found)
        return sorted(found.values(), key=lambda s: (s.published, s.id))

    def last_of_ticker(self, ticker: str, before: dt.datetime, known_by: dt.datetime, limit: int = 10) -> list[Story]:
        """A ticker's last stories published before a moment, newest first, as known at ``known_by``."""
        rows = self._rows(
            f"SELECT {columns('s')}, s.model_id FROM story_tickers t JOIN stories s ON s.id = t.story_id "
            "WHERE t.ticker = ? AND t.published < ? AND s.first_seen <= ? ORDER BY t.published DESC LIMIT ?",
            (ticker, iso(before), iso(known_by), limit),
        ).fetchall()
        return [story for row in rows for story, _, _ in self._as_of(row, known_by)]

    def superseded_of(self, ticker: str, since: dt.datetime, known_by: dt.datetime) -> list[Story]:
        """A ticker's stories published since a moment that changed after another, as they were known then.

        Their stored catalysts belong to what they say now, so ``Catalysts.past_of`` leaves them out.
        """
        rows = self._rows(
            f"SELECT {columns('s')}, s.model_id FROM story_tickers t JOIN stories s ON s.id = t.story_id "
            "WHERE t.ticker = ? AND t.published >= ? AND s.known_at > ? AND s.first_seen <= ? ORDER BY s.id",
            (ticker, iso(since - _MOVED), iso(known_by), iso(known_by)),
        ).fetchall()
        versions = (story for row in rows for story, _, _ in self._as_of(row, known_by))
        return [s for s in versions if since <= s.published <= known_by]

    def _as_of(self, row: sqlite3.Row, known_by: dt.datetime) -> Iterator[tuple[Story, bool, str]]:
        if row["known_at"] <= iso(known_by):
            yield to_story(row), True, row["model_id"]
            return
        old = self._row(
            "SELECT record FROM story_versions WHERE story_id = ? AND known_at <= ? ORDER BY known_at DESC LIMIT 1",
            (row["id"], iso(known_by)),
        )
        if old is not None:
            yield _story.decode(old["record"]), False, ""


@cache
def columns(alias: str) -> str:
    """The columns that ``to_story`` reads, of a table with an alias."""
    return ", ".join(f"{alias}.{c}" for c in _COLUMNS.split(", "))


def _to_row(s: Story, known_at: dt.datetime) -> dict[str, str | int | float | None]:
    return {
        "id": s.id,
        "title": s.title,
        "text": s.text,
        "form": s.form,
        "published": iso(s.published),
        "first_seen": iso(s.first_seen),
        "known_at": iso(known_at),
        "company": s.company,
        "cik": s.cik,
        "tickers": dump(s.tickers),
        "items": dump(s.items),
        "subjects": dump(s.subjects),
        "sources": dump(s.sources),
        "novelty": s.novelty,
        "repeats": s.repeats,
        "confirmed_by": s.confirmed_by,
        "source_facts": dump(s.source_facts),
        "replayed": int(s.replayed),
    }


def to_story(r: sqlite3.Row) -> Story:
    """The story of a row with the columns of ``columns``."""
    return Story(
        id=r["id"],
        title=r["title"],
        text=r["text"],
        form=r["form"],
        published=moment(r["published"]),
        first_seen=moment(r["first_seen"]),
        company=r["company"],
        cik=r["cik"],
        tickers=texts_of(r["tickers"]),
        items=texts_of(r["items"]),
        subjects=texts_of(r["subjects"]),
        sources=_sources.decode(r["sources"]),
        novelty=r["novelty"],
        repeats=r["repeats"],
        confirmed_by=r["confirmed_by"],
        source_facts=_facts.decode(r["source_facts"]),
        replayed=bool(r["replayed"]),
    )

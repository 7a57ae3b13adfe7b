"""Stories as lists show them: everything but the text."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from screener.store.rows import Subject, chunks, dump, iso, marks, moment, texts_of
from screener.types import SourceRef

_sources = msgspec.json.Decoder(tuple[SourceRef, ...])
_COLUMNS = "id, title, form, published, tickers, company, sources"


class Outline(Struct, frozen=True, kw_only=True):
    """A story without its text."""

    id: str
    title: str
    form: str
    published: dt.datetime
    tickers: tuple[str, ...]
    company: str
    sources: tuple[SourceRef, ...]


HIT = "\x02"
"""Stands before and after each hit in ``Found.piece``."""


class Found(NamedTuple):
    """A story that holds the words looked for, and the piece of it that does."""

    story: Outline
    piece: str


def _driver(text: str, tickers: Sequence[str], catalyst: str) -> tuple[str, list[str]]:
    """The table that leads a stream's query, by its most telling filter, with the values of its condition."""
    if text:
        return "stories_fts f JOIN stories s ON s.rowid = f.rowid WHERE stories_fts MATCH ?", [text]
    if tickers:
        return f"story_tickers t JOIN stories s ON s.id = t.story_id WHERE t.ticker IN ({marks(tickers)})", [*tickers]
    if catalyst:
        return "catalysts c JOIN stories s ON s.id = c.story_id WHERE c.type = ?", [catalyst]
    return "stories s WHERE 1", []


def _quoted(words: str) -> str:
    """Any text as a query for stories with all its words."""
    return " ".join('"' + w.replace('"', '""') + '"' for w in words.split()[:20])


class Outlines(Subject):
    """Reads stories without their texts."""

    def of_ids(self, ids: Sequence[str]) -> list[Outline]:
        """The stories of these ids that are stored, in this order."""
        known = {o.id: o for part in chunks(dict.fromkeys(ids)) for o in self._some(part)}
        return [known[i] for i in ids if i in known]

    def _some(self, ids: Sequence[str]) -> Iterator[Outline]:
        yield from map(_outline, self._rows(f"SELECT {_COLUMNS} FROM stories WHERE id IN ({marks(ids)})", ids))

    def sources(self, ids: Sequence[str], known_by: dt.datetime) -> dict[str, list[SourceRef]]:
        """By story id, the sources that had arrived by a moment, first one first."""
        found: dict[str, list[SourceRef]] = {}
        for part in chunks(dict.fromkeys(ids)):
            for r in self._rows(f"SELECT id, sources FROM stories WHERE id IN ({marks(part)})", part):
                found[r["id"]] = [s for s in _sources.decode(r["sources"]) if s.received <= known_by]
        return found

    def source_names(self, ids: Sequence[str], known_by: dt.datetime) -> dict[str, list[str]]:
        """By story id, the names of the sources that had arrived by a moment, first one first."""
        return {i: [s.source for s in refs] for i, refs in self.sources(ids, known_by).items()}

    def repeating(self, tickers: Sequence[str], story_id: str) -> list[Outline]:
        """Stories of these tickers that repeat one, in order of publication."""
        rows = self._rows(
            f"SELECT DISTINCT s.id, s.published FROM story_tickers t JOIN stories s ON s.id = t.story_id "
            f"WHERE t.ticker IN ({marks(tickers)}) AND s.repeats = ? ORDER BY s.published LIMIT 50",
            (*tickers, story_id),
        )
        return self.of_ids([r["id"] for r in rows])

    def common(self, words: str, most: int) -> bool:
        """Whether more than so many stories hold all the words; found by a walk backwards through the index of words."""
        query = _quoted(words)
        if not query:
            return False
        rows = self._rows(
            "SELECT rowid FROM stories_fts WHERE stories_fts MATCH ? ORDER BY rowid DESC LIMIT ?", (query, most + 1)
        )
        return len(rows.fetchall()) > most

    def found(self, words: str, limit: int, *, best: bool) -> list[Found]:
        """Stories that hold all the words, best first or newest stored first; any text is a valid query.

        Each comes with the piece of its headline or text that holds them, cut at ``HIT`` marks.
        """
        query = _quoted(words)
        if not query:
            return []
        rows = self._rows(
            f"SELECT s.id, snippet(stories_fts, -1, '{HIT}', '{HIT}', '…', 24) AS piece "
            "FROM stories_fts f JOIN stories s ON s.rowid = f.rowid "
            f"WHERE stories_fts MATCH ? ORDER BY {'rank' if best else 'f.rowid DESC'} LIMIT ?",
            (query, limit),
        ).fetchall()
        known = {o.id: o for o in self.of_ids([r["id"] for r in rows])}
        return [Found(known[r["id"]], r["piece"] or "") for r in rows if r["id"] in known]

    def stream(
        self,
        before: dt.datetime,
        limit: int,
        *,
        tickers: Sequence[str] = (),
        catalyst: str = "",
        source: str = "",
        words: str = "",
    ) -> list[Outline]:
        """Stories first seen by a moment and published before it, newest first; each filter narrows them."""
        text = _quoted(words)
        start, values = _driver(text, tickers, catalyst)
        more = ["s.published < ?", "s.first_seen <= ?"]
        values += [iso(before), iso(before)]
        if tickers and text:
            more.append(
                f"EXISTS (SELECT 1 FROM story_tickers t WHERE t.story_id = s.id AND t.ticker IN ({marks(tickers)}))"
            )
            values += tickers
        if catalyst and (text or tickers):
            more.append("EXISTS (SELECT 1 FROM catalysts c WHERE c.story_id = s.id AND c.type = ?)")
            values.append(catalyst)
        if source:
            more.append("instr(s.sources, ?) > 0")
            values.append(f'"source":{dump(source)}')
        rows = self._rows(
            f"SELECT DISTINCT s.id, s.published FROM {start} AND {' AND '.join(more)} ORDER BY s.published DESC LIMIT ?",
            (*values, limit),
        )
        return self.of_ids([r["id"] for r in rows])

    def newest_of_ticker(self, ticker: str) -> tuple[str | None, int]:
        """The publication of a ticker's newest story as stored, and how many of its last forty there are."""
        row = self._row(
            "SELECT max(published) AS newest, count(*) AS number FROM "
            "(SELECT published FROM story_tickers WHERE ticker = ? ORDER BY published DESC LIMIT 40)",
            (ticker,),
        )
        assert row is not None
        return row["newest"], row["number"]


def _outline(r: sqlite3.Row) -> Outline:
    return Outline(
        id=r["id"],
        title=r["title"],
        form=r["form"],
        published=moment(r["published"]),
        tickers=texts_of(r["tickers"]),
        company=r["company"],
        sources=_sources.decode(r["sources"]),
    )

"""Stories as lists show them: everything but the text."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from screener.store.rows import Subject, chunks, marks, moment, texts_of
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

    def repeating(self, tickers: Sequence[str], story_id: str) -> list[Outline]:
        """Stories of these tickers that repeat one, in order of publication."""
        rows = self._rows(
            f"SELECT DISTINCT s.id, s.published FROM story_tickers t JOIN stories s ON s.id = t.story_id "
            f"WHERE t.ticker IN ({marks(tickers)}) AND s.repeats = ? ORDER BY s.published LIMIT 50",
            (*tickers, story_id),
        )
        return self.of_ids([r["id"] for r in rows])

    def matching(self, words: str, limit: int, *, best: bool) -> list[Outline]:
        """Stories that hold all the words, best first or newest stored first; any text is a valid query."""
        query = " ".join('"' + w.replace('"', '""') + '"' for w in words.split()[:20])
        if not query:
            return []
        rows = self._rows(
            "SELECT s.id FROM stories_fts f JOIN stories s ON s.rowid = f.rowid "
            f"WHERE stories_fts MATCH ? ORDER BY {'rank' if best else 'f.rowid DESC'} LIMIT ?",
            (query, limit),
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

"""Catalysts as lists show them: one a story and type, with the story's headline instead of its text."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from screener.clock import publication
from screener.store.outlines import Outlines
from screener.store.rows import Subject, iso, moment
from screener.types import FactValue, SourceRef

_facts = msgspec.json.Decoder(dict[str, FactValue])
_sources = msgspec.json.Decoder(tuple[SourceRef, ...])
_NEWER = (
    "(e.published > d.published OR e.published = d.published AND (e.story_id, e.position) < (d.story_id, d.position))"
)
_SAME = "e.place = d.place AND e.type = d.type AND e.kind = d.kind AND e.published >= ?3 AND e.published <= ?4"
_DATED = (
    "WITH d AS MATERIALIZED (SELECT * FROM known_dates d "
    "WHERE d.day >= ?1 AND d.day <= ?2 AND d.published >= ?3 AND d.published <= ?4 AND d.known_at <= ?4 "
    "AND (?5 = '' OR d.place = ?5) AND (?6 = '' OR d.kind = ?6) "
    f"AND NOT EXISTS (SELECT 1 FROM known_dates e WHERE {_SAME} AND e.known_at <= ?4 AND {_NEWER}) "
    "ORDER BY d.day ASC, d.place, d.kind LIMIT ?7) "
    "SELECT c.story_id, c.ticker, c.type, c.stage, c.polarity, c.confidence, c.facts, c.published, '' AS title, "
    "'' AS company, '' AS form, '[]' AS sources, d.day, d.kind, "
    f"(SELECT e.day FROM known_dates e WHERE {_SAME} AND e.known_at <= ?4 AND NOT {_NEWER} AND e.day <> d.day "
    "ORDER BY e.published DESC, e.story_id, e.position LIMIT 1) AS earlier "
    "FROM d CROSS JOIN catalysts c ON c.story_id = d.story_id AND c.position = d.position"
)


class DatesWanted(Struct, frozen=True, kw_only=True):
    """Which dates: from ``first`` to ``last``, named by news published since and known at ``until``; empty texts ask for
    every ticker and kind. ``backwards`` gives the last days first."""

    first: dt.date
    last: dt.date
    since: dt.datetime
    until: dt.datetime
    ticker: str = ""
    kind: str = ""
    limit: int = 5000
    backwards: bool = False

    def values(self) -> tuple[object, ...]:
        """The values of the query, in its order."""
        span = (self.first.isoformat(), self.last.isoformat(), iso(self.since), iso(self.until))
        return (*span, self.ticker, self.kind, self.limit)


class Occurrence(Struct, frozen=True, kw_only=True):
    """One catalyst of one story, without the text."""

    story_id: str
    ticker: str
    type: str
    stage: str
    polarity: str
    confidence: float
    facts: dict[str, FactValue]
    published: dt.datetime | None
    """None when no source said so."""
    at: dt.datetime
    """What it is listed at: its publication, else its first receipt."""
    title: str
    company: str = ""
    form: str = "PR"


class Occurrences(Subject):
    """Reads catalysts across stories."""

    def of_type(self, kind: str, until: dt.datetime, limit: int, skip: int = 0) -> list[Occurrence]:
        """The newest catalysts of one type."""
        rows = self._rows(
            "SELECT c.story_id, c.ticker, c.type, c.stage, c.polarity, c.confidence, c.facts, c.published, s.title, "
            "s.company, s.form, s.sources FROM catalysts c JOIN stories s ON s.id = c.story_id "
            "WHERE c.type = ? AND c.published <= ? ORDER BY c.published DESC LIMIT ? OFFSET ?",
            (kind, iso(until), limit, skip),
        )
        return [_occurrence(r) for r in rows]

    def dated(self, wanted: DatesWanted) -> list[tuple[Occurrence, str, str, str]]:
        """The dates of a span of days, soonest first: the news that named each, the day, the fact's name, and the day
        that older news of the same thing had named last (empty: none other). Only the newest news of a thing counts.

        Without titles; ``with_titles`` adds those of what is shown.
        """
        rows = self._rows(_DATED.replace("ASC", "DESC") if wanted.backwards else _DATED, wanted.values())
        return [(_occurrence(r), r["day"], r["kind"], r["earlier"] or "") for r in rows]

    def with_titles(self, listed: Sequence[Occurrence]) -> list[Occurrence]:
        """The same with title, company and form of their stories."""
        known = {o.id: o for o in Outlines(self._db).of_ids([e.story_id for e in listed])}
        return [
            replace(e, title=known[e.story_id].title, company=known[e.story_id].company, form=known[e.story_id].form)
            if e.story_id in known
            else e
            for e in listed
        ]

    def types(self) -> list[str]:
        """All catalyst types stored, by skipping through the index on type."""
        rows = self._rows(
            "WITH RECURSIVE t(x) AS (SELECT min(type) FROM catalysts UNION ALL "
            "SELECT (SELECT min(type) FROM catalysts WHERE type > x) FROM t WHERE x IS NOT NULL) "
            "SELECT x FROM t WHERE x IS NOT NULL"
        )
        return [r["x"] for r in rows]

    def counts(self, since: dt.datetime, until: dt.datetime) -> dict[str, int]:
        """How many catalysts of each type were published in a span."""
        query = "SELECT count(*) AS n FROM catalysts WHERE type = ? AND published >= ? AND published <= ?"
        span = (iso(since), iso(until))
        return {t: r["n"] for t in self.types() for r in self._rows(query, (t, *span))}

    def days(self, kind: str, since: dt.datetime, until: dt.datetime) -> list[tuple[str, int]]:
        """Catalysts of one type a day (UTC), ascending."""
        rows = self._rows(
            "SELECT substr(published, 1, 10) AS day, count(*) AS n FROM catalysts WHERE type = ? AND published >= ? "
            "AND published <= ? GROUP BY day ORDER BY day",
            (kind, iso(since), iso(until)),
        )
        return [(r["day"], r["n"]) for r in rows]


def _occurrence(r: sqlite3.Row) -> Occurrence:
    return Occurrence(
        story_id=r["story_id"],
        ticker=r["ticker"],
        type=r["type"],
        stage=r["stage"],
        polarity=r["polarity"],
        confidence=r["confidence"],
        facts=_facts.decode(r["facts"]),
        published=publication(moment(r["published"]), _sources.decode(r["sources"])),
        at=moment(r["published"]),
        title=r["title"],
        company=r["company"],
        form=r["form"],
    )

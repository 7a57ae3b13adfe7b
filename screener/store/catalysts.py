"""What the classifier found in stored stories: catalysts, best first, and noise."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from screener.store.rows import Subject, chunks, dump, iso, marks, moment, spans_of
from screener.types import Catalyst, Classified, FactValue, Noise, Story

_facts = msgspec.json.Decoder(dict[str, FactValue])


class Catalysts(Subject):
    """Reads and writes catalysts and noise; writing belongs inside ``Store.transaction``."""

    def save(self, found: Classified, story: Story, known_at: dt.datetime, model_id: str) -> None:
        """Replace a story's catalysts and noise by what this classifier found."""
        self._db.execute("DELETE FROM catalysts WHERE story_id = ?", (found.story_id,))
        self._db.execute("DELETE FROM noise WHERE story_id = ?", (found.story_id,))
        self.add([(found, story, known_at)])
        self._db.execute("UPDATE stories SET model_id = ? WHERE id = ?", (model_id, found.story_id))

    def add(self, found: Iterable[tuple[Classified, Story, dt.datetime]]) -> None:
        """Store what was found in stories that have no catalysts yet, each with since when it is known."""
        listed = list(found)
        self._db.executemany(
            "INSERT INTO catalysts(story_id, position, ticker, type, stage, polarity, confidence, evidence, facts, "
            "made_by, published, known_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    c.story_id, n, c.ticker, c.type, c.stage, c.polarity, c.confidence, dump(c.evidence), dump(c.facts),
                    c.made_by, iso(story.published), iso(known_at),
                )
                for one, story, known_at in listed
                for n, c in enumerate(one.catalysts)
            ),
        )  # fmt: skip
        self._db.executemany(
            "INSERT OR REPLACE INTO noise(story_id, kind, evidence) VALUES (?, ?, ?)",
            ((n.story_id, n.kind, dump(n.evidence)) for one, _, _ in listed for n in one.noise),
        )

    def of_stories(self, story_ids: Sequence[str]) -> dict[str, Classified]:
        """The stored catalysts and noise of stories, by story id."""
        catalysts: dict[str, list[Catalyst]] = {}
        noise: dict[str, list[Noise]] = {}
        for part in chunks(story_ids):
            rows = self._rows(
                "SELECT story_id, ticker, type, stage, polarity, confidence, evidence, facts, made_by FROM catalysts "
                f"WHERE story_id IN ({marks(part)}) ORDER BY story_id, position",
                part,
            )
            for r in rows:
                catalysts.setdefault(r["story_id"], []).append(_catalyst(r))
            rows = self._rows(
                f"SELECT story_id, kind, evidence FROM noise WHERE story_id IN ({marks(part)}) ORDER BY 1, 2", part
            )
            for r in rows:
                noise.setdefault(r["story_id"], []).append(
                    Noise(story_id=r["story_id"], kind=r["kind"], evidence=spans_of(r["evidence"]))
                )
        return {
            i: Classified(story_id=i, catalysts=tuple(catalysts.get(i, ())), noise=tuple(noise.get(i, ())))
            for i in story_ids
        }

    def past_of(self, ticker: str, since: dt.datetime, known_by: dt.datetime) -> list[tuple[Story, Catalyst]]:
        """A ticker's catalysts published since a moment and known by another, newest first; the stories as outlines.

        Stories that changed after ``known_by`` are left out; ``Stories.superseded_of`` gives them as they were.
        """
        rows = self._rows(
            "SELECT c.story_id, c.ticker, c.type, c.stage, c.polarity, c.confidence, c.evidence, c.facts, c.made_by, "
            "s.title, s.form, s.published, s.first_seen, s.cik FROM catalysts c JOIN stories s ON s.id = c.story_id "
            "WHERE c.ticker = ? AND c.published >= ? AND c.published <= ? AND c.known_at <= ? "
            "ORDER BY c.published DESC, c.story_id, c.position",
            (ticker, iso(since), iso(known_by), iso(known_by)),
        )
        return [(_outline(r), _catalyst(r)) for r in rows]


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


def _outline(r: sqlite3.Row) -> Story:
    return Story(
        id=r["story_id"],
        tickers=(r["ticker"],),
        title=r["title"],
        form=r["form"],
        published=moment(r["published"]),
        first_seen=moment(r["first_seen"]),
        cik=r["cik"],
    )


def _catalyst(r: sqlite3.Row) -> Catalyst:
    return Catalyst(
        story_id=r["story_id"],
        ticker=r["ticker"],
        type=r["type"],
        stage=r["stage"],
        polarity=r["polarity"],
        confidence=float(r["confidence"]),
        evidence=spans_of(r["evidence"]),
        facts=_facts.decode(r["facts"]),
        made_by=r["made_by"],
    )

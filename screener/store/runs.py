"""Runs and their problems."""

from __future__ import annotations

import datetime as dt
import sqlite3

import msgspec

from screener.language.letters import whole
from screener.store.rows import Subject, dump, iso, iso_or_none, moment, moment_or_none
from screener.types import Problem, Run

_counts = msgspec.json.Decoder(dict[str, int])


class Runs(Subject):
    """Reads and writes runs; writing belongs inside ``Store.transaction``."""

    def start(self, run: Run) -> None:
        """Store a run before its work, so that a killed one leaves a trace; one that is stored stays as it is."""
        self._db.execute(
            "INSERT INTO runs(id, started, finished, as_of, day, replayed, rules_digest, model_id, list_id, counts) "
            "VALUES (?, ?, NULL, ?, ?, ?, ?, ?, NULL, '{}') ON CONFLICT(id) DO NOTHING",
            (
                run.id,
                iso(run.started),
                iso(run.as_of),
                run.day.isoformat(),
                int(run.replayed),
                run.rules_digest,
                run.model_id,
            ),
        )

    def finish(self, run: Run) -> None:
        """Store what a run did and its problems."""
        self._db.execute(
            "UPDATE runs SET finished = ?, as_of = ?, day = ?, counts = ? WHERE id = ?",
            (iso_or_none(run.finished), iso(run.as_of), run.day.isoformat(), dump(run.counts), run.id),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO problems(run_id, n, stage, subject, message, kind) VALUES (?, ?, ?, ?, ?, ?)",
            ((run.id, n, p.stage, whole(p.subject), whole(p.message), p.kind) for n, p in enumerate(run.problems)),
        )

    def drop(self, run: Run) -> None:
        """Forget a run that found nothing new, so that a quiet watch leaves no trace."""
        self._db.execute(
            "DELETE FROM runs WHERE id = ? AND NOT EXISTS (SELECT 1 FROM lists WHERE run_id = id)", (run.id,)
        )

    def collecting_since(self, as_of: dt.datetime) -> dt.datetime | None:
        """Since when live runs have collected news; None when there was none by then (a replay says nothing of it)."""
        row = self._row("SELECT min(started) AS since FROM runs WHERE replayed = 0 AND started <= ?", (iso(as_of),))
        return None if row is None else moment_or_none(row["since"])

    def newest(self, limit: int = 20) -> list[Run]:
        """The newest runs with their problems."""
        rows = self._rows(
            "SELECT id, started, finished, as_of, day, replayed, rules_digest, model_id, counts FROM runs "
            "ORDER BY started DESC, id DESC LIMIT ?",
            (limit,),
        ).fetchall()
        return [self._run(r) for r in rows]

    def _run(self, r: sqlite3.Row) -> Run:
        return Run(
            id=r["id"],
            started=moment(r["started"]),
            finished=moment_or_none(r["finished"]),
            as_of=moment(r["as_of"]),
            day=dt.date.fromisoformat(r["day"]),
            replayed=bool(r["replayed"]),
            rules_digest=r["rules_digest"],
            model_id=r["model_id"],
            counts=_counts.decode(r["counts"]),
            problems=tuple(self.problems(r["id"])),
        )

    def problems(self, run_id: str) -> list[Problem]:
        """The problems of a run in the order they came."""
        rows = self._rows("SELECT stage, subject, message, kind FROM problems WHERE run_id = ? ORDER BY n", (run_id,))
        return [Problem(stage=r["stage"], subject=r["subject"], message=r["message"], kind=r["kind"]) for r in rows]

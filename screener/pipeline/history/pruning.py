"""Old days out of a store into an archive, and back into sight: what ``db prune --archive`` moves, ``--as-of`` finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import msgspec

from screener.errors import InputError
from screener.pipeline.history.archive import (
    SCHEMA,
    describe,
    months,
    read_table,
    write_filings,
    write_part,
    write_table,
)
from screener.pipeline.history.reading import month_of
from screener.pipeline.history.records import FROM_STORE, MonthDone, PartFile
from screener.pipeline.history.workfiles import digest_of, load, save
from screener.store import Store
from screener.store.lists import WholeList
from screener.store.spans import Past
from screener.types import WatchRow

PART, LISTS_A_PART = 2_000, 200
SETTING = "archive"
"""The setting that names the folder that old days were moved to."""
_rows = msgspec.json.Decoder(list[WatchRow]).decode
Progress = Callable[[str, int], None]


def move_before(
    store: Store, archive: Path, before: dt.date, progress: Progress = lambda _w, _n: None
) -> dict[str, int]:
    """Copy what ``Store.prune`` drops into an archive, then drop it. Returns what was dropped. Raises InputError.

    A move that was stopped before it dropped anything is finished by the next: what is in the archive is not written twice.
    """
    archive = archive.resolve()
    describe(archive)
    limit = dt.datetime.combine(before, dt.time(), dt.UTC)
    mover = _Mover(archive, progress)
    mover.stories(store.spans.published(dt.datetime(1, 1, 1, tzinfo=dt.UTC), limit))
    for month, filings in groupby(store.filings.accepted_before(limit), key=lambda f: month_of(f.accepted)):
        fresh = [f for f in filings if f.accession not in mover.known("filings", month, "accession")]
        mover.write(month, "filings", len(fresh), lambda n, m=month, f=fresh: (write_filings(archive, m, n, f),))  # type: ignore[misc]
    for month, lists in groupby(store.lists.superseded(before), key=lambda one: f"{one.day:%Y-%m}"):
        mover.lists(month, lists)
    mover.finish()
    with store.transaction():
        dropped = store.prune(before, dry=False)
        store.set_setting(SETTING, str(archive))
    store.compact()
    return dropped


class _Mover:
    """Appends to the months of an archive that are made of a store."""

    def __init__(self, archive: Path, progress: Progress) -> None:
        self._archive, self._progress = archive, progress
        self._months: dict[str, MonthDone] = {}
        self._known: dict[tuple[str, str], set[str]] = {}

    def stories(self, pasts: Iterable[Past]) -> None:
        """Stories in order of publication; the month is that in which they were first seen."""
        waiting: dict[str, list[Past]] = {}
        for past in pasts:
            month = month_of(past.story.first_seen)
            if past.story.id in self.known("stories", month, "story_id"):
                continue
            waiting.setdefault(month, []).append(past)
            if len(waiting[month]) >= PART:
                self._stories(month, waiting.pop(month))
        for month, held in sorted(waiting.items()):
            self._stories(month, held)

    def _stories(self, month: str, pasts: list[Past]) -> None:
        self.write(month, "stories", len(pasts), lambda n: write_part(self._archive, month, n, pasts))

    def lists(self, month: str, lists: Iterable[WholeList]) -> None:
        """Lists of one month."""
        fresh = (one for one in lists if one.run_id not in self.known("lists", month, "run_id"))
        while part := list(islice(fresh, LISTS_A_PART)):
            rows = [
                (o.day.isoformat(), o.as_of, o.run_id, o.rules_digest, o.model_id, msgspec.json.encode(o.rows).decode())
                for o in part
            ]
            self.write(
                month,
                "lists",
                len(part),
                lambda n, r=rows: (write_table(self._archive, "lists", month, n, r),),  # type: ignore[misc]
            )

    def write(self, month: str, table: str, count: int, make: Callable[[int], tuple[PartFile, ...]]) -> None:
        """Write one part more of a table."""
        if not count:
            return
        held = self._month(month)
        number = sum(f.path.startswith(f"{table}/") for f in held.files)
        changes = {table: getattr(held, table) + count} if table in ("stories", "filings") else {}
        self._months[month] = msgspec.structs.replace(held, files=(*held.files, *make(number)), **changes)
        self._progress(table, count)

    def known(self, table: str, month: str, key: str) -> set[str]:
        """What is in the archive already."""
        if (table, month) not in self._known:
            files = [f.path for f in self._month(month).files if f.path.startswith(f"{table}/")]
            self._known[table, month] = {str(r[key]) for f in files for r in read_table(self._archive / f, [key])}
        return self._known[table, month]

    def _month(self, month: str) -> MonthDone:
        if month not in self._months:
            held = load(self._place(month), MonthDone)
            if held is not None and not held.key.startswith(FROM_STORE):
                raise InputError(f"{self._archive}: {month} is a backfill's: move old days into another folder")
            self._months[month] = held or MonthDone(
                month=month, schema=SCHEMA, key=FROM_STORE, model_id="", stories=0, items=0, filings=0, tagged=0, files=()
            )  # fmt: skip
        return self._months[month]

    def _place(self, month: str) -> Path:
        return self._archive / "months" / f"{month}.json"

    def finish(self) -> None:
        """Write the manifests: from now on the parts count."""
        for month, done in self._months.items():
            if done.files:
                files = tuple(sorted(done.files, key=lambda f: f.path))
                key = f"{FROM_STORE}-{digest_of(*(f.digest for f in files))}"
                save(self._place(month), msgspec.structs.replace(done, files=files, key=key))


# ---- reading through ---------------------------------------------------------------------------------------------


def archived_rows(store: Store, day: dt.date, as_of: dt.datetime) -> list[WatchRow] | None:
    """The list of a day as it stood at a moment, from the archive that the store's old days were moved to."""
    found = [(r["as_of"], r["run_id"], r["rows"]) for r in _lists(store, f"{day:%Y-%m}") if r["day"] == day.isoformat()]
    standing = max((f for f in found if f[0] <= as_of), default=None)
    return None if standing is None else _rows(standing[2])


def archived_day(store: Store, session: dt.date, as_of: dt.datetime) -> dt.date | None:
    """The newest day up to ``session`` of which the archive has a list that stood by then."""
    days = (r["day"] for m in {f"{session:%Y-%m}", f"{as_of:%Y-%m}"} for r in _lists(store, m) if r["as_of"] <= as_of)
    newest = max((d for d in days if d <= session.isoformat()), default=None)
    return None if newest is None else dt.date.fromisoformat(newest)


def _lists(store: Store, month: str) -> Iterator[dict[str, Any]]:
    folder = store.get_setting(SETTING)
    if folder is None:
        return
    for done in months(Path(folder)):
        if done.month == month:
            for file in done.files:
                if file.path.startswith("lists/"):
                    yield from read_table(Path(folder) / file.path)

"""The second step: a month's items become stories, by the very intake of a live run, on a scratch database.

Months follow each other, for a copy may come in the next one. A month's stories are given out when the items of
``HOLD`` after its end have been joined too: copies join within five days. So a step takes the items from ``HOLD`` after
the beginning of its month to ``HOLD`` after its end, on the scratch database that the step before left (its *carry*).
Only what joining and novelty may ask for is carried on: ``KEPT`` of stories, and the last ten of each ticker.
"""

from __future__ import annotations

import datetime as dt
import heapq
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from screener.clock import Clock
from screener.entities.novelty import LAST
from screener.entities.stories import LOOK_BACK
from screener.pipeline.history.records import Job, JoinedMonth, Slice
from screener.pipeline.history.workfiles import lines_of, load, save, whole
from screener.pipeline.intake.taking import BATCH, Intake, order_of
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.store.spans import Past
from screener.types import Item, Listing, Problem

HOLD = LOOK_BACK
KEPT = dt.timedelta(days=62)
CHUNK = 500
"""Stories classified together; fixed, so that what is in a batch never depends on who works."""
_item = msgspec.json.Decoder(Item).decode
_past = msgspec.json.Decoder(Past).decode
_listings = msgspec.json.Decoder(list[Listing]).decode


def span_of(month: str) -> tuple[dt.datetime, dt.datetime]:
    """The beginnings of a month and of the next, UTC."""
    start = dt.datetime.fromisoformat(f"{month}-01T00:00:00+00:00")
    return start, (start + dt.timedelta(days=32)).replace(day=1)


def join_month(
    job: Job, month: str, key: str, carry: str, slices: Sequence[Slice], table: str, *, follows: bool
) -> JoinedMonth:
    """Join a month's items and those of ``HOLD`` after it, or say what an earlier call made of them.

    ``carry`` is the key of the last month with news, empty at the beginning. When that is the month right before this
    one, which has had the first days of this one then, it ``follows``.
    """
    place = job.work / "joined" / f"{key}.json"
    done = load(place, JoinedMonth)
    if done is not None and all((job.work / c).is_file() for c in done.chunks) and carry_file(job, key).is_file():
        return done
    start, end = span_of(month)
    low, high = (start + HOLD if follows else None), end + HOLD
    with whole(carry_file(job, key)) as scratch:
        if carry:
            shutil.copyfile(carry_file(job, carry), scratch)
        with _scratch(job, scratch, table) as store:
            problems, count = _take(job, store, _items(job, slices, low, high))
            chunks, stories = _give(job, key, store, start, end)
            with store.transaction():
                store.spans.drop_first_seen_before(end - KEPT, LAST)
    done = JoinedMonth(key=key, chunks=tuple(chunks), stories=stories, items=count, problems=tuple(problems))
    save(place, done)
    return done


def carry_file(job: Job, key: str) -> Path:
    """The scratch database that a month left."""
    return job.work / "carry" / f"{key}.db"


def _scratch(job: Job, path: Path, table: str) -> Store:
    store = open_store(path)
    store.spans.without_search()
    with store.transaction():
        store.listings.replace(_listings((job.work / table).read_bytes()), job.now)
    return store


def _items(job: Job, slices: Sequence[Slice], low: dt.datetime | None, high: dt.datetime) -> Iterator[Item]:
    """The items of all slices received in (low, high], in order."""
    streams = [map(_item, lines_of(job.work / s.run, s.start, s.size)) for s in slices]
    for item in heapq.merge(*streams, key=order_of):
        if (low is None or item.received > low) and item.received <= high:
            yield item


def _take(job: Job, store: Store, items: Iterator[Item]) -> tuple[list[Problem], int]:
    workspace = Workspace(settings=job.settings, store=store, clock=Clock(job.now))
    intake = Intake(workspace, tags=False)
    problems: list[Problem] = []
    count = 0
    while batch := list(islice(items, BATCH)):
        taken = intake.store(batch)
        problems += [*taken.problems, *(left.problem for left in taken.left_out)]
        count += taken.items
        intake.forget(batch[-1].received - HOLD)
    return problems, count


def _give(job: Job, key: str, store: Store, start: dt.datetime, end: dt.datetime) -> tuple[list[str], int]:
    """Write the stories first seen in a month, ``CHUNK`` a file."""
    stories = store.spans.first_seen(start, end)
    names: list[str] = []
    count = 0
    while chunk := list(islice(stories, CHUNK)):
        name = f"joined/{key}-{len(names):05d}.jsonl"
        with whole(job.work / name) as part, part.open("wb") as stream:
            stream.writelines(msgspec.json.encode(p) + b"\n" for p in chunk)
        names.append(name)
        count += len(chunk)
    return names, count


def read_chunk(job: Job, name: str) -> list[Past]:
    """The stories of a chunk."""
    with (job.work / name).open("rb") as stream:
        return [_past(line) for line in stream]

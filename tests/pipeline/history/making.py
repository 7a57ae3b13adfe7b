"""Invented news around the turn of two months, as files a backfill reads."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from screener import clock
from screener.config import Rules
from screener.limits import DEFAULT
from screener.pipeline.history.backfill import BackfillOutcome, Progress, backfill
from screener.pipeline.history.engine import Engine, Here
from screener.pipeline.history.records import Job
from screener.pipeline.history.sources import BackfillSources, units_of, with_remembered
from screener.types import Item, Listing

START = dt.datetime(2024, 12, 20, 12, tzinfo=dt.UTC)
TICKERS = ("QBKR", "ZVRN", "LMVR", "NDGA")
TABLE = [
    Listing(ticker=t, name=f"{t.title()} Corp", exchange="NASDAQ", cik=9_990_000 + n) for n, t in enumerate(TICKERS)
]
KINDS = (
    "{c} Announces 1-for-{n} Reverse Stock Split",
    "{c} Prices ${n} Million Public Offering of Common Stock",
    "{c} Awarded ${n} Million Contract by the Navy",
    "{c} Receives Nasdaq Deficiency Notice No. {n} on Minimum Bid",
)


def release(ticker: str, title: str, at: dt.datetime, source: str = "wire", **changes: object) -> Item:
    """A release as its wire gave it."""
    values: dict[str, object] = {
        "source": source, "source_id": f"{ticker}-{at:%m%d%H%M}-{title[:24]}", "title": title, "published": at,
        "received": at, "ticker_hints": (ticker,), "url": f"https://{source}.example/{ticker}/{at:%m%d%H%M}",
        "body": f"{title}. {ticker.title()} Corp (Nasdaq: {ticker}) today announced the above.", "replayed": True,
    }  # fmt: skip
    return Item(**{**values, **changes})  # type: ignore[arg-type]


def ordinary(count: int = 24, start: dt.datetime = START, step: dt.timedelta = dt.timedelta(hours=29)) -> list[Item]:
    """Plain news of several companies, some of it on two wires."""
    found = []
    for n in range(count):
        ticker, at = TICKERS[n % len(TICKERS)], start + n * step
        title = KINDS[n % 3].format(c=f"{ticker.title()} Corp", n=10 + n)
        found.append(release(ticker, title, at))
        if n % 4 == 0:
            found.append(release(ticker, title, at + dt.timedelta(minutes=7), "relay", body=""))
    return found


MIDNIGHT = dt.datetime(2024, 12, 31, 23, 59, tzinfo=dt.UTC)
TITLE = "Qbkr Corp Announces 1-for-25 Reverse Stock Split Effective January 6"


def around_midnight() -> list[Item]:
    """A release in the last minute of a year, and the next day its copy, and the 8-K that carries it."""
    first = release("QBKR", TITLE, MIDNIGHT)
    copy = release("QBKR", TITLE, MIDNIGHT + dt.timedelta(minutes=8), "relay")
    filing = Item(
        source="edgar", source_id="0009990000-25-000001", title=f"8-K: Qbkr Corp - {TITLE}", form="8-K",
        body=f"Item 5.03. Amendments. {TITLE}. Qbkr Corp today announced a reverse split.", items=("5.03",),
        cik=9_990_000, company="Qbkr Corp", published=MIDNIGHT + dt.timedelta(hours=14),
        received=MIDNIGHT + dt.timedelta(hours=14), replayed=True,
    )  # fmt: skip
    return [first, copy, filing]


def written(path: Path, items: Iterable[Item], *more: str) -> Path:
    """Items as JSON lines, and any other lines after them."""
    lines = [msgspec.json.encode(i).decode() for i in items]
    path.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    return path


def job_in(archive: Path) -> Job:
    """A job that classifies by wordings, which load fast."""
    return Job(archive=archive, now=clock.now(), rules=Rules(), limits=DEFAULT, wordings_only=True)


def filled(
    archive: Path, *files: Path, engine: Engine | None = None, progress: Progress = lambda _w, _n: None
) -> BackfillOutcome:
    """An archive of files of items (``.jsonl``, ``.parquet``) and of filings (anything else)."""
    named = BackfillSources(
        items=tuple(f for f in files if f.suffix in (".jsonl", ".parquet")),
        filings=tuple(f for f in files if f.suffix not in (".jsonl", ".parquet")),
    )
    units = with_remembered(archive, units_of(named))
    return backfill(job_in(archive), units, msgspec.json.encode(TABLE), engine or Here(), progress)


def bytes_of(archive: Path) -> dict[str, str]:
    """The digest of every table file."""
    found = archive.rglob("*.parquet")
    return {str(p.relative_to(archive)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}

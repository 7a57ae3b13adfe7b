"""The page on a store of a million stories: time and size of Today and Ticker, then fifty readers beside a writer.

``BENCH_STORIES`` sets another number of stories, ``BENCH_STORE`` keeps the store in a file for the next time.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from screener import clock
from screener.store import open_store
from screener.types import Catalyst, Classified, Listing, Reason, Regime, Run, SourceRef, Story, WatchRow

DAY = dt.date(2026, 3, 12)
AS_OF = dt.datetime(2026, 3, 12, 22, 10, tzinfo=dt.UTC)
TYPES = (
    "reverse_split",
    "equity_offering",
    "clinical_readout",
    "government_contract",
    "earnings",
    "regulatory_submission",
)
WORDS = [
    "harbour", "order", "tablet", "trial", "vessel", "mining", "shares", "notice", "phase", "listing", "compliance",
    "contract", "results", "quarter",
]  # fmt: skip
READERS, SECONDS, ROWS, TICKERS, DAYS = 50, 12.0, 300, 5000, 130


def tickers() -> list[str]:
    rng = random.Random(4)
    found: set[str] = set()
    while len(found) < TICKERS:
        found.add("".join(rng.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(4)))
    return sorted(found)


def iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def story_rows(count: int, names: list[str]) -> Iterator[tuple[object, ...]]:
    rng = random.Random(5)
    start = AS_OF - dt.timedelta(days=1000)
    for n in range(count):
        at = iso(start + dt.timedelta(days=1000) * (n / count))
        ticker = names[rng.randrange(TICKERS)]
        text = " ".join(rng.choices(WORDS, k=60))
        sources = json.dumps(
            [{"source": "examplewire", "url": f"https://wire.example/{n}", "received": at, "published": at}]
        )
        yield (
            f"{n:016x}",
            f"{ticker} {' '.join(rng.choices(WORDS, k=8))}",
            text,
            at,
            at,
            at,
            f"{ticker} Inc.",
            json.dumps([ticker]),
            sources,
        )


def fill(path: Path, count: int) -> list[str]:
    """A store with so many stories, half of them with a catalyst, bars of 5,000 tickers and lists of 250 days."""
    names = tickers()
    with open_store(path) as store:
        db = store.connection
        db.execute("PRAGMA synchronous = OFF")
        with store.transaction():
            store.listings.replace(
                [Listing(ticker=t, name=f"{t} Inc.", exchange="Nasdaq", cik=n) for n, t in enumerate(names, 1)], AS_OF
            )
            db.executemany(
                "INSERT INTO stories(id, title, text, form, published, first_seen, known_at, company, cik, tickers, items, "
                "subjects, sources, novelty, repeats, confirmed_by, source_facts, replayed) "
                "VALUES (?, ?, ?, 'PR', ?, ?, ?, ?, NULL, ?, '[]', '[]', ?, 0.9, '', '', '{}', 0)",
                story_rows(count, names),
            )
            db.execute("INSERT INTO story_tickers SELECT json_extract(tickers, '$[0]'), published, id, 0 FROM stories")
            dated, plain = '{"effective_date":"2026-04-01"}', '{"amount_usd":9000000}'
            facts = f"CASE WHEN abs(random()) % 20 = 0 THEN '{dated}' ELSE '{plain}' END"
            db.execute(
                "INSERT INTO catalysts SELECT id, 0, json_extract(tickers, '$[0]'), CASE abs(random()) % 6 "
                + " ".join(f"WHEN {n} THEN '{t}'" for n, t in enumerate(TYPES))
                + f" END, '', '+', 0.9, '[]', {facts}, 'patterns', published, published FROM stories WHERE rowid % 2 = 0"
            )
            _bars(db, names)
            _lists(store, names)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return names


def _bars(db: sqlite3.Connection, names: list[str]) -> None:
    day, days = DAY, []
    while len(days) < DAYS:
        days.append(day)
        day = clock.previous_session(day)
    rng = random.Random(6)
    db.executemany(
        "INSERT INTO bars(day, ticker, source, open, high, low, close, volume, exchange, known_at) "
        "VALUES (?,?,'file',?,?,?,?,?,'',?)",
        (
            (d.isoformat(), t, p, p + 0.3, p - 0.2, p + 0.1, 1e5, f"{d}T21:00:00.000Z")
            for d in reversed(days)
            for t in [*names, "IWM", "SPY"]
            for p in (rng.uniform(2, 9),)
        ),
    )


def watch_rows(
    names: list[str], count: int, run_id: str, day: dt.date, as_of: dt.datetime, seed: int
) -> list[WatchRow]:
    """A list of 300 rows in the words of a real one."""
    rng = random.Random(seed)
    out = []
    for rank, ticker in enumerate(rng.sample(names, ROWS), 1):
        story = f"{count - 1 - rng.randrange(min(count, 3000)):016x}"
        kind = rng.choice(TYPES)
        reasons = [Reason(part=p, text=f"{p} of this row, said in words", points=rng.randint(3, 40), side="+", rule_id=kind)
                   for p in ("catalyst", "materiality", "confirmation", "confirmation", "size", "freshness")]  # fmt: skip
        out.append(
            WatchRow(
                run_id=run_id, day=day, rank=rank, ticker=ticker, company=f"{ticker} Invented Holdings Inc.",
                score=130 - rank / 3,
                action="Alert", recommendation="Speculative Buy", timeframe="Short-Term", risk="High", catalyst=kind,
                polarity="+",
                story_id=story, headline=f"{ticker} {' '.join(rng.choices(WORDS, k=11))}", source="examplewire",
                url=f"https://wire.example/news/{story}", published=as_of - dt.timedelta(minutes=rng.randrange(1400)),
                price=3.1, change_pct=12.0, abnormal_pct=11.0, rvol=6.0, dollar_volume=4e6, market_cap=9e7, float_shares=2e7,
                materiality_pct=12.0, reasons=tuple(reasons), as_of=as_of, session="pre",
                warnings=("no filing or agency record confirms it yet", "price of 0.97 dollars: bid rule at risk"),
            )
        )  # fmt: skip
    return out


def _lists(store: object, names: list[str]) -> None:
    count = int(store.connection.execute("SELECT count(*) FROM stories").fetchone()[0])  # type: ignore[attr-defined]
    day = DAY
    for n in range(250):
        as_of = AS_OF - (DAY - day)
        run = Run(id=f"run-{n}", started=as_of, finished=as_of, as_of=as_of, day=day)
        store.runs.start(run)  # type: ignore[attr-defined]
        store.lists.save(run, watch_rows(names, count, run.id, day, as_of, n))  # type: ignore[attr-defined]
        store.regimes.save(  # type: ignore[attr-defined]
            Regime(day=day, as_of=as_of, label="risk_off", action="Reduce", measures={"above_50d_pct": 40.0 + n % 9})
        )
        day = clock.previous_session(day)


def write(path: Path, stop: float) -> None:
    """What watch mode does: new stories every half second, a new list every three seconds."""
    names, n, slowest = tickers(), 0, 0.0
    with open_store(path) as store:
        count = int(store.connection.execute("SELECT count(*) FROM stories").fetchone()[0])
        while time.time() < stop:
            now = AS_OF + dt.timedelta(seconds=n)
            began = time.perf_counter()
            with store.transaction():
                for k in range(40):
                    s = Story(
                        id=f"w{time.time_ns()}{k}", title=f"New order {n} {k}", text=" ".join(WORDS * 5), published=now,
                        first_seen=now, tickers=(names[k],), sources=(SourceRef(source="examplewire", received=now),),
                    )  # fmt: skip
                    store.stories.save(s, now)
                    c = Catalyst(story_id=s.id, ticker=names[k], type=TYPES[k % 6], confidence=0.9)
                    store.catalysts.save(Classified(story_id=s.id, catalysts=(c,)), s, now, "model")
                if n % 6 == 0:
                    run = Run(id=f"live-{time.time_ns()}", started=now, as_of=now, day=DAY)
                    store.runs.start(run)
                    store.lists.save(run, watch_rows(names, count, run.id, DAY, now, n))
            slowest = max(slowest, time.perf_counter() - began)
            n += 1
            time.sleep(0.5)
    print(f"   writer: {n} transactions of 40 stories, {n // 6 + 1} new lists, slowest {slowest * 1000:.0f} ms")


async def reader(port: int, paths: list[str], stop: float, times: list[float], statuses: dict[str, int]) -> None:
    """One reader on one connection, asking again as soon as it is answered."""
    rng = random.Random(id(paths) ^ len(times))
    stream, out = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    while time.time() < stop:
        path = rng.choice(paths)
        began = time.perf_counter()
        out.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await stream.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        await stream.readexactly(int(head.partition("content-length: ")[2].partition("\r")[0]))
        times.append(time.perf_counter() - began)
        statuses[head[9:12]] = statuses.get(head[9:12], 0) + 1
    out.close()


async def readers(port: int, paths: list[str]) -> tuple[list[float], dict[str, int]]:
    times: list[float] = []
    statuses: dict[str, int] = {}
    stop = time.time() + SECONDS
    await asyncio.gather(*(reader(port, paths, stop, times, statuses) for _ in range(READERS)))
    return times, statuses


def one(port: int, path: str) -> tuple[float, int, int]:
    """Seconds, compressed bytes and status of one answer."""
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    link.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = link.getresponse()
    body = answer.read()
    return time.perf_counter() - began, len(body), answer.status


def _figures(port: int, names: list[str]) -> None:
    rng = random.Random(7)
    days = [clock.previous_session(DAY, n) for n in range(1, 41)]
    sets = {
        "Today (40 days, cold)": [f"/?day={d}" for d in days],
        "Today, filtered": [f"/?day={d}&polarity=good&sort=-change" for d in days[:20]],
        "Ticker (200, cold)": [f"/ticker/{t}" for t in rng.sample(names, 200)],
        "Story": [f"/story/{rng.randrange(1000):016x}" for _ in range(20)],
        "Search, rare": ["/search?q=" + t for t in names[:10]],
        "Search, common": ["/search?q=harbour+order"],
        "Calendar": ["/calendar?as_of=2026-03-12T22:10:00Z"],
        "Catalysts": ["/catalysts", "/catalysts/earnings"],
        "Feeds, Rules": ["/feeds", "/rules"],
    }
    assets = sum(one(port, f"/-/screener/{f}")[1] for f in ("style.css", "page.js"))
    one(port, "/"), one(port, f"/ticker/{names[0]}")
    for label, paths in sets.items():
        found = [one(port, p) for p in paths]
        spent = [s * 1000 for s, _, _ in found]
        size = max(b for _, b, _ in found)
        statuses = sorted({s for _, _, s in found})
        print(
            f"   {label:24} median {statistics.median(spent):6.1f} ms, worst {max(spent):6.1f} ms, "
            f"{size / 1000:.0f} kB ({(size + assets) / 1000:.0f} kB with style and script), statuses {statuses}"
        )


def _load(port: int, path: Path, names: list[str]) -> None:
    rng = random.Random(8)
    mix = ["/"] * 20 + [f"/?catalyst={t}" for t in TYPES] + [f"/ticker/{t}" for t in rng.sample(names, 14)]
    many = [f"/ticker/{t}" for t in rng.sample(names, 1000)]
    sets = (("Today only", ["/"]), ("20 Today, 6 filters, 14 tickers", mix), ("1,000 tickers", many))
    for label, paths in sets:
        stop = time.time() + SECONDS
        writer = subprocess.Popen([sys.executable, "-m", "tests.bench.web", "write", str(path), str(stop)])
        times, statuses = asyncio.run(readers(port, paths))
        writer.wait()
        times.sort()
        at = [times[int(len(times) * q)] * 1000 for q in (0.5, 0.95, 0.99)]
        print(
            f"   {READERS} readers beside a writer, {label}: {len(times) / SECONDS:.0f} answers/s, median {at[0]:.0f} ms, "
            f"p95 {at[1]:.0f} ms, p99 {at[2]:.0f} ms, statuses {statuses}"
        )


def main(count: int = int(os.environ.get("BENCH_STORIES", "1000000"))) -> None:
    """Build the store, serve it in a process of its own, print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(os.environ.get("BENCH_STORE") or Path(folder) / "big.db")
        began = time.perf_counter()
        names = tickers() if path.exists() else fill(path, count)
        print(
            f"   store of {count:,} stories: {path.stat().st_size / 1e9:.2f} GB, made in {time.perf_counter() - began:.0f} s"
        )
        server = subprocess.Popen(
            [sys.executable, "-m", "screener", "serve", "--port", "0", "--db", str(path)],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stderr is not None
            line = server.stderr.readline()
            port = int(line.partition("http://127.0.0.1:")[2].partition("/")[0])
            _figures(port, names)
            _load(port, path, names)
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        main()

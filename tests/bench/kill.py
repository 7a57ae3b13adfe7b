"""Kill a watch under load: ``python -m tests.bench.kill [MOMENTS]``.

A local server gives 20 feeds of 40 items and 300 filings with their submissions. A ``screener run --watch`` on them is
killed (SIGKILL) at random moments after its start, started again each time, and left to finish at last. Its store is
compared with that of an undisturbed watch: the same items, stories, filings and catalysts, none lost, none twice.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.server.app import Reply, WireServer
from tests.watch.test_filing_queue import Edgar

ROOT = Path(__file__).resolve().parents[2]
FEEDS, ITEMS, FILINGS = 20, 40, 300
LONGEST = 1.2
HANG = 300.0
WHOLE = (FEEDS * ITEMS + FILINGS, FILINGS, 0)
WORDS = [
    "crane",
    "harbour",
    "valve",
    "polymer",
    "turbine",
    "sensor",
    "antenna",
    "reactor",
    "lens",
    "vaccine",
    "cargo",
    "fibre",
    "pump",
    "drone",
    "satellite",
]
QUERIES = {
    "items": "SELECT source, source_id, title, form FROM items ORDER BY 1, 2",
    "stories": "SELECT title, text, form, published, company, cik, tickers, items FROM stories ORDER BY 1, 2, 4",
    "filings": "SELECT accession, form, company, cik FROM filings ORDER BY 1",
    "tagged": "SELECT s.title, c.type, c.polarity, c.confidence FROM catalysts c JOIN stories s ON s.id = c.story_id "
    "ORDER BY 1, 2",
}


def serve(server: WireServer) -> None:
    """Everything is there from the start: the load is greatest while the watch is being killed."""
    for number in range(FEEDS):
        body = feed(number)
        server.route(f"/f{number}.xml", lambda _, body=body: Reply(body))  # type: ignore[misc]
    edgar = Edgar(server)
    edgar.file(*range(1, FILINGS + 1))


def feed(number: int) -> bytes:
    """An invented wire of as many companies as items, each with its own words."""
    draw, entries = random.Random(number), []
    for n in range(ITEMS):
        ticker = "".join(chr(65 + (number * ITEMS + n) // 26**k % 26) for k in range(4))
        entries.append(
            f"<item><guid>urn:{number}:{n}</guid><title>{ticker.title()} Wins Order for {' '.join(draw.sample(WORDS, 3))}"
            f"</title><link>https://ir.example.org/{number}/{n}</link><description>{ticker.title()} (Nasdaq: {ticker}) "
            f"won it: {' '.join(draw.choices(WORDS, k=40))}.</description>"
            f"<pubDate>{time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(START - 60 * n))}</pubDate></item>"
        )
    return f'<rss version="2.0"><channel><title>Wire {number}</title>{"".join(entries)}</channel></rss>'.encode()


START = time.time()


def config(folder: Path, url: str) -> Path:
    """The settings of the watch."""
    feeds = "".join(f'[feeds.f{n}]\nkind = "feed"\nurl = "{url}/f{n}.xml"\nevery = 0.5\n' for n in range(FEEDS))
    path = folder / "screener.toml"
    path.write_text(f'[edgar]\nbase_url = "{url}"\nevery = 0.5\n[http]\npace = {{"*" = 0}}\n{feeds}')
    return path


def start(settings: Path, db: Path) -> subprocess.Popen[bytes]:
    """A watch of all feeds."""
    names = [a for n in ("edgar", *(f"f{n}" for n in range(FEEDS))) for a in ("--feeds", n)]
    command = [sys.executable, "-m", "screener", "--config", str(settings), "run", "--watch", *names, "--db", str(db)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_")}
    return subprocess.Popen(command, env={**clean, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)


def rows(db: Path, query: str) -> list[tuple[object, ...]]:
    """The rows of a query; none while there is no such table yet."""
    try:
        connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        return []


def progress(db: Path) -> tuple[int, int, int]:
    """Items, filings and classified stories in the store."""
    found = rows(
        db,
        "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM filings), "
        "(SELECT count(*) FROM stories WHERE model_id != '') - (SELECT count(*) FROM stories)",
    )
    return (int(str(found[0][0])), int(str(found[0][1])), int(str(found[0][2]))) if found else (0, 0, 0)


def finish(settings: Path, db: Path) -> None:
    """Watch until everything is stored and classified, then stop as a user would."""
    end = time.monotonic() + HANG
    with start(settings, db) as process:
        while progress(db) != WHOLE and time.monotonic() < end and process.poll() is None:
            time.sleep(0.05)
        if (left := progress(db)) != WHOLE:
            print(
                f"  {db.name} was not done: {left} of {WHOLE} (items, filings, -unclassified); ended: {process.poll()}"
            )
        process.send_signal(signal.SIGTERM)
        process.wait(HANG)


def kill(settings: Path, db: Path, draw: random.Random, moments: int) -> list[int]:
    """Kill that often, each time a moment after something new was stored; the items stored by then."""
    done = []
    for _ in range(moments):
        before, wait, end = progress(db), draw.uniform(0, LONGEST), time.monotonic() + HANG
        with start(settings, db) as process:
            while progress(db) == before and before != WHOLE and time.monotonic() < end:
                if process.poll() is not None:
                    raise SystemExit("the watch ended by itself; run it by hand and see why")
                time.sleep(0.005)
            time.sleep(wait)
            process.kill()
        done.append(progress(db)[0])
    return done


def compare(one: Path, two: Path) -> list[str]:
    """What differs between two stores, a line for each table."""
    found = []
    for name, query in QUERIES.items():
        left, right = rows(one, query), rows(two, query)
        if left != right:
            lost, more = len(set(right) - set(left)), len(set(left) - set(right))
            found.append(f"{name}: {len(left)} and {len(right)} rows, {lost} lost, {more} others")
        if not right:
            found.append(f"{name}: nothing stored at all")
    return found


def trial(folder: Path, url: str, moments: int, seed: int) -> tuple[list[str], list[int]]:
    """Kill, finish, and compare with an undisturbed watch: what differs, and the items stored at each kill."""
    settings = config(folder, url)
    killed, whole = folder / "killed.db", folder / "whole.db"
    done = kill(settings, killed, random.Random(seed), moments)
    finish(settings, killed)
    finish(settings, whole)
    return compare(killed, whole), done


def main(moments: int = 20) -> None:
    """Each moment on a store of its own, so that every kill falls into the middle of the load."""
    seed = int(START)
    print(f"kill -9 at {moments} random moments (seed {seed})")
    with WireServer() as server, tempfile.TemporaryDirectory() as folder:
        serve(server)
        settings, whole = config(Path(folder), server.url), Path(folder) / "whole.db"
        finish(settings, whole)
        draw, bad, stored = random.Random(seed), 0, []
        for number in range(moments):
            db = Path(folder) / f"{number}.db"
            stored.append(kill(settings, db, draw, 1)[0])
            finish(settings, db)
            for line in compare(db, whole):
                bad += 1
                print(f"  moment {number}: {line}")
        print(f"  items stored at the kills: {sorted(stored)} of {FEEDS * ITEMS + FILINGS}")
        print(f"  {'no difference to the undisturbed watch' if not bad else f'{bad} differences'}")
    if bad:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

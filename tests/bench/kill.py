"""Kill a watch under load: ``python -m tests.bench.kill [KILLS]``.

A local server gives 8 feeds of 20 items and 60 filings with their submissions. A ``screener run --watch`` on them is
killed (SIGKILL) when a random share of the work is done, four times on each store, started again each time, and left to
finish at last. The store is compared with that of an undisturbed watch: the same items, stories, filings and catalysts,
none lost, none twice. A store that differs is kept, with what the last watch said and what its threads were doing.
"""

from __future__ import annotations

import os
import random
import shutil
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
FEEDS, ITEMS, FILINGS = 8, 20, 60
EACH = 4
"""Kills of one store."""
LONGEST = 0.05
"""Seconds from the share of the work to the kill, so that it falls anywhere in a transaction."""
HANG = 120.0
"""Seconds of the watch's own processor time, or ten times as many on the wall, without any progress."""
WHOLE = (FEEDS * ITEMS + FILINGS, FILINGS, 0)
TOTAL = 2 * WHOLE[0] + FILINGS
"""Units of work: items, filings, and stories classified (each item makes one)."""
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
    """A watch of all feeds; what it says goes to a file beside its store."""
    names = [a for n in ("edgar", *(f"f{n}" for n in range(FEEDS))) for a in ("--feeds", n)]
    command = [sys.executable, "-X", "faulthandler", "-m", "screener", "--config", str(settings)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_")}
    with db.with_suffix(".said").open("ab") as said:
        return subprocess.Popen(
            [*command, "run", "--watch", *names, "--db", str(db)], env={**clean, "PYTHONPATH": str(ROOT)}, stderr=said
        )


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


def done(db: Path) -> int:
    """How much of the work is stored: items, filings and classified stories."""
    items, filings, unclassified = progress(db)
    stories = rows(db, "SELECT count(*) FROM stories")
    return items + filings + (int(str(stories[0][0])) if stories else 0) + unclassified


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """What a running process has used: on a busy machine the clock says nothing of a hang."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reaches(process: subprocess.Popen[bytes], db: Path, target: int | None) -> bool:
    """Wait until so much is stored (or all, without a target); False when the watch ends or makes no progress."""
    best, used, began = -1, 0.0, time.monotonic()
    while process.poll() is None:
        now = done(db)
        if progress(db) == WHOLE or (target is not None and now >= target):
            return True
        if now > best:
            best, used, began = now, processor_seconds(process), time.monotonic()
        elif processor_seconds(process) - used > HANG or time.monotonic() - began > 10 * HANG:
            return False
        time.sleep(0.05)
    return False


def finish(settings: Path, db: Path) -> None:
    """Watch until everything is stored and classified, then stop as a user would."""
    with start(settings, db) as process:
        if not reaches(process, db, None):
            print(f"  {db.name} was not done: {progress(db)} of {WHOLE} (items, filings, -unclassified)", flush=True)
            process.send_signal(signal.SIGABRT)  # faulthandler writes what every thread was doing
        else:
            process.send_signal(signal.SIGTERM)
        process.wait()


def kill(settings: Path, db: Path, draw: random.Random, moments: int) -> list[int]:
    """Kill that often while work is left, each time after more of it; how much was stored by then."""
    stored: list[int] = []
    for number in range(moments):
        before = done(db)
        if progress(db) == WHOLE:
            break
        # Within this kill's share of what is left, so that the later ones find something to interrupt.
        target = before + 1 + int((TOTAL - before) / (moments - number) * draw.random())
        with start(settings, db) as process:
            if not reaches(process, db, target):
                raise SystemExit(f"the watch ended or hung by itself: {db.with_suffix('.said').read_text()[-2000:]}")
            time.sleep(draw.uniform(0, LONGEST))
            process.kill()
        stored.append(done(db))
    return stored


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
    """Kill, finish, and compare with an undisturbed watch: what differs, and the units of work stored at each kill."""
    settings = config(folder, url)
    killed, whole = folder / "killed.db", folder / "whole.db"
    stored = kill(settings, killed, random.Random(seed), moments)
    finish(settings, killed)
    finish(settings, whole)
    return compare(killed, whole), stored


def main(kills: int = 40) -> None:
    """Several stores, each killed ``EACH`` times in the middle of the load."""
    seed = int(START)
    print(f"kill -9 at {kills} random moments (seed {seed})", flush=True)
    with WireServer() as server:
        folder = Path(tempfile.mkdtemp())
        serve(server)
        settings, whole = config(folder, server.url), folder / "whole.db"
        finish(settings, whole)
        draw, bad, stored, number = random.Random(seed), 0, list[int](), 0
        while len(stored) < kills:
            db = folder / f"{number}.db"
            at = kill(settings, db, draw, min(EACH, kills - len(stored)))
            finish(settings, db)
            found = compare(db, whole)
            for line in found:
                print(f"  store {number}, killed at {at}: {line}; kept as {db}", flush=True)
            stored += at
            bad, number = bad + len(found), number + 1
        print(f"  {len(stored)} kills of {number} stores, at {sorted(stored)} of {TOTAL} units of work")
        print(f"  {'no difference to the undisturbed watch' if not bad else f'{bad} differences'}")
    if bad:
        raise SystemExit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

"""A burst through watch mode: ``python -m tests.bench.burst [SECONDS]``.

1,000 filings and 500 releases on five wires of 20 items come out within a minute (or SECONDS) from a local server, and a
``screener run --watch`` of its own process reads them: the index of filings every five seconds, each filing whole, the
wires every three. Prints the time from the last byte received to stored, and to classified, how late polls began, and
what was lost. The filings are recorded ones under invented accession numbers where recordings are there, else invented.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import multiprocessing
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from screener import clock
from screener.pipeline.watch import JITTER, PACE
from screener.sec.forms import Choice
from tests.conftest import SHARED
from tests.server.app import Reply, Request, WireServer
from tests.server.faults import rss
from tests.watch.test_filing_queue import accession, entry, submission

ROOT = Path(__file__).resolve().parents[2]
FILINGS, WIRES, RELEASES, WINDOW = 1000, 5, 100, 20
EVERY = {"edgar": 5.0, "wire": 3.0}
LOOK = 0.05
"""Seconds between two looks into the database: how exact the times are (classified: ten times that)."""


def bodies() -> list[tuple[str, bytes]]:
    """(form, submission) pairs to draw from: the recorded ones of the forms that become news, else none."""
    chosen = Choice()
    index = SHARED / "edgar" / "submissions" / "index.csv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8") as lines:
        rows = [r for r in csv.DictReader(lines) if chosen.has(r["form"]) and r["form"].removesuffix("/A") != "4"]
    found = []
    for row in rows:
        path = next(index.parent.rglob(f"{row['accession']}*.gz"), None)
        body = gzip.decompress(path.read_bytes()) if path else b""
        if row["accession"].encode() in body and len(body) < 2_000_000:
            found.append((row["form"], body.replace(row["accession"].encode(), b"@ACCESSION@")))
    return found


def serve(pipe: Connection, seconds: float) -> None:
    """The server process; its minute begins with the word on the pipe, and it answers with when each path was asked."""
    recorded = bodies()
    asked: dict[str, list[float]] = defaultdict(list)
    forms = [recorded[n % len(recorded)][0] if recorded else "8-K" for n in range(FILINGS)]
    entries = [entry(n, form) for n, form in enumerate(forms)]
    with WireServer() as server:
        begun = float("inf")

        def share(total: int) -> int:
            return max(0, min(total, int(total * (time.monotonic() - begun) / seconds)))

        def edgar(request: Request) -> Reply:
            start, out = int(request.query["start"]), share(FILINGS)
            if not start:
                asked["edgar"].append(time.monotonic())
            shown = entries[:out][::-1][start : start + 100]
            head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>'
            if start and not shown:
                return Reply(b"", 503, etag=False)
            return Reply((head + "".join(shown) + "</feed>").encode(), etag=False)

        def archive(request: Request) -> Reply:
            number = int(re.findall(r"-(\d{6})\.txt", request.path)[0])
            body = submission(number, "8-K")
            if recorded:
                body = recorded[number % len(recorded)][1].replace(b"@ACCESSION@", accession(number).encode())
            return Reply(body, content_type="text/plain", etag=False)

        def wire(request: Request) -> Reply:
            asked[request.path[1:]].append(time.monotonic())
            out = share(RELEASES)
            text = rss(min(out, WINDOW), title=f"W {request.path}", start=max(0, out - WINDOW)).decode()
            return Reply(text.replace("Zephyra Robotics", f"Zephyra {request.path[2:]} Robotics").encode())

        server.route("/cgi-bin/browse-edgar", edgar)
        server.route("/Archives/edgar/data/", archive)
        for number in range(WIRES):
            server.route(f"/w{number}", wire)
        pipe.send(server.url)
        pipe.recv()
        begun = time.monotonic()
        pipe.recv()
        pipe.send(dict(asked))


def config(folder: Path, url: str) -> Path:
    """The settings of the watch: local addresses, no pace, the bench's cadence in any session."""
    quiet = PACE[clock.session_at(clock.now())]
    wires = "".join(
        f'[feeds.w{n}]\nkind = "feed"\nurl = "{url}/w{n}"\nevery = {EVERY["wire"] / quiet}\n' for n in range(WIRES)
    )
    path = folder / "screener.toml"
    path.write_text(
        f'[edgar]\nbase_url = "{url}"\nevery = {EVERY["edgar"] / quiet}\nmax_filings = 2000\n'
        f'[http]\npace = {{"*" = 0}}\n{wires}'
    )
    return path


@dataclass
class Seen:
    """When each item was first found stored, and its story classified, in seconds after its receipt."""

    stored: dict[tuple[str, str], float] = field(default_factory=dict)
    tagged: dict[tuple[str, str], float] = field(default_factory=dict)
    pending: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    def look(self, connection: sqlite3.Connection) -> None:
        """What is stored now."""
        now = time.time()
        for source, number, story, received in connection.execute(
            "SELECT source, source_id, story_id, received FROM items"
        ):
            if (source, number) not in self.stored:
                at = clock.parse_time(received).timestamp()
                self.stored[source, number] = now - at
                self.pending[source, number] = (story, at)

    def look_closer(self, connection: sqlite3.Connection) -> None:
        """What is classified now; dearer to ask."""
        now = time.time()
        for key, (story, at) in list(self.pending.items()):
            if connection.execute("SELECT model_id FROM stories WHERE id = ?", (story,)).fetchone()[0]:
                self.tagged[key] = now - at
                del self.pending[key]


def follow(db: Path, seconds: float) -> Seen:
    """Look into the database until everything is stored and classified, or half a minute has passed after the burst."""
    seen, end, wanted, looks = Seen(), time.monotonic() + seconds + 30, FILINGS + WIRES * RELEASES, 0
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    while time.monotonic() < end and len(seen.tagged) < wanted:
        seen.look(connection)
        looks += 1
        if looks % 10 == 0:
            seen.look_closer(connection)
        time.sleep(LOOK)
    connection.close()
    return seen


def lateness(asked: dict[str, list[float]]) -> list[float]:
    """Seconds by which polls began later than their cadence with all its jitter allows."""
    late = []
    for name, times in asked.items():
        every = EVERY["edgar" if name == "edgar" else "wire"] * (1 + JITTER)
        late += [max(0.0, b - a - every) for a, b in itertools.pairwise(times)]
    return sorted(late)


def spread(values: dict[tuple[str, str], float]) -> str:
    """p50, p95 and p99 in milliseconds."""
    ordered = sorted(values.values())
    return ", ".join(
        f"p{p} {ordered[min(len(ordered) - 1, len(ordered) * p // 100)] * 1e3:.0f} ms" for p in (50, 95, 99)
    )


def watch(url: str, folder: Path, seconds: float, begin: Connection) -> tuple[Seen, float]:
    """Run the watch through the burst; what was seen, and the seconds it took to stop."""
    command = [sys.executable, "-m", "screener", "--config", str(config(folder, url)), "run", "--watch"]
    feeds = [a for n in ("edgar", *(f"w{n}" for n in range(WIRES))) for a in ("--feeds", n)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_")}
    db = folder / "bench.db"
    process = subprocess.Popen(
        [*command, *feeds, "--db", str(db)], env={**clean, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    while "watching" not in process.stderr.readline() and process.poll() is None:
        pass
    begin.send("begin")
    seen = follow(db, seconds)
    stopped = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate()
    return seen, time.monotonic() - stopped


def main(seconds: float = 60.0) -> None:
    """Run the burst and print."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, seconds), daemon=True)
    process.start()
    with tempfile.TemporaryDirectory() as folder:
        seen, stop = watch(ours.recv(), Path(folder), seconds, ours)
    ours.send("end")
    late = lateness(ours.recv())
    process.join()
    wanted = FILINGS + WIRES * RELEASES
    print(f"burst of {seconds:g} s through watch mode: {len(seen.stored)} of {wanted} items stored")
    if len(seen.stored) < wanted:
        print(f"  by source: {dict(Counter(source for source, _ in seen.stored))}")
    print(f"  received to stored: {spread(seen.stored)}")
    print(f"  received to classified: {spread(seen.tagged)} ({len(seen.tagged)} items)")
    print(
        f"  polls: {len(late)}, late by p99 {late[len(late) * 99 // 100] * 1e3:.0f} ms, at most {late[-1] * 1e3:.0f} ms"
    )
    print(f"  stopped within {stop:.2f} s; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))

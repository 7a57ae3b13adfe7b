"""Everything at once on one database: ``python -m tests.bench.soak [MINUTES]`` (ten unless given).

1. Two watches, runs from a timer, ``serve``, backups and prunes together, while a wire publishes.
2. A disk that fills at ten different moments of an import.
3. A clock that jumps back an hour in the middle of a watch.

Each time nothing may be lost and nothing stored twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from screener import clock
from screener.types import FeedSpec
from tests.bench.kill_commands import AS_OF, run, start, tables, write_news
from tests.server.app import Reply, WireServer
from tests.server.faults import rss
from tests.watch.driving import Scene, until

NEWS, FILLS = 600, 10
PACE = 2.0
"""Items a second that the wire publishes."""


@dataclass
class Wire:
    """A wire whose items grow with time; it shows the newest 200."""

    began: float = field(default_factory=time.monotonic)
    count: int = 0
    stopped: bool = False

    def __call__(self, _: object) -> Reply:
        if not self.stopped:
            self.count = int((time.monotonic() - self.began) * PACE)
        shown = min(self.count, 200)
        return Reply(rss(shown, start=self.count - shown))


def items(db: Path) -> list[tuple[object, ...]]:
    """Titles, how often each is stored, and whether its story is classified; none while there is no database yet."""
    query = (
        "SELECT i.title, count(*), min(s.model_id != '') FROM items i JOIN stories s ON s.id = i.story_id GROUP BY 1"
    )
    try:
        with contextlib.closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []


@dataclass
class Counts:
    """What was done beside the watches, and what went wrong."""

    runs: int = 0
    backups: int = 0
    prunes: int = 0
    pages: int = 0
    wrong: list[str] = field(default_factory=list)


def command(args: Sequence[str], env: dict[str, str], counts: Counts) -> bool:
    """One command; a failure goes on record with its last words."""
    with start(args, env) as process:
        _, said = process.communicate(timeout=120)
    if process.returncode:
        counts.wrong.append(f"{args[0]} {args[1]}: exit {process.returncode}: {said.decode()[-200:]}")
    return not process.returncode


def together(folder: Path, seconds: float) -> Counts:
    """Two watches, a page, and runs, backups and prunes in turn."""
    db, counts, draw = folder / "s.db", Counts(), random.Random(3)
    with WireServer() as server:
        wire = Wire()
        server.route("/w.xml", wire)
        env = {
            "SCREENER_EDGAR__BASE_URL": server.url, "SCREENER_FEEDS__W__KIND": "feed",
            "SCREENER_FEEDS__W__URL": f"{server.url}/w.xml", "SCREENER_FEEDS__W__EVERY": "1",
        }  # fmt: skip
        watch = ["run", "--watch", "--feeds", "w", "--db", str(db)]
        watches = [start(watch, env), start(watch, env)]
        while not items(db):
            time.sleep(0.5)
        page = start(["serve", "--db", str(db), "--port", "18317"], env)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            beside(draw.choice(["run", "backup", "prune", "page"]), db, env, counts)
        wire.stopped = True
        settle(db, wire)
        ended = [stop(p, counts) for p in (*watches, page)]
        counts.wrong += [
            f"a {what} took {s:.1f} s to stop" for s, what in zip(ended, ("watch",) * 2, strict=False) if s > 5
        ]
    found = items(db)
    counts.wrong += [f"{t} is stored {n} times" for t, n, _ in found if n != 1]
    counts.wrong += [f"{t} is not classified" for t, _, tagged in found if not tagged]
    if len(found) != wire.count:
        counts.wrong.append(f"{len(found)} of {wire.count} items stored")
    print(f"  together {seconds:.0f} s: {len(found)} of {wire.count} items, {counts.runs} runs, {counts.backups} backups, "
          f"{counts.prunes} prunes, {counts.pages} pages: {'; '.join(counts.wrong[:5]) or 'nothing lost, nothing twice'}",
          flush=True)  # fmt: skip
    return counts


def beside(what: str, db: Path, env: dict[str, str], counts: Counts) -> None:
    """One piece of other work on the database."""
    if what == "run":
        counts.runs += command(["run", "--feeds", "w", "--db", str(db)], env, counts)
    elif what == "backup":
        copy = db.with_name(f"copy{counts.backups}.db")
        if command(["db", "backup", str(copy), "--db", str(db)], env, counts):
            counts.backups += 1
            copy.unlink()
    elif what == "prune":
        counts.prunes += command(["db", "prune", "--before", "2001-01-01", "--yes", "--db", str(db)], env, counts)
    else:
        with contextlib.suppress(OSError), urllib.request.urlopen("http://127.0.0.1:18317/", timeout=20) as answer:
            counts.pages += answer.status == 200
        time.sleep(0.5)


def settle(db: Path, wire: Wire) -> None:
    """Wait until what was published is stored and classified."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = items(db)
        if len(found) == wire.count and all(tagged for _, _, tagged in found):
            return
        time.sleep(0.5)


def stop(process: subprocess.Popen[bytes], counts: Counts) -> float:
    """Stop as a user would; the seconds it took. A traceback goes on record."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        _, said = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        _, said = process.communicate()
    if b"Traceback" in said:
        counts.wrong.append(said.decode()[-300:])
    return time.monotonic() - began


def full_disk(folder: Path, fills: int = FILLS, news: int = NEWS) -> list[str]:
    """An import on a disk that is full after so many bytes, then with room: as if it had had room at once."""
    file, whole = write_news(folder / "news.jsonl", news), folder / "whole.db"
    run(["run", "--items", str(file), "--as-of", AS_OF, "--db", str(whole)], {})
    size, wrong = whole.stat().st_size, []
    for n in range(fills):
        db = folder / f"full{n}.db"
        args = ["run", "--items", str(file), "--as-of", AS_OF, "--db", str(db)]
        limit = int(size * (n + 1) / (fills + 1))
        code, said = limited(args, limit)
        if code == 0 or "Traceback" in said:
            wrong.append(f"full at {limit}: exit {code}: {said[-200:]}")
        run(args, {})
        left, right = tables(db), tables(whole)
        wrong += [f"full at {limit}: {t} differs" for t in right if left[t] != right[t]]
    print(f"  a disk full at {fills} moments: {'; '.join(wrong[:5]) or 'nothing lost, nothing twice'}", flush=True)
    return wrong


def limited(args: Sequence[str], size: int) -> tuple[int, str]:
    """Run a command none of whose files may grow past a size."""
    limit = (
        f"import resource,runpy,sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {resource.RLIM_INFINITY})); "
    )
    code = f"{limit}sys.argv = {['screener', *args]!r}; runpy.run_module('screener', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stderr


def jumping_clock(folder: Path) -> list[str]:
    """A watch whose clock jumps back an hour: what is published before and after is stored once, and ranked."""
    wrong: list[str] = []
    with WireServer() as server, pytest.MonkeyPatch.context() as patch:
        count = [5]
        url = server.route("/a.xml", lambda _: Reply(rss(count[0])))
        feed = FeedSpec(name="a", kind="feed", url=url, every=0.2)
        shown = Scene(path=folder / "clock.db", feeds={"a": feed}, edgar=server.url)
        real: Callable[[], dt.datetime] = clock.now

        async def acts() -> None:
            await until(lambda: len(shown.titles()) == 5)
            patch.setattr(clock, "now", lambda: real() - dt.timedelta(hours=1))
            for n in (9, 14):
                count[0] = n
                await until(partial(lambda n: len(shown.titles()) == n, n))
            await until(lambda: shown.query("SELECT count(*) FROM stories WHERE model_id = ''") == [(0,)])

        try:
            shown.run(acts)
        except BaseExceptionGroup as e:
            wrong.append(repr(e.exceptions[0]))
        titles = shown.titles()
        wrong += [] if len(titles) == len(set(titles)) == 14 else [f"{len(titles)} of 14 items"]
        wrong += [s for s in shown.said if re.search("not renewed|nothing can be stored", s)]
    print(f"  a clock that jumps back an hour: {'; '.join(wrong) or 'nothing lost, nothing twice'}", flush=True)
    return wrong


def main(minutes: float = 10.0) -> None:
    """All three."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wrong = jumping_clock(folder) + full_disk(folder) + together(folder, minutes * 60).wrong
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))

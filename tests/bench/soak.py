"""Everything at once on one database: ``python -m tests.bench.soak [MINUTES]`` (ten unless given).

1. Two watches, runs from a timer, ``serve`` with its readers, backups and prunes together, while a wire publishes. The
   prunes drop years of older news bit by bit; each backup is opened and must hold what was there when it began.
2. A disk that fills at ten different moments of an import.
3. A disk that fills ten times under a watch, and has room again (a memory disk, where the system lets us mount one).
4. A clock that jumps back an hour in the middle of a watch.

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
import urllib.error
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

NEWS, FILLS, OLD = 600, 10, 400
PORT = 18317
DISK_MB = 48
PACE = 2
"""Items that the wire publishes for each request."""


@dataclass
class Wire:
    """A wire that has news for every reader who asks, as fast as the machine can ask; it shows the newest 200."""

    count: int = 0
    stopped: bool = False

    def __call__(self, _: object) -> Reply:
        if not self.stopped:
            self.count += PACE
        shown = min(self.count, 200)
        return Reply(rss(shown, start=self.count - shown))


def items(db: Path) -> list[tuple[object, ...]]:
    """The wire's titles, how often each is stored, and whether its story is classified; none without a database."""
    return rows(
        db,
        "SELECT i.title, count(*), min(s.model_id != '') FROM items i JOIN stories s ON s.id = i.story_id "
        "WHERE i.source = 'w' GROUP BY 1",
    )


def old_items(db: Path) -> list[tuple[object, ...]]:
    """The older news that is left."""
    return rows(db, "SELECT source_id FROM items WHERE source = 'wire' ORDER BY 1")


def rows(db: Path, query: str) -> list[tuple[object, ...]]:
    """The rows of a query; none while there is no such table."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []


LAST_PRUNE = dt.date(2025, 6, 1)
"""However many prunes a quick machine makes, none reaches the news of the wire."""


@dataclass
class Counts:
    """What was done beside the watches, and what went wrong."""

    runs: int = 0
    backups: int = 0
    prunes: int = 0
    pages: int = 0
    slow: int = 0
    pruned: dt.date = dt.date(2019, 1, 1)
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
    old = write_news(folder / "older.jsonl", OLD)
    run(["run", "--items", str(old), "--as-of", AS_OF, "--db", str(db)], {})
    run(["db", "backup", str(folder / "before.db"), "--db", str(db)], {})
    with WireServer() as server:
        wire = Wire()
        server.route("/w.xml", wire)
        env = settings(server)
        watches = [start(_watch(db), env), start(_watch(db), env)]
        while not items(db):
            time.sleep(0.5)
        page = start(["serve", "--db", str(db), "--port", str(PORT)], env)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            beside(draw.choice(["run", "backup", "prune", "page", "page"]), db, env, counts)
        wire.stopped = True
        settle(db, wire)
        ended = [stop(p, counts) for p in (*watches, page)]
        counts.wrong += [
            f"a {what} took {s:.1f} s to stop" for s, what in zip(ended, ("watch",) * 2, strict=False) if s > 5
        ]
    counts.wrong += [*whole(db, wire), *well_pruned(db, folder / "before.db", counts.pruned)]
    print(f"  together {seconds:.0f} s: {len(items(db))} of {wire.count} items, {counts.runs} runs, {counts.backups} backups, "
          f"{counts.prunes} prunes ({len(old_items(folder / 'before.db'))} old items before, {len(old_items(db))} left), "
          f"{counts.pages} pages, {counts.slow} too slow: {'; '.join(counts.wrong[:5]) or 'nothing lost, nothing twice'}",
          flush=True)  # fmt: skip
    return counts


def settings(server: WireServer) -> dict[str, str]:
    """One feed, asked every second."""
    return {
        "SCREENER_EDGAR__BASE_URL": server.url, "SCREENER_FEEDS__W__KIND": "feed",
        "SCREENER_FEEDS__W__URL": f"{server.url}/w.xml", "SCREENER_FEEDS__W__EVERY": "1",
    }  # fmt: skip


def _watch(db: Path) -> list[str]:
    return ["run", "--watch", "--feeds", "w", "--db", str(db)]


def whole(db: Path, wire: Wire) -> list[str]:
    """What the wire published and the store lacks, holds twice or has not classified."""
    found = items(db)
    wrong = [f"{t} is stored {n} times" for t, n, _ in found if n != 1]
    wrong += [f"{t} is not classified" for t, _, tagged in found if not tagged]
    return wrong + ([f"{len(found)} of {wire.count} items stored"] if len(found) != wire.count else [])


def well_pruned(db: Path, before: Path, day: dt.date) -> list[str]:
    """Whether exactly those older items are left that one prune, with nothing beside it, leaves."""
    run(["db", "prune", "--before", str(day), "--yes", "--db", str(before)], {})
    left, right = old_items(db), old_items(before)
    return [] if left == right else [f"{len(left)} old items left instead of {len(right)}"]


def beside(what: str, db: Path, env: dict[str, str], counts: Counts) -> None:
    """One piece of other work on the database."""
    if what == "run":
        counts.runs += command(["run", "--feeds", "w", "--db", str(db)], env, counts)
    elif what == "backup":
        backed_up(db, env, counts)
    elif what == "prune":
        counts.pruned = min(counts.pruned + dt.timedelta(days=40), LAST_PRUNE)
        before = str(counts.pruned)
        counts.prunes += command(["db", "prune", "--before", before, "--yes", "--db", str(db)], env, counts)
    else:
        read_page(("/", "/feed.json", "/search?q=wins"), counts)
        time.sleep(0.5)


def backed_up(db: Path, env: dict[str, str], counts: Counts) -> None:
    """A backup, which must be sound and hold all of the wire that was stored when it began."""
    copy, had = db.with_name("copy.db"), {t for t, _, _ in items(db)}
    if command(["db", "backup", str(copy), "--db", str(db)], env, counts):
        counts.backups += 1
        if rows(copy, "PRAGMA integrity_check") != [("ok",)]:
            counts.wrong.append("a backup is damaged")
        if lost := had - {t for t, _, _ in items(copy)}:
            counts.wrong.append(f"a backup lacks {len(lost)} items")
        copy.unlink()


def read_page(paths: Sequence[str], counts: Counts) -> None:
    """Read pages; one that refuses is wrong, one that takes too long on a busy machine is counted."""
    for path in paths:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=30) as answer:
                counts.pages += bool(answer.read())
        except urllib.error.HTTPError as e:
            counts.wrong.append(f"{path}: {e.code}")
        except OSError:  # not up yet, or slow
            counts.slow += 1


def settle(db: Path, wire: Wire) -> None:
    """Wait until what was published is stored and classified."""

    def done() -> bool:
        found = items(db)
        return len(found) == wire.count and all(tagged for _, _, tagged in found)

    reached(done)


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


def full_under_watch(folder: Path, fills: int = FILLS) -> list[str]:
    """A watch on a disk that somebody fills again and again: it holds what comes, and stores it when there is room."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        print("  a disk that fills under a watch: no disk can be mounted here, not tried", flush=True)
        return []
    try:
        return _full_under_watch(disk, fills)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def _full_under_watch(disk: Path, fills: int) -> list[str]:
    db, counts, draw, told = disk / "s.db", Counts(), random.Random(4), 0
    with WireServer() as server:
        wire = Wire()
        server.route("/w.xml", wire)
        process = start(_watch(db), settings(server))
        for _ in range(fills):
            had = len(items(db))
            reached(lambda had=had: len(items(db)) > had)  # type: ignore[misc]
            time.sleep(draw.uniform(0, 0.5))
            fill(disk)
            before = wire.count
            reached(lambda before=before: wire.count >= before + 6)  # type: ignore[misc]
            told += len(items(db)) < wire.count - 2
            (disk / "filler").unlink()
        wire.stopped = True
        settle(db, wire)
        stop(process, counts)
    wrong = [*counts.wrong, *whole(db, wire)]
    print(f"  a disk full {fills} times under a watch ({told} times news had to wait): {len(items(db))} of {wire.count} "
          f"items: {'; '.join(wrong[:5]) or 'nothing lost, nothing twice'}", flush=True)  # fmt: skip
    return wrong


def fill(disk: Path) -> None:
    """Take the last byte of a disk."""
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 65_536)


def reached(condition: Callable[[], object], seconds: float = 300.0) -> None:
    """Wait for it; a watch that hangs is seen by what is lacking at the end."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


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
    """All four."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wrong = jumping_clock(folder) + full_under_watch(folder) + full_disk(folder)
        wrong += together(folder, minutes * 60).wrong
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))

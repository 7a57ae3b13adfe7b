"""Kill commands in the middle of their work: ``python -m tests.bench.kill_commands [KILLS] [SCENARIO...]``.

Each scenario (items, prices, alerts, prune, backup) makes a database, lets the command run undisturbed on one copy, and
kills it (SIGKILL) at random moments on another, starting it again each time until it finishes. Both databases must then
hold the same in every table that users see. Only a kill that hits the command at work counts: when it was done before,
the databases are compared and the next kills fall on a new copy. ``kill`` does the same to a watch.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from screener.store import open_store
from tests.alerts.making import queue, row, save_story, settings

ROOT = Path(__file__).resolve().parents[2]
NEWS, TICKERS, DAYS, ALERTS = 3000, 1500, 60, 120
AS_OF = "2026-03-12T20:00:00Z"
WORDS = ("crane", "harbour", "valve", "polymer", "turbine", "sensor", "antenna", "reactor", "lens", "vaccine", "cargo")
KINDS = [
    "Announces 1-for-{n} Reverse Stock Split", "Wins ${n} Million Contract for {w}", "Prices ${n} Million Public Offering",
    "Receives Nasdaq Notice on Minimum Bid Price, Case {n}", "Opens {w} Office Number {n}", "Appoints {w} Adviser {n}",
]  # fmt: skip
SEEN = {
    "items": "source, source_id, story_id, title, published, received, form, record",
    "stories": "id, title, text, form, published, first_seen, known_at, tickers, novelty, repeats, sources, model_id",
    "story_versions": "story_id, known_at, record",
    "story_tickers": "ticker, published, story_id, position",
    "catalysts": "story_id, position, ticker, type, stage, polarity, confidence, evidence, facts, known_at",
    "noise": "story_id, kind, evidence",
    "filings": "accession, form",
    "halts": "ticker, halted, resumed",
    "bars": "day, ticker, source, open, close, volume, change_pct, known_at",
    "bars_revised": "day, ticker, source, close, known_at",
    "watchlist": "day, rank, ticker, score, catalyst, story_id",
    "outcomes": "day, ticker, price, close_pct",
    "alerts": "id, event, ticker, state",
    "deliveries": "alert_id, channel, state",
    "marks": "ticker, action",
}


Tables = dict[str, list[tuple[object, ...]]]


@dataclass
class Scenario:
    """A command on a database; ``lasting`` looks at what it left outside, and says what is wrong with it."""

    name: str
    prepare: Callable[[Path], Path]
    command: Callable[[Path, Path], list[str]]
    env: Callable[[Path], dict[str, str]] = lambda _: {}
    lasting: Callable[[Path], list[str]] = lambda _: []
    after_kill: Callable[[Path], list[str]] = lambda _: []


def write_news(path: Path, count: int) -> Path:
    """Invented releases of 2019 to 2024, in no order, by some 400 companies."""
    draw, lines = random.Random(5), []
    for n in range(count):
        ticker = "Z" + "".join(chr(65 + n % 400 // 26**k % 26) for k in range(2))
        what = draw.choice(KINDS).format(n=draw.randint(2, 60), w=draw.choice(WORDS).title())
        published = f"20{draw.randint(19, 24)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}T14:{n % 60:02}:00Z"
        body = f"{ticker.title()} (Nasdaq: {ticker}) said so: {' '.join(draw.choices(WORDS, k=60))}."
        item = {"source": "wire", "source_id": str(n), "title": f"{ticker.title()} {what}", "body": body,
                "published": published, "ticker_hints": [ticker], "url": f"https://wire.example/{n}"}  # fmt: skip
        lines.append(json.dumps(item))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_bars(path: Path, tickers: int, days: int) -> Path:
    """Invented bars."""
    draw = random.Random(6)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["ticker", "date", "open", "high", "low", "close", "volume", "change_pct"])
        for n in range(tickers):
            name = "".join(chr(65 + n // 26**k % 26) for k in range(4))
            for d in range(days):
                close = round(draw.uniform(1, 30), 2)
                date = f"2026-0{1 + d // 28}-{1 + d % 28:02}"
                out.writerow([name, date, close, close + 0.5, close - 0.5, close, draw.randint(1, 9) * 100_000, 0.5])
    return path


def _empty(folder: Path) -> Path:
    open_store(folder / "base.db").close()
    return folder / "base.db"


def _with_alerts(folder: Path) -> Path:
    names = [f"ZQ{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(ALERTS)]
    with open_store(folder / "base.db") as store:
        for name in names:
            save_story(store, row(name))
        queue(store, [row(name) for name in names], given=settings(f"jsonl:{folder / 'base.jsonl'}", daily_cap=10_000))
    return folder / "base.db"


def _with_news(folder: Path) -> Path:
    base = _empty(folder)
    run(["run", "--items", str(write_news(folder / "old.jsonl", NEWS // 3)), "--as-of", AS_OF, "--db", str(base)], {})
    return base


def scenarios(folder: Path, news: int, tickers: int) -> list[Scenario]:
    """All of them, over a folder of input files."""
    items, bars = write_news(folder / "news.jsonl", news), write_bars(folder / "bars.csv", tickers, DAYS)
    none = folder / "none.jsonl"
    none.write_text("")
    return [
        Scenario("items", _empty, lambda db, _: ["run", "--items", str(items), "--as-of", AS_OF, "--db", str(db)]),
        Scenario(
            "prices",
            _empty,
            lambda db, _: ["run", "--items", str(none), "--prices", str(bars), "--as-of", AS_OF, "--db", str(db)],
        ),
        Scenario(
            "alerts",
            _with_alerts,
            lambda db, _: ["alerts", "send", "--db", str(db)],
            # The channel's name is made from its address, so every trial writes to the same file.
            env=lambda where: {"SCREENER_ALERTS__URLS": f"jsonl:{where.parent / 'base.jsonl'}"},
            lasting=lambda where: _delivered(where.parent / "base.jsonl"),
        ),
        Scenario(
            "prune", _with_news, lambda db, _: ["db", "prune", "--before", "2022-06-01", "--yes", "--db", str(db)]
        ),
        Scenario(
            "backup",
            _with_news,
            lambda db, where: ["db", "backup", str(where / "copy.db"), "--db", str(db)],
            lasting=lambda where: _sound(where, must=True),
            after_kill=lambda where: _sound(where, must=False),
        ),
    ]


def _delivered(path: Path) -> list[str]:
    """Every alert is there, and once: the channel knows a key that it has written whole."""
    times: Counter[str] = Counter()
    for line in path.read_text().splitlines():
        try:
            told = json.loads(line)
        except ValueError:  # the line a kill cut off; its alert follows whole
            continue
        times.update({a["id"] for a in told.get("alerts", [told])})
    often = [i for i, n in times.items() if n > 1]
    return [f"{len(times)} of {ALERTS} alerts, {len(often)} of them twice"] if often or len(times) != ALERTS else []


def _sound(where: Path, *, must: bool) -> list[str]:
    copy = where / "copy.db"
    if not copy.exists():
        return ["no copy"] if must else []
    connection = sqlite3.connect(copy)
    state = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    if not must:
        copy.unlink()
    return [] if state == "ok" else [f"the copy: {state}"]


def start(args: Sequence[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """A command as a process."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "screener", *args],
        env={**clean, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def run(args: Sequence[str], env: dict[str, str]) -> float:
    """Run a command to its end; the seconds it took."""
    began = time.monotonic()
    with start(args, env) as process:
        _, said = process.communicate(timeout=900)
    if process.returncode:
        raise SystemExit(f"{' '.join(args)}: {said.decode()[-500:]}")
    return time.monotonic() - began


def tables(db: Path) -> Tables:
    """What users see of a database."""
    connection = sqlite3.connect(db)
    try:
        return {t: sorted(connection.execute(f"SELECT {c} FROM {t}"), key=repr) for t, c in SEEN.items()}
    finally:
        connection.close()


EACH = 4
"""Kills of one copy: later ones meet what the earlier ones left half done."""


def trial(scenario: Scenario, folder: Path, kills: int, draw: random.Random) -> tuple[list[str], float]:
    """Kill, finish and compare until so many kills hit: what differs, and how long the command takes undisturbed."""
    base, told = scenario.prepare(folder), folder / "base.jsonl"
    whole = _copy(base, folder / "whole")
    seconds = run(scenario.command(whole, whole.parent), scenario.env(whole.parent))
    right, wrong, hits, number = tables(whole), list[str](), 0, 0
    while hits < kills:
        db = _copy(base, folder / f"killed{number}")
        told.unlink(missing_ok=True)
        number += 1
        for _ in range(min(EACH, kills - hits)):
            began = time.monotonic()
            hit = _hit(scenario, db, draw.uniform(0.0, 1.0) * seconds)
            wrong += [f"after a kill: {w}" for w in scenario.after_kill(db.parent)]
            if not hit:  # a machine that is less busy now is quicker, and later kills must hit it at work
                seconds = min(seconds, time.monotonic() - began)
                break
            hits += 1
        run(scenario.command(db, db.parent), scenario.env(db.parent))
        found = [f"copy {number}: {w}" for w in (*differences(tables(db), right), *scenario.lasting(db.parent))]
        print(f"  {scenario.name}: {hits} kills so far; {'; '.join(found) or 'no difference'}", flush=True)
        wrong += found
        shutil.rmtree(db.parent)
    print(f"  {scenario.name}: {hits} kills hit the command at work, on {number} copies", flush=True)
    return wrong, seconds


def _copy(base: Path, place: Path) -> Path:
    place.mkdir()
    return shutil.copy(base, place / "s.db")


def _hit(scenario: Scenario, db: Path, seconds: float) -> bool:
    """Start the command and kill it after so long; whether it was still at work."""
    with start(scenario.command(db, db.parent), scenario.env(db.parent)) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return process.returncode == -signal.SIGKILL
    return False


def differences(left: Tables, right: Tables) -> list[str]:
    """What two databases differ in, a line for each table."""
    found = []
    for name in SEEN:
        if left[name] != right[name]:
            lost, more = len(set(right[name]) - set(left[name])), len(set(left[name]) - set(right[name]))
            found.append(f"{name}: {len(left[name])} and {len(right[name])} rows, {lost} lost, {more} others")
    return found


def main(kills: int = 5, *names: str) -> None:
    """Every scenario, or those named."""
    seed, bad = int(time.time()), 0
    print(f"{kills} kill -9 in each (seed {seed})")
    with tempfile.TemporaryDirectory() as name:
        for scenario in scenarios(Path(name), NEWS, TICKERS):
            if names and scenario.name not in names:
                continue
            place = Path(name) / scenario.name
            place.mkdir()
            wrong, seconds = trial(scenario, place, kills, random.Random(seed))
            print(
                f"  {scenario.name} ({seconds:.1f} s undisturbed): {'; '.join(wrong[:9]) or 'no difference'}",
                flush=True,
            )
            bad += bool(wrong)
    if bad:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])

"""Measure alerts from bytes received to delivered: ``python -m tests.bench.latency [calm items] [share of the burst]``.

A process of its own serves an invented wire and an invented EDGAR over HTTP; ``screener run --watch`` reads them and
alerts a local mail server and a webhook receiver that verifies signatures. Calm: one release at a time. Burst: 1,000
filings and 500 releases in a minute (share 1.0), one release in five and one filing in fifty of the kind that alerts.
Targets: p99 from received to delivered under 2 s calm and under 5 s in the burst.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from xml.sax.saxutils import escape

from screener import clock
from screener.outputs.alerts.listing import latency, latency_lines
from screener.store import open_store
from tests.alerts.making import SECRET, Hook, smtp
from tests.cli.conftest import ROOT
from tests.server.app import Reply, Request, WireServer

COMPANIES, SESSIONS, WINDOW = 3000, 30, 120
HEAD = ("ticker", "date", "open", "high", "low", "close", "volume", "change_pct", "market_cap", "exchange")
STRONG = (
    "{} Announces Positive Topline Results from Phase 3 Trial of ZX-{} Meeting Its Primary Endpoint",
    "{} Receives FDA Approval for ZX-{}",
    "{} Files Voluntary Chapter 11 Petition, Case {}",
    "{} Announces Pricing of ${} Million Public Offering of Common Stock",
    "{} to Be Acquired for ${} Million in Cash",
)
ORDINARY = (
    "{} to Present at the {}th Annual Growth Conference",
    "{} Opens Location Number {}",
    "{} Publishes Sustainability Report {}",
    "{} Names Employee of the Month {}",
)


def ticker(n: int) -> str:
    """Q and three letters: an invented ticker."""
    return "Q" + "".join(chr(65 + n // 26**k % 26) for k in range(3))


def company(n: int) -> str:
    """An invented company's name."""
    return f"Quor{ticker(n)[1:].lower()}on Works"


class Source:
    """The wire and EDGAR: what was released so far. Runs in a process of its own."""

    def __init__(self) -> None:
        self.releases: list[str] = []
        self.filings: list[str] = []
        self.submissions: dict[str, bytes] = {}

    def release(self, n: int, title: str) -> None:
        when = clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000")
        text = f"TULSA -- {company(n)} (Nasdaq: {ticker(n)}) said: {title}. " + "It gave further detail. " * 20
        self.releases.insert(
            0,
            f"<item><guid>r{len(self.releases)}</guid><title>{escape(title)}</title><link>https://wire.example/{n}</link>"
            f"<description>{escape(text)}</description><pubDate>{when}</pubDate></item>",
        )

    def file(self, n: int, form: str, items: Sequence[str]) -> None:
        serial = len(self.filings)
        accession = f"0009990001-26-{serial:06d}"
        when = clock.now().astimezone(clock.NEW_YORK).isoformat(timespec="seconds")
        headings = "".join(f"\n&lt;br&gt;Item {i}: Bankruptcy or Receivership" for i in items)
        link = f"/Archives/edgar/data/{9000000 + n}/{accession.replace('-', '')}/{accession}-index.htm"
        self.filings.insert(
            0,
            f"<entry><title>{form} - {company(n)} ({9000000 + n:010d}) (Filer)</title>"
            f'<link rel="alternate" type="text/html" href="https://www.sec.gov{link}"/>'
            f'<summary type="html"> &lt;b&gt;AccNo:&lt;/b&gt; {accession}{headings}</summary><updated>{when}</updated>'
            f'<category scheme="https://www.sec.gov/" label="form type" term="{form}"/>'
            f"<id>urn:tag:sec.gov,2008:accession-number={accession}</id></entry>\n",
        )

    def wire(self, _: Request) -> Reply:
        body = "".join(self.releases[:WINDOW])
        return Reply(f'<rss version="2.0"><channel><title>Bench</title>{body}</channel></rss>'.encode())

    def pages(self, request: Request) -> Reply:
        start, count = int(request.query.get("start") or 0), int(request.query.get("count") or 100)
        head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Latest</title>'
        body = head + "".join(self.filings[start : start + count]) + "</feed>"
        return Reply(body.encode("latin-1"), content_type="application/atom+xml")


def serve(ready: Connection) -> None:
    """Serve, and release what the bench asks for over the pipe: ("release", n, title), ("file", n, form, items)."""
    source = Source()
    table = {
        "fields": ["cik", "name", "ticker", "exchange"],
        "data": [[9000000 + n, company(n), ticker(n), "Nasdaq"] for n in range(COMPANIES)],
    }
    with WireServer() as server:
        server.route("/wire.xml", source.wire)
        server.route("/cgi-bin/browse-edgar", source.pages)
        server.route("/files/company_tickers_exchange.json", lambda _: Reply(json.dumps(table).encode()))
        ready.send(server.url)
        while (order := ready.recv()) is not None:
            getattr(source, order[0])(*order[1:])


def bars(path: Path) -> None:
    """Thirty sessions of invented small caps."""
    draw = random.Random(5)
    days = [clock.previous_session(clock.session_day(clock.now()), n) for n in range(1, SESSIONS + 1)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(COMPANIES):
            price = draw.uniform(0.5, 20)
            for day in days:
                row = (
                    ticker(n),
                    day,
                    price,
                    price * 1.03,
                    price * 0.97,
                    price * 1.01,
                    90_000,
                    1.0,
                    price * 5e6,
                    "nasdaq",
                )
                writer.writerow(row)
        for day in days:
            writer.writerow(("IWM", day, 240, 242, 239, 241, 30_000_000, 0.4, "", "nyse arca"))


def environment(url: str, alerts: str, folder: Path) -> dict[str, str]:
    """Settings of the watch: everything local, every filter open, polls every second or three."""
    every = 0.5 if clock.session_at(clock.now()) == clock.CLOSED else 1.0
    config = folder / "screener.toml"
    config.write_text(
        f'[edgar]\nbase_url = "{url}"\ncontact = "bench bench@example.com"\nevery = {every}\n'
        f'[feeds.bench]\nkind = "feed"\nurl = "{url}/wire.xml"\nevery = {every}\n'
        f'[alerts]\nurls = {json.dumps(alerts.split())}\nsecret = "{SECRET}"\nmin_score = 25\nlevels = []\n'
        "daily_cap = 100000\ncaps = []\n"
    )
    return {**os.environ, "SCREENER_CONFIG": str(config), "PYTHONPATH": str(ROOT)}


def main() -> None:
    """Calm, then burst; print both tables and whether the targets hold."""
    given = [float(a) for a in sys.argv[1:] if a.replace(".", "").isdigit()]
    calm_items, share = int(given[0]) if given else 20, given[1] if len(given) > 1 else 0.5
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    url = here.recv()
    with tempfile.TemporaryDirectory() as name, WireServer() as receiver:
        folder, hook = Path(name), Hook()
        receiver.route("/hook", hook)
        bars(folder / "bars.csv")
        mails = smtp()
        address, box = next(mails)
        alerts = f"{address} webhook+{receiver.url}/hook"
        db = folder / "bench.db"
        command = [
            sys.executable,
            "-m",
            "screener",
            "run",
            "--watch",
            "--feeds",
            "edgar",
            "--feeds",
            "bench",
            "--db",
            str(db),
        ]
        log = (folder / "log").open("w+")
        with subprocess.Popen(
            [*command, "--prices", str(folder / "bars.csv")], env=environment(url, alerts, folder), stderr=log
        ) as watch:
            try:
                wait_for(watch, log.name, 60)
                measure(here, db, calm_items, share)
                if watch.poll() is not None:
                    raise SystemExit(f"the watch ended by itself:\n{Path(log.name).read_text()[-3000:]}")
            finally:
                watch.send_signal(signal.SIGINT)
                watch.wait(30)
        next(mails, None)
        log.seek(0)
        troubles = [
            line for line in log if not any(w in line for w in ("watching", "stories", "stopping", "alerts go"))
        ]
        print(
            f"   {len(hook.shown)} webhook messages, {len(hook.ids)} alerts, {hook.again} repeats; {len(box.mails)} mails"
        )
        print("   " + "   ".join(troubles[-12:]) if troubles else "   the watch had nothing to complain about")
    here.send(None)


def wait_for(watch: subprocess.Popen[bytes], log: str, seconds: float) -> None:
    """Wait until the watch polls; SystemExit with its log when it ends or takes too long."""
    until = time.monotonic() + seconds
    while "watching" not in Path(log).read_text():
        if time.monotonic() > until or watch.poll() is not None:
            raise SystemExit(f"the watch did not start:\n{Path(log).read_text()}")
        time.sleep(0.1)


def measure(here: Connection, db: Path, calm_items: int, share: float) -> None:
    """Release news calmly, then in a burst, and print what the store measured."""
    here.send(("release", COMPANIES - 1, STRONG[0].format(company(COMPANIES - 1), 0)))
    settle(db, 1)
    began = clock.now()
    for n in range(calm_items):
        here.send(("release", n, STRONG[n % len(STRONG)].format(company(n), n + 2)))
        time.sleep(2.0)
    settle(db, 1 + calm_items)
    burst = clock.now()
    report("calm", db, began, burst, 2.0)
    total = burst_news(here, calm_items, share)
    settle(db, 1 + calm_items + total, 60)
    report(f"burst of {1500 * share:.0f} items in {60 * share:.0f} s", db, burst, None, 5.0)


def burst_news(here: Connection, first: int, share: float) -> int:
    """Two filings and a release every 0.12 s; returns how many of them alert at least."""
    loud, start = 0, time.monotonic()
    for k in range(round(500 * share)):
        n, strong = first + 3 * k, k % 5 == 0
        words = STRONG[k // 5 % len(STRONG)] if strong else ORDINARY[k % len(ORDINARY)]
        here.send(("release", n, words.format(company(n), k + 2)))
        for m in (1, 2):
            bankrupt = (2 * k + m) % 50 == 0
            here.send(("file", n + m, "8-K" if bankrupt else "144", ("1.03",) if bankrupt else ()))
            loud += bankrupt
        loud += strong
        time.sleep(max(0.0, start + 0.12 * (k + 1) - time.monotonic()))
    return loud


def settle(db: Path, alerts: int, seconds: float = 30) -> None:
    """Wait until so many alerts are delivered and nothing is owed, or nothing more comes."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.3)
        if not db.is_file():
            continue
        with open_store(db, readonly=True) as store:
            counts = store.outbox.counts()
        if not counts["pending"] + counts["failed"] and counts["sent"] >= 2 * alerts:
            return


def report(name: str, db: Path, since: dt.datetime, until: dt.datetime | None, target: float) -> None:
    """The latency table of one phase."""
    with open_store(db, readonly=True) as store:
        found = [a for a in store.outbox.alerts(since, limit=100_000) if until is None or a.created < until]
    table = latency(found)
    print(f"   {name}: {len({a.id for a in found})} alerts to 2 channels")
    for line in latency_lines(table):
        print(f"   {line}")
    reached = next((p99 for span, _, _, _, p99 in table if span == "received to delivered"), None)
    if reached is not None:
        print(
            f"   p99 received to delivered {reached:.2f} s, target {target:g} s: {'met' if reached < target else 'MISSED'}"
        )


if __name__ == "__main__":
    main()

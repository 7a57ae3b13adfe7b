"""Make a README command runnable: its files, a local feed in place of an address, a moment to watch."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.cli.conftest import Result, call_here

ROOT = Path(__file__).resolve().parents[2]
BARS = "ticker,date,open,high,low,close,volume\nZVEX,2026-03-11,1,1,1,1,1000\n"
ITEM = '{"source":"mine","source_id":"1","title":"Zorvane Wins $2 Million Order","published":"2026-03-12T12:00:00Z"}\n'
LABEL = (
    '{"id":"1","types":["commercial_contract"],"noise":[],"polarity":"+","stage":"announced","fields":{},"sure":3}\n'
)
RELEASE = (
    '{"id":"1","title":"Zorvane Wins $2 Million Order","body":"","tickers":[],"published":"2026-03-12T12:00:00Z"}\n'
)
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Zorvane news</title><item><title>Zorvane Wins Order</title>
<guid>1</guid><link>http://a.example/1</link><pubDate>Thu, 12 Mar 2026 12:00:00 GMT</pubDate></item></channel></rss>"""
FILINGS = b'{"filings": {"recent": {"accessionNumber": [], "filingDate": [], "form": []}, "files": []}}'
FACTS = b'{"facts": {}}'
WATCH_SECONDS = 6
WITH_SHELL = re.compile(r"[|<>~$*]|timeout ")
PASSWORD = "secret\nsecret\n"  # asked for on standard input where there is no terminal, twice


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        body = FILINGS if self.path.startswith("/submissions/") else FACTS if "/companyfacts/" in self.path else FEED
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


def prepare(line: str, home: dict[str, str], demo_db: Path, place: Path) -> Result:
    """Run one README line in ``place`` and give what came of it."""
    with gzip.open(place / "bars.csv.gz", "wt") as out:
        out.write(BARS)
    (place / "items.jsonl").write_text(ITEM)
    (place / "labels.jsonl").write_text(LABEL)
    with gzip.open(place / "releases.jsonl.gz", "wt") as out:
        out.write(RELEASE)
    (place / "screener.toml").write_text("[filters.NAME]\nmin_score = 1\n")
    db = place / "own.db"
    shutil.copy(demo_db, db)
    server = HTTPServer(("127.0.0.1", 0), _Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    line, env = (
        _runnable(line, url, place),
        {**home, **_settings(db, url), "SCREENER_CONFIG": str(place / "screener.toml")},
    )
    try:
        return _shell(line, env, place) if WITH_SHELL.search(line) else _here(line, env, place)
    finally:
        server.shutdown()
        server.server_close()


def _runnable(line: str, url: str, place: Path) -> str:
    line = line.replace("https://ir.example.com", url).replace("~/my-screener", str(place / "my"))
    line = line.replace("--as-of T", "--as-of 2026-03-12T22:10:00Z").replace("ZVEX", "QBKR")
    if "db update-tickers" in line:
        line += f" {shlex.quote(str(ROOT / 'data' / 'demo' / 'tickers.json'))}"
    if " serve" in line or "--watch" in line:
        line = f"timeout --signal=INT {WATCH_SECONDS} {line} || test $? -eq 124"
    return line


def _settings(db: Path, url: str) -> dict[str, str]:
    return {
        "SCREENER_DATABASE__PATH": str(db),
        "SCREENER_EDGAR__BASE_URL": url,
        "SCREENER_EDGAR__DATA_URL": url,
        "SCREENER_PRICES__NASDAQ__BASE_URL": url,
        "SCREENER_ALERTS__URLS": f"jsonl:alerts.jsonl json://{url.partition('//')[2]}/alerts",
        **{f"SCREENER_FEEDS__{p.stem.upper()}__ENABLED": "false" for p in (ROOT / "rules" / "feeds").glob("*.yml")},
    }


def _here(line: str, env: dict[str, str], place: Path) -> Result:
    """Commands of the program alone, one after the other as long as they go well."""
    for command in line.split(" && "):
        done = call_here(*shlex.split(command)[1:], env=env, stdin=PASSWORD, cwd=place)
        if done.returncode:
            break
    return done


def _shell(line: str, env: dict[str, str], place: Path) -> Result:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_") and not k.lower().endswith("_proxy")}
    return subprocess.run(
        ["bash", "-c", line.replace("screener ", f"{shlex.quote(sys.executable)} -m screener ")],
        input=PASSWORD,
        capture_output=True,
        text=True,
        env={**clean, "PYTHONPATH": str(ROOT), **env},
        cwd=place,
        timeout=120,
        check=False,
    )

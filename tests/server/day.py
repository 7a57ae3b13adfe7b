"""The recorded EDGAR day: getcurrent pages by ``start``, the 503 that ends the paging, SEC's ticker table."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

from tests.server.app import Reply, Request, WireServer

RECORDING = "2025-12-12T2303Z"
ATOM = "application/atom+xml"
_ENTRY = re.compile(rb"<entry>.*?</entry>\s*", re.S)
_UPDATED = re.compile(rb"<updated>([^<]+)</updated>")
KEPT_HEADERS = ("Cache-Control", "Strict-Transport-Security", "Vary", "X-Content-Type-Options", "Server")


class EdgarDay:
    """Serves the recorded pages byte for byte; other page sizes and an earlier ``at`` are cut from their entries."""

    def __init__(self, data: Path, at: dt.datetime | None = None) -> None:
        folder = data / "edgar" / "getcurrent" / RECORDING
        files = sorted(folder.glob("*.atom.xml"))
        if not files:
            raise SystemExit(f"no recorded pages in {folder}: give the folder of recorded data with --data")
        self.pages = [f.read_bytes() for f in files]
        self.headers = [_headers(f.with_name(f.name.replace(".atom.xml", ".headers.json"))) for f in files]
        self.end = next(folder.glob("*.http503.html")).read_bytes()
        self.entries = [e for page in self.pages for e in _ENTRY.findall(page)]
        self.at = at

    def __call__(self, request: Request) -> Reply:
        start, count = int(request.query.get("start") or 0), int(request.query.get("count") or 40)
        if self.at is None and count == 100 and start % 100 == 0:
            number = start // 100
            if number < len(self.pages):
                return Reply(self.pages[number], content_type=ATOM, headers=self.headers[number])
            return Reply(self.end, 503, "text/html", etag=False)
        shown = [e for e in self.entries if self.at is None or _time(e) <= self.at]
        if start >= len(shown):
            return Reply(self.end, 503, "text/html", etag=False)
        head = self.pages[0][: self.pages[0].index(b"<entry>")]
        return Reply(head + b"".join(shown[start : start + count]) + b"</feed>\n", content_type=ATOM)


def _headers(path: Path) -> dict[str, str]:
    recorded = json.loads(path.read_text())["headers"]
    return {name: values[0] for name, values in recorded.items() if name in KEPT_HEADERS}


def _time(entry: bytes) -> dt.datetime:
    found = _UPDATED.search(entry)
    assert found
    return dt.datetime.fromisoformat(found[1].decode())


def add_edgar(server: WireServer, data: Path, at: dt.datetime | None = None) -> EdgarDay:
    """Register EDGAR's routes; setting ``at`` on the result moves the day's clock."""
    day = EdgarDay(data, at)
    server.route("/cgi-bin/browse-edgar", day)
    for name in ("company_tickers_exchange.json", "company_tickers.json"):
        body = (data / "tickers" / name).read_bytes()
        server.route(f"/files/{name}", lambda _, body=body: Reply(body, content_type="application/json"))  # type: ignore[misc]
    return day

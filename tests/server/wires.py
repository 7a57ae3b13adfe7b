"""Renders recorded releases as the RSS of the three wires, in the shapes that the sources document."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zlib
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.server.app import Reply, Request, WireServer

GNW, PRN, BW = "GlobeNewswire", "PR Newswire", "Business Wire"
PATHS = {GNW: "/globenewswire.xml", PRN: "/prnewswire.xml", BW: "/businesswire.xml"}
TITLES = {GNW: "GlobeNewswire - News about Public Companies", PRN: "All News Releases", BW: "Business Wire - All News"}


class Wires:
    """The releases of some days. ``window`` keeps the newest N a feed (0: all); ``at`` hides what came later.

    Releases of a wire nobody noted are spread over the three by their id. Those without a publication time are left
    out unless ``undated``; then they are shown without a date on the day a relay saw them.
    """

    def __init__(self, data: Path, days: list[str], window: int = 0, undated: bool = False) -> None:
        self.window, self.at = window, None  # type: int, dt.datetime | None
        self.releases: dict[str, list[dict[str, Any]]] = {GNW: [], PRN: [], BW: []}
        self.exchanges = _exchanges(data)
        with gzip.open(data / "wires" / "releases.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                self._add(json.loads(line), days, undated)
        for rows in self.releases.values():
            rows.sort(key=lambda r: r["published"] or r.get("seen_by", ""), reverse=True)

    def _add(self, row: dict[str, Any], days: list[str], undated: bool) -> None:
        if (row["published"] or (row.get("seen_by", "") if undated else ""))[:10] not in days:
            return
        wire = row["wire"] if row["wire"] in PATHS else (GNW, PRN, BW)[zlib.crc32(row["id"].encode()) % 3]
        self.releases[wire].append(row)

    def shown(self, wire: str) -> list[dict[str, Any]]:
        """The rows a feed holds now, newest first."""
        rows = self.releases[wire]
        if self.at is not None:
            rows = [r for r in rows if _moment(r["published"] or r["seen_by"]) <= self.at]
        return rows[: self.window] if self.window else rows

    def feed(self, wire: str) -> Reply:
        """The feed of one wire as bytes."""
        render = {GNW: self._gnw, PRN: self._prn, BW: self._bw}[wire]
        items = "".join(render(r) for r in self.shown(wire))
        spaces = (
            'xmlns:dc="http://dublincore.org/documents/dcmi-namespace/" xmlns:prn="http://www.prnewswire.com/rss/prn"'
        )
        text = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {spaces}><channel>'
            f"<title>{TITLES[wire]}</title><link>https://wire.example/</link>{items}</channel></rss>\n"
        )
        return Reply(text.encode(), headers={"Last-Modified": "Fri, 12 Dec 2025 23:00:00 GMT"})

    def _stock(self, ticker: str) -> str:
        return f"{self.exchanges.get(ticker, 'Nasdaq')}:{ticker}"

    def _gnw(self, row: dict[str, Any]) -> str:
        stocks = "".join(
            f'<category domain="https://www.globenewswire.com/rss/stock">{escape(self._stock(t))}</category>'
            for t in row["tickers"]
        )
        subjects = "".join(f"<dc:subject>{escape(s)}</dc:subject>" for s in row["subjects"][:1])
        return (
            f'<item><guid isPermaLink="true">{escape(_link(row))}</guid><link>{escape(_link(row))}</link>{stocks}'
            f"<title>{escape(row['title'])}</title><description><![CDATA[{_html(row['body'])}]]></description>"
            f"{_date(row, '%a, %d %b %Y %H:%M GMT')}<dc:identifier>{escape(row['id'])}</dc:identifier>"
            f"<dc:language>en</dc:language><dc:publisher>GlobeNewswire Inc.</dc:publisher>{subjects}</item>\n"
        )

    def _prn(self, row: dict[str, Any]) -> str:
        text = self._with_ticker(row)
        cut = text if len(text) <= 300 else text[:297] + "..."
        return (
            f"<item><title>{escape(row['title'])}</title><link>{escape(_link(row))}</link>"
            f'<guid isPermaLink="false">{escape(row["id"])}</guid><description>{escape(cut)}</description>'
            f"{_date(row, '%a, %d %b %Y %H:%M:%S +0000')}<prn:industry>FIN</prn:industry></item>\n"
        )

    def _bw(self, row: dict[str, Any]) -> str:
        link = _link(row) + "?feedref=JjAwJuNHiystnCoBq_hl-Q"
        return (
            f"<item><title>{escape(row['title'])}</title><link>{escape(link)}</link>"
            f"<description>{escape(_html(self._with_ticker(row)))}</description>"
            f'{_date(row, "%a, %d %b %Y %H:%M:%S UT")}<guid isPermaLink="false">{escape(row["id"])}</guid></item>\n'
        )

    def _with_ticker(self, row: dict[str, Any]) -> str:
        text = row["body"] or row["title"]
        if not row["tickers"] or f"{row['tickers'][0]})" in text:
            return str(text)
        exchange, _, ticker = self._stock(row["tickers"][0]).partition(":")
        return f"({exchange.upper()}: {ticker}) {text}"


def _link(row: dict[str, Any]) -> str:
    return str(row["url"] or f"https://wire.example/release/{row['id'].replace(':', '-')}")


def _html(body: str) -> str:
    return "".join(f"<p>{escape(p)}</p>" for p in body.split("\n\n")) if body else ""


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _date(row: dict[str, Any], form: str) -> str:
    return f"<pubDate>{_moment(row['published']).strftime(form)}</pubDate>" if row["published"] else ""


def _exchanges(data: Path) -> dict[str, str]:
    table = json.loads((data / "tickers" / "company_tickers_exchange.json").read_text())
    at, name = table["fields"].index("ticker"), table["fields"].index("exchange")
    return {row[at]: row[name] for row in table["data"] if row[name]}


def add_wires(server: WireServer, data: Path, days: list[str], window: int = 0, undated: bool = False) -> Wires:
    """Register the three feeds; setting ``at`` or ``window`` on the result changes what they show."""
    wires = Wires(data, days, window, undated)

    def serve(request: Request) -> Reply:
        return wires.feed(next(w for w, p in PATHS.items() if p == request.path))

    for path in PATHS.values():
        server.route(path, serve)
    return wires

"""The stream: every story in order of time, newest first, with what was found in it and its place on the list."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from urllib.parse import urlencode

from datasette.utils import sqlite_timelimit
from msgspec import Struct

from screener.store.outlines import Outline
from screener.types import Catalyst, WatchRow
from screener.web.listing import chosen
from screener.web.query import BadQuery, Filters, read_moment, read_text, read_ticker, read_word
from screener.web.site import Answer, PageView

LIMIT = 100
_MS = 1500


class StreamStory(Struct, frozen=True, kw_only=True):
    """One story of the stream; ``rows`` are the rows of the newest list that it is about."""

    story: Outline
    catalysts: tuple[Catalyst, ...]
    noise: tuple[str, ...]
    rows: tuple[WatchRow, ...]


class StreamQuery(Struct, frozen=True, kw_only=True):
    """What the address asks for."""

    before: dt.datetime
    at: dt.datetime | None = None
    ticker: str = ""
    words: str = ""
    catalyst: str = ""
    source: str = ""
    own: bool = False

    def address(self, **changes: object) -> str:
        """The address with other values; None and empty leave a name out."""
        held: dict[str, object] = {
            "q": self.words,
            "ticker": self.ticker,
            "catalyst": self.catalyst,
            "source": self.source,
            "own": "1" if self.own else "",
        }
        values = [(n, str(v)) for n, v in (held | changes).items() if v]
        return "/stream" + ("?" + urlencode(values) if values else "")


def asked(view: PageView) -> StreamQuery:
    """Read the address. Raises BadQuery."""
    ticker = (view.args.get("ticker") or [""])[0].strip()
    moment = read_moment(view.args)
    return StreamQuery(
        before=moment or view.now,
        at=moment,
        ticker=read_ticker(ticker) if ticker else "",
        words=read_text(view.args, "q").strip(),
        catalyst=read_word(view.args, "catalyst"),
        source=read_text(view.args, "source"),
        own=(view.args.get("own") or [""])[0] == "1",
    )


def page(view: PageView) -> Answer:
    """The page ``/stream``."""
    a = asked(view)
    own = {t for t, m in view.store.marks.standing().items() if m.listed or m.pinned}
    stories = _stories(view, a, sorted(own))
    tagged = view.store.catalysts.of_stories([s.id for s in stories])
    found = chosen(view, Filters())
    rows: dict[str, WatchRow] = {r.ticker: r for r in found.rows or ()}
    told = [_told(s, tagged, rows) for s in stories[:LIMIT]]
    last = told[-1].story.published if told else None
    return view.render(
        "stream.html",
        nav="stream",
        a=a,
        told=told,
        types=view.store.occurrences.types(),
        sources=sorted({s.source for t in told for s in t.story.sources} | ({a.source} if a.source else set())),
        older=a.address(as_of=_iso(last)) if last and len(stories) > LIMIT else "",
        newest=a.address(),
        day=found.day,
    )


def _stories(view: PageView, a: StreamQuery, own: list[str]) -> list[Outline]:
    if a.own and not own:
        return []
    tickers = [a.ticker] if a.ticker else own if a.own else []
    if a.ticker and a.own and a.ticker not in own:
        return []
    try:
        with sqlite_timelimit(view.db, _MS):
            return view.store.outlines.stream(
                a.before, LIMIT + 1, tickers=tickers, catalyst=a.catalyst, source=a.source, words=a.words
            )
    except sqlite3.OperationalError:
        raise BadQuery("these filters match too few of too many stories; add a ticker or a catalyst") from None


def _told(story: Outline, tagged: Mapping[str, object], rows: Mapping[str, WatchRow]) -> StreamStory:
    found = tagged[story.id]
    return StreamStory(
        story=story,
        catalysts=found.catalysts,  # type: ignore[attr-defined]
        noise=tuple(n.kind for n in found.noise),  # type: ignore[attr-defined]
        rows=tuple(rows[t] for t in story.tickers if t in rows),
    )


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

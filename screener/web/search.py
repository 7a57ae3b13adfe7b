"""Search: full text over headlines and texts, and a short way to a ticker."""

from __future__ import annotations

import sqlite3
from urllib.parse import quote

from datasette.utils import sqlite_timelimit

from screener.language.symbols import typed_ticker
from screener.store.outlines import HIT, Found
from screener.store.search import FEW
from screener.types import Listing
from screener.web.evidence import Piece
from screener.web.query import read_text
from screener.web.site import Answer, PageView, finished

LIMIT = 60
_BEST_MS = 400
_NEWEST_MS = 1200


def found(view: PageView, text: str, limit: int = LIMIT) -> tuple[list[Found], bool]:
    """Stories that hold all the words, and whether they are in order of fit.

    A common word tells nothing, and in a big store it has too many hits to weigh them all; then the newest come. Raises
    sqlite3.OperationalError when even that takes too long.
    """
    outlines = view.store.outlines
    try:
        with sqlite_timelimit(view.db, _BEST_MS):
            best = not outlines.common(text, FEW)
            return outlines.found(text, limit, best=best), best
    except sqlite3.OperationalError:
        with sqlite_timelimit(view.db, _NEWEST_MS):
            return view.store.outlines.found(text, limit, best=False), False


def page(view: PageView) -> Answer:
    """The page ``/search``; a ticker goes to its own page at once, unless the address says ``words=1``."""
    text = read_text(view.args, "q").strip()
    company = _company(view, text)
    if company is not None and not view.args.get("words"):
        return finished("", status=302, location=f"/ticker/{quote(company.ticker)}?searched=1")
    stories, best = found(view, text) if text else ([], True)
    return view.render(
        "search.html",
        nav="",
        q=text,
        stories=[(f.story, hits(f.piece)) for f in stories],
        best=best,
        company=company,
        limit=LIMIT,
    )


def _company(view: PageView, text: str) -> Listing | None:
    """The listed company whose ticker the text is."""
    symbol = typed_ticker(text)
    if not 0 < len(symbol) <= 10 or not symbol.isascii() or len(symbol.split()) > 1:
        return None
    return view.store.listings.get(symbol)


def hits(piece: str) -> list[Piece]:
    """The piece of a text in parts, the words that were looked for marked."""
    parts = piece.split(HIT)
    return [Piece(text=p, proves="found" if n % 2 else "") for n, p in enumerate(parts) if p]

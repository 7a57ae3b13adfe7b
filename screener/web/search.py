"""Search: full text over headlines and texts, and a short way to a ticker."""

from __future__ import annotations

import sqlite3

from datasette.utils import sqlite_timelimit

from screener.language.symbols import typed_ticker
from screener.store.outlines import Outline
from screener.web.query import read_text
from screener.web.site import Answer, PageView

LIMIT = 60
_BEST_MS = 400
_NEWEST_MS = 1200


def found(view: PageView, text: str, limit: int = LIMIT) -> tuple[list[Outline], bool]:
    """Stories that hold all the words, and whether they are in order of fit.

    A common word in a big store has too many hits to weigh them all; then the newest come. Raises
    sqlite3.OperationalError when even that takes too long.
    """
    try:
        with sqlite_timelimit(view.db, _BEST_MS):
            return view.store.outlines.matching(text, limit, best=True), True
    except sqlite3.OperationalError:
        with sqlite_timelimit(view.db, _NEWEST_MS):
            return view.store.outlines.matching(text, limit, best=False), False


def page(view: PageView) -> Answer:
    """The page ``/search``."""
    text = read_text(view.args, "q").strip()
    stories, best = found(view, text) if text else ([], True)
    symbol = typed_ticker(text)
    company = view.store.listings.get(symbol) if 0 < len(symbol) <= 10 and symbol.isascii() else None
    return view.render(
        "search.html", nav="", q=text, stories=stories, best=best, symbol=symbol if company else "", company=company,
        limit=LIMIT,
    )  # fmt: skip

"""What an alert says, before any channel's form: one sentence why, the numbers, the catch, what is unknown, the times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from urllib.parse import quote

from msgspec import Struct

from screener.clock import NEW_YORK
from screener.format import (
    catalyst_label,
    dollars,
    eastern,
    multiple,
    on_one_line,
    percent,
    safe_link,
    short,
    time_of_day,
    whole_score,
)
from screener.types import Alert, Reason, WatchRow

TEST_MARK = "[TEST] "
_HOLDERS = {"+": "good for holders", "-": "bad for holders", "±": "cuts both ways", "0": "neutral"}
_NUMBERS = {
    "price": "price",
    "change_pct": "change",
    "rvol": "volume",
    "market_cap": "market cap",
    "float_shares": "float",
}
_UNKNOWN_SHOWN = 4
_WIRE = (
    "ticker", "company", "exchange", "catalyst", "stage", "polarity", "confidence", "score", "level", "action",
    "recommendation", "timeframe", "risk", "headline", "source", "url", "facts", "warnings", "unknown", "session",
)  # fmt: skip
_MEASURED = (
    "price", "change_pct", "gap_pct", "since_news_pct", "abnormal_pct", "rvol", "dollar_volume", "market_cap",
    "float_shares", "materiality_pct",
)  # fmt: skip


class Content(Struct, frozen=True, kw_only=True):
    """One alert in plain words; ``lines`` are (label, text), ``links`` (label, address), both in order."""

    id: str
    subject: str
    head: str
    headline: str
    lines: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    brief: str


def content(alert: Alert, page_url: str = "", *, test: bool = False) -> Content:
    """Everything an alert has to say."""
    row = alert.row
    mark = TEST_MARK if test else ""
    again = f"update {alert.update}" if alert.update else ""
    change = percent(row.change_pct) if row.change_pct is not None else ""
    name = " ".join(x for x in (row.ticker, change) if x)
    subject = f"{mark}{name}: {label(row)}" + (f" ({again})" if again else "") + f", score {whole_score(row.score)}"
    company = on_one_line(row.company, 80)
    where = f" ({on_one_line(row.exchange, 20)})" if row.exchange else ""
    news = news_text(alert)
    lines = [
        (again.capitalize(), news) if again else ("", ""),
        ("Why", why(alert)),
        ("Numbers", numbers(row)),
        ("Catch", "; ".join(on_one_line(w, 120) for w in row.warnings) or "none found"),
        ("Unknown", unknown(row)),
        (
            "Card",
            " / ".join(
                x for x in (row.action, row.recommendation, row.timeframe, row.risk and f"risk {row.risk}") if x
            ),
        ),
        ("Times", times(alert)),
    ]
    return Content(
        id=alert.id,
        subject=on_one_line(subject, 160),
        head=f"{mark}{row.ticker} {company}{where}: {label(row)}, {_HOLDERS.get(row.polarity, 'neutral')}",
        headline=on_one_line(row.headline, 300),
        lines=tuple((name, text) for name, text in lines if text),
        links=links(row, page_url),
        brief=on_one_line(
            f"{mark}{name} {label(row)}"
            + (f", {again}: {news}" if again else "")
            + f", score {whole_score(row.score)}",
            120,
        ),
    )


def why(alert: Alert) -> str:
    """One sentence: the rule, how sure, the matched words, and what else speaks for it."""
    row = alert.row
    title = row.reasons[0].text.partition(": ")[0] if row.reasons else row.catalyst.replace("_", " ")
    more = [on_one_line(r.text, 80) for r in supporting(row)]
    confirmed = f"confirmed by {on_one_line(alert.confirmed_by, 40)}" if alert.confirmed_by else ""
    parts = [
        f"{on_one_line(title, 80)} ({row.confidence * 100:.0f} % sure)",
        proof(alert.words),
        f"with {', '.join(more)}" if more else "",
        confirmed,
    ]
    return ", ".join(p for p in parts if p) + "."


def proof(words: Sequence[str]) -> str:
    """``by the words “met its primary endpoint”``, or ``by form 424B5`` where the form alone says it."""
    if not words:
        return ""
    if words[0].partition(" ")[0] in ("form", "item", "subject"):
        return f"by {', '.join(on_one_line(w, 40) for w in words)} alone"
    return "by the words " + ", ".join(f"“{on_one_line(w, 100)}”" for w in words)


def supporting(row: WatchRow, limit: int = 3) -> list[Reason]:
    """The first reason of each further rule on the lead's side that adds to the score, the heaviest rules first."""
    side = row.reasons[0].side if row.reasons else ""
    first: dict[str, Reason] = {}
    points: dict[str, float] = {}
    for reason in row.reasons[1:]:
        if reason.side == side and reason.part in ("materiality", "confirmation", "freshness") and reason.rule_id:
            first.setdefault(reason.rule_id, reason)
            points[reason.rule_id] = points.get(reason.rule_id, 0.0) + reason.points
    best = sorted((r for r in points if points[r] > 0), key=lambda r: -points[r])
    return [first[r] for r in best[:limit]]


def news_text(alert: Alert) -> str:
    """What an update adds, in words."""
    row = alert.row
    told = []
    for piece in alert.news:
        kind, _, word = piece.partition(":")
        told.append(
            {
                "news": f"the news is {word.replace('_', ' ')}",
                "halted": "trading halted",
                "move": f"price {percent(row.since_news_pct if row.since_news_pct is not None else row.change_pct)}",
                "dilution": "a sale of shares shows up beside it",
                "confirmed": f"confirmed by {on_one_line(alert.confirmed_by, 40) or 'a filing'}",
                "volume": f"volume {multiple(row.rvol)} its usual",
                "stage": f"now {word}",
                "critical": "now critical",
            }.get(kind, piece)
        )
    return "; ".join(dict.fromkeys(told))


def numbers(row: WatchRow) -> str:
    """Price, change, relative volume, market cap, float and materiality; only what is known."""
    known: tuple[tuple[float | None, Callable[[float], str]], ...] = (
        (row.price, dollars),
        (row.change_pct, lambda v: f"{percent(v)} on the day"),
        (row.since_news_pct, lambda v: f"{percent(v)} since the news"),
        (row.rvol, lambda v: f"volume {multiple(v)} its usual"),
        (row.market_cap, lambda v: f"market cap ${short(v)}"),
        (row.float_shares, lambda v: f"float {short(v)} shares"),
        (row.materiality_pct, lambda v: f"worth {v:.0f} % of the market cap"),
    )
    return ", ".join(show(v) for v, show in known if v is not None) or "none known"


def unknown(row: WatchRow) -> str:
    """The numbers that are missing, then the facts the rules missed, the longer tail counted."""
    missing = [shown for name, shown in _NUMBERS.items() if getattr(row, name) is None]
    rest = [u.replace("_", " ") for u in row.unknown if u not in _NUMBERS]
    shown = missing + rest[: max(0, _UNKNOWN_SHOWN - len(missing))]
    left = len(missing) + len(rest) - len(shown)
    return on_one_line(", ".join(shown), 200) + (f" and {left} more" if left else "")


def times(alert: Alert) -> str:
    """Publication, receipt and alert; a day is written once."""
    row = alert.row
    received = alert.times.get("received") or row.first_seen
    day = alert.created.astimezone(NEW_YORK).date()
    shown = [("published", row.published), ("received", received), ("alert", alert.created)]
    return ", ".join(f"{name} {_time(at, day)}" for name, at in shown if at is not None)


def _time(at: dt.datetime, day: dt.date) -> str:
    return time_of_day(at) if at.astimezone(NEW_YORK).date() == day else eastern(at)


def links(row: WatchRow, page_url: str) -> tuple[tuple[str, str], ...]:
    """The source, and the explanation on the page when there is one."""
    found = [("Source", web_address(row.url)), ("Explanation", explanation(row, page_url))]
    return tuple((name, url) for name, url in found if url)


def explanation(row: WatchRow, page_url: str) -> str:
    """The ticker's own page; empty without ``[alerts] page_url``."""
    return f"{page_url.rstrip('/')}/ticker/{quote(row.ticker, safe='')}" if page_url else ""


def label(row: WatchRow) -> str:
    """``reverse split, effective``."""
    return catalyst_label(row.catalyst, row.stage)


def web_address(address: object) -> str:
    """As ``safe_link``, and nothing that ends a link in a chat's markup or in Markdown."""
    value = safe_link(address)
    return "" if len(value) > 1000 or any(c in value for c in "()[]*'") else value


def payload(alert: Alert, page_url: str = "", *, test: bool = False) -> dict[str, object]:
    """An alert as plain values for programs; the layout of JSON lines and webhooks."""
    row = alert.row
    return {
        "version": 1,
        "id": alert.id,
        "event": alert.event,
        "update": alert.update,
        "test": test,
        **{name: getattr(row, name) for name in _WIRE},
        "explanation": explanation(row, page_url),
        "why": why(alert),
        "words": alert.words,
        "news": alert.news,
        "confirmed_by": alert.confirmed_by,
        "numbers": {name: getattr(row, name) for name in _MEASURED},
        "numbers_as_of": row.as_of,
        "created": alert.created,
        "times": {**alert.times, **({"published": row.published} if row.published else {})},
        "first_received": row.first_seen,
    }

"""A workspace on an empty store with a classifier of a few words, and invented news and bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from screener import clock, config
from screener.clock import Clock
from screener.engine.load import RuleSet
from screener.pipeline.workspace import Workspace
from screener.store import Store
from screener.types import Bar, Catalyst, Classified, Item, Span, Story

DAY = dt.date(2026, 3, 12)
WORDS = {
    "reverse split": ("reverse_split", "-", "announced"),
    "offering": ("equity_offering", "-", "priced"),
    "contract": ("commercial_contract", "+", "announced"),
    "approval": ("regulatory_approval", "+", ""),
    "endpoint": ("clinical_readout", "+", ""),
    "notice": ("listing_deficiency", "-", ""),
}


class WordClassifier:
    """Finds a type where its word stands in title or text: fast, and the same every time."""

    model_id = "words"

    def classify_many(self, stories: Iterable[Story]) -> Iterator[Classified]:
        """One answer a story, in order."""
        for story in stories:
            yield Classified(story_id=story.id, catalysts=tuple(self._found(story)))

    def _found(self, story: Story) -> Iterator[Catalyst]:
        for word, (kind, polarity, stage) in WORDS.items():
            for field in ("title", "text"):
                at = getattr(story, field).lower().find(word)
                if at >= 0:
                    proof = Span(
                        field=field, start=at, end=at + len(word), text=getattr(story, field)[at : at + len(word)]
                    )
                    yield Catalyst(
                        story_id=story.id, ticker=story.tickers[0] if story.tickers else "", type=kind, stage=stage,
                        polarity=polarity, confidence=0.9, evidence=(proof,), made_by="patterns",
                    )  # fmt: skip
                    break


def workspace_on(store: Store, now: dt.datetime | None = None, rules: RuleSet | None = None) -> Workspace:
    """A workspace with the real rules (unless others are given) and the classifier of words."""
    words = WordClassifier()
    return Workspace(settings=config.Settings(), store=store, clock=Clock(now), classifier=words, rules=rules)  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, day: dt.date = DAY) -> dt.datetime:
    """A New York time of day as UTC."""
    return dt.datetime.combine(day, dt.time(hour, minute), clock.NEW_YORK).astimezone(dt.UTC)


def item(ticker: str, title: str, published: dt.datetime, **changes: object) -> Item:
    """A release that is received when it is published."""
    values: dict[str, object] = {
        "source": "wire", "source_id": f"{ticker}-{title}-{published:%d%H%M}", "title": title, "published": published,
        "received": published, "ticker_hints": (ticker,) if ticker else (), "url": "https://wire.example/1",
    }  # fmt: skip
    return Item(**{**values, **changes})  # type: ignore[arg-type]


def bars(
    ticker: str, changes: Sequence[float | None], end: dt.date, *, cap: float | None = 40e6, volume: float = 1e5,
    close: float = 2.0, source: str = "file",
) -> list[Bar]:  # fmt: skip
    """Bars of consecutive sessions that end on a day, oldest first; None leaves a session out."""
    days = [end]
    while len(days) < len(changes):
        days.insert(0, clock.previous_session(days[0]))
    found = []
    for day, change in zip(days, changes, strict=True):
        close *= 1 + (change or 0.0) / 100
        if change is not None:
            found.append(
                Bar(ticker=ticker, day=day, close=round(close, 4), change_pct=change, volume=volume, market_cap=cap,
                    exchange="NASDAQ", source=source, known_at=clock.close_time(day))
            )  # fmt: skip
    return found


def invented_table(folder: Path, rows: Iterable[Bar]) -> Path:
    """The bars as a CSV file."""
    path = folder / "bars.csv"
    lines = ["ticker,date,close,volume,change_pct,market_cap"]
    lines += [f"{b.ticker},{b.day},{b.close},{b.volume:.0f},{b.change_pct},{b.market_cap or ''}" for b in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

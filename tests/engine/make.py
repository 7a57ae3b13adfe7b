"""Invented records for the engine's tests."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from screener.engine.candidate import Candidate, History
from screener.types import Catalyst, Listing, Move, Noise, SourceRef, Story

UTC = dt.UTC
AS_OF = dt.datetime(2025, 12, 12, 16, 0, tzinfo=UTC)
RULES = Path(__file__).resolve().parents[2] / "rules" / "ranking"


def story(name: str = "s1", hours: float = 1.0, **more: Any) -> Story:
    published = AS_OF - dt.timedelta(hours=hours)
    fields: dict[str, Any] = {
        "id": name,
        "title": "Examplecorp announces something invented",
        "published": published,
        "first_seen": published,
        "sources": (
            SourceRef(source="wire", url=f"https://wire.example/{name}", received=published, published=published),
        ),
        "tickers": ("EXMP",),
    }
    return Story(**(fields | more))


def catalyst(kind: str = "partnership", polarity: str = "+", **more: Any) -> Catalyst:
    fields: dict[str, Any] = {"story_id": "s1", "ticker": "EXMP", "confidence": 0.9, "made_by": "patterns"}
    return Catalyst(type=kind, polarity=polarity, **(fields | more))


def move(**more: Any) -> Move:
    return Move(**({"ticker": "EXMP", "as_of": AS_OF} | more))


def candidate(kind: str = "partnership", polarity: str = "+", **more: Any) -> Candidate:
    """A candidate; keywords of Candidate are taken as such, ``facts``, ``stage`` and ``confidence`` go to the catalyst."""
    own = {k: more.pop(k) for k in ("facts", "stage", "confidence", "ticker", "evidence", "made_by") if k in more}
    told = more.pop("story", None) or story()
    fields: dict[str, Any] = {
        "story": told,
        "catalyst": catalyst(kind, polarity, story_id=told.id, **own),
        "as_of": AS_OF,
    }
    return Candidate(**(fields | more))


__all__ = ["AS_OF", "RULES", "History", "Listing", "Noise", "candidate", "catalyst", "move", "story"]

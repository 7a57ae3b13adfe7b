"""What was made of the news: stories, the catalysts and noise in them, and the words that prove it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import Struct, field

from screener.types.sources import FactValue

if TYPE_CHECKING:
    from screener.types.words import Polarity, Stage
else:  # a stored record keeps the words it was stored with: what an older or newer version wrote is read, not refused
    Polarity = Stage = str


class Span(Struct, frozen=True, kw_only=True):
    """Words that prove something: ``text == getattr(story, field)[start:end]``.

    ``field`` is title or text; for evidence that is not in the words it is "form", "items" or "subjects" with the
    code as text and start = end = 0. ``fact`` names the fact that the span proves; empty when it proves the type.
    """

    field: str
    start: int
    end: int
    text: str
    fact: str = ""


class SourceRef(Struct, frozen=True, kw_only=True):
    """One source that carried a story."""

    source: str
    url: str = ""
    received: dt.datetime
    published: dt.datetime | None = None
    source_id: str = ""
    form: str = "PR"


class Story(Struct, frozen=True, kw_only=True):
    """One event, from however many sources.

    ``sources`` is in order of receipt: the first was first. ``novelty`` is 1.0 for news unlike the company's last
    ten stories and 0.0 for a repeat, None when nothing is stored to compare with; ``repeats`` is the id of the story it
    repeats. ``confirmed_by`` is the accession or agency record that confirms a wire item, empty while unconfirmed.
    ``source_facts`` are facts a structured source stated itself (a halt code, an insider's purchase).
    """

    id: str
    title: str
    text: str = ""
    form: str = "PR"
    published: dt.datetime
    first_seen: dt.datetime
    sources: tuple[SourceRef, ...] = ()
    tickers: tuple[str, ...] = ()
    cik: int | None = None
    company: str = ""
    items: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    novelty: float | None = None
    repeats: str = ""
    confirmed_by: str = ""
    source_facts: dict[str, FactValue] = field(default_factory=dict)
    replayed: bool = False


class Catalyst(Struct, frozen=True, kw_only=True):
    """One catalyst of one ticker in one story.

    ``type`` and ``stage`` are words of the taxonomy; ``polarity`` is "+", "-", "±" or "0" for a holder of the shares;
    ``confidence`` is calibrated, 0 to 1. ``facts`` are plain values by their documented names; ``made_by`` says which
    parts of the classifier agreed ("patterns", "model", "patterns+model", "items").
    """

    story_id: str
    ticker: str = ""
    type: str
    stage: Stage = ""
    polarity: Polarity = "0"
    confidence: float
    evidence: tuple[Span, ...] = ()
    facts: dict[str, FactValue] = field(default_factory=dict)
    made_by: str = ""


class Noise(Struct, frozen=True, kw_only=True):
    """A noise class found in a story (law_firm_ad, conference ...)."""

    story_id: str
    kind: str
    evidence: tuple[Span, ...] = ()


class Classified(Struct, frozen=True, kw_only=True):
    """The classifier's answer for one story, best catalyst first."""

    story_id: str
    catalysts: tuple[Catalyst, ...] = ()
    noise: tuple[Noise, ...] = ()

"""What the steps of a backfill hand to each other: small, frozen, and the same on every machine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from msgspec import Struct

from screener.config import Rules, Settings
from screener.limits import Limits
from screener.types import Problem

Kind = Literal["items", "filings", "saved"]
CODE = 1
"""Raised when a step gives other bytes for the same input: what an older version made is then made anew."""
FROM_STORE = "store"
"""The key of a month that ``db prune`` moved out of a store."""


class Job(Struct, frozen=True, kw_only=True):
    """What every step of one backfill knows. ``work`` is a folder that all workers see.

    ``now`` is when the backfill began: news dated later is left out. ``wordings_only`` classifies without the trained
    model. No key, contact or address is in it, for it goes to other machines.
    """

    archive: Path
    now: dt.datetime
    rules: Rules
    limits: Limits
    wordings_only: bool = False

    @property
    def work(self) -> Path:
        """Where steps leave what later steps need."""
        return self.archive / ".work"

    @property
    def settings(self) -> Settings:
        """Settings with what a step may know."""
        return Settings(rules=self.rules, limits=self.limits)


class Unit(Struct, frozen=True, kw_only=True):
    """One piece of reading: a file of items, some files or one tar of filings, or a source's saved answer.

    ``key`` tells one version of it from another; ``feed`` is the feed whose collector reads a saved answer.
    """

    key: str
    kind: Kind
    paths: tuple[str, ...]
    feed: str = ""


class Slice(Struct, frozen=True, kw_only=True):
    """The lines of one month in a run: where they begin, how many bytes, and their SHA-256."""

    run: str
    start: int
    size: int
    digest: str
    count: int


class UnitDone(Struct, frozen=True, kw_only=True):
    """What reading a unit gave: by month (``2025-12``), items and filings apart."""

    key: str
    items: dict[str, tuple[Slice, ...]] = {}
    filings: dict[str, tuple[Slice, ...]] = {}
    problems: tuple[Problem, ...] = ()


class JoinedMonth(Struct, frozen=True, kw_only=True):
    """A month's stories, joined: the files of their chunks in order, and what went wrong."""

    key: str
    chunks: tuple[str, ...] = ()
    stories: int = 0
    items: int = 0
    problems: tuple[Problem, ...] = ()


class PartFile(Struct, frozen=True, kw_only=True):
    """One Parquet file of the archive: its path inside it, rows and SHA-256."""

    path: str
    rows: int
    digest: str


class PartDone(Struct, frozen=True, kw_only=True):
    """A part of a month written: one file a table, and what went wrong."""

    files: tuple[PartFile, ...] = ()
    tagged: int = 0
    problems: tuple[Problem, ...] = ()


class MonthDone(Struct, frozen=True, kw_only=True):
    """A month's manifest, written last: with it the month counts as done.

    ``key`` follows from the bytes of its input and of the months before it, the ticker table, ``model_id`` and the code.
    """

    month: str
    schema: int
    key: str
    model_id: str
    stories: int
    items: int
    filings: int
    tagged: int
    files: tuple[PartFile, ...]
    problems: tuple[Problem, ...] = ()

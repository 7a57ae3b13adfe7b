"""Between records and rows: times as fixed-width text, collections as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

encoder = msgspec.json.Encoder()


def iso(moment: dt.datetime) -> str:
    """``2025-12-12T23:10:00.000Z``: fixed width, so that text order is time order."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(moment: dt.datetime | None) -> str | None:
    """As ``iso``; None stays None."""
    return None if moment is None else iso(moment)


def moment(text: str) -> dt.datetime:
    """The time that ``iso`` wrote."""
    return dt.datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> dt.datetime | None:
    """As ``moment``; None stays None."""
    return None if text is None else dt.datetime.fromisoformat(text)


def dump(value: Any) -> str:
    """JSON text."""
    return encoder.encode(value).decode()


def marks(values: Any) -> str:
    """``?,?,?`` for as many parameters as there are values."""
    return ",".join("?" * len(values))


def chunks(values: Any, size: int = 500) -> Any:
    """Slices below SQLite's limit of parameters."""
    listed = list(values)
    return (listed[i : i + size] for i in range(0, len(listed), size))

"""The state of the market for a day, computed from stored bars and kept as it was known."""

from __future__ import annotations

import datetime as dt

from screener.pipeline.desk import Desk


def save_regime(desk: Desk, day: dt.date, as_of: dt.datetime) -> None:
    """Compute and store the regime of a day as of a moment, unless it is stored."""

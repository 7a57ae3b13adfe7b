"""The state of the market for small caps: measures from stored prices, a label and card from ``rules/regime/``."""

from __future__ import annotations

from screener.market.index import relative_line, sparkline
from screener.market.measures import MEASURES
from screener.market.regime import Measured, compute, regime

__all__ = ["MEASURES", "Measured", "compute", "regime", "relative_line", "sparkline"]

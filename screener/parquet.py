"""polars, which reads and writes Parquet: an extra, loaded when it is first needed."""

from __future__ import annotations

from typing import Any

from screener.errors import InputError


def polars(instead: str = "") -> Any:
    """The library. Raises InputError with what to install, or ``instead``."""
    try:
        import polars
    except ImportError as e:
        message = "Parquet needs the extra 'archive': pip install 'catalyst-screener[archive]'"
        raise InputError(f"{message}, or {instead}" if instead else message) from e
    return polars

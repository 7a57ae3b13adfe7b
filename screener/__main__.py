"""``python -m screener`` and the ``screener`` command."""

from __future__ import annotations

from screener.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()

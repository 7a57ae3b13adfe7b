"""The SQLite store: records in, records out."""

from screener.store.db import Store, open_store, storing

__all__ = ["Store", "open_store", "storing"]

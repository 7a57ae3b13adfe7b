"""SEC's ticker table: fetched once a day, kept when it cannot be fetched."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from screener import clock
from screener.entities.sectors import parse_sectors
from screener.entities.tickers import parse_table
from screener.errors import FetchError, InputError, StoreError
from screener.http import Fetcher
from screener.pipeline.workspace import Workspace, age_of
from screener.types import Problem

TABLE_PATH = "/files/company_tickers_exchange.json"
TABLE_AGE = dt.timedelta(days=1)


async def refresh(
    workspace: Workspace, get: Fetcher, turn: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Problem | None:
    """Fetch SEC's ticker table when the stored copy is older than a day. A failure keeps the old copy and says so.

    ``turn`` is what a writer has to hold when others write too.
    """
    store, now = workspace.store, workspace.clock.now() if not workspace.clock.replay else clock.now()
    checked = store.get_setting("table_checked")
    if checked and age_of(dt.datetime.fromisoformat(checked), now) < TABLE_AGE:
        return None
    url = workspace.settings.edgar.base_url.rstrip("/") + TABLE_PATH
    try:
        answer = await get.get(url, etag=store.get_setting("table_etag") or "")
        with turn():
            if not answer.not_modified:
                load(workspace, answer.body, url, now)
            with store.transaction():
                store.set_setting("table_checked", now.isoformat())
                store.set_setting("table_etag", answer.etag)
    except (FetchError, InputError, StoreError) as e:
        size = len(workspace.table)
        kept = f"the stored table of {size} tickers is used" if size else "tickers are taken from the news alone"
        return Problem(stage="resolve", subject="ticker table", message=f"{e}; {kept}", kind="table")
    return None


def load(workspace: Workspace, raw: bytes, name: str, now: dt.datetime) -> int:
    """Replace the ticker table by one in SEC's format. Raises InputError when it is none."""
    listings = parse_table(raw, name)
    with workspace.store.transaction():
        size = workspace.store.listings.replace(listings, now)
        workspace.store.set_setting("table_digest", hashlib.sha256(raw).hexdigest())
    workspace.forget_table()
    return size


def load_sectors(workspace: Workspace, raw: bytes, name: str, now: dt.datetime) -> int:
    """Keep the sectors of a securities list (CSV); returns how many tickers have one. Raises InputError."""
    found = parse_sectors(raw, name)
    with workspace.store.transaction():
        return workspace.store.sectors.save(found, name, now)

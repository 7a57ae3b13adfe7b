"""Saved filters as views of the page, and a view as a filter of the settings.

``[filters.NAME]`` in screener.toml and the views that were saved on the page are the same thing in two places:
``screener today @NAME`` and the page read both, and the settings' own come first. The file is read again when it changes.
"""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from screener import config
from screener.config import RowFilter, Settings
from screener.engine.selection import catalyst_ids, prepared
from screener.errors import ScreenerError
from screener.store import Store
from screener.web.query import Filters, address, of_saved

Views = tuple[tuple[str, Filters], ...]


class ViewLink(Struct, frozen=True, kw_only=True):
    """A view as a page lists it; ``settings`` tells that it stands there and is not the page's to delete."""

    name: str
    target: str
    current: bool
    settings: bool


def view_links(store: Store, saved: Views, now: Filters) -> list[ViewLink]:
    """The views of the settings and those saved on the page, on the day and moment of what is shown."""
    held = [(n, f, True) for n, f in saved]
    taken = {n for n, _ in saved}
    held += [(n, of_saved(w), False) for n, w in store.views.all().items() if n not in taken]
    here = replace(now, page=1)
    there = [(n, replace(f, day=now.day, as_of=now.as_of), own) for n, f, own in held]
    return [ViewLink(name=n, target=address(f), current=f == here, settings=own) for n, f, own in there]


class SavedViews:
    """The views of a settings file as it stands."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: tuple[int, int] | None = None
        self._views: Views = ()

    def __call__(self) -> Views:
        """By name; a filter that cannot be used is left out, and a file that cannot be read changes nothing."""
        seen = self._stamp()
        if seen == self._seen:
            return self._views
        settings = self._settings
        if self._settings.path and self._seen is not None:
            try:
                settings = config.load(self._settings.path)
            except ScreenerError:
                return self._views
        self._seen = seen
        self._views = tuple(self._usable(settings))
        return self._views

    def _usable(self, settings: Settings) -> list[tuple[str, Filters]]:
        ids = catalyst_ids(config.rule_folders(settings, "catalysts"))
        found = []
        for name, saved in settings.filters.items():
            try:
                found.append((name, of_saved(prepared(saved, ids))))
            except ScreenerError:
                continue
        return found

    def _stamp(self) -> tuple[int, int]:
        try:
            found = Path(self._settings.path).stat() if self._settings.path else None
        except OSError:
            found = None
        return (found.st_mtime_ns, found.st_size) if found else (0, 0)


def snippet(f: Filters, name: str = "my_view") -> str:
    """The filters as lines for screener.toml; day, moment and page are left out."""
    default = RowFilter()
    wanted = f.wanted()
    lines = [f"[filters.{name}]"]
    for field in RowFilter.__struct_fields__:
        value = getattr(wanted, field)
        if value == getattr(default, field) or (field == "sort" and value == "rank"):
            continue
        lines.append(f"{field} = {_toml(value)}")
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(json.dumps(v) for v in value) + "]"
    if isinstance(value, float):
        return f"{value:.12g}" if value != int(value) or abs(value) >= 1e15 else f"{int(value)}"
    return json.dumps(value)

"""The user's own marks, folded to what stands now: listed, pinned, muted, and the notes."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from screener.store import Store


class Own(Struct, frozen=True, kw_only=True):
    """What the user said of a ticker; ``notes`` are (made, text), newest first."""

    listed: bool = False
    pinned: bool = False
    muted: bool = False
    notes: tuple[tuple[dt.datetime, str], ...] = ()


_SWITCH = {"add": ("listed", True), "remove": ("listed", False), "pin": ("pinned", True), "unpin": ("pinned", False),
           "mute": ("muted", True), "unmute": ("muted", False)}  # fmt: skip


def own_marks(store: Store, as_of: dt.datetime | None = None) -> dict[str, Own]:
    """The user's marks by ticker as they stood at a moment (now when None)."""
    switches: dict[str, dict[str, bool]] = {}
    notes: dict[str, list[tuple[dt.datetime, str]]] = {}
    for ticker, action, note, made in store.marks.all(as_of):
        mine = switches.setdefault(ticker, {})
        if action in _SWITCH:
            name, value = _SWITCH[action]
            mine[name] = value
        if note:
            notes.setdefault(ticker, []).insert(0, (made, note))
    return {
        t: Own(
            listed=s.get("listed", False),
            pinned=s.get("pinned", False),
            muted=s.get("muted", False),
            notes=tuple(notes.get(t, ())),
        )
        for t, s in switches.items()
    }

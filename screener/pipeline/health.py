"""Examine an installation: each part good, worth a note, or broken, with what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from screener import __version__, clock, config
from screener.classify.pipeline import classifier_of
from screener.config import Settings
from screener.engine.load import load_rules
from screener.errors import ScreenerError
from screener.pipeline.workspace import all_feeds
from screener.store import Store, open_store
from screener.types import FeedState

GOOD, NOTE, BAD = "good", "note", "bad"
OLD_TABLE = dt.timedelta(days=7)
OLD_RUN = dt.timedelta(days=3)


class HealthFinding(Struct, frozen=True, kw_only=True):
    """One line of the examination."""

    level: str
    subject: str
    message: str


def examine(settings: Settings, path: Path) -> Iterator[HealthFinding]:
    """All findings, in the order a user would fix them."""
    yield HealthFinding(level=GOOD, subject="version", message=f"screener {__version__}")
    yield HealthFinding(
        level=GOOD, subject="settings", message=settings.path or "none; all defaults (screener.toml, --config)"
    )
    if not settings.edgar.contact:
        advice = 'set [edgar] contact = "Your Name you@example.com"; SEC refuses readers that do not say who they are'
        yield HealthFinding(level=NOTE, subject="contact", message=advice)
    yield from _database(settings, path)
    yield _tried("feeds", lambda: _feeds(settings))
    yield _tried("rules", lambda: _rules(settings))
    yield _tried("model", lambda: classifier_of(settings).model_id)


def _tried(subject: str, look: Callable[[], str]) -> HealthFinding:
    try:
        return HealthFinding(level=GOOD, subject=subject, message=look())
    except ScreenerError as e:
        return HealthFinding(level=BAD, subject=subject, message=str(e))


def _feeds(settings: Settings) -> str:
    feeds = all_feeds(settings)
    return f"{len(feeds)} known, {sum(f.enabled for f in feeds.values())} enabled"


def _rules(settings: Settings) -> str:
    rules = load_rules(config.rule_folders(settings, "ranking"))
    off = f", {len(rules.off)} off" if rules.off else ""
    return f"{len(rules.rules)} ranking rules{off}, digest {rules.digest}"


def _database(settings: Settings, path: Path) -> Iterator[HealthFinding]:
    if not path.is_file():
        yield HealthFinding(level=NOTE, subject="database", message=f"{path}: not made yet; `screener run` makes it")
        return
    try:
        with open_store(path, readonly=True) as store:
            yield from _store(settings, store)
    except ScreenerError as e:
        yield HealthFinding(level=BAD, subject="database", message=str(e))


def _store(settings: Settings, store: Store) -> Iterator[HealthFinding]:
    counts = ", ".join(f"{n:,} {name}" for name, n in store.counts().items())
    state = store.integrity()
    size = store.path.stat().st_size / 1e6
    yield HealthFinding(
        level=GOOD if state == "ok" else BAD,
        subject="database",
        message=f"{store.path}: {state}, {size:.1f} MB, {counts}",
    )
    yield _table(store)
    yield from _runs(store)
    yield from _polled(settings, store.feeds.states())
    yield from _alerts(store)


def _polled(settings: Settings, states: Mapping[str, FeedState]) -> Iterator[HealthFinding]:
    """Feeds that fail, are disabled or have gaps; that none of those in use reads any more is broken, not a note."""
    for name, s in states.items():
        if s.disabled or s.failures or s.gaps:
            what = s.disabled or (f"failing for {s.failures} polls: {s.last_error}" if s.failures else f"{s.gaps} gaps")
            yield HealthFinding(level=NOTE, subject=f"feed {name}", message=what)
    try:
        used = {name for name, feed in all_feeds(settings).items() if feed.enabled}
    except ScreenerError:  # told as a finding of its own
        used = set()
    asked = [s for name, s in states.items() if name in used] or list(states.values())
    if asked and all(s.disabled or s.failures for s in asked):
        message = f"none of the {len(asked)} in use could be read at its last poll: is this machine online?"
        yield HealthFinding(level=BAD, subject="feeds", message=message)


def _alerts(store: Store) -> Iterator[HealthFinding]:
    counts = store.outbox.counts()
    if dead := counts["dead"]:
        message = f"{dead} deliveries given up: `screener alerts list --state dead`, then `screener alerts send --dead`"
        yield HealthFinding(level=BAD, subject="alerts", message=message)
    for gate in store.outbox.gates():
        if gate.failures:
            message = f"failing for {gate.failures} tries: {gate.last_error}"
            yield HealthFinding(level=NOTE, subject=f"alerts to {gate.shown}", message=message)


def _table(store: Store) -> HealthFinding:
    checked = store.get_setting("table_checked")
    size = store.counts()["listings"]
    if not size:
        message = "empty, so names and CIKs cannot be resolved; `screener db update-tickers`"
        return HealthFinding(level=NOTE, subject="ticker table", message=message)
    old = not checked or clock.now() - dt.datetime.fromisoformat(checked) > OLD_TABLE
    return HealthFinding(
        level=NOTE if old and checked else GOOD,
        subject="ticker table",
        message=f"{size:,} tickers" + (f", checked {checked[:10]}" if checked else ", loaded from a file"),
    )


def _runs(store: Store) -> Iterator[HealthFinding]:
    runs = store.runs.newest(5)
    if not runs:
        yield HealthFinding(level=NOTE, subject="runs", message="none yet; `screener run`")
        return
    newest = runs[0]
    late = clock.now() - newest.started > OLD_RUN
    problems = f", {len(newest.problems)} problems (`screener runs --problems`)" if newest.problems else ""
    yield HealthFinding(
        level=NOTE if late or newest.problems else GOOD,
        subject="runs",
        message=f"newest {clock.eastern(newest.started)}{problems}",
    )
    killed = sum(r.finished is None for r in runs[1:])
    if killed:
        yield HealthFinding(
            level=NOTE,
            subject="runs",
            message=f"{killed} of the last {len(runs)} did not finish; nothing stored is lost",
        )

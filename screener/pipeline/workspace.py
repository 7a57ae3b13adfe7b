"""Everything a run needs, made once from the settings: feeds, rules, classifier, ticker table, clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from screener import config
from screener.classify.pipeline import Classifier, classifier_of
from screener.clock import Clock
from screener.collectors.load import load_feeds
from screener.config import Settings
from screener.engine.facts import number_facts
from screener.engine.load import RuleSet, load_rules
from screener.entities.tickers import TickerTable
from screener.errors import InputError
from screener.market import MEASURES
from screener.store import Store
from screener.types import FeedSpec


@dataclass
class Workspace:
    """The parts of one process. ``feeds_folder`` and ``regimes`` replace the built-in ones (the demo has its own)."""

    settings: Settings
    store: Store
    clock: Clock = field(default_factory=Clock)
    feeds_folder: Path | None = None

    @cached_property
    def classifier(self) -> Classifier:
        """The classifier with its trained weights."""
        return classifier_of(self.settings)

    @cached_property
    def rules(self) -> RuleSet:
        """The ranking rules, built-in and the user's."""
        return load_rules(config.rule_folders(self.settings, "ranking"))

    @cached_property
    def regime_rules(self) -> RuleSet:
        """The regime rules, built-in and the user's."""
        return load_rules(config.rule_folders(self.settings, "regime"), number_facts(MEASURES))

    @cached_property
    def feeds(self) -> dict[str, FeedSpec]:
        """All known feeds by name, with the user's settings on top."""
        return all_feeds(self.settings, self.feeds_folder)

    @cached_property
    def table(self) -> TickerTable:
        """The ticker table as stored."""
        return TickerTable(self.store.listings.all())

    def reload_rules(self) -> str:
        """Load the ranking rules anew and return their digest. On InputError the old ones stay."""
        fresh = load_rules(config.rule_folders(self.settings, "ranking"))
        self.__dict__["rules"] = fresh
        return fresh.digest

    def forget_table(self) -> None:
        """Read the ticker table anew at its next use."""
        self.__dict__.pop("table", None)

    def chosen_feeds(self, names: tuple[str, ...]) -> list[FeedSpec]:
        """The feeds of these names, enabled or not; without names all enabled ones. Raises InputError."""
        if not names:
            return [f for f in self.feeds.values() if f.enabled]
        return [feed_named(self.feeds, n) for n in dict.fromkeys(names)]


def all_feeds(settings: Settings, folder: Path | None = None) -> dict[str, FeedSpec]:
    """Feed files, built-in and the user's, with ``[feeds.NAME]`` and ``[edgar]`` on top."""
    if folder is not None:
        return load_feeds(folder, {})
    overrides: dict[str, Mapping[str, Any]] = {}
    for name, feed in settings.feeds.items():
        overrides[name] = {k: v for k, v in msgspec.structs.asdict(feed).items() if v is not None}
    found: dict[str, FeedSpec] = {}
    folders = config.rule_folders(settings, "feeds")
    for n, place in enumerate(folders):
        known = {k: v for k, v in overrides.items() if (place / f"{k}.yml").is_file()}
        rest = {k: v for k, v in overrides.items() if n == len(folders) - 1 and k not in known and k not in found}
        found.update(load_feeds(place, {**known, **rest}))
    if "edgar" in found:
        found["edgar"] = _edgar(found["edgar"], settings)
    return found


def _edgar(feed: FeedSpec, settings: Settings) -> FeedSpec:
    edgar, own = settings.edgar, settings.feeds.get("edgar")
    changes: dict[str, Any] = {}
    if own is None or own.url is None:
        changes["url"] = edgar.base_url
    if not edgar.enabled:
        changes["enabled"] = False
    if edgar.every is not None:
        changes["every"] = edgar.every
    options = {"lookback_days": edgar.lookback_days, **({"forms": list(edgar.forms)} if edgar.forms else {})}
    return msgspec.structs.replace(feed, **changes, options={**feed.options, **options})


def feed_named(feeds: Mapping[str, FeedSpec], name: str) -> FeedSpec:
    """The feed of that name. Raises InputError with the nearest known name."""
    import difflib

    if name in feeds:
        return feeds[name]
    close = difflib.get_close_matches(name, list(feeds), 1)
    hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(feeds))}"
    raise InputError(f"no feed {name!r}; {hint}")


def age_of(moment: dt.datetime | None, now: dt.datetime) -> dt.timedelta:
    """How long ago; a very long time when never."""
    return dt.timedelta.max if moment is None else now - moment

"""Everything a run needs, made once from the settings: feeds, rules, classifier, ticker table, clock.

Each part is loaded at its first use and then kept; only ``reload_rules`` and ``forget_table`` load one anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from screener import config
from screener.clock import Clock
from screener.collectors.load import load_feeds
from screener.config import Settings
from screener.engine.facts import number_facts, rating_facts
from screener.engine.load import RuleSet, load_rules
from screener.entities.tickers import TickerTable
from screener.errors import InputError
from screener.market import MEASURES
from screener.prices.universe import Universe, load_universe
from screener.store import Store
from screener.types import FeedSpec

if TYPE_CHECKING:
    from screener.classify.pipeline import Classifier

T = TypeVar("T")


class Part(Generic[T]):
    """One part of a workspace: loaded at its first use, kept until it is loaded anew."""

    def __init__(self, load: Callable[[], T], held: T | None = None) -> None:
        self.load, self.held = load, held

    def get(self) -> T:
        """The part."""
        if self.held is None:
            self.held = self.load()
        return self.held

    def reload(self) -> T:
        """Load it anew; on any error the old one stays."""
        self.held = self.load()
        return self.held

    def forget(self) -> None:
        """Load it anew at its next use."""
        self.held = None


class Workspace:
    """The parts of one process.

    ``feeds_folder`` replaces the built-in feeds and the user's (the demo has its own). ``classifier``, ``rules`` and
    ``feeds`` may be handed in ready made.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        clock: Clock | None = None,
        feeds_folder: Path | None = None,
        classifier: Classifier | None = None,
        rules: RuleSet | None = None,
        feeds: dict[str, FeedSpec] | None = None,
    ) -> None:
        self.settings, self.store, self.clock, self.feeds_folder = settings, store, clock or Clock(), feeds_folder
        self._classifier = Part(lambda: _classifier(settings), classifier)
        self._rules = Part(lambda: load_rules(config.rule_folders(settings, "ranking")), rules)
        self._regime_rules = Part(lambda: load_rules(config.rule_folders(settings, "regime"), number_facts(MEASURES)))
        self._dilution_rules = Part(lambda: load_rules(config.rule_folders(settings, "dilution"), rating_facts()))
        self._universe = Part(lambda: load_universe(config.universe_file(settings)))
        self._feeds = Part(lambda: all_feeds(settings, feeds_folder), feeds)
        self._table = Part(lambda: TickerTable(store.listings.all()))

    def reading(self, store: Store) -> Workspace:
        """A workspace with the same parts that reads and writes through another connection to the same database."""
        other = Workspace(settings=self.settings, store=store, clock=self.clock, feeds_folder=self.feeds_folder)
        other._classifier, other._rules, other._regime_rules = self._classifier, self._rules, self._regime_rules
        other._dilution_rules = self._dilution_rules
        other._universe, other._feeds = self._universe, self._feeds
        # A table that is not loaded yet is read through the other's own connection.
        other._table = Part(other._table.load, self._table.held)
        return other

    @property
    def classifier(self) -> Classifier:
        """The classifier with its trained weights."""
        return self._classifier.get()

    @property
    def rules(self) -> RuleSet:
        """The ranking rules, built-in and the user's."""
        return self._rules.get()

    @property
    def regime_rules(self) -> RuleSet:
        """The regime rules, built-in and the user's."""
        return self._regime_rules.get()

    @property
    def dilution_rules(self) -> RuleSet:
        """The rules of the dilution ratings, built-in and the user's."""
        return self._dilution_rules.get()

    @property
    def universe(self) -> Universe:
        """What counts as a small cap: the user's ``universe.yml`` where there is one."""
        return self._universe.get()

    @property
    def feeds(self) -> dict[str, FeedSpec]:
        """All known feeds by name, with the user's settings on top."""
        return self._feeds.get()

    @property
    def table(self) -> TickerTable:
        """The ticker table as stored."""
        return self._table.get()

    def reload_rules(self) -> str:
        """Load the ranking rules anew and return their digest. On InputError the old ones stay."""
        return self._rules.reload().digest

    def use_classifier(self, classifier: Classifier) -> None:
        """Read with this classifier from now on."""
        self._classifier = Part(self._classifier.load, classifier)

    def forget_table(self) -> None:
        """Read the ticker table anew at its next use."""
        self._table.forget()

    def chosen_feeds(self, names: tuple[str, ...]) -> list[FeedSpec]:
        """The feeds of these names, enabled or not; without names all enabled ones. Raises InputError."""
        if not names:
            return [f for f in self.feeds.values() if f.enabled]
        return [feed_named(self.feeds, n) for n in dict.fromkeys(names)]


def _classifier(settings: Settings) -> Classifier:
    # Its libraries take seconds to load, and much of what has a workspace reads no news.
    from screener.classify.pipeline import classifier_of

    return classifier_of(settings)


def all_feeds(settings: Settings, folder: Path | None = None) -> dict[str, FeedSpec]:
    """Feed files, built-in and the user's, with ``[feeds.NAME]`` and ``[edgar]`` on top."""
    if folder is not None:
        return load_feeds(folder, {})
    overrides: dict[str, Mapping[str, object]] = {}
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
    changes: dict[str, object] = {}
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

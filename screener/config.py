"""Settings: ``screener.toml`` plus ``SCREENER_*``; the only reader of the environment.

A setting ``[edgar] base_url`` is ``SCREENER_EDGAR__BASE_URL`` in the environment (dots become double underscores, lists
are separated by white space), and the environment wins. The file is ``--config``, else ``$SCREENER_CONFIG``, else
``screener.toml`` in the platform's config folder, else nothing: all defaults. Unknown sections and keys are refused
with the nearest known name, so that a typing error never silently changes what runs.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from screener.errors import ConfigError
from screener.limits import DIGITS, NESTING, TOML_BYTES, Limits

PREFIX = "SCREENER_"
_RESERVED = {"config"}
MAX_LIMIT = 1e12
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_NUMBER = re.compile(rf"(?:^|[=\[,\s])[-+]?[0-9][0-9_.eE+-]{{{DIGITS},}}")
PACKAGE = Path(__file__).resolve().parent


class Edgar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[edgar]``: where EDGAR is and who asks. ``contact`` is the name and e-mail SEC wants in the user agent.

    ``data_url`` serves lists of filings by company and XBRL company facts.
    """

    base_url: str = "https://www.sec.gov"
    data_url: str = "https://data.sec.gov"
    contact: str = ""
    enabled: bool = True
    every: float | None = None
    lookback_days: float = 5.0
    forms: tuple[str, ...] = ()
    whole_forms: tuple[str, ...] = ()
    fetch_filings: bool = True
    max_filings: int = 400


class FeedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """``[feeds.NAME]``: what the user changes about a feed, or a feed of his own."""

    url: str | None = None
    enabled: bool | None = None
    every: float | None = None
    kind: str | None = None
    title: str | None = None
    expect_title: str | None = None
    options: dict[str, Any] | None = None


class PriceSourceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[prices.NAME]``: address, key and options of one price source."""

    base_url: str = ""
    key: str = ""
    secret: str = ""
    path: str = ""
    options: dict[str, Any] = field(default_factory=dict)


class PriceSettings(Struct, frozen=True, kw_only=True):
    """``[prices]``: the sources in order of preference, and their own sections."""

    source: tuple[str, ...] = ()
    sources: dict[str, PriceSourceSettings] = field(default_factory=dict)


class Alerts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[alerts]``: channels, and what keeps them from being noise.

    ``urls`` are Apprise URLs, or ``jsonl:PATH``, ``jsonl:-``, ``webhook+http(s)://...``, ``program:PATH``, ``bell:``. A
    row becomes an alert when it passes every filter that is set: ``min_score``, ``levels`` of its rule (any level from
    ``any_level_score`` on), ``rules`` (ids), ``sessions`` in which the news came, ``catalysts``, ``tickers``, ``caps``
    (bands of rules/universe.yml, large, unknown), ``own_watchlist_only``, and news no older than ``max_age`` minutes
    unless price or volume has just answered it. ``mute`` takes tickers, catalysts and sources.

    ``cooldown`` is the minutes in which an event tells only what is urgent; ``quiet_from`` and ``quiet_until`` are
    Eastern (22:00). ``min_interval`` seconds lie between two messages of a channel for people; more than
    ``digest_after`` waiting ones become one digest. ``secret`` signs webhooks; ``page_url`` is the page's address.
    """

    urls: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    min_score: float = 50.0
    levels: tuple[str, ...] = ()
    any_level_score: float = 80.0
    sessions: tuple[str, ...] = ()
    catalysts: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    caps: tuple[str, ...] = ("nano", "micro", "small", "unknown")
    own_watchlist_only: bool = False
    max_age: float = 240.0
    cooldown: float = 60.0
    quiet_from: str = ""
    quiet_until: str = ""
    daily_cap: int = 100
    min_interval: float = 1.0
    digest_after: int = 3
    max_attempts: int = 12
    timeout: float = 10.0
    secret: str = ""
    page_url: str = ""
    mute: tuple[str, ...] = ()


class Database(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[database]``: where the store is; empty means the platform's data folder."""

    path: str = ""


class Rules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[rules]``: the user's own folders, each with ``ranking/``, ``catalysts/``, ``feeds/`` or ``regime/`` in it."""

    folders: tuple[str, ...] = ()


class Http(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[http]``: timeout in seconds for one request, requests a second per host."""

    timeout: float = 20.0
    pace: dict[str, float] = field(default_factory=dict)


class Web(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[web]``: the page's address and, for any other interface than loopback, its password."""

    host: str = "127.0.0.1"
    port: int = 8001
    password: str = ""


class RowFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[filters.NAME]``: which rows ``screener today @NAME`` shows, and how; empty and None mean no limit.

    ``side`` is up, down or unclear; ``action`` alert, watch, avoid or no_action; ``polarity`` what the news is for a
    holder: good, bad, mixed or neutral. Amounts are numbers or texts such as "300M", ``max_age`` hours or "90 min".
    ``own`` keeps the own list only; ``all`` shows what is no small cap as well; ``apart`` parts up and down on the page.
    ``sort`` is a key such as change, ``-`` in front reverses. ``engine.selection`` checks and applies it.
    """

    side: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    catalyst: tuple[str, ...] = ()
    polarity: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    exchange: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    ticker: tuple[str, ...] = ()
    own: bool = False
    all: bool = False
    apart: bool = False
    min_score: float | str | None = None
    max_score: float | str | None = None
    min_change: float | str | None = None
    max_change: float | str | None = None
    min_since_news: float | str | None = None
    max_since_news: float | str | None = None
    min_rvol: float | str | None = None
    max_rvol: float | str | None = None
    min_price: float | str | None = None
    max_price: float | str | None = None
    min_dollar_volume: float | str | None = None
    max_dollar_volume: float | str | None = None
    min_float: float | str | None = None
    max_float: float | str | None = None
    min_cap: float | str | None = None
    max_cap: float | str | None = None
    min_materiality: float | str | None = None
    max_age: float | str | None = None
    sort: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None


class Movers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[movers]``: what a mover of the day is: its change in percent, up or down, and the dollars traded."""

    min_change: float = 15.0
    min_dollar_volume: float = 1_000_000.0


class Settings(Struct, frozen=True, kw_only=True):
    """All settings, checked. ``path`` is the file they came from, empty for defaults."""

    edgar: Edgar = Edgar()
    feeds: dict[str, FeedSettings] = field(default_factory=dict)
    prices: PriceSettings = PriceSettings()
    alerts: Alerts = Alerts()
    database: Database = Database()
    rules: Rules = Rules()
    http: Http = Http()
    web: Web = Web()
    movers: Movers = Movers()
    limits: Limits = Limits()
    filters: dict[str, RowFilter] = field(default_factory=dict)
    path: str = ""


_SECTIONS: dict[str, type[Struct]] = {
    "edgar": Edgar,
    "alerts": Alerts,
    "database": Database,
    "rules": Rules,
    "http": Http,
    "web": Web,
    "movers": Movers,
    "limits": Limits,
}
_TABLES: dict[str, type[Struct]] = {"feeds": FeedSettings, "prices": PriceSourceSettings, "filters": RowFilter}


def load(path: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises ConfigError with the file or variable, the key and what to do."""
    environ = os.environ if environ is None else environ
    file = _find(path or environ.get(PREFIX + "CONFIG") or None)
    raw = _read(file) if file else {}
    sources: dict[tuple[str, ...], str] = {}
    for name, value in environ.items():
        keys = tuple(part.lower() for part in name.removeprefix(PREFIX).split("__"))
        if name.startswith(PREFIX) and len(keys) > 1 and keys[0] not in _RESERVED:
            _put(raw, keys, value, name)
            sources[keys] = name
    where = str(file) if file else "settings"
    known = [*_SECTIONS, *_TABLES]
    for section in raw:
        if section not in known:
            raise ConfigError(
                f"{_blame(sources, where, section)}: unknown section [{section}]{_nearest(section, known)}"
            )
    parts: dict[str, Any] = {s: _convert(raw.get(s, {}), t, where, s, sources) for s, t in _SECTIONS.items()}
    price_raw = dict(raw.get("prices", {}))
    parts["prices"] = PriceSettings(
        source=_names(price_raw.pop("source", ())),
        sources={n: _convert(v, PriceSourceSettings, where, f"prices.{n}", sources) for n, v in price_raw.items()},
    )
    parts["feeds"] = {
        n: _convert(v, FeedSettings, where, f"feeds.{n}", sources) for n, v in dict(raw.get("feeds", {})).items()
    }
    parts["filters"] = {
        n: _convert(v, RowFilter, where, f"filters.{n}", sources) for n, v in dict(raw.get("filters", {})).items()
    }
    return Settings(**parts, path=str(file or ""))


def _find(path: str | Path | None) -> Path | None:
    if path:
        file = Path(path).expanduser()
        if not file.is_file():
            raise ConfigError(f"{file}: no such settings file; check --config or SCREENER_CONFIG")
        return file
    import platformdirs

    file = Path(platformdirs.user_config_dir("screener")) / "screener.toml"
    return file if file.is_file() else None


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(TOML_BYTES + 1)
        text = raw.decode("utf-8")
        if len(raw) > TOML_BYTES:
            raise ConfigError(f"{file}: is larger than {TOML_BYTES:,} bytes; split it")
        _bounded(text, file)
        return tomllib.loads(text)
    except (ValueError, RecursionError) as e:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ConfigError(f"{file}: is not valid TOML: {e}") from e
    except OSError as e:
        raise ConfigError(f"{file}: cannot be read: {e.strerror}") from e


def _bounded(text: str, file: Path) -> None:
    """Refuse, with its line, what would keep the TOML parser busy or overflow it: deep nesting and endless numbers."""
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        plain = _QUOTED.sub("", line).partition("#")[0]
        depth += sum(plain.count(c) for c in "[{") - sum(plain.count(c) for c in "]}")
        if depth > NESTING or plain.count(".") > NESTING or max(plain.count("["), plain.count("{")) > NESTING:
            raise ConfigError(f"{file}:{number}: is nested more than {NESTING} deep; flatten it")
        if _NUMBER.search(plain):
            raise ConfigError(f"{file}:{number}: holds a number of more than {DIGITS} digits; write a smaller one")


def _put(raw: dict[str, Any], keys: tuple[str, ...], value: str, name: str) -> None:
    here = raw
    for key in keys[:-1]:
        here = here.setdefault(key, {})
        if not isinstance(here, dict):
            raise ConfigError(f"{name}: {key} is no section; see the settings in the README")
    here[keys[-1]] = value


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise ConfigError(f"[prices] source must be a name or a list of names, not {value!r}")


def _convert(raw: object, kind: type[Struct], where: str, section: str, sources: Mapping[tuple[str, ...], str]) -> Any:
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: [{section}] must be a section with keys, not {raw!r}")
    fields = {f.name: f.type for f in msgspec.structs.fields(kind)}
    ready = {}
    for key, value in raw.items():
        blame = _blame(sources, where, *section.split("."), key)
        if key not in fields:
            raise ConfigError(f"{blame}: unknown key {key} in [{section}]{_nearest(key, fields)}")
        if isinstance(value, str) and fields[key] == tuple[str, ...]:
            value = value.split()
        try:
            ready[key] = msgspec.convert(value, fields[key], strict=False)
        except msgspec.ValidationError as e:
            raise ConfigError(f"{blame}: [{section}] {key}: {e}") from e
        if kind is Limits and not 0 < ready[key] < MAX_LIMIT:
            raise ConfigError(f"{blame}: [{section}] {key}: must be greater than 0 and less than {MAX_LIMIT:g}")
    return kind(**ready)


def _blame(sources: Mapping[tuple[str, ...], str], where: str, *keys: str) -> str:
    for known, name in sources.items():
        if known[: len(keys)] == keys:
            return name
    return where


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(sorted(known))}"


def built_in(kind: str) -> Path:
    """The folder of built-in ``rules`` or ``data``: inside the installed package, or beside it in a checkout."""
    installed = PACKAGE / f"_{kind}"
    return installed if installed.is_dir() else PACKAGE.parent / kind


def own_folders(settings: Settings) -> list[Path]:
    """The user's rule folders, in the order of the settings."""
    return [Path(f).expanduser() for f in settings.rules.folders]


def rule_folders(settings: Settings, kind: str) -> list[Path]:
    """The folders of one kind of rule file (``ranking``, ``catalysts``, ``feeds``, ``regime``), built-in first."""
    own = [f / kind for f in own_folders(settings)]
    return [built_in("rules") / kind, *(f for f in own if f.is_dir())]


def universe_file(settings: Settings) -> Path:
    """The one ``universe.yml`` in force: the last of the user's folders that has one, else the built-in file."""
    folders = [built_in("rules"), *own_folders(settings)]
    return next(f / "universe.yml" for f in reversed(folders) if (f / "universe.yml").is_file())


def database_path(settings: Settings, given: str | Path | None = None) -> Path:
    """The database file: ``--db``, else ``[database] path``, else ``screener.db`` in the platform's data folder."""
    if given or settings.database.path:
        return Path(given or settings.database.path).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("screener")) / "screener.db"

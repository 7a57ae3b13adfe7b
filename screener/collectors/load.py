"""Feed files (``rules/feeds/NAME.yml``) and the user's settings on top of them.

A feed file holds the fields of ``FeedSpec`` (title, kind, url, enabled, every, expect_title, options) with
``description``, and its own test: ``sample`` (one saved answer as text, or a list of them in the order they are asked
for), ``sample_time`` (the moment it was received) and ``expect`` (see ``load_test``). The file's name is the feed's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from screener import yamlfile
from screener.errors import ConfigError, YamlError
from screener.types import FeedSpec
from screener.yamlfile import LineDict

FIELDS: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "kind": str,
    "url": str,
    "enabled": bool,
    "every": (int, float),
    "expect_title": str,
    "options": dict,
    "description": str,
    "sample": (str, list),
    "sample_time": str,
    "expect": (list, dict),
}
_SPEC = ("title", "kind", "url", "enabled", "every", "expect_title", "options")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}$")
_WORDS = {str: "text", bool: "true or false", dict: "a mapping", list: "a list", int: "a number", float: "a number"}
MIN_EVERY = 0.5
LOCAL = ("file", "folder")  # kinds that read a path of their options instead of an address


def load_feeds(
    folders: Path | Sequence[Path],
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    kinds: Collection[str] = (),
) -> dict[str, FeedSpec]:
    """All feeds by name. A file in a later folder replaces one of the same name in an earlier folder.

    ``overrides`` are the user's settings by feed: the fields above, None meaning not set; ``options`` are merged. A name
    that no file has defines a new feed when it gives a ``url``. ``kinds`` are the collectors there are; empty: not
    checked. Raises YamlError with file:line, or ConfigError for settings, both with the nearest known name.
    """
    feeds: dict[str, FeedSpec] = {}
    for folder in [folders] if isinstance(folders, Path) else folders:
        for path in yamlfile.walk(folder):
            feeds[path.stem] = spec_of(read_file(path, kinds), path)
    for name, changes in (overrides or {}).items():
        feeds[name] = _changed(name, changes, feeds, kinds)
    return feeds


def read_file(path: Path, kinds: Collection[str] = ()) -> LineDict:
    """One feed file, checked field by field. Raises YamlError at the first thing that is wrong."""
    data = yamlfile.load(path)
    if not isinstance(data, LineDict):
        raise YamlError(str(path), 1, "", "is not a mapping: write `title:`, `kind:`, `url:`")
    for key, value in data.items():
        if key not in FIELDS:
            raise YamlError(str(path), data.lines[key], key, f"unknown key{nearest(key, FIELDS)}")
        if not _is(value, FIELDS[key]):
            raise YamlError(str(path), data.lines[key], key, f"must be {_expected(FIELDS[key])}, not {value!r:.60}")
    problem = _check(data, path.stem, kinds)
    if problem:
        key, message = problem
        raise YamlError(str(path), data.lines.get(key, 1), key, message)
    return data


def _is(value: object, wanted: type | tuple[type, ...]) -> bool:
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _expected(wanted: type | tuple[type, ...]) -> str:
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    return " or ".join(dict.fromkeys(_WORDS[k] for k in kinds))


def _check(data: Mapping[str, Any], name: str, kinds: Collection[str]) -> tuple[str, str] | None:
    """The key at fault and why, for what the types alone do not say."""
    if not _NAME.match(name):
        return "title", f"the name {name!r} may hold only a-z, 0-9, _ and -"
    kind = data.get("kind", "")
    if not kind:
        return "kind", "is missing: name the collector, for example feed"
    if kinds and kind not in kinds:
        return "kind", f"no collector is called {kind!r}{nearest(kind, kinds)}"
    if kind not in LOCAL and not str(data.get("url", "")).startswith(("http://", "https://")):
        return "url", "must be an http or https address"
    if data.get("every", 60) < MIN_EVERY:
        return "every", f"must be at least {MIN_EVERY} seconds"
    return None


def spec_of(data: Mapping[str, Any], path: Path) -> FeedSpec:
    """The FeedSpec of a checked feed file."""
    fields = {k: plain(data[k]) for k in _SPEC if k in data}
    return FeedSpec(name=path.stem, path=str(path), **fields)


def plain(value: object) -> Any:
    """YAML values without their line numbers, as ordinary dicts and lists."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def _changed(name: str, changes: Mapping[str, Any], feeds: Mapping[str, FeedSpec], kinds: Collection[str]) -> FeedSpec:
    given = {k: v for k, v in changes.items() if v is not None}
    for key, value in given.items():
        if key not in _SPEC:
            raise ConfigError(f"[feeds.{name}] {key}: unknown key{nearest(key, _SPEC)}")
        if not _is(value, FIELDS[key]):
            raise ConfigError(f"[feeds.{name}] {key}: must be {_expected(FIELDS[key])}, not {value!r:.60}")
    old = feeds.get(name)
    if old is None and not given.get("url") and given.get("kind") not in LOCAL:
        raise ConfigError(f"[feeds.{name}]: no feed has this name{nearest(name, feeds)}; a new feed needs a url")
    spec = old or FeedSpec(name=name, kind="feed", title=name)
    if "options" in given:
        given["options"] = {**spec.options, **given["options"]}
    spec = msgspec.structs.replace(spec, **given)
    problem = _check(msgspec.structs.asdict(spec), name, kinds)
    if problem:
        raise ConfigError(f"[feeds.{name}] {problem[0]}: {problem[1]}")
    return spec


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a typing error: the closest known name, else all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(names)}"

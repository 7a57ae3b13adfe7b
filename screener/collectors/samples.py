"""The tests that stand inside feed files: each file's ``sample`` goes through its collector and meets its ``expect``.

``expect`` is a list of items, or a mapping with any of ``items``, ``filings``, ``halts`` (lists in the collector's order)
and ``problems`` (their kinds). Each expected record names only the fields that matter; lists must be equal in length.
Times compare as moments, so that 08:00-05:00 equals 13:00Z. The network is not touched: the sample's texts are handed
out in order for whatever address is asked, then 503.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from screener import yamlfile
from screener.collectors.base import Collector, Context
from screener.collectors.load import nearest, plain, read_file, spec_of
from screener.collectors.saved import SavedAnswers
from screener.errors import YamlError
from screener.registry import discover
from screener.types import Collected, FeedSpec, FeedState
from screener.yamlfile import LineDict, LineList

Finding = tuple[str, int, str]
_LISTS = ("items", "filings", "halts", "problems")
_LATE = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def run_feed_tests(folders: Path | Sequence[Path]) -> Iterator[Finding]:
    """(path, line, message) for everything wrong with the feed files and their own tests; nothing when all pass.

    A file with neither ``sample`` nor ``expect`` is only checked as a feed file.
    """
    collectors = discover("screener.collectors", Collector)  # type: ignore[type-abstract]
    for folder in [folders] if isinstance(folders, Path) else folders:
        for path in yamlfile.walk(folder):
            try:
                data = read_file(path, collectors)
                yield from run_sample(data, spec_of(data, path), collectors[data["kind"]])
            except YamlError as e:
                yield e.path, e.line, f"{e.key}: {e.message}" if e.key else e.message


def run_sample(data: LineDict, spec: FeedSpec, collector: Collector) -> Iterator[Finding]:
    """What differs between the sample's result and what the file expects."""
    path = spec.path
    if "sample" not in data and "expect" not in data:
        return  # a feed that its user added: there is nothing to compare
    if "sample" not in data or "expect" not in data:
        missing = "sample" if "sample" not in data else "expect"
        yield path, data.line, f"{missing}: is missing: a test needs both sample and expect"
        return
    samples = [data["sample"]] if isinstance(data["sample"], str) else list(data["sample"])
    bodies = [s.encode() if isinstance(s, str) else msgspec.json.encode(plain(s)) for s in samples]
    now = _time(data, path)
    context = Context(fetcher=SavedAnswers(bodies, now), now=lambda: now, state=FeedState(name=spec.name))
    found = asyncio.run(collector.collect(spec, context))
    expect = data["expect"]
    if isinstance(expect, LineList):
        yield from _compare_list("items", expect, expect.line, found, path)
        return
    for key, wanted in expect.items():
        line = expect.lines[key]
        if key not in _LISTS or not isinstance(wanted, LineList):
            yield path, line, f"expect: {key}: must be a list{nearest(key, _LISTS)}"
        else:
            yield from _compare_list(key, wanted, line, found, path)


def _time(data: LineDict, path: str) -> dt.datetime:
    if "sample_time" not in data:
        return _LATE
    moment = _moment(data["sample_time"])
    if moment is None:
        raise YamlError(path, data.lines["sample_time"], "sample_time", "is no time: write 2026-03-12T22:10:00Z")
    return moment


def _compare_list(key: str, wanted: LineList, line: int, found: Collected, path: str) -> Iterator[Finding]:
    records: Sequence[Any] = getattr(found, key)
    if key == "problems":
        kinds = [p.kind for p in records]
        if kinds != list(wanted):
            yield path, line, f"expect: problems: expected {plain(wanted)}, got {kinds}"
        return
    if len(records) != len(wanted):
        told = "; ".join(p.message for p in found.problems) or "no problem reported"
        yield path, line, f"expect: {key}: expected {len(wanted)}, got {len(records)} ({told})"
        return
    for number, (want, record) in enumerate(zip(wanted, records, strict=True)):
        at = wanted.lines[number]
        if not isinstance(want, LineDict):
            yield path, at, f"expect: {key}: write the fields to compare, like {{title: ...}}"
            continue
        yield from _compare(key, want, record, path)


def _compare(key: str, want: LineDict, record: msgspec.Struct, path: str) -> Iterator[Finding]:
    names = [f.name for f in msgspec.structs.fields(record)]
    for field, value in want.items():
        at = want.lines[field]
        if field not in names:
            yield path, at, f"expect: {key}: unknown field {field}{nearest(field, names)}"
            continue
        got = msgspec.to_builtins(getattr(record, field))
        if not _same(plain(value), got):
            yield path, at, f"expect: {key}: {field}: expected {plain(value)!r}, got {got!r}"


def _same(want: object, got: object) -> bool:
    if isinstance(got, list | tuple):
        return isinstance(want, list) and len(want) == len(got) and all(map(_same, want, got))
    if isinstance(got, dict):
        return isinstance(want, dict) and all(k in got and _same(v, got[k]) for k, v in want.items())
    if isinstance(got, str) and isinstance(want, str) and got != want:
        one, two = _moment(want), _moment(got)
        return one is not None and one == two
    return bool(want == got)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

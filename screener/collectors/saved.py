"""Saved answers of a source, read by the very collector that reads the live source.

The files of a feed stand in for the network: the collector asks for addresses and gets the files' bytes. ``edgar`` gets
all files in one call, as its pages in order with the 503 that ends them; every other collector is called once a file.
"""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

import msgspec

from screener.collectors.base import Collector, Context, nothing_known
from screener.errors import FetchError, InputError
from screener.fetching import Response
from screener.limits import SAVED_BYTES
from screener.registry import discover
from screener.types import Collected, FeedSpec, FeedState


def opened(path: Path) -> IO[bytes]:
    """The file, decompressed when it ends in ``.gz``. Raises InputError when it cannot be opened."""
    try:
        return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")
    except OSError as e:
        raise InputError(f"{path}: cannot be read ({e.strerror}); check the path") from e


def paths_of(feed: FeedSpec) -> list[Path]:
    """The files that ``path`` or ``paths`` mean, patterns in name order. Raises InputError when one means none."""
    given = feed.options.get("paths") or [feed.options.get("path")]
    names = [given] if isinstance(given, str) else [str(g) for g in given if g]
    where = feed.path or feed.name
    if not names:
        raise InputError(f"{where}: options.path is missing: name the file to read")
    found: list[Path] = []
    for name in names:
        base = Path(feed.path).parent if feed.path else Path()
        some = [base / name] if not any(c in name for c in "*?[") else sorted(base.glob(name))
        if not some:
            raise InputError(f"{where}: {name} matches no file under {base}; correct options.path")
        found += some
    return found


def _body(path: Path) -> bytes:
    with opened(path) as stream:
        try:
            body = stream.read(SAVED_BYTES + 1)
        except (OSError, EOFError, zlib.error) as e:
            raise InputError(f"{path}: cannot be read ({e}); get the file again") from e
    if len(body) > SAVED_BYTES:
        raise InputError(f"{path}: is larger than {SAVED_BYTES:,} bytes; split it")
    return body


class SavedAnswers:
    """A Getter that hands out answers (files, or their bytes) in order, then answers 503."""

    def __init__(self, answers: Sequence[Path | bytes], received: dt.datetime) -> None:
        self._left, self._received = list(answers), received

    async def get(self, url: str, **_: object) -> Response:
        """The next answer, whatever the address."""
        if not self._left:
            raise FetchError(url, "no more saved answers", 503)
        answer = self._left.pop(0)
        if isinstance(answer, bytes):
            return Response(status=200, headers={}, url=url, body=answer, received=self._received)
        return Response(status=200, headers={}, url=str(answer), body=_body(answer), received=self._received)


async def read_saved(feed: FeedSpec, context: Context) -> Collected:
    """What the collector named by ``payload`` makes of the files. Raises InputError for files and names at fault."""
    collectors = discover("screener.collectors", Collector)  # type: ignore[type-abstract]
    kind = str(feed.options.get("payload"))
    if kind not in collectors or kind == "file":
        known = ", ".join(sorted(set(collectors) - {"file"} | {"items"}))
        raise InputError(f"{feed.path or feed.name}: payload {kind!r} is unknown; known: {known}")
    paths = paths_of(feed)
    groups = [paths] if kind == "edgar" else [[p] for p in paths]
    spec = msgspec.structs.replace(feed, kind=kind, url=feed.url or "https://saved.invalid")
    found = [await _collect(collectors[kind], spec, group, context) for group in groups]
    return Collected(
        feed=feed.name,
        items=tuple(i for c in found for i in c.items),
        filings=tuple(f for c in found for f in c.filings),
        halts=tuple(h for c in found for h in c.halts),
        problems=tuple(p for c in found for p in c.problems),
    )


async def _collect(collector: Collector, feed: FeedSpec, paths: list[Path], context: Context) -> Collected:
    alone = Context(
        fetcher=SavedAnswers(paths, context.now()),
        now=context.now,
        state=FeedState(name=feed.name),
        as_of=context.as_of,
        known=nothing_known,
        options=context.options,
        limits=context.limits,
    )
    return await collector.collect(feed, alone)

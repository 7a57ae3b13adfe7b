"""Items from JSON lines that anyone can write, and as a feed of kind ``file``.

One object a line with the fields of ``Item``, gzip when the name ends in ``.gz``; unknown keys are ignored. Only
``title`` is needed. ``id`` stands for ``source_id``, ``tickers`` for ``ticker_hints``, ``wire`` for ``source``; a CIK may
be text with leading zeros. Times are ISO 8601 with a zone, or any other that ``screener.language.moments`` reads; nothing, or a
recent day without an hour, is an unknown time.

Options of a feed of this kind: ``path`` or ``paths`` (relative to the feed file's folder; patterns like
``saved/*.xml`` are fine), and ``payload``: ``items`` (default) for JSON lines, or the name of another collector
(``feed``, ``edgar``, ``halts`` ...) whose saved answers the files are: see ``saved``. ``source`` names the source that
the items shall carry, by default the feed's name.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from screener.collectors.base import Context, failed, success
from screener.collectors.identity import digest
from screener.collectors.saved import opened, paths_of, read_saved
from screener.collectors.text import one_line
from screener.errors import InputError
from screener.language import moments
from screener.language.letters import whole
from screener.limits import BROKEN_LINES, DEFAULT, LINE_BYTES
from screener.types import Collected, Exhibit, FeedSpec, Item, Problem

MAX_LINE = LINE_BYTES
_ALIASES = {"id": "source_id", "tickers": "ticker_hints", "wire": "source"}
_TEXTS = ("source", "source_id", "url", "summary", "body", "form", "company")


class BrokenLine(ValueError):
    """A line that is no item; the message says why."""


def read_items(
    path: Path, now: dt.datetime, as_of: dt.datetime | None = None, most: int = DEFAULT.problems
) -> Iterator[Item | Problem]:
    """Read items line by line; a line that cannot be used comes out as a Problem with ``file:line``.

    ``now`` is the receipt, unless the line states ``received``; in a replay (``as_of``) later items are left out and
    receipt is publication. Of broken lines ``most`` are told one by one. Raises InputError when the file cannot be read at all.
    """
    broken = _Broken(path, most)
    with opened(path) as stream:
        for number, line in enumerate(_lines(stream, path), 1):
            if line.isspace() or not line:
                continue
            try:
                if len(line) > MAX_LINE:
                    raise BrokenLine(f"is longer than {MAX_LINE:,} bytes")
                item = item_of(_decoded(line), path, number, now, as_of)
            except BrokenLine as e:
                yield from broken.note(number, e)
                if broken.in_a_row >= BROKEN_LINES:
                    break
                continue
            broken.in_a_row = 0
            if item is not None:
                yield item
    yield from broken.rest()


class _Broken:
    """The broken lines of a file: the first are told one by one, the rest as a number."""

    def __init__(self, path: Path, most: int) -> None:
        self._path, self._most, self._count, self.in_a_row = path, most, 0, 0

    def note(self, number: int, error: BrokenLine) -> Iterator[Problem]:
        self._count += 1
        self.in_a_row += 1
        if self._count <= self._most:
            where = f"{self._path}:{number}"
            yield self._problem(where, f"{where}: {error}; line left out")

    def rest(self) -> Iterator[Problem]:
        more = self._count - self._most
        stopped = f", the last {BROKEN_LINES:,} one after the other: the rest was not read"
        if more > 0:
            told = f"{self._path}: {more:,} more lines left out"
            yield self._problem(str(self._path), told + (stopped if self.in_a_row >= BROKEN_LINES else ""))

    def _problem(self, subject: str, message: str) -> Problem:
        return Problem(stage="collect", subject=subject, kind="broken_line", message=message)


def _lines(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """Lines, each cut at a little over ``MAX_LINE`` so that one endless line cannot fill the memory."""
    try:
        while line := stream.readline(MAX_LINE + 1):
            rest = line
            while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE + 1)
            yield line
    except (OSError, EOFError, zlib.error) as e:
        raise InputError(f"{path}: breaks off or is not gzip ({e}); get the file again") from e


def _decoded(line: bytes) -> dict[str, object]:
    try:
        row = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise BrokenLine(f"is not JSON ({e})") from e
    if not isinstance(row, dict):
        raise BrokenLine("is not a JSON object")
    return plain_names(row)


def plain_names(row: dict[str, object]) -> dict[str, object]:
    """A row with the fields' own names beside their other ones (``id``, ``tickers``, ``wire``)."""
    return {**{_ALIASES[k]: v for k, v in row.items() if k in _ALIASES}, **row}


# Any other scheme (javascript:, file:) would become a link that somebody clicks.
_WEB = re.compile(r"https?://", re.IGNORECASE)


def item_of(row: dict[str, object], path: Path, line: int, now: dt.datetime, as_of: dt.datetime | None) -> Item | None:
    """One item from the fields of one line; None when a replay leaves it out. Raises BrokenLine."""
    title = one_line(_text(row, "title"))
    if not title:
        raise BrokenLine("has no title")
    stated = _time(row, "published")
    if as_of is not None and moments.is_later(stated, as_of):
        return None
    received = min(_time(row, "received").moment or now, now)
    published = moments.publication(stated, received if as_of is None else now)
    if as_of is not None:
        received = published or min(received, as_of)
    texts = {k: _text(row, k) for k in _TEXTS}
    source = texts["source"] or path.name.removesuffix(".gz").removesuffix(".jsonl")
    return Item(
        source=source,
        source_id=texts["source_id"] or f"h:{digest(source, texts['url'], title, str(stated.moment))}",
        url=texts["url"] if _WEB.match(texts["url"]) else "",
        title=title,
        summary=texts["summary"],
        body=texts["body"],
        published=published,
        received=received,
        form=texts["form"] or "PR",
        items=tuple(n for text in _texts(row, "items") for n in text.replace(",", " ").split()),
        cik=_cik(row),
        company=texts["company"],
        ticker_hints=_texts(row, "ticker_hints"),
        subjects=_texts(row, "subjects"),
        exhibits=_exhibits(row),
        facts=_facts(row),
        replayed=as_of is not None,
    )


def _text(row: dict[str, object], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise BrokenLine(f"{key} must be text, not {type(value).__name__}")
    return whole(str(value))


def _texts(row: dict[str, object], key: str) -> tuple[str, ...]:
    value = row.get(key)
    if isinstance(value, str):
        value = [value] if value else []
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise BrokenLine(f"{key} must be a list of texts")
    return tuple(value)


def _cik(row: dict[str, object]) -> int | None:
    value = row.get("cik")
    if value is None or value == "":
        return None
    text = str(value).upper().removeprefix("CIK").strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise BrokenLine(f"cik {value!r} is not a number of up to ten digits")
    return int(text)


def _time(row: dict[str, object], key: str) -> moments.Stated:
    text = _text(row, key).strip()
    stated = moments.read(text)
    if text and stated == moments.NOTHING:
        wrong = "has no time zone" if moments.read(text, "UTC").moment else "is not a time"
        raise BrokenLine(f"{key} {text[:40]!r} {wrong}: write 2025-12-12T23:10:00Z")
    return stated


def _exhibits(row: dict[str, object]) -> tuple[Exhibit, ...]:
    try:
        return tuple(msgspec.convert(row.get("exhibits") or (), list[Exhibit]))
    except msgspec.ValidationError as e:
        raise BrokenLine(f"exhibits: {e}") from e


def _facts(row: dict[str, object]) -> dict[str, str | float | int | bool]:
    facts = row.get("facts") or {}
    if not isinstance(facts, dict) or not all(isinstance(v, str | int | float) for v in facts.values()):
        raise BrokenLine("facts must be an object of texts, numbers or true/false")
    if any(isinstance(v, int | float) and not abs(v) < 2**63 for v in facts.values()):
        raise BrokenLine("facts hold a number beyond any use")
    return facts


class FileCollector:
    """Reads the file or files of a feed, all of it each time: the store knows what is new."""

    name = "file"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One pass over the files; a file that cannot be read is a Problem that names it."""
        now = context.now()
        try:
            if feed.options.get("payload", "items") != "items":
                found = await read_saved(feed, context)
            else:
                found = _read_lines(feed, now, context)
        except InputError as e:
            return failed(feed, context, e, "file")
        return msgspec.structs.replace(found, state=success(context.state, now))


PLUGIN = FileCollector()


def _read_lines(feed: FeedSpec, now: dt.datetime, context: Context) -> Collected:
    found = [x for path in paths_of(feed) for x in read_items(path, now, context.as_of, context.limits.problems)]
    return Collected(
        feed=feed.name,
        items=tuple(x for x in found if isinstance(x, Item)),
        problems=tuple(x for x in found if isinstance(x, Problem)),
    )

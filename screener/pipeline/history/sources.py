"""What a backfill reads: files of items, folders and tars of filings, saved answers of feeds, as units of work.

An archive remembers its units (``sources.json``): a later call adds to what is there, and what joins with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from screener.errors import InputError
from screener.pipeline.history.filingfiles import folder_files, is_tar
from screener.pipeline.history.reading import unit_key
from screener.pipeline.history.records import Kind, Unit
from screener.pipeline.history.workfiles import whole

FILES_A_UNIT = 500
_units = msgspec.json.Decoder(tuple[Unit, ...]).decode


class BackfillSources(msgspec.Struct, frozen=True, kw_only=True):
    """What the user named: ``saved`` are (feed, file) pairs, ``spooled`` the tars that were fetched from EDGAR."""

    items: tuple[Path, ...] = ()
    filings: tuple[Path, ...] = ()
    saved: tuple[tuple[str, Path], ...] = ()
    spooled: tuple[Path, ...] = ()


def units_of(sources: BackfillSources) -> list[Unit]:
    """The units of what the user named. Raises InputError for what is not there."""
    found = [_unit("items", [path]) for path in sources.items]
    for path in (*sources.filings, *sources.spooled):
        found += [_unit("filings", part) for part in _filing_groups(path)]
    return found + [_unit("saved", [path], feed) for feed, path in sources.saved]


def _filing_groups(path: Path) -> Iterator[list[Path]]:
    """A tar alone; the files of a folder some hundred at a time."""
    if not path.is_dir():
        yield [path]
        return
    files = folder_files(path)
    if not files:
        raise InputError(f"{path}: holds no submission (.txt, .nc, .gz) and no tar of them")
    yield from ([f] for f in files if is_tar(f))
    single = [f for f in files if not is_tar(f)]
    yield from (single[at : at + FILES_A_UNIT] for at in range(0, len(single), FILES_A_UNIT))


def _unit(kind: Kind, paths: Sequence[Path], feed: str = "") -> Unit:
    return Unit(key=unit_key(kind, paths, feed), kind=kind, paths=tuple(str(p.resolve()) for p in paths), feed=feed)


def with_remembered(archive: Path, units: Iterable[Unit]) -> list[Unit]:
    """These units and those that the archive was made of before; a file that has changed stands for its older self."""
    found = {(u.kind, u.feed, u.paths): u for u in remembered(archive)}
    found |= {(u.kind, u.feed, u.paths): u for u in units}
    return sorted(found.values(), key=lambda u: (u.kind, u.feed, u.paths))


def remembered(archive: Path) -> tuple[Unit, ...]:
    """The units of earlier calls."""
    try:
        return _units((archive / "sources.json").read_bytes())
    except FileNotFoundError:
        return ()


def remember(archive: Path, units: Sequence[Unit]) -> None:
    """Note the units that the archive is made of."""
    with whole(archive / "sources.json") as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(tuple(units)), indent=1) + b"\n")

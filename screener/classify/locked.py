"""The locked set: what judges the classifier and never teaches it, by item, company and wire.

Its labels stand in ``locked.jsonl`` of a folder of labels; ``locked_companies.txt`` and ``locked_wires.txt`` name what is
left out of the training whole, whoever labelled it. Its errors are never listed: what was read once is tuned on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from screener.errors import InputError
from screener.types import Story

LABELS, COMPANIES, WIRES = "locked.jsonl", "locked_companies.txt", "locked_wires.txt"


class _Id(Struct):
    id: str


class Locked(Struct, frozen=True, kw_only=True):
    """Ids, tickers and wires that never teach."""

    ids: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    wires: frozenset[str] = frozenset()

    def holds(self, story: Story) -> bool:
        """Whether a story is of the locked set, of one of its companies or of one of its wires."""
        return (
            story.id in self.ids
            or not self.companies.isdisjoint(story.tickers)
            or any(ref.source in self.wires for ref in story.sources)
        )

    def has(self, ids: Iterable[str]) -> bool:
        """Whether any of these items is of the locked set."""
        return not self.ids.isdisjoint(ids)


def read(folder: Path) -> Locked:
    """The locked set of a folder of labels; an empty one where there is none. Raises InputError for a broken line."""
    path, decoder = folder / LABELS, msgspec.json.Decoder(_Id)
    try:
        ids = frozenset(decoder.decode(line).id for line in _lines(path))
    except msgspec.DecodeError as e:
        raise InputError(f"{path}: {e}: one JSON object with an id a line is needed") from e
    return Locked(ids=ids, companies=frozenset(_lines(folder / COMPANIES)), wires=frozenset(_lines(folder / WIRES)))


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]

"""Draw the locked set anew: ``python -m tests.bench.draw_locked SHARED_DATA [OUT]`` prints its ids and companies.

The locked set (``data/labels/locked.jsonl``) judges the classifier and is never learned from. Four parts, all with a
fixed seed and from nothing but the files handed over, so that later labels do not change the draw:

- headlines and full releases of companies none of whose items had a label;
- headlines of companies that had more to draw than labelled items (``RATIO``): their labelled items are to be left
  out of the training, together with everything else of ``locked_companies.txt``;
- whole wires (``locked_wires.txt``): their unlabelled items are drawn, their labelled ones left out of the training;
- filings of seven companies of ``edgar/main_documents``.
"""

from __future__ import annotations

import ast
import collections
import csv
import gzip
import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

LABELS = Path(__file__).resolve().parents[2] / "data" / "labels"
SEED = 20261128
RATIO = 1.3
"""Labelled items a drawn company may have for each unlabelled one: training loses few labels for many to judge."""
LEAST = 8
"""Unlabelled headlines a company must have."""
WIRES = ("blockchainwire", "citybiz", "evertiseaipr", "newsworthy", "noticiasnewswire", "prism")
FILERS = ("CORZ", "FGNX", "HYPD", "KULR", "LITS", "SUIG", "XRPN")


class Drawn(NamedTuple):
    """One item to be read: its id, the part of the set it belongs to and its companies."""

    id: str
    source: str
    part: str
    tickers: tuple[str, ...]


class Item(NamedTuple):
    """What the draw needs to know of a release."""

    id: str
    wire: str
    tickers: tuple[str, ...]
    full: bool


def tickers_of(raw: object) -> tuple[str, ...]:
    """Tickers as the files give them: a list, or its text form."""
    if isinstance(raw, str):
        raw = ast.literal_eval(raw) if raw.startswith("[") else [raw]
    return tuple(dict.fromkeys(str(t) for t in raw)) if isinstance(raw, list) else ()


def read_items(path: Path, *, full: bool) -> Iterator[Item]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Item(row["id"], row["wire"], tickers_of(row["tickers"]), full)


def label_ids(paths: Iterable[Path]) -> set[str]:
    return {json.loads(line)["id"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()}


def scarce(items: list[Item], labelled: set[str]) -> set[str]:
    """Companies with at least ``LEAST`` unlabelled items and at most ``RATIO`` labelled ones for each."""
    has: collections.Counter[str] = collections.Counter()
    lacks: collections.Counter[str] = collections.Counter()
    for item in items:
        (has if item.id in labelled else lacks).update(item.tickers)
    return {t for t, n in lacks.items() if n >= LEAST and 0 < has[t] <= RATIO * n}


def part_of(item: Item, known: set[str], few: set[str]) -> str:
    """Which part of the locked set an unlabelled item belongs to, or nothing."""
    if item.full and item.wire in WIRES:
        return "wire"
    if item.tickers and not known & set(item.tickers):
        return "new company"
    return "few labels" if not item.full and few & set(item.tickers) else ""


def filings(index: Path) -> Iterator[Drawn]:
    with index.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["ticker"] in FILERS:
                yield Drawn(f"f:{row['accession']}", "filing", "filing", (row["ticker"],))


def draw(shared: Path) -> list[Drawn]:
    """All items of the locked set, shuffled; ``shared`` is the folder of the recorded data."""
    wires = shared / "wires"
    items = [
        *read_items(wires / "releases.jsonl.gz", full=False),
        *read_items(wires / "full_releases.jsonl.gz", full=True),
    ]
    labelled = label_ids([wires / "labels.jsonl", wires / "labels_2026.jsonl", *sorted(LABELS.glob("types_*.jsonl"))])
    known = {t for item in items if item.id in labelled for t in item.tickers}
    few = scarce(items, labelled)
    drawn = [
        Drawn(item.id, "full_release" if item.full else "headline", part, item.tickers)
        for item in items
        if item.id not in labelled and (part := part_of(item, known, few))
    ]
    drawn += filings(shared / "edgar" / "main_documents" / "index.csv")
    random.Random(SEED).shuffle(drawn)
    return drawn


def companies(drawn: list[Drawn]) -> list[str]:
    """Tickers to leave out of the training: all of the set but those that a held-out wire brought in."""
    return sorted({t for d in drawn if d.part != "wire" for t in d.tickers})


def main(shared: str, out: str = "") -> int:
    """Print how many were drawn; with OUT write ids and the two lists of what not to train on there."""
    drawn = draw(Path(shared))
    for (source, part), n in sorted(collections.Counter((d.source, d.part) for d in drawn).items()):
        print(f"{n:5d}  {source}, {part}")
    if out:
        Path(out, "locked_ids.txt").write_text("".join(f"{d.id}\t{d.source}\n" for d in drawn), encoding="utf-8")
        Path(out, "locked_companies.txt").write_text("\n".join(companies(drawn)) + "\n", encoding="utf-8")
        Path(out, "locked_wires.txt").write_text("\n".join(WIRES) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

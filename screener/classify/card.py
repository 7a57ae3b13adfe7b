"""The model card: what the weights were made from, how, how good they are, and what they are bad at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from screener.classify import model
from screener.classify.evaluate import Report, summary, table


class _Judged(Protocol):
    """What the card shows of a fold."""

    @property
    def report(self) -> Report: ...


_HEAD = """# Catalyst model

Weights of the linear text model that `screener` uses beside the wordings of `rules/catalysts`. Written by
`python -m screener.classify.train` (`make train`); nothing of the text they were made from is in this folder.

## Method
One logistic regression per class (catalyst types and noise classes) over hashed words and word pairs and triples of the
headline, words and pairs of the first words of the text, and the hits of the wordings. Each starts from the log-odds
that the wordings give alone, so a class with few examples stays with its wordings, and one with fewer than nine has no
weights of its own. Scores are calibrated per class (Platt) on items whose company was held out. N-grams that stand in
one item only are dropped; weights are kept in 8 bits. No random numbers: the same input gives the same bytes.
"""

_LIMITS = """
## What it is bad at
- Headlines that name no event ("advances", "positions", "expands"): partnership, commercial contract and product launch
  shade into each other.
- Types with few examples go by wordings alone: cyber incidents, auditor changes, restatements, late filings, defaults.
- The other party's news: only a ticker that spells one of the two names tells buyer from target.
- Languages other than English, and texts whose news stands below their beginning.
- The labels come from small caps and biotech companies, 2019 to 2026; banks, funds and large caps are rare. The
  wordings were written by people who had read the same labels, so expect a few points less on other companies.
"""


def write_card(
    folder: Path,
    labels: Path,
    releases: Path,
    more: Sequence[Path],
    taught: int,
    folds: Sequence[_Judged],
    whole: Report,
) -> None:
    """Write ``README.md`` beside the weights."""
    lines = [_HEAD, "## Data", "| file | sha-256, first 16 | role |", "|---|---|---|"]
    roles = [
        (labels, "labels, judged on"),
        (releases, "the items"),
        *((path, "labels that only teach") for path in more),
    ]
    lines += [f"| {path.name} | {_checksum(path)} | {role} |" for path, role in roles]
    lines += ["", f"{whole.items} judged items, {taught} that only teach (with the tests of the catalyst files)."]
    weights = folder / model.FILE
    lines += [f"Weights: `{weights.name}`, {weights.stat().st_size:,} bytes, sha-256 {_checksum(weights)}.", ""]
    lines += [
        "## Figures: cross-validation, no company in two folds",
        *_folds(folds, whole),
        "",
        *_classes(whole),
        _LIMITS,
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _folds(folds: Sequence[_Judged], whole: Report) -> list[str]:
    heads = ["figure", *(f"fold {i}" for i in range(1, len(folds) + 1)), "all"]
    columns = [summary(fold.report) for fold in folds] + [summary(whole)]
    rows = [[name, *(_cell(column[name]) for column in columns)] for name in columns[0]]
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]


def _classes(whole: Report) -> list[str]:
    lines = ["| class | kind | examples | precision | recall | F1 |", "|---|---|--:|--:|--:|--:|"]
    for row in table(whole):
        rates = " | ".join(_cell(row[key]) for key in ("precision", "recall", "f1"))
        lines.append(f"| {row['name']} | {row['kind']} | {row['examples']} | {rates} |")
    return lines


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)

"""How far figures can be trusted: intervals by drawing companies anew, for all items, by source and by type.

Items of one company are alike, so companies are drawn and not items. Nine in ten drawings lie within an interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener.classify.evaluate import Label, held_types
from screener.types import Classified

DRAWINGS, SEED = 1_000, 7
LOW, HIGH = 5, 95  # percentiles
Counts = NDArray[np.float64]


class Interval(Struct, frozen=True):
    """Where nine of ten drawings lie, both ends from 0 to 1; None without a case."""

    low: float
    high: float


class Figures(Struct, frozen=True, kw_only=True):
    """Intervals of the headline figures and of F1 by type."""

    micro_f1: Interval | None
    false_alarm_rate: Interval | None
    types: Mapping[str, Interval]


def intervals(rows: Sequence[tuple[Label, Classified]], companies: Sequence[str], threshold: float = 0.5) -> Figures:
    """Intervals for labels and answers; ``companies`` names the company of each row."""
    names = sorted({t for label, answer in rows for t in (*label.types, *held_types(answer, threshold))})
    counts, quiet = _by_company(rows, companies, names, threshold)
    drawn = np.random.default_rng(SEED).integers(0, len(counts), (DRAWINGS, len(counts))) if len(counts) else None
    if drawn is None:
        return Figures(micro_f1=None, false_alarm_rate=None, types={})
    sums = np.array([counts[at].sum(axis=0) for at in drawn])  # drawings by types by right, wrong, missed
    quiets = np.array([quiet[at].sum(axis=0) for at in drawn])
    by_type = {name: found for i, name in enumerate(names) if (found := _f1(sums[:, i])) is not None}
    return Figures(micro_f1=_f1(sums.sum(axis=1)), false_alarm_rate=_rate(quiets[:, 0], quiets[:, 1]), types=by_type)


def _by_company(
    rows: Sequence[tuple[Label, Classified]], companies: Sequence[str], names: Sequence[str], threshold: float
) -> tuple[Counts, Counts]:
    """Right, wrong and missed by company and type; false alarms and items without a type by company."""
    place, column = {c: i for i, c in enumerate(sorted(set(companies)))}, {n: i for i, n in enumerate(names)}
    counts, quiet = np.zeros((len(place), len(names), 3)), np.zeros((len(place), 2))
    for (label, answer), company in zip(rows, companies, strict=True):
        at, want, got = place[company], set(label.types), held_types(answer, threshold)
        for name in want | got:
            counts[at, column[name], 0 if name in want and name in got else 1 if name in got else 2] += 1
        if not want:
            quiet[at] += (bool(got), 1)
    return counts, quiet


def _f1(sums: Counts) -> Interval | None:
    return _rate(2 * sums[:, 0], 2 * sums[:, 0] + sums[:, 1] + sums[:, 2])


def _rate(part: Counts, whole: Counts) -> Interval | None:
    known = whole > 0
    if not known.any():
        return None
    low, high = np.percentile(part[known] / whole[known], (LOW, HIGH))
    return Interval(float(low), float(high))

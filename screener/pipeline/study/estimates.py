"""Medians, means and shares with bootstrap intervals, companies drawn whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from screener.pipeline.study.records import Estimate, Spread

ROUNDS = 2000
LEAST = 5
"""Companies below which no interval is given: five numbers say little about their own spread."""


def spread(values: Sequence[float], companies: Sequence[str], limit: float = 10.0, seed: int = 7) -> Spread:
    """Median, mean and share beyond ``+-limit``, each with the 2.5th and 97.5th percentile of a seeded bootstrap.

    A bootstrap round draws companies, not events: several releases of one company are no independent evidence.
    """
    n = len(values)
    if not n:
        return Spread()
    x = np.asarray(values, dtype=float)
    far = np.abs(x) >= limit
    names, owner = np.unique(np.asarray(companies), return_inverse=True)
    point = (float(np.median(x)), float(x.mean()), float(far.mean()))
    bounds = _bounds(x, far, owner, len(names), seed) if len(names) >= LEAST else [(None, None)] * 3
    median, mean, beyond = (
        Estimate(value=round(v, 4), low=low, high=high) for v, (low, high) in zip(point, bounds, strict=True)
    )
    up, down = round(float((x >= limit).mean()), 4), round(float((x <= -limit).mean()), 4)
    return Spread(n=n, companies=len(names), median=median, mean=mean, beyond=beyond, up=up, down=down)


def _bounds(
    x: np.ndarray, far: np.ndarray, owner: np.ndarray, companies: int, seed: int
) -> list[tuple[float | None, float | None]]:
    drawn = np.random.default_rng(seed).multinomial(companies, np.full(companies, 1 / companies), size=ROUNDS)
    order = np.argsort(x, kind="stable")
    weights = drawn[:, owner[order]]
    total = weights.sum(axis=1)
    held = total > 0
    weights, total, ordered = weights[held], total[held], x[order]
    middle = ordered[(weights.cumsum(axis=1) >= total[:, None] / 2).argmax(axis=1)]
    found = (middle, weights @ ordered / total, weights @ far[order] / total)
    return [(round(float(np.quantile(f, 0.025)), 4), round(float(np.quantile(f, 0.975)), 4)) for f in found]


def median(values: Sequence[float]) -> float | None:
    """The plain median; None of nothing."""
    return round(float(np.median(np.asarray(values, dtype=float))), 4) if values else None


def clustered(values: Sequence[float], *clusters: Sequence[str], seed: int = 7) -> Estimate:
    """A mean with the widest of the 95 % bootstrap intervals that draw whole clusters: by day, by company.

    Each of ``clusters`` names the cluster of every value; one of fewer than ``LEAST`` gives no interval.
    """
    if not len(values):
        return Estimate()
    x = np.asarray(values, dtype=float)
    bounds = [b for names in clusters if (b := _cluster_bounds(x, names, seed)) is not None]
    value = round(float(x.mean()), 4)
    if len(bounds) < len(clusters):
        return Estimate(value=value)
    return Estimate(value=value, low=min(b[0] for b in bounds), high=max(b[1] for b in bounds))


def _cluster_bounds(x: np.ndarray, names: Sequence[str], seed: int) -> tuple[float, float] | None:
    """Sums and counts by cluster are drawn, not the values: a year of lists costs what its days cost."""
    kinds, owner = np.unique(np.asarray(names), return_inverse=True)
    count = len(kinds)
    if count < LEAST:
        return None
    sums, sizes = np.bincount(owner, weights=x, minlength=count), np.bincount(owner, minlength=count)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=ROUNDS)
    means = (drawn @ sums) / (drawn @ sizes)
    return round(float(np.quantile(means, 0.025)), 4), round(float(np.quantile(means, 0.975)), 4)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z = 1.96
    middle, half = (hits + z * z / 2), z * math.sqrt(hits * (of - hits) / of + z * z / 4)
    return (middle - half) / (of + z * z), (middle + half) / (of + z * z)


def share_of(hits: Sequence[bool], *clusters: Sequence[str]) -> Estimate:
    """A share with the widest of its ``clustered`` intervals and Wilson's: where all or none are hits, drawing tells nothing."""
    found = clustered([float(h) for h in hits], *clusters)
    if found.low is None or found.high is None:
        return found
    low, high = wilson(sum(hits), len(hits))
    return Estimate(value=found.value, low=min(found.low, round(low, 4)), high=max(found.high, round(high, 4)))

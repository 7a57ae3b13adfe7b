"""Fit how the fast part and the encoder are put together, and from which point the fast part may decide alone.

Both parts' scores come from items whose company (and for a part, whose wire) neither had seen. A weight is the sum of
one for all, one for the kind of document and one for the class, the latter two drawn to zero: a class with three
examples stays with what holds for all. Needs scipy (the ``train`` extra).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener.classify.model import Floats
from screener.classify.stack import FLOORS, KINDS, REACH, Stack

KIND_PENALTY, CLASS_PENALTY, BIAS_PENALTY = 0.5, 1.5, 0.7
ROUNDS = 200
MANY = 80  # a class has its full say with a quarter more examples than this, and none with a quarter of it
LEAST = 100  # held-out items of a kind from which the encoder has a say in it
AGREES = 0.995  # of the headlines that the fast part settles alone must come out as with the encoder
CLEAR = -2.5  # log-odds under which the fast part holds a class for absent
Params = NDArray[np.float64]


class Seen(Struct, kw_only=True):
    """Held-out scores: log-odds of both parts (items by classes), kind per item, what is wanted, weights, companies."""

    fast: Floats
    encoded: Floats
    kind: NDArray[np.intp]
    wanted: Floats
    weight: Floats
    group: list[str]

    def take(self, rows: Sequence[int]) -> Seen:
        """Some of the items."""
        at = np.asarray(rows, np.intp)
        return Seen(
            fast=self.fast[at],
            encoded=self.encoded[at],
            kind=self.kind[at],
            wanted=self.wanted[at],
            weight=self.weight[at],
            group=[self.group[i] for i in rows],
        )


def fit(seen: Seen, classes: Sequence[str], taught: Floats) -> Stack:
    """The weights that make the joined scores fair log-odds; ``taught`` counts the examples of each class.

    In a headline a class of few examples stays with its wordings: an encoder that never saw it always says no. In a
    release that no is worth more than the words, which retell everything.
    """
    joined = _fit(seen, classes)
    trust = np.clip((taught - MANY / 4) / MANY, 0, 1)
    joined.fast[0] = trust * joined.fast[0] + 1 - trust
    joined.encoded[0] *= trust
    joined.bias[0] *= trust
    for kind in range(len(KINDS)):
        if (seen.kind == kind).sum() < LEAST:
            joined.fast[kind], joined.encoded[kind], joined.bias[kind] = 1.0, 0.0, 0.0
    return Stack(
        classes=joined.classes,
        fast=joined.fast,
        encoded=joined.encoded,
        bias=joined.bias,
        sure=_sure(joined, seen),
        clear=CLEAR,
    )


def scores(joined: Stack, seen: Seen) -> Floats:
    """Joined log-odds of every item."""
    out = np.zeros_like(seen.fast)
    for kind in range(len(KINDS)):
        at = seen.kind == kind
        out[at] = joined.join(kind, seen.fast[at], seen.encoded[at])
    return out


def _fit(seen: Seen, classes: Sequence[str]) -> Stack:
    from scipy.optimize import minimize

    kinds, count = len(KINDS), len(classes)
    width = 1 + kinds + count  # of each of the three: all, by kind, by class
    fast = np.clip(seen.fast, -REACH, REACH).astype(np.float64)
    encoded = np.clip(seen.encoded, np.array(FLOORS)[seen.kind][:, None], REACH).astype(np.float64)
    weight, wanted, kind = seen.weight[:, None].astype(np.float64), seen.wanted, seen.kind
    pull = np.concatenate([_penalties(kinds, count, CLASS_PENALTY)] * 2 + [_penalties(kinds, count, BIAS_PENALTY)])
    start = np.zeros(3 * width)
    start[0] = start[width] = 0.5
    ones = np.ones_like(fast)

    def loss(flat: Params) -> tuple[float, Params]:
        spread = [_spread(part, kinds)[kind] for part in flat.reshape(3, width)]
        score = spread[0] * fast + spread[1] * encoded + spread[2]
        error = weight * (1 / (1 + np.exp(-np.clip(score, -30, 30))) - wanted)
        value = float((weight * (np.logaddexp(0, score) - wanted * score)).sum())
        value += 0.5 * float((pull * (flat - start) ** 2).sum())
        slopes = [_gather(error * part, kind, kinds) for part in (fast, encoded, ones)]
        return value, np.concatenate(slopes) + pull * (flat - start)

    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x.reshape(3, width)
    fast_weights, encoded_weights, bias = (_spread(part, kinds).astype(np.float32) for part in best)
    return Stack(classes=tuple(classes), fast=fast_weights, encoded=encoded_weights, bias=bias, sure=99.0, clear=CLEAR)


def _penalties(kinds: int, count: int, by_class: float) -> Params:
    return np.concatenate([np.zeros(1), np.full(kinds, KIND_PENALTY), np.full(count, by_class)])


def _spread(part: Params, kinds: int) -> Params:
    """Weights by kind and class of their three terms."""
    return np.asarray(part[0] + part[1 : 1 + kinds, None] + part[None, 1 + kinds :])


def _gather(slope: Params, kind: NDArray[np.intp], kinds: int) -> Params:
    by_kind = np.array([slope[kind == k].sum() for k in range(kinds)])
    return np.concatenate([[by_kind.sum()], by_kind, slope.sum(axis=0)])


def _sure(joined: Stack, seen: Seen) -> float:
    """The least log-odds from which headlines that the fast part settles come out as with the encoder."""
    at = np.flatnonzero(seen.kind == 0)
    whole = scores(joined, seen)[at] > 0
    fast = seen.fast[at]
    for edge in np.arange(1.0, REACH, 0.25):
        settled = (fast >= edge).any(axis=1) & ((fast >= edge) | (fast <= CLEAR)).all(axis=1)
        same = ((fast[settled] >= edge) == whole[settled]).all(axis=1)
        if settled.sum() and same.mean() >= AGREES:
            return float(edge)
    return REACH + 1

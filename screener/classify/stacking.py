"""Put the fast part and the encoder together, and find from which point the fast part may decide alone.

Both parts' scores come from items whose company (and for a part, whose wire) neither had seen. Needs scipy (the
``train`` extra).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener.classify.model import Floats
from screener.classify.stack import KINDS, REACH, Stack

SHARES = (0.5, 0.5, 0.3)  # of the encoder by kind; it was taught by a few hundred filings only
FEW, MANY = 5, 30  # in a headline the encoder has no say in a class of FEW examples, and its whole one with MANY more
AGREES = 0.995  # of the headlines that the fast part settles alone must come out as with the encoder
CLEAR = -2.5  # log-odds under which the fast part holds a class for absent


class Seen(Struct, kw_only=True):
    """Held-out scores: log-odds of both parts (items by classes), kind per item, what is wanted, and weights."""

    fast: Floats
    encoded: Floats
    kind: NDArray[np.intp]
    wanted: Floats
    weight: Floats

    def take(self, rows: Sequence[int]) -> Seen:
        """Some of the items."""
        at = np.asarray(rows, np.intp)
        return Seen(
            fast=self.fast[at],
            encoded=self.encoded[at],
            kind=self.kind[at],
            wanted=self.wanted[at],
            weight=self.weight[at],
        )


def fit(seen: Seen, classes: Sequence[str], taught: Floats) -> Stack:
    """Both parts as equal witnesses, the sum stretched and moved so that its chances are fair; ``taught`` counts examples.

    Weights fitted by class and kind were tried and did worse on companies set apart (micro-F1 0.667 against 0.714 on full
    releases, 0.884 against 0.898 on headlines): there are too few examples for so many weights. Two numbers are fitted,
    the same for all kinds and classes; numbers of their own for full releases won 0.016 on companies set apart and lost
    0.025 on the locked set.

    In a headline a class of few examples stays with its wordings: an encoder that hardly saw it always says no. In a
    release that no is worth more than the words, which retell everything.
    """
    encoded = np.tile(np.array(SHARES, np.float32)[:, None], (1, len(classes)))
    encoded[0] *= np.clip((taught - FEW) / MANY, 0, 1)
    bias = np.zeros_like(encoded)
    joined = Stack(classes=tuple(classes), fast=1 - encoded, encoded=encoded, bias=bias, sure=99.0, clear=CLEAR)
    stretch, shift = _fair(seen, scores(joined, seen))
    joined = msgspec.structs.replace(
        joined, fast=joined.fast * stretch, encoded=joined.encoded * stretch, bias=bias + shift
    )
    return msgspec.structs.replace(joined, sure=_sure(joined, seen))


def _fair(seen: Seen, score: Floats) -> tuple[np.float32, np.float32]:
    """Factor and summand that make the scores the likeliest log-odds."""
    from scipy.optimize import minimize

    weight = seen.weight[:, None].astype(np.float64)

    def loss(pair: NDArray[np.float64]) -> float:
        told = pair[0] * score + pair[1]
        return float((weight * (np.logaddexp(0, told) - seen.wanted * told)).sum())

    best = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x.astype(np.float32)
    return best[0], best[1]


def scores(joined: Stack, seen: Seen) -> Floats:
    """Joined log-odds of every item."""
    out = np.zeros_like(seen.fast)
    for kind in range(len(KINDS)):
        at = seen.kind == kind
        out[at] = joined.join(kind, seen.fast[at], seen.encoded[at])
    return out


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

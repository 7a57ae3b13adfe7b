"""Fit and calibrate the text model.

One logistic regression per class over word n-grams and wording hits. It starts from what the wordings prove by
themselves (a fixed offset), so a class with few examples stays with its wordings and a class with many learns to
correct them. Scores are calibrated on items whose company was left out. Same input, same bytes. Needs scipy (the ``dev``
extra); the classifier itself does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener.classify import evidence, model
from screener.classify.components import make_doc, title_tokens, wordings_of
from screener.classify.features import Grammar
from screener.classify.judge import build
from screener.classify.model import Floats, Weights
from screener.classify.rulefile import CatalystRule
from screener.classify.spelling import Spelled
from screener.classify.taught import Taught

MIN_COUNT = 2  # an n-gram that stands in a single item names a company or a drug
MAX_GRAMS = 24_000
GRAM_PENALTY, DENSE_PENALTY, BIAS_PENALTY = 0.9, 0.25, 0.05
RARE = 12.0
FEW = 9  # classes with fewer examples go by their wordings alone
ROUNDS = 120


class Examples(Struct, kw_only=True):
    """Training rows: n-gram hashes per row, evidence features, prior log-odds, wanted classes, weights, company."""

    ids: list[str]
    grams: list[NDArray[np.uint64]]
    dense: Floats
    prior: Floats
    wanted: Floats
    weight: Floats
    group: list[str]

    def take(self, rows: Sequence[int]) -> Examples:
        """Some of the rows."""
        at = np.asarray(rows, np.intp)
        return Examples(
            ids=[self.ids[i] for i in rows],
            grams=[self.grams[i] for i in rows],
            dense=self.dense[at],
            prior=self.prior[at],
            wanted=self.wanted[at],
            weight=self.weight[at],
            group=[self.group[i] for i in rows],
        )

    def join(self, other: Examples) -> Examples:
        """These rows, then the other's."""
        arrays = {
            n: np.concatenate([getattr(self, n), getattr(other, n)]) for n in ("dense", "prior", "wanted", "weight")
        }
        return Examples(
            ids=self.ids + other.ids, grams=self.grams + other.grams, group=self.group + other.group, **arrays
        )


class Reader:
    """Turns stories into training rows with the components that will read them in use."""

    def __init__(self, rules: Path) -> None:
        self.nlp = build([rules], None)
        self.rules: tuple[CatalystRule, ...] = wordings_of(self.nlp).bank.rules
        self.column = {rule.id: i for i, rule in enumerate(self.rules)}
        self._grammar = Grammar()

    def rows(self, items: Sequence[Taught]) -> Examples:
        """One row per item."""
        docs = [self.nlp(make_doc(self.nlp, Spelled(item.story).view)) for item in items]
        titles = [title_tokens(doc, len(doc._.story.headline)) for doc in docs]
        return Examples(
            ids=[item.story.id for item in items],
            grams=[np.unique(self._grammar.hashes(doc, cut)) for doc, cut in zip(docs, titles, strict=True)],
            dense=np.array([evidence.dense(self.rules, d._.hits, d._.story.subjects) for d in docs], np.float32),
            prior=np.array([evidence.prior(self.rules, d._.hits) for d in docs], np.float32),
            wanted=self.wanted(items),
            weight=np.array([item.weight for item in items], np.float32),
            group=[item.group for item in items],
        )

    def wanted(self, items: Sequence[Taught]) -> Floats:
        """1 where an item has a class; 0.5 where two readings differ about it. A class without a file is left out."""
        out = np.zeros((len(items), len(self.rules)), np.float32)
        for row, item in zip(out, items, strict=True):
            for names in ((*item.label.types, *item.label.noise), item.also):
                for name in () if names is None else names:
                    if name in self.column:
                        row[self.column[name]] += 1.0 if item.also is None else 0.5
        return out


def fit(data: Examples, classes: Sequence[str]) -> Weights:
    """Weights for these rows, not yet calibrated (slope 1, shift 0)."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    vocabulary, matrix = _matrix(data.grams, csr_matrix)
    grams, dense, count = matrix.shape[1], data.dense.shape[1], len(classes)
    cut, end = grams * count, (grams + dense) * count
    weight = data.weight[:, None]
    # A rare class has only noes to learn from: it stays with its wordings.
    stiff = 1 + RARE / (1 + data.wanted.sum(axis=0))
    gram_penalty, dense_penalty = GRAM_PENALTY * stiff, DENSE_PENALTY * stiff
    transposed = matrix.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        a, b, bias = flat[:cut].reshape(grams, count), flat[cut:end].reshape(dense, count), flat[end:]
        score = data.prior + matrix @ a + data.dense @ b + bias
        error = weight * (1 / (1 + np.exp(-np.clip(score, -30, 30))) - data.wanted)
        value = float((weight * (np.logaddexp(0, score) - data.wanted * score)).sum())
        value += 0.5 * float(
            (gram_penalty * a * a).sum() + (dense_penalty * b * b).sum() + BIAS_PENALTY * (bias**2).sum()
        )
        slopes = (transposed @ error + gram_penalty * a, data.dense.T @ error + dense_penalty * b)
        return value, np.concatenate([*(s.ravel() for s in slopes), error.sum(axis=0) + BIAS_PENALTY * bias])

    start = np.zeros((grams + dense + 1) * count)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 8}).x
    taught = data.wanted.sum(axis=0) >= FEW
    return Weights(
        classes=tuple(classes),
        hashes=vocabulary,
        grams=(best[:cut].reshape(grams, count) * taught).astype(np.float32),
        dense=(best[cut:end].reshape(dense, count) * taught).astype(np.float32),
        bias=(best[end:] * taught).astype(np.float32),
        slope=np.ones(count, np.float32),
        shift=np.zeros(count, np.float32),
    )


def _matrix(grams: Sequence[NDArray[np.uint64]], make: Callable[..., object]) -> tuple[NDArray[np.uint64], Any]:
    """The n-grams kept and the sparse matrix of rows over them."""
    distinct, counts = np.unique(np.concatenate(grams), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MAX_GRAMS]
    vocabulary = np.sort(distinct[order[counts[order] >= MIN_COUNT]])
    columns, values, ends = [], [], [0]
    for row in grams:
        at = np.searchsorted(vocabulary, row)
        at[at == len(vocabulary)] = 0
        known = at[vocabulary[at] == row]
        columns.append(known)
        values.append(np.full(len(known), model.gram_scale(len(row)), np.float64))
        ends.append(ends[-1] + len(known))
    shape = (len(grams), len(vocabulary))
    return vocabulary, make((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=shape)


def scores(weights: Weights, data: Examples) -> Floats:
    """Uncalibrated log-odds of rows by class."""
    sums = np.array([model.gram_score(weights, g) for g in data.grams], np.float32)
    return np.asarray(data.prior + sums + data.dense @ weights.dense + weights.bias, np.float32)


def calibrate(score: Floats, wanted: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Slope and shift per class that make held-out scores fair log-odds, drawn towards those of all classes."""
    whole = _platt(score.ravel(), wanted.ravel(), np.repeat(weight, score.shape[1]), (1.0, 0.0), 1e-3)
    pairs = [
        _platt(score[:, i], wanted[:, i], weight, whole, 6.0) if wanted[:, i].sum() >= FEW else (1.0, 0.0)
        for i in range(score.shape[1])
    ]
    return np.array([p[0] for p in pairs], np.float32), np.array([p[1] for p in pairs], np.float32)


def _platt(
    score: Floats, wanted: Floats, weight: Floats, start: tuple[float, float], pull: float
) -> tuple[float, float]:
    """Newton's method for the two numbers of Platt scaling with a pull towards the start."""
    x, y, w = score.astype(np.float64), wanted.astype(np.float64), weight.astype(np.float64)
    at = np.array(start)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(at[0] * x + at[1], -30, 30)))
        g = np.array([(w * (p - y) * x).sum(), (w * (p - y)).sum()]) + pull * (at - start)
        h = w * p * (1 - p)
        hessian = np.array([[(h * x * x).sum() + pull, (h * x).sum()], [(h * x).sum(), h.sum() + pull]])
        step = np.linalg.solve(hessian, g)
        at = at - np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    return float(at[0]), float(at[1])


def calibrated(weights: Weights, score: Floats, data: Examples) -> Weights:
    """The weights with the calibration that these held-out scores ask for."""
    slope, shift = calibrate(score, data.wanted, data.weight)
    return msgspec.structs.replace(weights, slope=slope, shift=shift)

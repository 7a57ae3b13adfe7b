"""The spaCy pipeline: one ``nlp`` object with the wordings of the catalyst files and the trained weights as components."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from screener.classify import evidence, model
from screener.classify.features import HEAD_CHARS, Grammar
from screener.classify.patterns import PatternBank
from screener.classify.rulefile import load_folder
from screener.types import FactValue

MAX_TITLE = 1_000
for _name in ("story", "hits", "grams", "log_odds"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class View:
    """The parts of a story as the pipeline reads it: the headline, the text, and what the source said about them."""

    __slots__ = ("facts", "form", "items", "subjects", "text", "title")

    def __init__(
        self,
        title: str,
        text: str,
        form: str = "PR",
        items: tuple[str, ...] = (),
        subjects: tuple[str, ...] = (),
        facts: dict[str, FactValue] | None = None,
    ) -> None:
        self.title, self.text, self.form = title, text, form
        self.items, self.subjects, self.facts = items, subjects, facts or {}

    @property
    def filing(self) -> bool:
        """True for an SEC form, whose title names the form and not the news."""
        return self.form not in ("PR", "")


class Wordings:
    """Component that stores the wording hits of the story in ``doc._.hits``."""

    def __init__(self, rules: Path) -> None:
        self.bank = PatternBank(load_folder(rules))

    def __call__(self, doc: Doc) -> Doc:
        view: View = doc._.story
        title = {} if view.filing else self.bank.scan(view.title[:MAX_TITLE], headline=True)
        text = self.bank.scan(view.text, headline=False) if view.text else {}
        doc._.hits = evidence.Hits(title=title, text=text)
        return doc


class Scorer:
    """Component that stores calibrated log-odds per class in ``doc._.log_odds`` (classes: the rules in name order)."""

    def __init__(self, bank: PatternBank, weights: model.Weights | None) -> None:
        self.bank, self.weights, self.grammar = bank, weights, Grammar()
        self.order = np.arange(len(bank.rules))
        if weights is not None:
            known = {name: i for i, name in enumerate(weights.classes)}
            self.order = np.array([known.get(r.id, -1) for r in bank.rules])
            self.dense = _aligned(weights, self.order)

    def __call__(self, doc: Doc) -> Doc:
        view, hits = doc._.story, doc._.hits
        scores = evidence.prior(self.bank.rules, hits, filing=view.filing)
        if self.weights is not None and not view.filing:
            grams = self.grammar.grams(doc, _title_tokens(doc, len(view.title[:MAX_TITLE])))
            doc._.grams = grams
            facts = evidence.dense(self.bank.rules, hits, view.subjects)
            sums = model.gram_score(self.weights, grams.hashes) + self.weights.bias
            known = self.order >= 0
            at = self.order[known]
            score = scores[known] + sums[at] + (facts @ self.dense)[known]
            scores[known] = score * self.weights.slope[at] + self.weights.shift[at]
        doc._.log_odds = scores
        return doc


def _aligned(weights: model.Weights, order: Any) -> model.Floats:
    """The evidence weights in the order of the rules now loaded; a rule that training did not know adds nothing."""
    width = len(model.EVIDENCE)
    out = np.zeros((len(order) * width, len(order)), np.float32)
    for i, row in enumerate(order):
        for j, column in enumerate(order):
            if row >= 0 and column >= 0:
                out[i * width : (i + 1) * width, j] = weights.dense[row * width : (row + 1) * width, column]
    return out


def _title_tokens(doc: Doc, title_chars: int) -> int:
    span = doc.char_span(0, title_chars, alignment_mode="expand") if title_chars else None
    return span.end if span is not None else 0


@Language.factory("catalyst_wordings", default_config={"rules": ""})
def make_wordings(nlp: Language, name: str, rules: str) -> Wordings:
    """Factory of the wording component; ``rules`` is the folder of catalyst files."""
    return Wordings(Path(rules))


@Language.factory("catalyst_scorer", default_config={"model": ""})
def make_scorer(nlp: Language, name: str, model: str) -> Scorer:
    """Factory of the scoring component; ``model`` is the folder of weights, empty to go by wordings alone."""
    return Scorer(nlp.get_pipe("catalyst_wordings").bank, _load(model))


def _load(folder: str) -> model.Weights | None:
    return model.load(Path(folder)) if folder else None


def build(rules: Path, weights: Path | None) -> Language:
    """The ``nlp`` object. Raises YamlError or ModelError."""
    nlp = spacy.blank("en")
    nlp.max_length = 1_000_000_000  # only the first words become tokens
    nlp.add_pipe("catalyst_wordings", config={"rules": str(rules)})
    nlp.add_pipe("catalyst_scorer", config={"model": str(weights) if weights else ""})
    return nlp


def make_doc(nlp: Language, view: View) -> Doc:
    """Tokens of the headline and the first words of the text, carrying the story."""
    head = "" if view.filing else view.title[:MAX_TITLE] + "\n" + view.text[:HEAD_CHARS]
    doc = nlp.make_doc(head.encode("utf-8", "replace").decode("utf-8"))
    doc._.story = view
    return doc

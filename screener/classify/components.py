"""The spaCy pipeline: one ``nlp`` object with the wordings of the catalyst files and the trained weights as components."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from screener.classify import evidence, model, parties
from screener.classify.features import HEAD_CHARS, Grammar
from screener.classify.patterns import PatternBank, RuleHits
from screener.classify.rulefile import load_folder
from screener.types import Story

MAX_TITLE = 1_000
LEAD, FILING_LEAD = 450, 4_000  # characters of the text that are searched for wordings
for _name in ("story", "hits", "log_odds"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class View:
    """The parts of a story as the pipeline reads it.

    ``headline`` is the title when it tells news, empty for a filing whose title only names its form; ``lead`` is the
    stretch of the text that is searched: the beginning of a release, more of a filing that has no headline.
    """

    __slots__ = ("company", "facts", "form", "headline", "items", "lead", "subjects", "text", "tickers", "title")

    def __init__(self, story: Story) -> None:
        self.title, self.text, self.form = story.title, story.text, story.form or "PR"
        self.items, self.subjects, self.facts = story.items, story.subjects, story.source_facts
        self.tickers, self.company = story.tickers, story.company
        self.headline = "" if self.filing and names_form(self.title, self.form) else self.title[:MAX_TITLE]
        self.lead = self.text[: LEAD if self.headline else FILING_LEAD]

    @property
    def filing(self) -> bool:
        """True for anything but a release: an SEC form or a halt."""
        return self.form != "PR"


def names_form(title: str, form: str) -> bool:
    """Whether a title only says which form it is: "8-K - Acme Inc. (0001999999) (Filer)", "Form 4: ..."."""
    if form == "HALT" or not title.strip():
        return True
    start = title.strip().removeprefix("Form ").removeprefix("FORM ")
    rest = start.removeprefix(form)
    return rest != start and not rest[:1].isalnum()


class Wordings:
    """Component that stores the wording hits of the story in ``doc._.hits``."""

    def __init__(self, rules: Path) -> None:
        self.bank = PatternBank(load_folder(rules))
        self.number = {rule.id: i for i, rule in enumerate(self.bank.rules)}

    def __call__(self, doc: Doc) -> Doc:
        view: View = doc._.story
        title = self.bank.scan(view.headline, headline=True) if view.headline else {}
        text = self.bank.scan(view.lead, headline=False) if view.lead else {}
        self._cast(title, view)
        doc._.hits = evidence.Hits(title=title, text=text)
        return doc

    def _cast(self, title: dict[int, RuleHits], view: View) -> None:
        """Hand a purchase over to the type that it is for the story's own company."""
        buys = title.get(self.number.get("acquisition", -1))
        if buys and buys.patterns and view.headline:
            part = parties.role(view.headline, view.tickers, view.company)
            other = {"target": "takeover_target", "seller": "divestiture"}.get(part, "")
            if other in self.number:
                title.setdefault(self.number[other], RuleHits()).patterns.extend(buys.patterns)
                buys.patterns, buys.cancelled = [], 1


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
        if not view.headline:
            doc._.log_odds = evidence.filing_prior(self.bank.rules, hits, view.form, view.items)
            return doc
        scores = evidence.prior(self.bank.rules, hits)
        if self.weights is not None:
            hashes = self.grammar.hashes(doc, title_tokens(doc, len(view.headline)))
            facts = evidence.dense(self.bank.rules, hits, view.subjects)
            sums = model.gram_score(self.weights, hashes) + self.weights.bias
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


def title_tokens(doc: Doc, title_chars: int) -> int:
    """How many tokens the headline has."""
    span = doc.char_span(0, title_chars, alignment_mode="expand") if title_chars else None
    return span.end if span is not None else 0


@Language.factory("catalyst_wordings", default_config={"rules": ""})
def make_wordings(nlp: Language, name: str, rules: str) -> Wordings:
    """Factory of the wording component; ``rules`` is the folder of catalyst files."""
    return Wordings(Path(rules))


@Language.factory("catalyst_scorer", default_config={"model": ""})
def make_scorer(nlp: Language, name: str, model: str) -> Scorer:
    """Factory of the scoring component; ``model`` is the folder of weights, empty to go by wordings alone."""
    return Scorer(wordings_of(nlp).bank, _load(model))


def _load(folder: str) -> model.Weights | None:
    return model.load(Path(folder)) if folder else None


def build(rules: Path, weights: Path | None) -> Language:
    """The ``nlp`` object. Raises YamlError or ModelError."""
    nlp = spacy.blank("en")
    nlp.max_length = 1_000_000_000  # only the first words become tokens
    nlp.add_pipe("catalyst_wordings", config={"rules": str(rules)})
    nlp.add_pipe("catalyst_scorer", config={"model": str(weights) if weights else ""})
    return nlp


def wordings_of(nlp: Language) -> Wordings:
    """The wording component of the pipeline."""
    return cast(Wordings, nlp.get_pipe("catalyst_wordings"))


def scorer_of(nlp: Language) -> Scorer:
    """The scoring component of the pipeline."""
    return cast(Scorer, nlp.get_pipe("catalyst_scorer"))


def make_doc(nlp: Language, view: View) -> Doc:
    """Tokens of the headline and the first words of the text, carrying the story."""
    head = view.headline + "\n" + view.text[:HEAD_CHARS] if view.headline else ""
    doc = nlp.make_doc(head.encode("utf-8", "replace").decode("utf-8"))
    doc._.story = view
    return doc

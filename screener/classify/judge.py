"""The last component: fast part, encoder, forms and items joined to one calibrated chance per class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import cast

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from screener import config
from screener.classify import cover, encoder, evidence, model, passages, stack
from screener.classify.components import BUILT_IN, Scorer, StoryView, model_folder, scorer_of
from screener.classify.encoder import Encoder
from screener.classify.quotes import quotes
from screener.classify.rulefile import CatalystRule
from screener.types import Span

HELD = 0.5  # chance from which a class counts as present
SPANS = "sc"  # the key that displaCy reads
COVER = 0.92  # what a cover page proves that says what is offered
BATCH = 64
# Noise that retells news or needs none; beside it a type counts from log-odds of DOUBT, about 2 to 1.
QUIET = ("promotion", "law_firm_ad", "market_report", "retrospective", "sponsorship", "award", "conference")
DOUBT = 0.7
AGAINST = 2.5  # log-odds that a headline loses of a type whose exclusions take back all that speaks for it
for _name in ("chances", "words", "codes", "read"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class Judge:
    """Component that stores chances by rule in ``doc._.chances`` and ``doc.cats``, and spans of the classes held.

    ``doc._.words`` are the chances by words alone, ``doc._.codes`` what forms and items prove by rule with its spans,
    ``doc._.read`` whether the encoder was asked. Without an encoder the fast part decides.
    """

    def __init__(self, scorer: Scorer, reader: Encoder | None, joined: stack.Stack | None) -> None:
        self.scorer, self.rules, self.encoder = scorer, scorer.bank.rules, reader
        self.stack = _aligned(joined, self.rules) if joined is not None else None
        self.columns = _columns(reader, self.rules)
        self.types = np.array([rule.kind == "type" for rule in self.rules])
        self.quiet = np.array([rule.id in QUIET for rule in self.rules])

    def __call__(self, doc: Doc) -> Doc:
        self._judge([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], batch_size: int = BATCH) -> Iterator[Doc]:
        """As a call for many documents; the encoder reads those of a batch together, by length."""
        documents = iter(stream)
        while batch := list(islice(documents, max(batch_size, 1))):
            self._judge(batch)
            yield from batch

    def _judge(self, docs: list[Doc]) -> None:
        odds = [self.fast(doc) for doc in docs]
        kinds = [stack.kind_of(doc._.story.headline, doc._.story.text) for doc in docs]
        asked = [i for i, doc in enumerate(docs) if self._asks(doc._.story, kinds[i], odds[i])]
        if asked and self.stack is not None and self.encoder is not None:
            scores = self.encoder.read([docs[i]._.story.focus for i in asked])[:, self.columns]
            for i, encoded in zip(asked, scores, strict=True):
                joined = bounded(docs[i], kinds[i], self.stack.join(kinds[i], odds[i], encoded))
                odds[i] = self._quieted(odds[i], joined)
        for doc, score in zip(docs, odds, strict=True):
            doc._.chances = model.sigmoid(score)
            self._show(doc)
        for i in asked:
            docs[i]._.read = True

    def _quieted(self, fast: model.Floats, joined: model.Floats) -> model.Floats:
        """In an item that is no company news by its kind, a type that no words prove needs more than even odds."""
        if not (joined[self.quiet] > 0).any():
            return joined
        return np.where(self.types & (fast <= 0) & (joined < DOUBT), np.minimum(joined, -DOUBT), joined)

    def _asks(self, view: StoryView, kind: int, fast: model.Floats) -> bool:
        """Whether the encoder is asked: where there are words to read and the fast part is not sure of everything."""
        return self.stack is not None and view.readable and not self.stack.settled(kind, fast)

    def fast(self, doc: Doc) -> model.Floats:
        """Log-odds by words and codes."""
        view: StoryView = doc._.story
        doc._.words, doc._.codes = model.sigmoid(doc._.log_odds), {}
        if not view.filing:
            return np.asarray(doc._.log_odds, np.float32)
        if view.offer is not None:
            return self._of_cover(doc, view.offer)
        words = doc._.words.tolist()
        by_id = {rule.id: words[i] for i, rule in enumerate(self.rules)}
        out = np.array(words, np.float64)
        for number, rule in enumerate(self.rules):
            proof, codes = evidence.structured(rule, view.form, view.items, view.facts)
            if not proof:
                continue
            doc._.codes[number] = (proof, codes)
            told = evidence.overruled(rule, by_id, view.form, view.text[: passages.READ])
            out[number] = 0.0 if told else join(words[number], proof, bool(view.text.strip()))
        return _logit(out)

    def _of_cover(self, doc: Doc, offer: cover.Offer) -> model.Floats:
        """A prospectus is what its cover says; what the documents behind it tell is not its news."""
        out = np.full(len(self.rules), evidence.NOTHING, np.float32)
        kind = cover.type_of(offer)
        for number, rule in enumerate(self.rules):
            if rule.id == kind:
                span = Span(field="form", start=0, end=0, text=doc._.story.form)
                doc._.codes[number] = (COVER, (span,))
                out[number] = np.log(COVER / (1 - COVER))
        return out

    def _show(self, doc: Doc) -> None:
        """Classes as categories, and the words that speak for those held as spans of the document."""
        doc.cats = {rule.id: round(float(chance), 4) for rule, chance in zip(self.rules, doc._.chances, strict=True)}
        found = [
            mapped
            for number in np.flatnonzero(doc._.chances >= HELD).tolist()
            for span in quotes(doc, number, self.scorer)
            if (mapped := _in_doc(doc, span, self.rules[number].id)) is not None
        ]
        doc.spans[SPANS] = found


def bounded(doc: Doc, kind: int, joined: model.Floats) -> model.Floats:
    """What a catalyst file says against its type in a headline: a veto denies it, exclusions are a witness."""
    if kind != 0:
        return joined
    out = joined.copy()
    for number, hits in doc._.hits.title.items():
        out[number] = min(out[number], -DOUBT) if hits.vetoed else out[number] - AGAINST * hits.barred
    return out


def join(words: float, proof: float, has_text: bool) -> float:
    """Words and codes as two witnesses; codes whose text says nothing of the kind weigh a little less."""
    proof = proof * 0.9 if has_text and words < 0.1 else proof
    return 1 - (1 - words) * (1 - proof) if words > 0.1 else proof


def _logit(chances: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> model.Floats:
    safe = np.clip(chances, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(safe / (1 - safe)), np.float32)


def _in_doc(doc: Doc, span: Span, label: str) -> DocSpan | None:
    offset = 0 if span.field == "title" else len(doc._.story.headline) + 1
    if span.field not in ("title", "text") or span.end <= span.start:
        return None
    return doc.char_span(span.start + offset, span.end + offset, label=label, alignment_mode="expand")


def _aligned(joined: stack.Stack, rules: tuple[CatalystRule, ...]) -> stack.Stack:
    """The weights in the order of the rules now loaded; a class that training did not know goes by the fast part."""
    place = {name: i for i, name in enumerate(joined.classes)}
    at = [place.get(rule.id, -1) for rule in rules]
    known = np.array([i >= 0 for i in at])

    def pick(weights: model.Floats, other: float) -> model.Floats:
        return np.where(known, weights[:, at], np.float32(other)).astype(np.float32)

    return stack.Stack(
        classes=tuple(rule.id for rule in rules),
        fast=pick(joined.fast, 1.0),
        encoded=pick(joined.encoded, 0.0),
        bias=pick(joined.bias, 0.0),
        sure=joined.sure,
        clear=joined.clear,
    )


def _columns(reader: Encoder | None, rules: tuple[CatalystRule, ...]) -> list[int]:
    """Column of each rule among the encoder's scores; of a rule it does not know any, for its weight is zero."""
    place = {name: i for i, name in enumerate(reader.classes)} if reader is not None else {}
    return [place.get(rule.id, 0) for rule in rules]


@Language.factory("catalyst_judge", default_config={"model": BUILT_IN})
def make_judge(nlp: Language, name: str, model: str) -> Judge:
    """Factory of the judge; ``model`` is the folder of encoder and stack. Without both the fast part decides."""
    folder = model_folder(model)
    if folder is None or not encoder.present(folder):
        return Judge(scorer_of(nlp), None, None)
    return Judge(scorer_of(nlp), Encoder(folder), stack.load(folder))


def judge_of(nlp: Language) -> Judge:
    """The judge of the pipeline."""
    return cast(Judge, nlp.get_pipe("catalyst_judge"))


def build(rules: Sequence[Path], weights: Path | None) -> Language:
    """The ``nlp`` object. Raises YamlError or ModelError."""
    nlp = spacy.blank("en")
    nlp.max_length = 1_000_000_000  # only the first words become tokens
    own = config.built_in("rules") / "catalysts"
    folder = _setting(weights, config.built_in("data") / "model") if weights else ""
    nlp.add_pipe("catalyst_wordings", config={"rules": [_setting(place, own) for place in rules]})
    nlp.add_pipe("catalyst_scorer", config={"model": folder})
    nlp.add_pipe("catalyst_judge", config={"model": folder})
    return nlp


def _setting(folder: Path, built_in: Path) -> str:
    """How a component's config names a folder; a saved pipeline finds the built-in ones wherever it is loaded."""
    return BUILT_IN if folder.resolve() == built_in.resolve() else str(folder)

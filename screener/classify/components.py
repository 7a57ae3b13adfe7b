"""The spaCy pipeline: wordings, linear scores, the encoder and the judge that puts them together, as components.

``catalyst_wordings`` finds the wordings of the catalyst files, ``catalyst_scorer`` makes log-odds of them with the linear
model, ``catalyst_encoder`` adds those of the encoder where the fast part is not sure, and ``catalyst_judge`` joins all
with forms and items: ``doc.cats`` holds a calibrated chance per class, ``doc.spans["sc"]`` the words that speak for the
classes held, so that displaCy draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from screener import clock, config
from screener.classify import cover, evidence, focus, model, parties, passages, tongue
from screener.classify.features import HEAD_CHARS, Grammar
from screener.classify.patterns import PatternBank, RuleHits
from screener.classify.rulefile import load_folders
from screener.classify.sentences import SentenceBank
from screener.language.letters import whole
from screener.types import Story

BUILT_IN = "built-in"  # a setting that names the files that come with the screener, wherever they are
MAX_TITLE = 1_000
LEAD, FILING_LEAD = 450, passages.READ  # characters of the text that are searched for wordings
MOST_GROUPS = 5  # items of a report that are read
for _name in ("story", "hits", "log_odds", "told"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class StoryView:
    """The parts of a story as the pipeline reads it.

    ``headline`` is the title when it tells news, empty for a filing whose title only names its form; ``lead`` is the
    stretch of the text that is searched: the beginning of a release, more of a filing that has no headline. Of a report
    of events only its ``news`` are searched, the sentences that tell them.
    """

    __slots__ = (
        "company",
        "facts",
        "form",
        "headline",
        "items",
        "language",
        "lead",
        "news",
        "offer",
        "subjects",
        "text",
        "tickers",
        "title",
    )

    def __init__(self, story: Story, *, english: bool = False) -> None:
        """``english``: the story was put into English before."""
        self.title, self.text, self.form = story.title, story.text, story.form or "PR"
        self.items, self.subjects, self.facts = story.items, story.subjects, story.source_facts
        self.tickers, self.company = story.tickers, story.company
        self.headline = "" if self.filing and names_form(self.title, self.form) else self.title[:MAX_TITLE]
        self.lead = self.text[: LEAD if self.headline else FILING_LEAD]
        self.news: tuple[tuple[passages.Passage, ...], ...] = ()
        if not self.headline and passages.tells_news(self.form):
            self.news = passages.news(self.text)
            self.lead = passages.masked(self.text, self.news)
        prospectus = not self.headline and cover.is_prospectus(self.form)
        self.offer = cover.read(self.text) if prospectus else None
        self.language = tongue.foreign(self.headline, self.text) if self.headline and not english else ""

    @property
    def readable(self) -> bool:
        """Whether there are words for the encoder, and in English."""
        return not self.language and bool(self.headline or self.text.strip())

    @property
    def focus(self) -> str:
        """The words for the encoder; empty when there are none."""
        if not self.readable:
            return ""
        return focus.focus(self.title, self.headline, self.text, self.form, self.items)

    @property
    def filing(self) -> bool:
        """True for anything but a release: an SEC form or a halt."""
        return self.form != "PR"


def plain(text: str) -> Story:
    """A release made of plain text: its first line is the headline."""
    title, _, rest = text.partition("\n")
    epoch = clock.parse_time("1970-01-01T00:00:00Z")
    return Story(id="", title=title, text=rest, published=epoch, first_seen=epoch)


def names_form(title: str, form: str) -> bool:
    """Whether a title only says which form it is: "8-K - Acme Inc. (0001999999) (Filer)", "Form 4: ..."."""
    if form == "HALT" or not title.strip():
        return True
    start = title.strip().removeprefix("Form ").removeprefix("FORM ")
    rest = start.removeprefix(form)
    return rest != start and not rest[:1].isalnum()


class Wordings:
    """Component that stores the wording hits of the story in ``doc._.hits``."""

    def __init__(self, rules: Sequence[Path]) -> None:
        self.bank = PatternBank(load_folders(rules))
        self.number = {rule.id: i for i, rule in enumerate(self.bank.rules)}

    def __call__(self, doc: Doc) -> Doc:
        if doc._.story is None:
            doc._.story = StoryView(plain(doc.text))
        view: StoryView = doc._.story
        title = self.bank.scan(view.headline, headline=True) if view.headline else {}
        text = self.bank.scan(view.lead, headline=False) if view.lead else {}
        self.cast(title, view.headline, view)
        doc._.hits = evidence.Hits(title=title, text=text)
        return doc

    def cast(self, title: dict[int, RuleHits], headline: str, view: StoryView) -> None:
        """Hand what was found over to the type that it is for the story's own company, as the file's ``roles`` say."""
        if not headline:
            return
        for number, rule in enumerate(self.bank.rules):
            hits = title.get(number) if rule.roles else None
            if hits and hits.patterns:
                other = self.number.get(rule.roles.get(parties.role(headline, view.tickers, view.company), ""))
                if other is not None:
                    title.setdefault(other, RuleHits()).patterns.extend(hits.patterns)
                    hits.patterns, hits.cancelled = [], 1


class Scorer:
    """Component that stores calibrated log-odds per class in ``doc._.log_odds`` (classes: the rules in name order)."""

    def __init__(self, wordings: Wordings, weights: model.Weights | None, tokenizer: Callable[[str], Doc]) -> None:
        self.wordings, self.bank, self.weights = wordings, wordings.bank, weights
        self.tokenizer, self.grammar = tokenizer, Grammar()
        self.sentences = SentenceBank(self.bank.rules)
        bank = self.bank
        self.types = np.array([rule.kind == "type" for rule in bank.rules])
        self.order = np.arange(len(bank.rules))
        if weights is not None:
            known = {name: i for i, name in enumerate(weights.classes)}
            self.order = np.array([known.get(r.id, -1) for r in bank.rules])
            self.dense = _aligned(weights, self.order)

    def __call__(self, doc: Doc) -> Doc:
        view, hits = doc._.story, doc._.hits
        if view.language:
            doc._.log_odds = np.full(len(self.bank.rules), evidence.NOTHING, np.float32)
        elif view.headline:
            doc._.log_odds = self._score(doc, title_tokens(doc, len(view.headline)), hits, view)
        else:
            doc._.log_odds = evidence.filing_prior(self.bank.rules, hits, view.form, view.items)
            doc._.told = self._tell(doc, view) if view.news else {}
        return doc

    def _tell(self, doc: Doc, view: StoryView) -> dict[int, evidence.TypeMention]:
        """Read the sentences of a report as headlines; the first that tells a type ends its item.

        Raises the log-odds of the document to those of the sentences, and says which sentence spoke for which rule.
        """
        told, best = dict[int, evidence.TypeMention](), doc._.log_odds
        items = (*view.items, *(group[0].item for group in view.news))
        barred = evidence.barred(self.bank.rules, view.form, items)
        for group in view.news[:MOST_GROUPS]:
            for place, passage in enumerate(group):
                sentence = view.text[passage.start : passage.end]
                scores = self._sentence(sentence, view)
                scores += evidence.LATER_SENTENCE if place else evidence.SENTENCE
                said = self.sentences.scan(sentence)
                scores[[other for number in said for other in self.sentences.instead[number]]] = evidence.NOTHING
                scores[list(said)] = np.maximum(scores[list(said)], evidence.LEGAL_WORDS)
                scores[barred] = evidence.NOTHING
                for number in np.flatnonzero((scores > best) & (scores > 0)).tolist():
                    at = said.get(number, (0, len(sentence)))
                    told[number] = evidence.TypeMention(passage.start + at[0], passage.start + at[1], number in said)
                np.maximum(best, scores, out=best)
                if (scores[self.types] > 0).any():
                    break
        return told

    def _sentence(self, sentence: str, view: StoryView) -> model.Floats:
        hits = evidence.Hits(title=self.bank.scan(sentence, headline=True), text={})
        self.wordings.cast(hits.title, sentence, view)
        doc = self.tokenizer(whole(sentence))
        return self._score(doc, len(doc), hits, view)

    def _score(self, doc: Doc, cut: int, hits: evidence.Hits, view: StoryView) -> model.Floats:
        """Calibrated log-odds of a headline that is the first ``cut`` tokens of the document."""
        scores = evidence.prior(self.bank.rules, hits)
        if self.weights is not None:
            hashes = self.grammar.hashes(doc, cut)
            facts = evidence.dense(self.bank.rules, hits, view.subjects)
            sums = model.gram_score(self.weights, hashes) + self.weights.bias
            known = self.order >= 0
            at = self.order[known]
            score = scores[known] + sums[at] + (facts @ self.dense)[known]
            scores[known] = score * self.weights.slope[at] + self.weights.shift[at]
        return scores


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


@Language.factory("catalyst_wordings", default_config={"rules": [BUILT_IN]})
def make_wordings(nlp: Language, name: str, rules: list[str]) -> Wordings:
    """Factory of the wording component; ``rules`` are the folders of catalyst files."""
    return Wordings(
        [config.built_in("rules") / "catalysts" if folder == BUILT_IN else Path(folder) for folder in rules]
    )


@Language.factory("catalyst_scorer", default_config={"model": BUILT_IN})
def make_scorer(nlp: Language, name: str, model: str) -> Scorer:
    """Factory of the scoring component; ``model`` is the folder of weights, empty to go by wordings alone."""
    return Scorer(wordings_of(nlp), _load(model_folder(model)), nlp.tokenizer)


def model_folder(named: str) -> Path | None:
    """The model folder that a component's setting names; None for an empty one."""
    if named == BUILT_IN:
        return config.built_in("data") / "model"
    return Path(named) if named else None


def _load(folder: Path | None) -> model.Weights | None:
    return model.load(folder) if folder else None


def wordings_of(nlp: Language) -> Wordings:
    """The wording component of the pipeline."""
    return cast(Wordings, nlp.get_pipe("catalyst_wordings"))


def scorer_of(nlp: Language) -> Scorer:
    """The scoring component of the pipeline."""
    return cast(Scorer, nlp.get_pipe("catalyst_scorer"))


def make_doc(nlp: Language, view: StoryView) -> Doc:
    """Tokens of the headline and the first words of the text, carrying the story."""
    head = view.headline + "\n" + view.text[:HEAD_CHARS] if view.headline else ""
    doc = nlp.make_doc(whole(head))
    doc._.story = view
    return doc

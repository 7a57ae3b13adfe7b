"""The classifier: stories in, catalysts with confidence and evidence out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from screener import yamlfile
from screener.classify import details, evidence, legal, model, passages
from screener.classify.components import View, build, make_doc, scorer_of, title_tokens, wordings_of
from screener.classify.patterns import Match, RuleHits
from screener.classify.rulefile import CatalystRule
from screener.types import Catalyst, Classified, Noise, Span, Story

MOST_SPANS = 4
HELD = NOISE_THRESHOLD = 0.5  # what a document is taken to hold, whatever the caller asks to see


class Classifier:
    """All catalyst types and noise classes for stories.

    ``rules`` is the folder of catalyst files, ``weights`` the folder of the trained model; with None the wordings decide
    alone. Raises YamlError and ModelError. ``model_id`` names weights and catalyst files together.
    """

    def __init__(self, rules: Path, model: Path | None) -> None:
        self.nlp = build(rules, model)
        self.rules: tuple[CatalystRule, ...] = wordings_of(self.nlp).bank.rules
        self.model_id = _model_id(rules, model)

    def classify(self, story: Story, threshold: float = 0.5) -> Classified:
        """What one story holds: catalysts of at least ``threshold`` confidence, best first, and noise classes."""
        return next(self.classify_many((story,), threshold))

    def classify_many(self, stories: Iterable[Story], threshold: float = 0.5) -> Iterator[Classified]:
        """As ``classify`` for many stories, in their order."""
        for story in stories:
            yield self._read(self.nlp(make_doc(self.nlp, View(story))), story, threshold)

    def _read(self, doc: Doc, story: Story, threshold: float) -> Classified:
        view: View = doc._.story
        found, noise = list[tuple[float, CatalystRule, tuple[Span, ...], str]](), list[Noise]()
        chances = model.sigmoid(doc._.log_odds).tolist()
        by_id = {rule.id: chances[i] for i, rule in enumerate(self.rules)} if view.filing else {}
        for number, words in enumerate(chances):
            rule = self.rules[number]
            proof, codes = evidence.structured(rule, view.form, view.items, view.facts) if view.filing else (0.0, ())
            if proof and evidence.overruled(rule.id, by_id, view.form, view.text[: passages.READ]):
                continue
            chance = _join(words, proof, bool(view.text.strip())) if proof else words
            if chance < (threshold if rule.kind == "type" else NOISE_THRESHOLD):
                continue
            spans = (*self._spans(doc, number), *codes)
            if rule.kind == "noise":
                noise.append(Noise(story_id=story.id, kind=rule.id, evidence=spans[:MOST_SPANS]))
            else:
                found.append((chance, rule, spans, self._made_by(doc, number, words, proof)))
        found.sort(key=lambda row: (-row[0], row[1].id))
        types = tuple(rule.id for chance, rule, _, _ in found if chance >= HELD)
        catalysts = tuple(_catalyst(story, *row, types) for row in found)
        return Classified(story_id=story.id, catalysts=catalysts, noise=tuple(noise))

    def _spans(self, doc: Doc, number: int) -> tuple[Span, ...]:
        """The words that speak for a class: its wordings, or what the model weighed most."""
        hits: evidence.Hits = doc._.hits
        view: View = doc._.story
        title, text = hits.title.get(number, RuleHits()), hits.text.get(number, RuleHits())
        spans = [_span("title", view.title, m) for m in title.patterns or title.hints]
        spans += [_span("text", view.text, m) for m in text.patterns]
        if doc._.told and number in doc._.told and (doc._.told[number].worded or not spans):
            spans.append(_quote(view, doc._.told[number]))
        return tuple(_merged(spans))[:MOST_SPANS] or self._weighed(doc, number)

    def _weighed(self, doc: Doc, number: int) -> tuple[Span, ...]:
        """The n-grams that spoke most for a class; empty without weights or a headline."""
        scorer, view = scorer_of(self.nlp), doc._.story
        weights, column = scorer.weights, int(scorer.order[number])
        if weights is None or column < 0 or not view.headline:
            return ()
        cut = title_tokens(doc, len(view.headline))
        at, known = model.rows(weights, scorer.grammar.hashes(doc, cut))
        gains, spans = np.where(known, weights.grams[at, column], 0), scorer.grammar.spans(doc, cut)
        best = [i for i in np.argsort(-gains, kind="stable")[:3] if gains[i] > 0]
        return tuple(_merged([_token_span(doc, view, *spans[i].tolist()) for i in best]))

    def _made_by(self, doc: Doc, number: int, chance: float, proof: float) -> str:
        hits: evidence.Hits = doc._.hits
        told: evidence.Told | None = (doc._.told or {}).get(number)
        worded = any(number in found and found[number].patterns for found in (hits.title, hits.text))
        worded = worded or (told is not None and told.worded)
        read = bool(doc._.story.headline) or told is not None
        weighed = scorer_of(self.nlp).weights is not None and read and chance >= 0.5
        parts = ["patterns"] * worded + ["model"] * weighed + ["items"] * (proof > 0)
        return "+".join(parts) or "patterns"


def _catalyst(
    story: Story, chance: float, rule: CatalystRule, spans: tuple[Span, ...], made_by: str, types: tuple[str, ...]
) -> Catalyst:
    said = details.describe(rule.id, story.title, story.text, form=story.form, items=story.items, doc_types=types)
    return Catalyst(
        story_id=story.id,
        ticker=story.tickers[0] if story.tickers else "",
        type=rule.id,
        stage=said.stage,
        polarity=said.polarity,
        confidence=round(chance, 3),
        evidence=(*spans[:MOST_SPANS], *said.spans),
        facts={**said.facts, **story.source_facts},
        made_by=made_by,
    )


def _join(words: float, proof: float, has_text: bool) -> float:
    """Words and codes as two witnesses; codes whose text says nothing of the kind weigh a little less."""
    proof = proof * 0.9 if has_text and words < 0.1 else proof
    return 1 - (1 - words) * (1 - proof) if words > 0.1 else proof


def _span(field: str, source: str, match: Match) -> Span:
    return Span(field=field, start=match.start, end=match.end, text=source[match.start : match.end])


def _quote(view: View, told: evidence.Told) -> Span:
    return Span(field="text", start=told.start, end=told.end, text=view.text[told.start : told.end])


def _token_span(doc: Doc, view: View, first: int, last: int) -> Span:
    start, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
    offset = len(view.headline) + 1
    if start < offset:
        end = min(end, offset - 1)
        return Span(field="title", start=start, end=end, text=view.title[start:end])
    start, end = start - offset, end - offset
    return Span(field="text", start=start, end=end, text=view.text[start:end])


def _merged(spans: list[Span]) -> list[Span]:
    """Spans in order without those that lie inside another."""
    out = list[Span]()
    for span in sorted(set(spans), key=lambda s: (s.field != "title", s.start, -s.end)):
        if not (out and out[-1].field == span.field and span.end <= out[-1].end):
            out.append(span)
    return out


def _model_id(rules: Path, weights: Path | None) -> str:
    digest = hashlib.sha256(legal.digest().encode())
    for path in yamlfile.walk(rules):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{(model.digest(weights) if weights else '') or 'none'}-{digest.hexdigest()[:12]}"

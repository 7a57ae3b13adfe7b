"""The words that speak for a class: its wordings, what the linear model weighed most, or the sentence that was read."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from spacy.tokens import Doc

from screener.classify import cover, evidence, model
from screener.classify.components import Scorer, StoryView, title_tokens
from screener.classify.patterns import Match, RuleHits
from screener.types import Span

MOST = 4


def quotes(doc: Doc, number: int, scorer: Scorer) -> tuple[Span, ...]:
    """Up to ``MOST`` spans of title and text for the rule of this number, in order of place."""
    hits: evidence.Hits = doc._.hits
    view: StoryView = doc._.story
    if (offered := _offered(view, scorer, number)) is not None:
        return (offered,)
    title, text = hits.title.get(number, RuleHits()), hits.text.get(number, RuleHits())
    spans = [_span("title", view.title, m) for m in title.patterns or title.hints]
    spans += [_span("text", view.text, m) for m in text.patterns]
    told = (doc._.told or {}).get(number)
    if told and (told.worded or not spans):
        spans.append(_place(view, told.start, told.end))
    return tuple(merged(spans))[:MOST] or _weighed(doc, number, scorer) or _read(view)


def _offered(view: StoryView, scorer: Scorer, number: int) -> Span | None:
    """The words of a cover page that say what a prospectus offers."""
    offer = view.offer
    if offer is None or cover.type_of(offer) != scorer.bank.rules[number].id:
        return None
    return _place(view, offer.start, offer.end)


def _weighed(doc: Doc, number: int, scorer: Scorer) -> tuple[Span, ...]:
    """The n-grams that spoke most for a class; empty without weights or a headline."""
    view = doc._.story
    weights, column = scorer.weights, int(scorer.order[number])
    if weights is None or column < 0 or not view.headline:
        return ()
    cut = title_tokens(doc, len(view.headline))
    at, known = model.rows(weights, scorer.grammar.hashes(doc, cut))
    gains, spans = np.where(known, weights.grams[at, column], 0), scorer.grammar.spans(doc, cut)
    best = [i for i in np.argsort(-gains, kind="stable")[:3] if gains[i] > 0]
    return tuple(merged([_token_span(doc, view, *spans[i].tolist()) for i in best]))


def _read(view: StoryView) -> tuple[Span, ...]:
    """The headline, or the first sentence of a report: what the encoder read when nothing else says why."""
    if view.headline:
        return (Span(field="title", start=0, end=len(view.headline), text=view.headline),)
    first = next((passage for group in view.news for passage in group), None)
    return (_place(view, first.start, first.end),) if first else ()


def _span(field: str, source: str, match: Match) -> Span:
    return Span(field=field, start=match.start, end=match.end, text=source[match.start : match.end])


def _place(view: StoryView, start: int, end: int) -> Span:
    return Span(field="text", start=start, end=end, text=view.text[start:end])


def _token_span(doc: Doc, view: StoryView, first: int, last: int) -> Span:
    start, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
    offset = len(view.headline) + 1
    if start < offset:
        end = min(end, offset - 1)
        return Span(field="title", start=start, end=end, text=view.title[start:end])
    return _place(view, start - offset, end - offset)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order without those that lie inside another."""
    out = list[Span]()
    for span in sorted(set(spans), key=lambda s: (s.field != "title", s.start, -s.end)):
        if not (out and out[-1].field == span.field and span.end <= out[-1].end):
            out.append(span)
    return out

"""Every rule over ordinary news: how often it fires, against its noise budget."""

from __future__ import annotations

from pathlib import Path

from screener.classify.evaluate import read_labels, read_stories
from screener.classify.pipeline import Classifier
from screener.engine.candidate import Candidate, candidates_of
from screener.engine.compare import quiet_news
from screener.engine.load import load_rules
from tests.engine.make import RULES


def test_ordinary_news_stays_within_the_budgets(shared: Path) -> None:
    """The wordings alone, since the trained weights have seen these labels."""
    wires = shared / "wires"
    noise = {x.id for x in read_labels(wires / "labels.jsonl") if not x.types and x.noise and x.sure >= 2}
    stories = [s for s in read_stories(wires / "releases.jsonl.gz") if s.id in noise]
    classifier = Classifier(RULES.parent / "catalysts", None)
    candidates: list[Candidate] = []
    for story, found in zip(stories, classifier.classify_many(stories), strict=True):
        pairs = [(story, c) for c in found.catalysts]
        candidates += candidates_of("ANY", pairs, as_of=story.published, noise=found.noise)
    counts = quiet_news(load_rules([RULES]), candidates, len(stories))
    loud = [f"{q.rule_id}: {q.per_1000:.1f} in 1,000, budget {q.budget}" for q in counts if not q.within]
    assert loud == []
    assert len(stories) > 200
    assert sum(q.matches for q in counts) > 0, "no rule fired at all: the run proves nothing"

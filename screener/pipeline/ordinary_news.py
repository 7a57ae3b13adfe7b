"""Rules against ordinary news: how often each fires on releases that readers labelled as noise."""

from __future__ import annotations

from pathlib import Path

from screener.classify.evaluate import read_labels, read_stories
from screener.classify.pipeline import classifier_of
from screener.config import Settings
from screener.engine.candidate import candidates_of
from screener.engine.compare import Quiet, quiet_news
from screener.engine.load import RuleSet
from screener.types import Story


def quiet_counts(settings: Settings, rules: RuleSet, labels: Path, items: Path) -> list[Quiet]:
    """Hits of every catalyst rule on the items whose label names no catalyst, loudest first."""
    quiet_ids = {label.id for label in read_labels(labels) if not label.types and label.sure >= 2}
    stories: dict[str, Story] = {s.id: s for s in read_stories(items) if s.id in quiet_ids}
    classifier = classifier_of(settings)
    found = []
    for tagged in classifier.classify_many(stories.values()):
        story = stories[tagged.story_id]
        pairs = [(story, c) for c in tagged.catalysts]
        found += candidates_of(_ticker(story), pairs, as_of=story.published, noise=tagged.noise)
    return quiet_news(rules, found, len(stories))


def _ticker(story: Story) -> str:
    return story.tickers[0] if story.tickers else story.id

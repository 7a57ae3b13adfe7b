"""How new a story is against the company's last ten, after Tetlock (2011): the share of its words not seen before.

Words count by what they tell: a number or product code twice an ordinary word, the wording common to offerings,
trials and results half, and a word that stands in many of the ten little, since it is the company's own vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import fsum

from screener.entities.features import STOP, WORD, stem, weight
from screener.types import Story

LAST = 10
REPEAT = 0.4  # at or below this a story is said to repeat the likest one
_LEAD = 600


def novelty(story: Story, last_ten: Sequence[Story]) -> tuple[float | None, str]:
    """Novelty (1.0 unlike any of them, 0.0 a repeat) and the id of the story it repeats, empty when it repeats none.

    ``last_ten`` are the company's stories before this one, newest first; itself and later ones are passed over. The
    novelty is None when there are none. Similarity is the weight of the shared words over that of the story's own.
    """
    earlier = [s for s in last_ten if s.id != story.id and s.published <= story.published][:LAST]
    mine = _words(story)
    if not earlier or not mine:
        return None, ""
    theirs = [(_words(s), s.id) for s in earlier]
    seen = Counter(w for words, _ in theirs for w in words)
    weights = {w: weight(w) / max(1, seen[w]) ** 0.5 for w in mine}
    # Words come out of a set in any order: a plain sum would decide ties between stories by the process's hash seed.
    whole = fsum(weights.values())
    like, repeated = max((fsum(weights[w] for w in mine & words) / whole, story_id) for words, story_id in theirs)
    value = round(1.0 - like, 4)
    return value, repeated if value <= REPEAT else ""


def _words(story: Story) -> frozenset[str]:
    name = {w.casefold() for w in WORD.findall(story.company)} | {t.casefold() for t in story.tickers}
    words = WORD.findall(f"{story.title} {story.text[:_LEAD]}".casefold())
    return frozenset(stem(w) for w in words if w not in STOP and w not in name)

"""From points to the score: one curve for every row.

Points are steps on the scale of log-odds, ``STEP`` points to one: a sum of ``EVEN`` points means an even chance. The
score is that chance in percent:

    score = 100 / (1 + exp(-(points - 50) / 18))

=======  ==  ==  ==  ==  ==  ==  ==  ==  ===  ===
points    0  14  25  35  43  50  57  65   75   90
score     6  12  20  30  40  50  60  70   80   90
=======  ==  ==  ==  ==  ==  ==  ==  ==  ===  ===

What the chance is of: before the session's move is known, that the ticker moves 10 % or more in it; after, that it is
one of the session's real movers (10 % or more on at least a million dollars). ``tests/bench/ranking.py`` holds the
bands of the score against what happened.
"""

from __future__ import annotations

import math

EVEN, STEP = 50.0, 18.0
LAST = 10.0  # steps from even beyond which the score does not change


def score_of(points: float) -> float:
    """The score of a sum of points: 0.1 to 99.9 with one decimal, since no rule makes anything certain."""
    steps = max(-LAST, min(LAST, (points - EVEN) / STEP))
    return min(99.9, max(0.1, round(100.0 / (1.0 + math.exp(-steps)), 1)))


def points_of(score: float) -> float:
    """The sum of points that gives a score between 0 and 100, both excluded."""
    return EVEN + STEP * math.log(score / (100.0 - score))

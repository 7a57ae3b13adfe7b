"""How long to wait before the next try: twice as long after each failure, up to a limit, spread by chance.

``http`` retries a single request with stamina; this is for the loops that never end and keep their own count.
"""

from __future__ import annotations

import random

MOST_DOUBLINGS = 20


def delay(failures: int, first: float, most: float) -> float:
    """Seconds to wait after so many failures in a row (1 or more): ``first``, doubled each time, at most ``most``."""
    return min(most, first * 2.0 ** min(max(failures, 1) - 1, MOST_DOUBLINGS))


def spread(seconds: float, by: float) -> float:
    """So many seconds give or take a share ``by`` (0.1 is 10 %), so that many waiters do not come back at once."""
    return seconds * random.uniform(1 - by, 1 + by)  # noqa: S311  spread, not secrecy

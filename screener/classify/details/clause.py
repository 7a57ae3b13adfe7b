"""The clause of a headline that tells an event: "Acquires X; Terminates Licence" ends the licence, not the purchase."""

from __future__ import annotations

import re
from collections.abc import Sequence

from screener.classify.details.reading import Reading

_VERB = r"(?=(?:[A-Z][\w.&-]*\s){0,2}?[A-Z][a-z]{2,}s\s(?!and\b|[&]))"
_BREAK = re.compile(rf"[;|]\s|\s[–—-]{{1,2}}\s|\.\s(?=[A-Z])|,?\s(?:and|while|as)\s{_VERB}|,\s{_VERB}")


def own_clause(reading: Reading, told_at: Sequence[tuple[int, int]]) -> Reading:
    """The reading with the other clauses of the headline blanked out, offsets kept; the same when the event has no clause
    of its own."""
    title = reading.title
    marks = [0, *(match.end() for match in _BREAK.finditer(title)), len(title)]
    first, last = min(start for start, _ in told_at), max(end for _, end in told_at)
    start = max(mark for mark in marks if mark <= first)
    end = min((mark for mark in marks if mark >= last), default=len(title))
    if (start, end) == (0, len(title)) or any(start < mark < end for mark in marks):
        return reading
    return reading.only(start, end)

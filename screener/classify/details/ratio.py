"""The split ratio that a document is about.

A single ratio beats a range that a board may choose from, in the headline first: "1-for-20" is what happens, "from 1-for-5
to 1-for-50" is what holders had allowed. A proposal that leaves the choice to the board keeps its range in
``ratio_range`` and has no ``ratio``. A change of the ADS ratio is told as the split that it amounts to, with the ratios
themselves in ``ads_ratio``.
"""

from __future__ import annotations

from screener.classify.details.reading import Notes, Place, Reading
from screener.language import ratios
from screener.language.numbers import tidy
from screener.language.ratios import Range, Ratio, form


def find_ratio(reading: Reading, notes: Notes, *, forward: bool) -> None:
    """Put ``ratio``, or ``ratio_range`` with ``ratio_min`` and ``ratio_max``."""
    if not forward and _ads_change(reading, notes):
        return
    ranged: tuple[str, Range] | None = None
    doubtful: tuple[str, Ratio] | None = None
    for field, text in (("title", reading.title), ("text", reading.text)):
        found = ratios.find(text)
        spans = ratios.ranges(text, found)
        inside = {r for span in spans for r in (span.low, span.high) if r}
        for ratio in found:
            if ratio in inside or not _of_type(text, ratio, forward=forward):
                continue
            if not ratios.hypothetical(text, ratio):
                notes.put("ratio", form(ratio.a, ratio.b, forward=forward), Place(field, ratio.start, ratio.end))
                return
            doubtful = doubtful or (field, ratio)
        if spans and ranged is None:
            ranged = field, max(spans, key=lambda span: span.low is not None)
            if field == "title":
                break
    if ranged:
        _put_range(*ranged, notes, forward=forward)
    elif doubtful:
        field, ratio = doubtful
        notes.put("ratio", form(ratio.a, ratio.b, forward=forward), Place(field, ratio.start, ratio.end))


def _of_type(text: str, ratio: Ratio, *, forward: bool) -> bool:
    """Not a ratio that the words right behind it give to the other kind of split."""
    behind = text[ratio.end : ratio.end + 30].lower().split(".")[0]
    other = "reverse" if forward else "forward"
    own = "forward" if forward else "reverse"
    return other not in behind or (own in behind and behind.index(own) < behind.index(other))


def _put_range(field: str, span: Range, notes: Notes, *, forward: bool) -> None:
    start = span.low.start if span.low else span.high.start
    place = Place(field, min(start, span.high.start), max(span.low.end if span.low else 0, span.high.end))
    high = form(span.high.a, span.high.b, forward=forward)
    if span.low:
        low = form(span.low.a, span.low.b, forward=forward)
        notes.put("ratio_min", low, place)
        notes.put("ratio_range", f"{low} to {high}", place)
    notes.put("ratio_max", high, place)


def _ads_change(reading: Reading, notes: Notes) -> bool:
    if not reading.has("ads ratio", "ads-to-", "ratio of its american depositary", "ratio of its ads", "ratio change",
                       "ratio of the ads", "ratio of ads", "ratio of american depositary"):  # fmt: skip
        return False
    for field, text in (("title", reading.title), ("text", reading.text)):
        change = ratios.ads_change(text)
        if change:
            old, new, start, end = change
            place = Place(field, start, end)
            notes.put("ads_ratio", f"1:{tidy(old)} to 1:{tidy(new)}", place)
            times = round(max(old, new) / min(old, new), 4)
            notes.put("ratio", form(1, times, forward=new < old), place)
            return True
    return False

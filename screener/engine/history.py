"""What earlier news and filings say about a ticker: the catch behind today's headline.

Every answer is three-valued. "No" needs a store that reaches back far enough; before that it is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from screener.clock import new_york_date
from screener.dilution.standing import DilutionStanding
from screener.engine.candidate import History
from screener.engine.measures import dilutive
from screener.sec import forms
from screener.types import Catalyst, Filing, Halt, Story

Past = tuple[Story, Catalyst]
TWO_YEARS, THREE_YEARS = dt.timedelta(days=730), dt.timedelta(days=1096)
DOUBT, CURE, RECENT = dt.timedelta(days=400), dt.timedelta(days=540), dt.timedelta(days=10)
# Several papers of one deal (release, prospectus, 8-K) come within days of each other.
_ONE_DEAL = dt.timedelta(days=5)
_RAISED = ("announced", "priced", "upsized", "")


def derive(
    past: Iterable[Past],
    *,
    as_of: dt.datetime,
    since: dt.datetime | None = None,
    filings: Sequence[Filing] | None = None,
    filings_since: dt.datetime | None = None,
    halts: Iterable[Halt] | None = None,
) -> History:
    """The history of one ticker from its earlier stories, filings and halts.

    ``since`` and ``filings_since`` say from when on stories and filings were collected without a gap (None: unknown).
    ``filings`` and ``halts`` are None when such sources are not collected at all. What lies after ``as_of`` is left
    out, so a replay sees what it would have seen.
    """
    known = sorted((p for p in past if p[0].first_seen <= as_of), key=lambda p: p[0].published)
    held = None if filings is None else [f for f in filings if f.received <= as_of]
    reach = _Reach(as_of, since, filings_since if filings is not None else None)
    return History(
        filings=None if held is None else tuple(sorted(held, key=lambda f: f.accepted, reverse=True)),
        halts=None if halts is None else tuple(h for h in halts if h.received <= as_of),
        last_reverse_split=_last_split(known, new_york_date(as_of)),
        deficiency_open=_deficiency(known, reach),
        going_concern=_doubt(known, reach),
        raises_24m=_raises(known, held, as_of) if known or held or since or filings_since else None,
        shelf_open=_shelf(held, known, reach),
        atm_open=_programme(known, "shelf_or_atm", "atm_open", reach, needs_atm=True),
        equity_line_open=_programme(known, "equity_line_convertible", "equity_line_open", reach),
        warrants_outstanding=_warrants(known, reach),
        recent_stories=len({s.id for s, _ in known if s.published > as_of - RECENT}) if known or since else None,
        first_seen=min((s.first_seen for s, _ in known), default=None),
        evidence=reach.proof,
    )


def with_ledger(found: History, standing: DilutionStanding, in_play: tuple[str, ...]) -> History:
    """A history with what the dilution ledger knows, which has read the papers themselves: its answer goes before what
    earlier headlines and forms let guess; where it has none they stand."""
    known = {
        name: answer
        for name in ("shelf_open", "atm_open", "equity_line_open", "warrants_outstanding")
        if (answer := getattr(standing, name)) is not None
    }
    raises = max((n for n in (found.raises_24m, standing.raises_24m) if n is not None), default=None)
    return replace(found, **known, raises_24m=raises, standing=standing, in_play=in_play)


class _Reach:
    """How far back the store can answer "no", and what proves each "yes"."""

    def __init__(self, as_of: dt.datetime, since: dt.datetime | None, filings_since: dt.datetime | None) -> None:
        self.as_of, self.since, self.filings_since = as_of, since, filings_since
        self.proof: dict[str, str] = {}

    def no(self, span: dt.timedelta, *, filings: bool = False) -> bool | None:
        """False when the store reaches back over ``span``, else None (unknown)."""
        start = self.filings_since if filings else self.since
        return False if start is not None and start <= self.as_of - span else None

    def yes(self, name: str, what: str, when: dt.datetime) -> bool:
        """True, with the paper and its day as evidence."""
        self.proof[name] = f"{what} of {new_york_date(when)}"
        return True


def _paper(story: Story, word: str) -> str:
    return word if story.form == "PR" else story.form


def _of(known: Sequence[Past], kind: str) -> list[Past]:
    return [p for p in known if p[1].type == kind]


def _last_split(known: Sequence[Past], today: dt.date) -> dt.date | None:
    done = [p for p in _of(known, "reverse_split") if p[1].stage in ("effective", "announced", "closed")]
    days = [_effective(story, catalyst) for story, catalyst in done]
    return max((d for d in days if d is not None and d <= today), default=None)


def _effective(story: Story, catalyst: Catalyst) -> dt.date | None:
    """The stated date; without one, only a split that is already effective has a day (its story's)."""
    try:
        return dt.date.fromisoformat(str(catalyst.facts.get("effective_date", "")))
    except ValueError:
        return new_york_date(story.published) if catalyst.stage == "effective" else None


def _deficiency(known: Sequence[Past], reach: _Reach) -> bool | None:
    for story, catalyst in reversed(known):
        if catalyst.type == "compliance_regained":
            return False
        if catalyst.type in ("listing_deficiency", "delisting") and catalyst.polarity != "+":
            if story.published <= reach.as_of - CURE:
                return None
            return reach.yes("deficiency_open", _paper(story, "notice"), story.published)
    return reach.no(CURE)


def _doubt(known: Sequence[Past], reach: _Reach) -> bool | None:
    for story, catalyst in reversed(_of(known, "going_concern")):
        if story.published > reach.as_of - DOUBT:
            good = catalyst.polarity == "+"
            return False if good else reach.yes("going_concern", _paper(story, "statement"), story.published)
    return reach.no(DOUBT)


def _raises(known: Sequence[Past], filings: Sequence[Filing] | None, as_of: dt.datetime) -> int:
    """Deals of the last 24 months; papers within five days of each other are one deal."""
    moments = [s.published for s, c in known if dilutive(c) and c.type != "shelf_or_atm" and c.stage in _RAISED]
    moments += [f.accepted for f in filings or () if f.form in forms.TAKEDOWN]
    deals, last = 0, None
    for moment in sorted(m for m in moments if as_of - TWO_YEARS < m <= as_of):
        if last is None or moment - last > _ONE_DEAL:
            deals += 1
        last = moment
    return deals


def _shelf(filings: Sequence[Filing] | None, known: Sequence[Past], reach: _Reach) -> bool | None:
    shelves = [f for f in filings or () if forms.of_family(f.form, "shelf") and f.accepted > reach.as_of - THREE_YEARS]
    if shelves:
        newest = max(shelves, key=lambda f: f.accepted)
        return reach.yes("shelf_open", newest.form, newest.accepted)
    if _programme(known, "shelf_or_atm", "shelf_open", reach):
        return True
    return reach.no(THREE_YEARS, filings=True)


def _programme(known: Sequence[Past], kind: str, name: str, reach: _Reach, *, needs_atm: bool = False) -> bool | None:
    """Whether the last word on a programme is that it runs; ``needs_atm`` asks for at-the-market words."""
    for story, catalyst in reversed(_of(known, kind)):
        if needs_atm and not _says_atm(story, catalyst):
            continue
        if story.published > reach.as_of - THREE_YEARS:
            word = "equity line" if kind == "equity_line_convertible" else "programme"
            ended = catalyst.stage == "terminated"
            return False if ended else reach.yes(name, _paper(story, word), story.published)
    return reach.no(THREE_YEARS)


def _says_atm(story: Story, catalyst: Catalyst) -> bool:
    words = " ".join([story.title, *(s.text for s in catalyst.evidence)]).lower()
    return any(w in words for w in ("at-the-market", "at the market", "atm ", "sales agreement"))


def _warrants(known: Sequence[Past], reach: _Reach) -> bool | None:
    for story, catalyst in reversed(known):
        named = "warrant" in f"{story.title} {story.text}".lower()
        if story.published > reach.as_of - TWO_YEARS and dilutive(catalyst) and named:
            return reach.yes("warrants_outstanding", f"warrants in the {_paper(story, 'deal')}", story.published)
    return reach.no(TWO_YEARS)

"""How facts that need more than one look are worked out from a candidate. None means unknown."""

from __future__ import annotations

import datetime as dt
import math
import re

from screener.clock import NEW_YORK, close_time, new_york_date, open_time, publication_of, session_at, session_day
from screener.engine.candidate import Candidate
from screener.types import Catalyst, FactValue, Halt

DILUTIVE = frozenset(
    ("equity_offering", "private_placement", "shelf_or_atm", "equity_line_convertible", "warrant_exercise")
)
_PHASES = {"1": 1.0, "1A": 1.0, "1B": 1.0, "1/2": 1.5, "1/2A": 1.5, "2": 2.0, "2A": 2.0, "2B": 2.5, "2/3": 2.5}
_PHASES |= {"3": 3.0, "3A": 3.0, "3B": 3.0, "PIVOTAL": 3.0, "4": 4.0}
_ONE_FOR_N = re.compile(
    r"\A\s*+(?:(?:1|one)\s*+-?\s*+for-?\s*+(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*+[:-]\s*+1)\s*+\Z", re.I
)
# A volatility pause lasts minutes; a recorded one without its resumption is long over.
_PAUSES = ("LUDP", "LUDS", "M", "MWC1", "MWC2")
_PAUSE_LIMIT = dt.timedelta(hours=1)


def dilutive(catalyst: Catalyst) -> bool:
    """True for a deal that sells shares, unless it is the end of one."""
    return catalyst.type in DILUTIVE and catalyst.stage != "terminated"


def stated(c: Candidate, *names: str) -> FactValue | None:
    """The first of these facts that the catalyst or the source states."""
    for facts in (c.catalyst.facts, c.story.source_facts):
        for name in names:
            if facts.get(name) is not None:
                return facts[name]
    return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def stage(c: Candidate) -> str:
    """The catalyst's stage; empty is an answer, not unknown."""
    return c.catalyst.stage


def other_types(c: Candidate) -> tuple[str, ...]:
    """Types of the ticker's other catalysts, each once."""
    return tuple(dict.fromkeys(catalyst.type for _, catalyst in c.others))


def ratio_to(c: Candidate) -> float | None:
    """N of "1-for-N" or "N:1"; a range has none."""
    match = _ONE_FOR_N.match(str(stated(c, "ratio") or ""))
    return float(match[1] or match[2]) if match else None


def previous_close(c: Candidate) -> float | None:
    """The close before the last session, from the price and its change."""
    if c.move is None or not c.move.price or c.move.change_pct is None or c.move.change_pct <= -100:
        return None
    if c.after_close:  # the last close before this news is that session's own
        return c.move.price
    return c.move.price / (1 + c.move.change_pct / 100)


def premium_pct(c: Candidate) -> float | None:
    """The stated premium, else the stated price against the previous close, in percent."""
    premium = _number(stated(c, "premium_pct"))
    discount = _number(stated(c, "discount_pct"))
    if premium is not None or discount is not None:
        return premium if premium is not None else -(discount or 0.0)
    offer, close = _number(stated(c, "price")), previous_close(c)
    return (offer / close - 1) * 100 if offer is not None and close else None


def discount_pct(c: Candidate) -> float | None:
    """The premium with its sign turned."""
    premium = premium_pct(c)
    return None if premium is None else -premium


def phase_rank(c: Candidate) -> float | None:
    """The trial phase as a number."""
    return _PHASES.get(str(stated(c, "phase") or "").upper().removeprefix("PHASE").strip())


def days_to_effective(c: Candidate) -> float | None:
    """Days from now (New York) to the stated date."""
    try:
        day = dt.date.fromisoformat(str(stated(c, "effective_date") or ""))
    except ValueError:
        return None
    return (day - new_york_date(c.as_of)).days


def source_names(c: Candidate) -> tuple[str, ...]:
    """The sources that carried the story, first first."""
    return tuple(dict.fromkeys(s.source for s in c.story.sources))


def first_source(c: Candidate) -> str | None:
    """The source that had the story first."""
    return c.story.sources[0].source if c.story.sources else None


def confirmed(c: Candidate) -> bool | None:
    """Whether a filing or agency record stands behind the story; unknown when no filings were collected."""
    if c.story.form != "PR" or c.story.confirmed_by:
        return True
    return None if c.history.filings is None else False


def published(c: Candidate) -> dt.datetime | None:
    """When the story came out; None when no source said so."""
    return publication_of(c.story)


def age_hours(c: Candidate) -> float | None:
    """Hours since publication, never negative; unknown when the moment of publication is."""
    moment = published(c)
    return None if moment is None else max(0.0, (c.as_of - moment).total_seconds() / 3600)


def novelty(c: Candidate) -> float | None:
    """The story's novelty; a known repeat has none."""
    return 0.0 if c.story.repeats and c.story.novelty is None else c.story.novelty


def repeated(c: Candidate) -> bool | None:
    """Whether an earlier story said the same; unknown when there was nothing to compare with."""
    if c.story.repeats:
        return True
    return None if c.story.novelty is None else False


def published_session(c: Candidate) -> str | None:
    """The session in which the story came out."""
    moment = published(c)
    return None if moment is None else session_at(moment)


def published_hour(c: Candidate) -> float | None:
    """The Eastern hour of publication for news of the session's own day; unknown for older news."""
    moment = published(c)
    if moment is None:
        return None
    local = moment.astimezone(NEW_YORK)
    return local.hour + local.minute / 60 if local.date() == session_day(c.as_of) else None


def session_done(c: Candidate) -> float:
    """How much of the session's usual trading is over, 0 to 1.

    0 until the session's own move is known; then the square root of the elapsed share of the session, since trading
    is heaviest after the open; 1 from the close on.
    """
    move = c.tape
    if move is None or move.change_pct is None:
        return 0.0
    day = move.day or session_day(c.as_of)
    opens, closes = open_time(day), close_time(day)
    elapsed = (c.as_of - opens) / (closes - opens)
    return round(math.sqrt(min(1.0, max(0.0, elapsed))), 3)


def session_left(c: Candidate) -> float:
    """What is left of the session, 0 to 1: the rest of ``session_done``."""
    return round(1.0 - session_done(c), 3)


def by_form_only(c: Candidate) -> bool:
    """Whether a filing speaks by its form or item numbers alone: no words of it were read."""
    return c.story.form not in ("PR", "HALT") and c.catalyst.made_by in ("items", "form", "")


def exchange(c: Candidate) -> str | None:
    """The exchange by the ticker table, else by the price source."""
    named = c.listing.exchange if c.listing else ""
    return named or (c.move.exchange if c.move else "") or None


def otc(c: Candidate) -> bool | None:
    """Whether the exchange is an over-the-counter market."""
    name = exchange(c)
    return None if name is None else any(word in name.upper() for word in ("OTC", "PINK", "GREY"))


def _cap(c: Candidate) -> float | None:
    cap = c.move.market_cap if c.move else None
    return cap if cap and cap > 0 else None


def _cap_at_news(c: Candidate) -> float | None:
    """The market cap before the news moved it, else the last one."""
    before = c.move.market_cap_at_news if c.move else None
    return before if before and before > 0 else _cap(c)


def is_small_cap(c: Candidate) -> bool | None:
    """Market cap under the limit of ``universe.yml``."""
    cap = _cap(c)
    return None if cap is None or c.small_cap_limit is None else cap < c.small_cap_limit


def materiality(c: Candidate) -> float | None:
    """Stated money in percent of the market cap, as it was before the news where that is known.

    None for a bankruptcy: what lenders put in is no money of the event for the shares.
    """
    if c.catalyst.type == "bankruptcy":
        return None
    amount, cap = _number(stated(c, "amount_usd")), _cap_at_news(c)
    return None if amount is None or cap is None else amount / cap * 100


def abs_change(c: Candidate) -> float | None:
    """Size of the day's change in percent."""
    change = c.tape.change_pct if c.tape else None
    return None if change is None or change != change else abs(change)


def prev_abs_change(c: Candidate) -> float | None:
    """Size of the change of the session before, in percent."""
    change = c.tape.prev_change_pct if c.tape else None
    return None if change is None or change != change else abs(change)


def moved_before(c: Candidate) -> float | None:
    """The part of the day's change that came before the news, in percent."""
    if c.move is None or c.move.change_pct is None or c.move.since_news_pct is None or c.move.since_news_pct <= -100:
        return None
    moment = published(c)
    if c.move.day is not None and (moment is None or new_york_date(moment) != c.move.day):
        return None
    return ((1 + c.move.change_pct / 100) / (1 + c.move.since_news_pct / 100) - 1) * 100


def days_since_split(c: Candidate) -> float | None:
    """Days since the last reverse split, from the price source or the stored news."""
    if c.move is not None and c.move.days_since_reverse_split is not None:
        return c.move.days_since_reverse_split
    last = c.history.last_reverse_split
    return None if last is None else (new_york_date(c.as_of) - last).days


def dilution_today(c: Candidate) -> bool:
    """Whether another catalyst of the same window sells shares."""
    return any(dilutive(catalyst) for _, catalyst in c.others)


_IN_PLAY = {
    "shelf_open": "shelf",
    "atm_open": "at-the-market programme",
    "equity_line_open": "equity line",
    "warrants_outstanding": "warrants",
}


def dilution_evidence(c: Candidate) -> str | None:
    """What can still be sold: in the words of the ledger, else each with its paper and day where known."""
    told = c.history.standing
    held = [
        (word, c.history.evidence.get(name))
        for name, word in _IN_PLAY.items()
        if getattr(c.history, name) and not (told and getattr(told, name))
    ]
    words = [*c.history.in_play, *(f"{word} ({paper})" if paper else word for word, paper in held)]
    return "; ".join(words) or None


def proof(c: Candidate, name: str) -> str | None:
    """The paper and day behind a field of the history."""
    return c.history.evidence.get(name)


def _running_halt(c: Candidate) -> Halt | None:
    for halt in c.history.halts or ():
        ended = halt.resumed is not None and halt.resumed <= c.as_of
        forgotten = halt.code in _PAUSES and c.as_of - halt.halted > _PAUSE_LIMIT
        if halt.halted <= c.as_of and not ended and not forgotten:
            return halt
    return None


def halted_now(c: Candidate) -> bool | None:
    """Whether a halt is running; unknown when halts are not collected."""
    if c.history.halts is None:
        return None
    return _running_halt(c) is not None


def halt_code(c: Candidate) -> str | None:
    """The reason code of the running halt, else the one the story states."""
    halt = _running_halt(c)
    if halt is not None:
        return halt.code
    code = stated(c, "halt_code", "code")
    return None if code is None else str(code)

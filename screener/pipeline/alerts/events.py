"""What alerts tell of: one thread an event, and the pieces of it that a row has to tell.

The first row of an event is its alert; a later one is an update, and only when it has a new *piece* to tell:

==============  =====================================================================  ==========
piece           told when                                                              in cooldown
==============  =====================================================================  ==========
``news:TYPE``   the event's catalyst is known, or turns out to be another              told
``halted``      the ticker was halted                                                  told
``move:+20``    the price since the news (else on the day) passed 20, 50 or 100 %      told
``dilution``    a sale of shares showed up beside the news                             told
``confirmed``   a filing or an agency's record confirms it                             waits
``volume``      five times the usual volume or more                                    waits
``stage:WORD``  it reached another stage                                               waits
``critical``    its rule is of the level critical                                      waits
==============  =====================================================================  ==========
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from screener import clock
from screener.store.outbox import AlertEvent
from screener.types import Story, WatchRow

LIFE = dt.timedelta(days=5)
HALT_TIES = dt.timedelta(hours=24)
MOVES = (20, 50, 100)
VOLUME = 5.0
HALT = "trading_halt"
URGENT = ("news:", "halted", "move:", "dilution")
"""Pieces that are told in the cooldown too."""
_DILUTION_RULES = {"dilution_in_play", "dilution_same_day"}


def pieces(row: WatchRow, story: Story | None) -> tuple[str, ...]:
    """What a row has to tell, as words of the table above."""
    types = {row.catalyst, *(o.rpartition(" ")[2] for o in row.others)}
    move, rvol = row.since_news_pct, row.rvol
    if row.session == clock.AFTER and row.published and clock.session_day(row.published) == row.day:
        # The day was over when the news came: its change and volume answer something else.
        rvol = None
    elif move is None:
        move = row.change_pct
    found = [f"news:{row.catalyst}"] if row.catalyst != HALT else []
    found += ["halted"] if HALT in types else []
    found += [f"move:{'+' if move > 0 else '-'}{m}" for m in MOVES if move is not None and abs(move) >= m]
    found += ["dilution"] if any(r.rule_id in _DILUTION_RULES for r in row.reasons) else []
    found += ["confirmed"] if story is not None and story.confirmed_by else []
    found += ["volume"] if rvol is not None and rvol >= VOLUME else []
    found += [f"stage:{row.stage}"] if row.stage else []
    found += ["critical"] if row.level == "critical" else []
    return tuple(found)


def match(
    row: WatchRow, story: Story | None, events: Sequence[AlertEvent], wait: dt.timedelta, now: dt.datetime
) -> AlertEvent | None:
    """The event a row belongs to, newest first; None when it opens one."""
    repeats = story.repeats if story is not None else ""
    by_story = next((e for e in events if row.story_id in e.stories or (repeats and repeats in e.stories)), None)
    if by_story is not None:
        return by_story
    for event in events:
        if HALT in (row.catalyst, event.catalyst) and now - event.opened <= HALT_TIES:
            return event
        came = row.published or now
        if event.catalyst == row.catalyst and min(abs(came - event.opened), now - event.last_at) <= wait:
            return event
    return None

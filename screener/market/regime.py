"""Small caps against the S&P 500, breadth, liquidity, rates and news on a day: measures, label, card.

``compute`` turns stored prices into the numbers of ``MEASURES``; ``regime`` hands them to the rules of
``rules/regime/`` (through ``judge``, since evaluating rules is the engine's work) and writes the card's lines. Both use
only what was known by ``as_of``, so a past day gives the same answer whatever has been stored since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from screener.market import outlook
from screener.market.breadth import BarRow, breadth, grid, top_movers
from screener.market.index import ALIASES, CloseSeries, fear, funds
from screener.market.measures import MEASURES
from screener.market.sentences import describe
from screener.types import Bar, Hit, Regime

Get = Callable[[str], float | None]
Judge = Callable[[Get], Sequence[Hit]]
"""The rules' hits for a way to read measures, best first: ``lambda get: engine.judge(rules.compiled.values(), get)``."""
DIGITS = 6
UNKNOWN = "Unknown"
_INDEX = ("iwm", "spy", "rel", "correlation")
_FEAR = ("vix", "vix_5d", "ten_year", "ten_year_20d_bp")


@dataclass(frozen=True, slots=True)
class Measured:
    """``values`` has every name of ``MEASURES``, None for unknown; ``times`` the moment of each known one (ISO, UTC).

    ``movers`` are the tickers behind the measures of that name.
    """

    values: dict[str, float | None]
    times: dict[str, str]
    movers: tuple[str, ...] = ()


def compute(
    day: dt.date,
    as_of: dt.datetime,
    index_bars: Mapping[str, Sequence[Bar]],
    rows: Iterable[BarRow] = (),
    members: Collection[str] = (),
    rates: Mapping[str, Sequence[Bar]] | None = None,
    catalysts: Collection[str] | None = None,
) -> Measured:
    """The measures of a session day as of a moment.

    ``index_bars`` are daily bars by ticker (IWM, SPY); ``rates`` likewise (VIX or ^VIX, ^TNX or DGS10). ``rows`` are
    bars of the day and the 252 sessions before as the store keeps them; ``members`` the day's small caps;
    ``catalysts`` the tickers with a catalyst of their own that day, None when no news was collected.
    """
    iwm, spy = (CloseSeries(index_bars.get(t, ()), day, as_of) for t in ("IWM", "SPY"))
    other = {**index_bars, **(rates or {})}
    lines = {name: CloseSeries(bars, day, as_of) for name, keys in ALIASES.items() if (bars := _first(other, keys))}
    values: dict[str, float | None] = dict.fromkeys(MEASURES)
    values.update(funds(iwm, spy))
    values.update(fear(lines))
    g = grid(rows, day, as_of, members)
    values.update(breadth(g))
    movers = top_movers(g)
    values["movers"] = float(len(movers)) if g.time else None
    if movers and catalysts is not None:
        values["movers_with_news_pct"] = sum(t in catalysts for t in movers) / len(movers) * 100
    values = {k: None if v is None else round(v, DIGITS) for k, v in values.items()}
    return Measured(values, _times(values, iwm, lines, g.time), movers)


def _first(bars: Mapping[str, Sequence[Bar]], keys: Sequence[str]) -> Sequence[Bar]:
    return next((bars[k] for k in keys if bars.get(k)), ())


def _times(
    values: Mapping[str, float | None], iwm: CloseSeries, lines: Mapping[str, CloseSeries], breadth_time: str
) -> dict[str, str]:
    found = {}
    for name, value in values.items():
        if value is None:
            continue
        if name in _FEAR:
            line = lines["vix" if name.startswith("vix") else "ten_year"]
            bar = next(line.bars[p] for p in sorted(line.bars))
            found[name] = _iso(bar.known_at)
        elif name.startswith(_INDEX) or name == "liquidity_iwm":
            line = iwm
            moment = line.time
            found[name] = _iso(moment) if moment else ""
        else:
            found[name] = breadth_time
    return {k: v for k, v in found.items() if v}


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def regime(day: dt.date, as_of: dt.datetime, measured: Measured, judge: Judge) -> Regime:
    """Label and card of the best matching rule, the lines behind them, and what would change the view.

    The label is the rule's title. With no matching rule it is "Unknown" and the card stays empty.
    """
    hits = judge(measured.values.get)
    best = hits[0] if hits else None
    lines = [*_why(hits), *describe(measured.values, measured.times)]
    card = best.card if best else {}
    return Regime(
        day=day,
        as_of=as_of,
        label=best.reasons[0].text if best and best.reasons else UNKNOWN,
        action=card.get("action", ""),
        recommendation=card.get("recommendation", ""),
        timeframe=card.get("timeframe", ""),
        risk=card.get("risk", ""),
        measures=measured.values,
        times=measured.times,
        reasons=tuple(lines),
        unknown=tuple(k for k, v in measured.values.items() if v is None),
        outlook=outlook.paragraph(measured.values, judge),
    )


def _why(hits: Sequence[Hit]) -> list[str]:
    if not hits:
        return ["No rule applies: too little is stored for this day"]
    first = "; ".join(r.text for r in hits[0].reasons[1:])
    also = [h.reasons[0].text for h in hits[1:] if h.reasons and h.level != "informational"]
    lines = [f"Why: {first}"] if first else []
    return lines + ([f"Also true: {', '.join(also)}"] if also else [])

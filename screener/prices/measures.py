"""What the tape says of a ticker as of a moment, from stored bars and quotes. Terms: ``screener.prices.terms``.

All measures are of one session day D (``clock.session_day`` of the moment unless given) and use only what was known by
``as_of``:

- After the close, D's bar. In session, D's newest quote, or a bar caught in session (its ``known_at`` lies before the
  close); volume is then compared along the day's usual curve.
- Before D has traded, ``price`` is the last close, ``day`` says which session it is from, and everything about D's own
  move (change, gap, volume, range) is unknown.

Windows are counted in sessions of the NYSE calendar: the 20 sessions of the usual volume are the 20 before D, of which
at least 5 must be stored, so that an old company's bars under a reused ticker are never mixed in. Prices and volumes of
earlier days are brought to D's share basis first (``screener.prices.splits``).

=========================  ===================================================================================
``price``                  last price of D, dollars as traded; else the last close
``change_pct``             percent; the source's own change, else close against previous close on one share basis
``gap_pct``                percent; open against previous close
``since_news_pct``         percent; last price against the last price before the news (see ``sincenews``)
``abnormal_pct``           percentage points; change - beta * IWM's change
``rvol``                   multiple; volume / mean of the previous 20 sessions / usual share by this minute
``dollar_volume``          dollars; price * volume of D so far
``avg_dollar_volume``      dollars; mean of close * volume over the previous 20 sessions
``atr_multiple``           multiple; true range of D / mean true range of the previous 14 sessions
``turnover``               multiple; volume of D / float
``high_52w_pct``           percent, 0 or below; price against the highest of the previous 252 sessions and D
``low_52w_pct``            percent, 0 or above; price against the lowest; both need 200 stored sessions
``days_since_reverse_split``  calendar days to D from the last one listed or seen in the prices, within a year
``volatility_pct``         percent; mean size of the daily change over the previous 20 sessions
``far_days_share``         0 to 1; share of the previous 20 sessions that changed by 10 % or more, of 5 known or more
``run_up_pct``             percent; change of the five sessions before D, compounded; unknown when one of them is
``prev_change_pct``        percent; change of the session before D
``prev_rvol``              multiple; volume of the session before D / mean of the 20 sessions before that one
``market_cap``             dollars; as the source last stated it by ``as_of``, at most 20 sessions old
``market_cap_at_news``     dollars; as last stated before the news, for materiality
=========================  ===================================================================================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from screener import clock
from screener.prices import terms
from screener.prices.caps import market_cap
from screener.prices.curve import DEFAULT, Curve
from screener.prices.history import Frame, History, Series, build, frame, group
from screener.prices.sincenews import since_news
from screener.prices.splits import Announced
from screener.types import Bar, Move, Quote

SplitTable = Mapping[str, Iterable[dt.date] | Mapping[dt.date, float]]
_NOT_MEASURED = ("ticker", "as_of", "exchange", "session", "day", "sources", "doubt")
_MEASURED = tuple(f for f in Move.__struct_fields__ if f not in _NOT_MEASURED)


class Inputs(NamedTuple):
    """All that one ticker's measures are computed from."""

    series: Series
    quote: Quote | None
    market: terms.Market
    curve: Curve
    listed: Mapping[dt.date, float | None]
    news: dt.datetime | None
    trail: Sequence[Quote]


def compute_moves(
    history: History,
    as_of: dt.datetime,
    *,
    news_times: Mapping[str, dt.datetime] | None = None,
    benchmark: Sequence[Bar] = (),
    quotes: Mapping[str, Quote] | None = None,
    minute_curve: Curve | None = None,
    splits: SplitTable | None = None,
    day: dt.date | None = None,
    trails: Mapping[str, Sequence[Quote]] | None = None,
    announced: Mapping[str, Sequence[Announced]] | None = None,
) -> dict[str, Move]:
    """Measures of every ticker in ``history`` (bars, or bars by ticker) or ``quotes``.

    ``news_times`` is when a ticker's news was published; ``benchmark`` are IWM's bars; ``quotes`` the newest quote by
    ticker (IWM's included when it has one); ``trails`` older quotes or minute bars that may price the moment of the
    news; ``splits`` effective days of reverse splits, or days with their ratios (old shares for one new);
    ``announced`` splits as the companies stated them. Of several bars of one ticker-day the last given is used. ``day``
    is the session, ``clock.session_day(as_of)`` unless given.
    """
    f = frame(day or clock.session_day(as_of), as_of)
    known = {t: q for t, q in (quotes or {}).items() if q.as_of <= as_of}
    bars = group(history)
    market = _market(benchmark, f, known)
    out: dict[str, Move] = {}
    for ticker in [*bars, *(t for t in known if t not in bars)]:
        quote = known.get(ticker)
        listed = _listed((splits or {}).get(ticker))
        told = (announced or {}).get(ticker, ())
        series = build(ticker, bars.get(ticker, ()), f, listed, _as_bar(quote, f), told)
        news = (news_times or {}).get(ticker)
        trail = (trails or {}).get(ticker, ())
        out[ticker] = _move(Inputs(series, quote, market, minute_curve or DEFAULT, listed, news, trail))
    return out


def _listed(table: Iterable[dt.date] | Mapping[dt.date, float] | None) -> dict[dt.date, float | None]:
    if not table:
        return {}
    return dict(table) if isinstance(table, Mapping) else dict.fromkeys(table)


def _as_bar(quote: Quote | None, f: Frame) -> Bar | None:
    """A quote of the day as that day's bar so far.

    A snapshot (it has ``last``) speaks for the whole session so far; a minute bar (it has none) only gives a price. An
    after-hours quote is the session's bar only when it is a snapshot that states the session's change and volume.
    """
    if quote is None or clock.new_york_date(quote.as_of) != f.day:
        return None
    snapshot = quote.last is not None
    if quote.as_of >= f.closes[0] and not (snapshot and quote.change_pct is not None and quote.volume is not None):
        return None
    if not snapshot:
        return Bar(ticker=quote.ticker, day=f.day, close=quote.close, source=quote.source, known_at=quote.as_of)
    return Bar(
        ticker=quote.ticker,
        day=f.day,
        open=quote.open,
        high=quote.high,
        low=quote.low,
        close=quote.last,
        volume=quote.volume,
        change_pct=quote.change_pct,
        market_cap=quote.market_cap,
        source=quote.source,
        known_at=quote.as_of,
    )


def _market(benchmark: Sequence[Bar], f: Frame, quotes: Mapping[str, Quote]) -> terms.Market:
    if not benchmark:
        return terms.Market(None)
    ticker = benchmark[0].ticker
    return terms.Market(build(ticker, benchmark, f, None, _as_bar(quotes.get(ticker), f)))


def _move(x: Inputs) -> Move:
    """One pass over the terms, each given what it needs."""
    s = x.series
    price, cap = terms.price(s), market_cap(s, x.news)
    latest = s.today or (s.bars[0] if s.bars else None)
    found = Move(
        ticker=s.ticker,
        as_of=s.frame.as_of,
        exchange=next((b.exchange for b in ((s.today,) if s.today else ()) + s.bars[:5] if b.exchange), ""),
        session=clock.session_at(s.frame.as_of),
        day=latest.day if latest else None,
        doubt="; ".join(d for d in (s.doubt, cap.doubt) if d),
        price=price,
        change_pct=s.change,
        gap_pct=terms.gap(s),
        since_news_pct=since_news(s, x.quote, x.news, x.trail) if x.news else None,
        abnormal_pct=terms.abnormal(s, x.market),
        rvol=terms.rvol(s, x.curve),
        dollar_volume=terms.dollar_volume(s),
        avg_dollar_volume=terms.usual_dollar_volume(s),
        atr_multiple=terms.atr_multiple(s),
        turnover=terms.turnover(s),
        high_52w_pct=terms.distance(s, price, high=True),
        low_52w_pct=terms.distance(s, price, high=False),
        days_since_reverse_split=terms.since_reverse_split(s, x.listed),
        volatility_pct=terms.volatility(s),
        far_days_share=terms.far_days_share(s),
        run_up_pct=terms.run_up(s),
        prev_change_pct=terms.previous_change(s),
        prev_rvol=terms.previous_rvol(s),
        market_cap=cap.now,
        market_cap_at_news=cap.at_news,
        float_shares=terms.float_shares(s),
    )
    return msgspec.structs.replace(found, sources=_sources(found, latest, cap.source))


def _sources(found: Move, latest: Bar | None, cap_source: str) -> dict[str, str]:
    known = [name for name in _MEASURED if getattr(found, name) is not None]
    return {n: cap_source if n == "market_cap" and cap_source else latest.source for n in known if latest}

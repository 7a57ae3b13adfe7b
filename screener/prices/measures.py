"""What the tape says of a ticker as of a moment, from stored bars and quotes. Formulas: ``screener.prices.formulas``.

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
``since_news_pct``         percent; last price against the last price before the news (see ``_base``)
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
from math import log
from statistics import median
from typing import Any

from screener import clock
from screener.prices import formulas
from screener.prices.curve import DEFAULT, Curve, share_at
from screener.prices.history import YEAR, Frame, History, Series, build, frame, group
from screener.prices.splits import Announced
from screener.types import Bar, Move, Quote

VOLUME_SESSIONS = 20
ATR_SESSIONS = 14
BETA_SESSIONS = 120
YEAR_NEEDS = 200
FAR_PCT = 10.0
RUN_UP_SESSIONS = 5
STALE_SESSIONS = 20
CAP_JUMP, CAP_NEAR, CAP_AGREES = 3.0, 0.3, 3
QUOTE_AGE = dt.timedelta(minutes=30)
SplitTable = Mapping[str, Iterable[dt.date] | Mapping[dt.date, float]]


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
        out[ticker] = _move(
            series,
            quote,
            market,
            minute_curve or DEFAULT,
            listed,
            (news_times or {}).get(ticker),
            (trails or {}).get(ticker, ()),
        )
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


class _Market:
    """The benchmark's changes by day, in percent, and its change of the day so far."""

    def __init__(self, series: Series | None) -> None:
        self.change = series.change if series else None
        self.complete = bool(series and series.complete)
        self.source = series.today.source if series and series.today else ""
        self.by_place = dict(zip(series.places, series.changes, strict=True)) if series else {}

    def beta(self, own: Series) -> float:
        pairs = []
        for place, change in zip(own.places, own.changes, strict=True):
            if place > BETA_SESSIONS:
                break
            other = self.by_place.get(place)
            if change is not None and other is not None:
                pairs.append((change, other))
        return formulas.beta(pairs)


def _market(benchmark: Sequence[Bar], f: Frame, quotes: Mapping[str, Quote]) -> _Market:
    if not benchmark:
        return _Market(None)
    ticker = benchmark[0].ticker
    return _Market(build(ticker, benchmark, f, None, _as_bar(quotes.get(ticker), f)))


def _move(
    s: Series,
    quote: Quote | None,
    market: _Market,
    curve: Curve,
    listed: Mapping[dt.date, float | None],
    news: dt.datetime | None,
    trail: Sequence[Quote],
) -> Move:
    today, f = s.today, s.frame
    price = _price(s)
    volume = today.volume if today else None
    n, n_run = s.within(VOLUME_SESSIONS), s.count(RUN_UP_SESSIONS)
    cap, cap_from = _last_known(s, "market_cap")
    doubt = _cap_doubt(s)
    at_news = _cap_before(s, news) if news else None
    if doubt:
        at_news = None if at_news and cap and 0.67 < at_news / cap < 1.5 else at_news
        cap, cap_from = None, ""
    values: dict[str, Any] = {
        "price": price,
        "change_pct": s.change,
        "gap_pct": formulas.percent(today.open, _basis(s)) if today else None,
        "since_news_pct": _since(s, quote, news, trail) if news else None,
        "abnormal_pct": _abnormal(s, market),
        "rvol": _rvol(s, volume, n, curve),
        "dollar_volume": formulas.dollar_volume(price, volume) if today else None,
        "avg_dollar_volume": formulas.mean(formulas.dollar_volume(b.close, b.volume) for b in s.bars[:n]),
        "atr_multiple": _atr_multiple(s),
        "turnover": formulas.ratio(volume, _float(s)),
        "high_52w_pct": _distance(s, price, high=True),
        "low_52w_pct": _distance(s, price, high=False),
        "days_since_reverse_split": _since_reverse_split(s, listed),
        "volatility_pct": formulas.mean(
            abs(c) if c is not None else None for c in s.changes[: s.count(VOLUME_SESSIONS)]
        ),
        "far_days_share": formulas.share_far(s.changes[: s.count(VOLUME_SESSIONS)], FAR_PCT),
        "run_up_pct": formulas.compounded(s.changes[:n_run]) if n_run == RUN_UP_SESSIONS else None,
        "prev_change_pct": s.changes[0] if s.bars and s.places[0] == 1 else None,
        "prev_rvol": _previous_rvol(s),
        "market_cap": cap,
        "market_cap_at_news": at_news,
        "float_shares": _float(s),
    }
    latest = today or (s.bars[0] if s.bars else None)
    sources = {k: latest.source for k, v in values.items() if v is not None and latest}
    if cap_from:
        sources["market_cap"] = cap_from
    return Move(
        ticker=s.ticker,
        as_of=f.as_of,
        exchange=next((b.exchange for b in ((today,) if today else ()) + s.bars[:5] if b.exchange), ""),
        session=clock.session_at(f.as_of),
        day=latest.day if latest else None,
        sources=sources,
        doubt="; ".join(d for d in (s.doubt, doubt) if d),
        **values,
    )


def _price(s: Series) -> float | None:
    if s.today is not None and s.today.close is not None:
        return s.today.close
    if not s.bars or s.bars[0].close is None or not s.scale:
        return None
    return s.bars[0].close * s.scale[0] if s.today is None else None


def _basis(s: Series) -> float | None:
    """The previous close on the day's share basis: what the source's change implies, else the stored one."""
    if s.today is not None and s.change is not None and s.change == s.today.change_pct:
        return formulas.implied_previous(s.today.close, s.change)
    return s.previous_close


def _abnormal(s: Series, market: _Market) -> float | None:
    # The whole day of one against a part of the other would be no comparison.
    if s.change is None or market.change is None or s.complete != market.complete:
        return None
    return formulas.abnormal(s.change, market.change, market.beta(s))


def _rvol(s: Series, volume: float | None, n: int, curve: Curve) -> float | None:
    if s.today is None:
        return None
    usual = formulas.mean(
        b.volume / k if b.volume is not None else None for b, k in zip(s.bars[:n], s.scale, strict=False)
    )
    share = 1.0 if s.complete else share_at(s.today.known_at, s.frame.day, curve)
    return formulas.relative_volume(volume, usual, share)


def _previous_rvol(s: Series) -> float | None:
    if not s.scale or s.places[0] != 1 or s.bars[0].volume is None:
        return None
    n = s.within(VOLUME_SESSIONS + 1)
    volumes = [b.volume / k if b.volume is not None else None for b, k in zip(s.bars[:n], s.scale, strict=False)]
    return formulas.relative_volume(volumes[0], formulas.mean(volumes[1:]))


def _atr_multiple(s: Series) -> float | None:
    n = s.within(ATR_SESSIONS)
    ranges: list[float | None] = []
    for i in range(n):
        adjacent = i + 1 < len(s.scale) and s.places[i + 1] == s.places[i] + 1
        before = s.bars[i + 1].close if adjacent else None
        if before is None or s.bars[i].high is None:
            continue
        k = s.scale[i]
        found = formulas.true_range(_times(s.bars[i].high, k), _times(s.bars[i].low, k), before * s.scale[i + 1])
        ranges.append(found)
    today = s.today
    own = formulas.true_range(today.high, today.low, s.previous_close) if today else None
    return formulas.ratio(own, formulas.mean(ranges))


def _times(price: float | None, scale: float) -> float | None:
    return None if price is None else price * scale


def _distance(s: Series, price: float | None, *, high: bool) -> float | None:
    n = s.within(YEAR)
    if price is None or n < YEAR_NEEDS:
        return None
    seen = [price]
    for bar, k in zip(s.bars[:n], s.scale, strict=False):
        edge = bar.high if high else bar.low
        edge = bar.close if edge is None else edge
        if edge is not None:
            seen.append(edge * k)
    if s.today is not None:
        edge = s.today.high if high else s.today.low
        seen.append(price if edge is None else edge)
    return formulas.percent(price, max(seen) if high else min(seen))


def _float(s: Series) -> float | None:
    """The float on the day's share basis, as last stated."""
    if s.today is not None and s.today.float_shares is not None:
        return s.today.float_shares
    for bar, k in zip(s.bars, s.scale, strict=False):
        if bar.float_shares is not None:
            return bar.float_shares / k
    return None


def _last_known(s: Series, name: str) -> tuple[float | None, str]:
    recent = [b for b, p in zip(s.bars, s.places, strict=True) if p <= STALE_SESSIONS]
    for bar in ([s.today] if s.today else []) + recent:
        value = getattr(bar, name)
        if value is not None:
            return float(value), bar.source
    return None, ""


def _cap_doubt(s: Series) -> str:
    """Why the newest market cap cannot be believed: the shares it implies are a multiple of those of the days before.

    Sources count the shares of before a split for weeks after it, and take another company's for a day.
    """
    implied = [
        (b.market_cap, b.market_cap / (b.close * k))
        for b, k in zip(
            [*([s.today] if s.today else []), *s.bars], [*([1.0] if s.today else []), *s.scale], strict=False
        )
        if b.market_cap and b.close
    ][: STALE_SESSIONS + 1]
    if len(implied) <= CAP_AGREES:
        return ""
    (cap, shares), usual = implied[0], median(n for _, n in implied[1:])
    factor = shares / usual
    split = any(r and abs(log(factor / r)) < CAP_NEAR for d, r in s.splits)
    agreeing = sum(1 / CAP_JUMP < n / shares < CAP_JUMP for _, n in implied)
    if 1 / CAP_JUMP <= factor <= CAP_JUMP or (agreeing > CAP_AGREES and not split):
        return ""
    return f"market cap {cap:,.0f} is {factor:.3g} times what the days before imply at this price: taken as unknown"


def _cap_before(s: Series, news: dt.datetime) -> float | None:
    """The market cap as last stated at a close before the news, at most 20 sessions old."""
    for bar, place in _closed(s):
        if place <= YEAR and s.frame.closes[place] <= news and bar.market_cap is not None:
            age = place - _place_of(news, s.frame)
            return bar.market_cap if age <= STALE_SESSIONS else None
    return None


def _place_of(moment: dt.datetime, f: Frame) -> int:
    """How many sessions before the day the last close before a moment was."""
    return next((i for i, close in enumerate(f.closes) if close <= moment), YEAR + 1)


def _closed(s: Series) -> list[tuple[Bar, int]]:
    """Complete bars with their places, newest first, the day's own included."""
    own = [(s.today, 0)] if s.today is not None and s.complete else []
    return own + list(zip(s.bars, s.places, strict=True))


def _since_reverse_split(s: Series, listed: Mapping[dt.date, float | None]) -> int | None:
    day = s.frame.day
    days = [d for d, ratio in listed.items() if d <= day and (ratio is None or ratio > 1)]
    days += [d for d, ratio in s.splits if ratio is not None and ratio > 1]
    recent = [(day - d).days for d in days if (day - d).days <= 366]
    return min(recent) if recent else None


def _since(s: Series, quote: Quote | None, news: dt.datetime, trail: Sequence[Quote]) -> float | None:
    """Percent from the last price before the news to the newest price after it; unknown when either is not stored."""
    latest = _latest(s, quote)
    base = _base(s, news, trail)
    if latest is None or base is None or latest[1] <= news:
        return None
    return formulas.percent(latest[0], base)


def _latest(s: Series, quote: Quote | None) -> tuple[float, dt.datetime] | None:
    """The newest known price on the day's share basis, and its moment."""
    found: list[tuple[float, dt.datetime]] = []
    if s.today is not None and s.today.close is not None:
        moment = s.frame.closes[0] if s.complete else s.today.known_at
        found.append((s.today.close, moment))
    if quote is not None and clock.new_york_date(quote.as_of) == s.frame.day:
        price = quote.last if quote.last is not None else quote.close
        if price is not None:
            found.append((price, quote.as_of))
    if not found and s.bars and s.scale and s.bars[0].close is not None:
        found.append((s.bars[0].close * s.scale[0], s.frame.closes[s.places[0]]))
    return max(found, key=lambda f: f[1]) if found else None


def _base(s: Series, news: dt.datetime, trail: Sequence[Quote]) -> float | None:
    """The last price before the news, on the day's share basis.

    A quote of the same date at most 30 minutes older, else the last regular close when no regular trading lay between
    that close and the news. News inside the regular session without such a quote has no base: the open or the
    previous close would count what moved before it.
    """
    date = clock.new_york_date(news)
    place = s.frame.place.get(date, -1)
    for q in sorted(trail, key=lambda q: q.as_of, reverse=True):
        price = q.last if q.last is not None else q.close
        if q.as_of <= news and price is not None:
            if news - q.as_of <= QUOTE_AGE and clock.new_york_date(q.as_of) == date:
                return _scaled(s, price, place)
            break
    if clock.session_at(news) == clock.REGULAR:
        return None
    at = _place_of(news, s.frame)
    for bar, bar_place in _closed(s):
        if bar_place == at:
            return None if bar.close is None else _scaled(s, bar.close, at)
    return None


def _scaled(s: Series, price: float, place: int) -> float | None:
    if place == 0:
        return price
    for i, p in enumerate(s.places[: len(s.scale)]):
        if p == place:
            return price * s.scale[i]
    return None

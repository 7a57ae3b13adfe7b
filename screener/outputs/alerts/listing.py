"""What people read about alerts: the list, one alert in full, what kept a ticker quiet, and the latency table."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from screener.clock import eastern
from screener.format import on_one_line, whole_score
from screener.outputs.alerts import forms
from screener.outputs.alerts.content import content, label, news_text
from screener.store.outbox import DEAD, Gate
from screener.types import Alert

STAGES = ("published", "received", "classified", "ranked", "queued", "delivered")
SPANS = (*pairwise(STAGES), ("received", "delivered"), ("published", "delivered"))


def alert_lines(alerts: Sequence[Alert], shown: Mapping[str, str]) -> Iterable[str]:
    """One line an alert and channel; ``shown`` names the channels for people."""
    for a in alerts:
        row = a.row
        change = f"{row.change_pct:+.1f} %" if row.change_pct is not None else "?"
        what = f"update {a.update}: {news_text(a)}" if a.update else label(row)
        channel = shown.get(a.channel, a.channel) or "no channel"
        state = a.state if a.channel or a.state == "muted" else "unsent"
        why = a.reason or a.error
        tries = f" after {a.attempts} tries" if a.attempts > 1 else ""
        yield (
            f"{eastern(a.created)}  {a.id}  {row.ticker:<6} {whole_score(row.score):>4} {change:>9}  {on_one_line(what, 60)}  "
            f"[{state}{tries}: {channel}]" + (f" {on_one_line(why, 120)}" if why else "")
        )


def alert_objects(alerts: Sequence[Alert], shown: Mapping[str, str]) -> list[dict[str, object]]:
    """Alerts as plain values for JSON."""
    return [
        {
            "id": a.id,
            "ticker": a.row.ticker,
            "update": a.update,
            "news": a.news,
            "catalyst": a.row.catalyst,
            "score": a.row.score,
            "headline": a.row.headline,
            "channel": shown.get(a.channel, a.channel),
            "state": a.state if a.channel or a.state == "muted" else "unsent",
            "attempts": a.attempts,
            "created": a.created,
            "sent": a.sent,
            "error": a.error,
            "reason": a.reason,
            "times": a.times,
        }
        for a in alerts
    ]


def alert_text(records: Sequence[Alert], shown: Mapping[str, str], page_url: str) -> str:
    """One alert in full: the message, the pieces told, every time, and what became of it on each channel."""
    first = records[0]
    lines = [forms.body([content(first, page_url)], forms.TEXT).rstrip(), ""]
    lines.append(f"event {first.event}, told so far: {', '.join(first.pieces)}")
    lines.append(f"list of {first.row.day}, rank {first.row.rank}, rules: {', '.join(_rules(first))}")
    for name in STAGES[:-1]:
        if name in first.times:
            lines.append(f"{name:<10} {first.times[name].isoformat(timespec='milliseconds')}")
    for a in records:
        if not a.channel:
            lines.append(f"{a.state}: {a.reason}" if a.reason else "owed to no channel: none was configured")
            continue
        at = f" {a.sent.isoformat(timespec='milliseconds')}" if a.sent else ""
        lines.append(
            f"{shown.get(a.channel, a.channel)}: {a.state}{at}, {a.attempts} tries{': ' + a.error if a.error else ''}"
        )
    return "\n".join(lines) + "\n"


def _rules(alert: Alert) -> list[str]:
    return list(dict.fromkeys(r.rule_id for r in alert.row.reasons if r.rule_id))


def channel_lines(gates: Sequence[Gate], configured: Mapping[str, str], counts: Mapping[str, int]) -> Iterable[str]:
    """The channels and how they are doing, and the totals."""
    for gate in gates:
        state = f"failing ({gate.failures}): {gate.last_error}" if gate.failures else "ok"
        until = f", held until {eastern(gate.hold_until)}" if gate.hold_until and gate.failures else ""
        gone = "" if gate.name in configured else ", no longer configured"
        yield f"{gate.shown}: {state}{until}{gone}"
    totals = ", ".join(f"{n} {state}" for state, n in counts.items() if n)
    yield f"deliveries: {totals}" if totals else "nothing was alerted yet"
    if counts.get(DEAD):
        yield "dead ones were given up after too many tries: `screener alerts send --dead` tries them again"


def latency(alerts: Iterable[Alert]) -> list[tuple[str, int, float, float, float]]:
    """Seconds between stages: (span, how many, p50, p95, p99) for the spans that were measured."""
    found: dict[tuple[str, str], list[float]] = {span: [] for span in SPANS}
    for a in alerts:
        for (start, end), values in found.items():
            if start in a.times and end in a.times:
                values.append((a.times[end] - a.times[start]).total_seconds())
    return [
        (f"{start} to {end}", len(v), percentile(v, 50), percentile(v, 95), percentile(v, 99))
        for (start, end), v in found.items()
        if v
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` percent of the values do not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def latency_lines(table: Sequence[tuple[str, int, float, float, float]]) -> Iterable[str]:
    """The latency table as text."""
    yield f"{'seconds':<24}{'n':>6}{'p50':>10}{'p95':>10}{'p99':>10}"
    for name, n, p50, p95, p99 in table:
        yield f"{name:<24}{n:>6}{p50:>10.3f}{p95:>10.3f}{p99:>10.3f}"


def sample(now: dt.datetime) -> Alert:
    """An invented alert, for trying the channels."""
    from screener.types import Reason, WatchRow

    reasons = (
        Reason(part="catalyst", text="Human trial result, good", points=40, side="+", rule_id="sample"),
        Reason(part="confirmation", text="volume 6.0 times its usual", points=10, side="+", rule_id="sample_volume"),
    )
    row = WatchRow(
        run_id="sample", day=now.date(), rank=1, ticker="TEST", company="Sample Company, Inc.", exchange="Nasdaq",
        score=81.0, bullish=81.0, action="Alert", recommendation="Speculative Buy", timeframe="Short-Term", risk="High",
        catalyst="clinical_readout", polarity="+", confidence=0.97, headline="A marked sample: no such company, no such news",
        source="screener", published=now, price=3.1, change_pct=24.0, rvol=6.0, market_cap=45e6, reasons=reasons,
        warnings=("no filing or agency record confirms it yet",), unknown=("float_shares",), level="high",
        first_seen=now, as_of=now,
    )  # fmt: skip
    stamp = f"test-{now:%Y%m%d%H%M%S}"
    return Alert(
        id=stamp,
        event=stamp,
        row=row,
        created=now,
        words=("met its primary endpoint",),
        times={"received": now, "queued": now},
    )

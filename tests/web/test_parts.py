"""Evidence, charts, calendar, marks, health: the parts behind the pages."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as Xml

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.store import open_store
from screener.store.calendar import known_dates
from screener.store.occurrences import Occurrence
from screener.types import Bar, FeedSpec, FeedState, Filing, Quote, Reason, Span
from screener.web import charts
from screener.web.evidence import cut, excerpt, pieces
from screener.web.health import judge
from screener.web.ticker import dilutive
from tests.web.conftest import AS_OF, DAY, bars

TEXT = "The company wins an order of $9 million from the harbour."
spans = st.lists(
    st.tuples(st.builds(Span, field=st.just("text"), start=st.integers(0, 70), end=st.integers(0, 70), text=st.just("")),
              st.sampled_from(["order", "amount"])),
    max_size=6,
)  # fmt: skip


@given(spans)
def test_pieces_are_the_text(found: list[tuple[Span, str]]) -> None:
    parts = pieces(TEXT, "text", found)
    assert "".join(p.text for p in parts) == TEXT
    marked = {i for s, _ in found for i in range(s.start, min(s.end, len(TEXT))) if s.start < s.end}
    at, seen = 0, set()
    for p in parts:
        seen |= set(range(at, at + len(p.text))) if p.proves else set()
        at += len(p.text)
    assert seen == marked


def test_overlapping_proofs_join() -> None:
    found = [
        (Span(field="text", start=4, end=20, text=""), "order"),
        (Span(field="text", start=12, end=31, text=""), "amount"),
    ]
    assert [p.proves for p in pieces(TEXT, "text", found)] == ["", "order, amount", ""]


def test_excerpts_keep_the_neighbourhood() -> None:
    text = "x" * 5000 + "PROOF" + "y" * 5000
    parts = excerpt(pieces(text, "text", [(Span(field="text", start=5000, end=5005, text="PROOF"), "order")]), 100)
    assert [len(p.text) for p in parts if not p.gap] == [100, 5, 100]
    assert sum(p.gap for p in parts) == 2
    assert sum(len(p.text) for p in cut(pieces(text, "text", []), 300)) == 300


def test_the_score_bar_says_its_parts() -> None:
    reasons = [
        Reason(part="catalyst", text="a", points=50),
        Reason(part="size", text="b", points=10),
        Reason(part="size", text="c", points=-4),
    ]
    parts = charts.parts_of(reasons)
    assert parts == [("catalyst", 50.0), ("size", 10.0), ("warning", -4.0)]
    root = Xml.fromstring(str(charts.score_bar(56, parts)))
    assert root.attrib["aria-label"] == "score 56: catalyst +50, size +10, warning -4"
    ends = [float(r.attrib.get("x", 0)) + float(r.attrib["width"]) for r in root]
    assert max(ends) <= 96


def test_the_price_chart_is_whole_and_escaped() -> None:
    listed = sorted(bars("QBLA", 9.0, 0.05), key=lambda b: b.day)
    marks = [
        charts.ChartMark(day=listed[5].day, kind="news", label='<script>"&', target="#story-1"),
        charts.ChartMark(day=listed[5].day, kind="news", label="second", target="#story-2"),
        charts.ChartMark(day=listed[0].day - dt.timedelta(days=90), kind="halt", label="too old"),
        charts.ChartMark(day=listed[-1].day + dt.timedelta(days=3), kind="halt", label="after the last bar"),
    ]
    text = str(charts.price_chart(listed, marks))
    root = Xml.fromstring(text)
    assert "<script>" not in text and "too old" not in text
    assert text.count('class="candle') == len(listed) == 60
    assert len(root.findall(".//a")) == 1 and "and 1 more" in text and "after the last bar" in text


@pytest.mark.parametrize("count", [0, 1])
def test_no_chart_without_two_bars(count: int) -> None:
    assert charts.price_chart(list(bars("QBLA", 9.0, 0.05))[:count], []) == ""
    assert charts.line_chart([("IWM", [])], "x") == ""


@given(st.lists(st.floats(0.0001, 1e6), min_size=2, max_size=30))
def test_any_prices_make_a_chart(prices: list[float]) -> None:
    first = dt.date(2026, 1, 1)
    listed = [
        Bar(
            ticker="A",
            day=first + dt.timedelta(days=n),
            open=p,
            high=p * 1.1,
            low=p * 0.9,
            close=p,
            source="f",
            known_at=AS_OF,
        )
        for n, p in enumerate(prices)
    ]
    assert Xml.fromstring(str(charts.price_chart(listed, []))) is not None
    assert Xml.fromstring(str(charts.line_chart([("A", charts.rebased(listed))], "a"))) is not None


def event(ticker: str, published: dt.datetime, **facts: str) -> Occurrence:
    return Occurrence(
        story_id=ticker, ticker=ticker, type="regulatory_submission", stage="", polarity="+", confidence=0.9,
        facts=dict(facts), published=published, at=published, title="t",
    )  # fmt: skip


def test_the_newest_date_counts_and_its_shift_is_said() -> None:
    events = [
        event("QPHA", AS_OF, pdufa_date="2026-11-09"),
        event("QPHA", AS_OF - dt.timedelta(days=90), pdufa_date="2026-08-09"),
        event("QOLD", AS_OF, pdufa_date="2026-01-01"),
        event("QBAD", AS_OF, pdufa_date="in autumn", agency="FDA"),
        event("QTWO", AS_OF, cure_date="2026-09-06", hearing_date="2026-06-01"),
    ]
    found = known_dates(events)
    assert [(e.said.ticker, e.kind, e.moved) for e in found] == [
        ("QOLD", "pdufa_date", None), ("QTWO", "hearing_date", None), ("QTWO", "cure_date", None), ("QPHA", "pdufa_date", 92)
    ]  # fmt: skip
    assert [e.kind for e in known_dates(events, "cure_date")] == ["cure_date"]


def test_marks_fold_to_what_stands(tmp_path: object) -> None:
    with open_store(tmp_path / "m.db") as store:  # type: ignore[operator]
        with store.transaction():
            for n, (ticker, action, note) in enumerate(
                [
                    ("A", "add", "first"),
                    ("A", "pin", ""),
                    ("A", "note", "second"),
                    ("A", "unpin", ""),
                    ("B", "mute", ""),
                ]
            ):
                store.marks.add(ticker, action, note, AS_OF + dt.timedelta(minutes=n))
        own = store.marks.standing()
        assert (own["A"].listed, own["A"].pinned, [t for _, t in own["A"].notes]) == (True, False, ["first", "second"])
        assert own["B"].muted
        assert store.marks.standing(AS_OF + dt.timedelta(minutes=1))["A"].pinned


@pytest.mark.parametrize(
    ("state", "enabled", "expected"),
    [
        (FeedState(name="a", last_success=AS_OF), True, "ok"),
        (FeedState(name="a", last_success=AS_OF - dt.timedelta(days=2)), True, "silent"),
        (FeedState(name="a", last_success=AS_OF, failures=2, last_error="503"), True, "failing"),
        (FeedState(name="a", last_success=AS_OF, disabled="wrong title"), True, "failing"),
        (FeedState(name="a", last_success=AS_OF), False, "off"),
        (None, True, "new"),
    ],
)
def test_the_health_of_a_feed(state: FeedState | None, enabled: bool, expected: str) -> None:
    assert judge(FeedSpec(name="a", kind="rss", enabled=enabled), state, AS_OF)[0] == expected


def test_filings_that_can_dilute() -> None:
    def filing(form: str, items: tuple[str, ...] = ()) -> Filing:
        return Filing(
            accession=form, form=form, company="c", cik=1, role="Filer", accepted=AS_OF, items=items, received=AS_OF
        )

    listed = [
        filing(f)
        for f in ("424B5", "S-3", "S-3/A", "S-3MEF", "10-Q", "SC 13D", "DEF 14A", "D", "D/A", "DEFA14A", "F-1", "S-8")
    ]
    listed += [filing("8-K", ("3.02",)), filing("8-K", ("8.01",))]
    assert [f.form for f in dilutive(listed)] == ["424B5", "S-3", "S-3/A", "S-3MEF", "D", "D/A", "F-1", "8-K"]


def test_a_line_stands_where_only_closes_are_known() -> None:
    held = list(bars("QBLA", 9.0, 0.05, 5))[::-1]
    assert 'class="candle' in charts.price_chart(held, [])
    closes = [msgspec.structs.replace(b, open=None, high=None, low=None) for b in held]
    for some in (closes, [*held[:3], *closes[3:]]):
        drawn = charts.price_chart(some, [])
        assert 'class="line l0"' in drawn and 'class="volume"' in drawn and "candle" not in drawn
        assert 'class="last"' in drawn and drawn.count("2026-03-") >= 5
    assert not charts.price_chart(closes[:1], [])


def test_prices_inside_the_day() -> None:
    quotes = [
        Quote(ticker="Q", as_of=AS_OF + dt.timedelta(minutes=20 * n), last=3.0 + n / 10, source="x") for n in range(6)
    ]
    assert "19:00" in charts.day_chart(quotes) and not charts.day_chart(quotes[:1])


def test_columns_stand_on_an_axis_of_days() -> None:
    days = [
        charts.DayCount(DAY - dt.timedelta(days=n), number, f"/stream?n={n}&x=<b>")
        for n, number in ((10, 1200), (0, 3))
    ]
    drawn = str(charts.column_chart(days, "offerings", "a day"))
    assert "1,200 a day" in drawn and ">0</text>" in drawn  # the axis, with its unit
    assert ">2 Mar</text>" in drawn and ">12 Mar</text>" in drawn
    assert drawn.count('<a href="/stream?n=') == 2 and "<b>" not in drawn
    assert 'x="3.1"' in drawn and f'x="{26 * 10 + 3.1:.1f}"' in drawn  # ten days apart, not side by side
    assert not charts.column_chart([], "none", "a day")

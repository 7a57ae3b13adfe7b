"""Which rows become alerts, and which stay quiet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from screener import config
from screener.errors import ConfigError
from screener.pipeline.alerts.decision import Arrival, why_not
from screener.pipeline.alerts.filters import TickerMarks, cap_band, filters
from screener.pipeline.alerts.quiet_hours import quiet_end
from screener.prices.universe import load_universe
from screener.store import Store
from screener.types import Reason, Run, SourceRef
from tests.alerts.making import DAY, MINUTE, T0, changed, fresh, queue, row, save_story, settings, states

UNIVERSE = load_universe(config.built_in("rules") / "universe.yml")

HOUR = 60 * MINUTE
DILUTION = Reason(part="warning", text="a shelf is open", points=-5, rule_id="dilution_in_play")


def test_alert_enters_with_the_list_or_not_at_all(store: Store) -> None:
    from screener.pipeline.alerts.decision import queue_alerts

    run = Run(id="r1", started=T0, as_of=T0, day=DAY)
    with pytest.raises(RuntimeError), store.transaction():
        store.runs.start(run)
        store.lists.save(run, [row()])
        queue_alerts(store, settings(), [row()], Arrival(), T0)
        raise RuntimeError("killed")
    assert store.lists.rows_as_of(DAY) is None and store.outbox.alerts() == []


def test_alert_carries_words_times_and_confirmation(store: Store) -> None:
    save_story(store, row(), confirmed_by="0000000001-26-000001")
    arrival = Arrival(touched=frozenset({"s-ZORB"}), classified=T0 - MINUTE / 2, ranked=T0 - MINUTE / 4)
    (made,) = queue(store, [row()], arrival=arrival)
    assert made.words == ("Met Its Primary Endpoint",) and made.confirmed_by == "0000000001-26-000001"
    assert list(made.times) == ["published", "received", "classified", "ranked", "queued"]
    assert sorted(made.times.values()) == list(made.times.values())
    assert made.pieces == ("news:clinical_readout", "confirmed")


def test_matched_words_overlap_nowhere(store: Store) -> None:
    from screener.pipeline.alerts.matched_words import matched_words
    from screener.types import Catalyst, Classified, Span

    save_story(store, row())
    places = [("title", 0, 9), ("title", 5, 14), ("text", 5, 14), ("title", 9, 12)]
    spans = tuple(Span(field=f, start=a, end=b, text=f"{f}{a}") for f, a, b in places)
    found = Catalyst(story_id="s-ZORB", ticker="ZORB", type="clinical_readout", confidence=0.9, evidence=spans)
    with store.transaction():
        story = store.stories.get("s-ZORB")
        assert story is not None
        store.catalysts.save(Classified(story_id="s-ZORB", catalysts=(found,)), story, T0, "m")
    assert matched_words(store, [row()]) == {"s-ZORB": ("title0", "text5", "title9")}


def test_words_of_a_form_say_that_it_is_the_form_alone(store: Store) -> None:
    from screener.outputs.alerts.content import proof

    assert proof(("form 424B5",)) == "by form 424B5 alone" and proof(()) == ""
    assert proof(("Met Its Endpoint", "p=0.01")) == "by the words “Met Its Endpoint”, “p=0.01”"


def test_receipt_is_measured_for_what_has_just_come(store: Store) -> None:
    save_story(store, row())
    save_story(store, row("QUIX"), sources=(SourceRef(source="wire", received=T0 - HOUR),))
    new, old = queue(store, [row(), row("QUIX")], arrival=Arrival(ranked=T0))
    assert new.times["received"] == T0 - MINUTE and new.times["classified"] == T0  # by the ranking, at the latest
    assert "received" not in old.times  # a price made it, an hour after the news


@pytest.mark.parametrize(
    ("change", "setting", "stops"),
    [
        ({"score": 49.9}, {}, "min_score"),
        ({"level": "medium"}, {"levels": ("high", "critical")}, "levels"),
        ({"level": ""}, {"levels": ("high", "critical")}, "levels"),
        ({}, {"rules": ("other_rule",)}, "rules"),
        ({"session": "after"}, {"sessions": ("pre", "regular")}, "sessions"),
        ({}, {"catalysts": ("reverse_split",)}, "catalysts"),
        ({}, {"tickers": ("ABCD",)}, "tickers"),
        ({"market_cap": 9e9}, {}, "caps"),
        ({"market_cap": None}, {"caps": ("micro",)}, "caps"),
        ({"outside": "a fund"}, {}, "universe"),
        ({}, {"own_watchlist_only": True}, "own_watchlist_only"),
        ({"published": T0 - 9 * HOUR}, {}, "max_age"),
        ({"published": None}, {}, "max_age"),
    ],
)
def test_each_filter_stops_alone(store: Store, change: dict[str, Any], setting: dict[str, Any], stops: str) -> None:
    given = settings(**setting)
    answers = filters(row(**change), given.alerts, TickerMarks(), UNIVERSE)
    assert [c.name for c in answers if not c.passed] == [stops]
    assert queue(store, [row(**change)], given=given) == []


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({}, {"rules": ("volume_confirms",)}),
        ({"others": ("s2 reverse_split",)}, {"catalysts": ("reverse_split",)}),
        ({}, {"tickers": ("zorb",)}),
        ({"market_cap": None}, {}),
        ({"market_cap": 9e9, "outside": "market cap over the last band"}, {"caps": ()}),
        ({"outside": "a fund"}, {"tickers": ("zorb",)}),
        ({"level": "low", "score": 80.0}, {}),
        ({"published": T0 - 17 * HOUR, "change_pct": -37.0}, {}),
        ({"published": T0 - 17 * HOUR, "rvol": 5.0}, {}),
    ],
)
def test_what_a_filter_lets_pass(store: Store, change: dict[str, Any], setting: dict[str, Any]) -> None:
    assert len(queue(store, [row(**change)], **setting)) == 1


def test_own_watchlist_passes_its_tickers(store: Store) -> None:
    with store.transaction():
        store.marks.add("ZORB", "add", "", T0)
        store.marks.add("QUIX", "add", "", T0)
        store.marks.add("QUIX", "remove", "", T0)
    made = queue(store, [row(), row("QUIX")], own_watchlist_only=True)
    assert [a.row.ticker for a in made] == ["ZORB"]


def test_the_day_before_news_after_the_close_is_no_answer_to_it(store: Store) -> None:
    evening = dt.datetime(2026, 3, 12, 21, 0, tzinfo=dt.UTC)
    late = row(published=evening, session="after", as_of=evening + MINUTE, change_pct=-89.0, rvol=75.0)
    (made,) = queue(store, [late], evening + MINUTE)
    assert made.pieces == ("news:clinical_readout",)
    morning = changed(late, day=DAY + dt.timedelta(days=1), since_news_pct=-60.0, as_of=evening + 17 * HOUR)
    (told,) = queue(store, [morning], evening + 17 * HOUR)
    assert told.news == ("move:-20", "move:-50", "volume")


def test_bands_of_market_caps() -> None:
    assert [cap_band(v, UNIVERSE) for v in (1e6, 1e8, 1e9, 1e10, None)] == [
        "nano",
        "micro",
        "small",
        "large",
        "unknown",
    ]


# ---- one event, its updates, its silence ----


def test_the_same_row_tells_once(store: Store) -> None:
    assert len(queue(store, [row()])) == 1
    assert queue(store, [row()], T0 + MINUTE) == [] and queue(store, [row()], T0 + 5 * HOUR) == []


def test_wire_then_filing_then_halt_then_move_are_updates(store: Store) -> None:
    save_story(store, row())
    queue(store, [row()])
    save_story(store, row(), confirmed_by="0000000001-26-000001", sources=(SourceRef(source="edgar", received=T0),))
    assert queue(store, [row()], T0 + MINUTE) == []  # a confirmation can wait for the cooldown
    (halted,) = queue(store, [row(others=("h1 trading_halt",))], T0 + 2 * MINUTE)
    assert (halted.update, halted.news) == (1, ("halted", "confirmed"))
    (moved,) = queue(store, [row(others=("h1 trading_halt",), change_pct=27.0)], T0 + 3 * MINUTE)
    assert (moved.update, moved.news, moved.event) == (2, ("move:+20",), halted.event)
    assert queue(store, [row(others=("h1 trading_halt",), change_pct=24.0)], T0 + 4 * MINUTE) == []


def test_what_can_wait_is_told_after_the_cooldown(store: Store) -> None:
    queue(store, [row()])
    loud = row(rvol=9.0)
    assert queue(store, [loud], T0 + 59 * MINUTE) == []
    (told,) = queue(store, [loud], T0 + 60 * MINUTE)
    assert told.news == ("volume",) and told.update == 1


def test_a_sale_of_shares_beside_good_news_is_told_at_once(store: Store) -> None:
    queue(store, [row()])
    (told,) = queue(store, [row(reasons=(*row().reasons, DILUTION))], T0 + MINUTE)
    assert told.news == ("dilution",)


def test_what_was_told_is_followed_when_score_and_age_have_faded(store: Store) -> None:
    queue(store, [row()])
    day_after = row(score=31.0, level="low", as_of=T0 + 24 * HOUR, change_pct=-37.0)
    (told,) = queue(store, [day_after], T0 + 24 * HOUR)
    assert told.update == 1 and told.news == ("move:-20",)
    assert queue(store, [changed(day_after, ticker="QUIX", story_id="s9")], T0 + 24 * HOUR) == []
    assert queue(store, [changed(day_after, change_pct=-60.0)], T0 + 25 * HOUR, tickers=("ABCD",)) == []


def test_news_after_a_halt_is_an_update_of_it(store: Store) -> None:
    halt = row(catalyst="trading_halt", story_id="h1", level="critical")
    (first,) = queue(store, [halt])
    (news,) = queue(store, [row(others=("h1 trading_halt",))], T0 + 20 * MINUTE)
    assert news.event == first.event and news.update == 1 and news.news == ("news:clinical_readout",)
    back = queue(store, [changed(halt, others=("s-ZORB clinical_readout",))], T0 + 30 * MINUTE)
    assert back == []


def test_a_copy_within_the_cooldown_is_the_same_event_for_good(store: Store) -> None:
    queue(store, [row()])
    copy = row(story_id="s2", published=T0 + 5 * MINUTE)
    assert queue(store, [copy], T0 + 6 * MINUTE) == [] and queue(store, [copy], T0 + 9 * HOUR) == []


def test_second_contract_of_the_afternoon_is_a_new_event(store: Store) -> None:
    queue(store, [row(catalyst="commercial_contract")])
    later = row(catalyst="commercial_contract", story_id="s2", published=T0 + 3 * HOUR, as_of=T0 + 3 * HOUR)
    (second,) = queue(store, [later], T0 + 3 * HOUR + MINUTE)
    assert second.update == 0


def test_other_news_of_the_ticker_is_a_new_event_and_flipping_back_is_silent(store: Store) -> None:
    queue(store, [row()])
    priced = row(catalyst="equity_offering", polarity="-", story_id="s2", others=("s-ZORB clinical_readout",))
    (second,) = queue(store, [priced], T0 + 10 * MINUTE)
    assert second.update == 0
    assert queue(store, [row(others=("s2 equity_offering",))], T0 + 20 * MINUTE) == []


def test_ids_come_from_content(store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with fresh(tmp_path / "other") as other:
        one, two = queue(store, [row()]), queue(other, [row(score=99)], T0 + HOUR)
    assert one[0].id == two[0].id and one[0].event == two[0].event


# ---- mutes, caps, quiet hours ----


@pytest.mark.parametrize("mute", ["ZORB", "zorb", "clinical_readout", "wire"])
def test_mute_by_ticker_type_and_source_is_kept_with_its_reason(store: Store, mute: str) -> None:
    (made,) = queue(store, [row()], mute=(mute,))
    assert made.state == "muted" and mute in made.reason
    assert states(store) == {"muted": 1}


def test_mark_mutes_and_unmutes(store: Store) -> None:
    with store.transaction():
        store.marks.add("ZORB", "mute", "", T0)
        store.marks.add("QUIX", "mute", "", T0)
        store.marks.add("QUIX", "unmute", "", T0)
    made = queue(store, [row(), row("QUIX")])
    assert [(a.row.ticker, a.state) for a in made] == [("ZORB", "muted"), ("QUIX", "pending")]


def test_daily_cap_counts_a_new_york_day(store: Store) -> None:
    made = queue(store, [row(f"Z{i}") for i in range(4)], daily_cap=3)
    assert [a.state for a in made] == ["pending"] * 3 + ["muted"] and "daily cap of 3" in made[3].reason
    before_midnight = dt.datetime(2026, 3, 13, 3, 59, tzinfo=dt.UTC)
    (late,) = queue(store, [row("Z8")], before_midnight, daily_cap=3)
    (next_day,) = queue(store, [row("Z9")], before_midnight + MINUTE, daily_cap=3)
    assert (late.state, next_day.state) == ("muted", "pending")


@pytest.mark.parametrize(
    ("eastern", "end"),
    [
        ("21:59", None),
        ("22:00", "2026-03-13T10:30"),
        ("23:59", "2026-03-13T10:30"),
        ("06:29", "2026-03-12T10:30"),
        ("06:30", None),
    ],
)
def test_quiet_hours_over_midnight(eastern: str, end: str | None) -> None:
    from screener.clock import NEW_YORK

    now = dt.datetime.combine(DAY, dt.time.fromisoformat(eastern), NEW_YORK)
    found = quiet_end(settings(quiet_from="22:00", quiet_until="06:30").alerts, now)
    assert (found and found.isoformat()[:16]) == end


def test_quiet_hours_hold_deliveries_until_they_end(store: Store) -> None:
    queue(store, [row()], quiet_from="09:00", quiet_until="11:00")
    assert store.outbox.next_due(store.outbox.alerts()[0].channel) == T0 + HOUR


def test_quiet_hours_must_be_times() -> None:
    with pytest.raises(ConfigError, match="quiet_from"):
        quiet_end(settings(quiet_from="late", quiet_until="06:00").alerts, T0)


# ---- why not ----


def test_why_not_names_every_stop(store: Store) -> None:
    found = why_not(store, settings(mute=("wire",), levels=("high",)), row(score=10, level="low"), T0)
    assert {c.name for c in found if not c.passed} == {"min_score", "levels", "mute"}


def test_why_not_after_the_alert_says_it_was_told(store: Store) -> None:
    queue(store, [row()])
    event = {c.name: c for c in why_not(store, settings(), row(), T0 + MINUTE)}["event"]
    assert not event.passed and "nothing new since" in event.said
    waiting = {c.name: c for c in why_not(store, settings(), row(rvol=8.0), T0 + MINUTE)}
    assert waiting["event"].passed and not waiting["cooldown"].passed


@pytest.mark.parametrize(
    ("change", "setting", "later"),
    [
        ({}, {}, 0), ({"score": 1.0}, {}, 0), ({}, {"mute": ("wire",)}, 0), ({}, {"daily_cap": 0}, 0),
        ({"rvol": 8.0}, {}, 10), ({"rvol": 8.0}, {}, 70), ({"since_news_pct": -60.0}, {}, 10), ({"score": 5.0}, {}, 10),
        ({}, {"own_watchlist_only": True}, 0), ({"market_cap": 9e9}, {}, 0),
    ],
)  # fmt: skip
def test_why_not_says_what_the_decision_does(
    store: Store, change: dict[str, Any], setting: dict[str, Any], later: int
) -> None:
    """Whatever is asked first: an alert that goes out is one that nothing stood in the way of, and only that."""
    given, now = settings(**setting), T0 + later * MINUTE
    if later:
        queue(store, [row()], given=given)
    stops = [c for c in why_not(store, given, row(**change), now) if not c.passed]
    made = queue(store, [row(**change)], given=given, now=now)
    assert bool(made) == (not {c.name for c in stops} - {"mute", "daily_cap"})
    if made:
        assert made[0].reason == (stops[0].said if stops else "") and (made[0].state == "muted") == bool(stops)

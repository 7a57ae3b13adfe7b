"""The list as of a moment is the list that would have been made at that moment, byte for byte."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener import clock, config
from screener.engine.load import RuleSet, load_rules
from screener.outputs.csvout import csv_text
from screener.pipeline.intake.taking import Intake
from screener.pipeline.ranking import rank_day
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.types import Bar, Item
from tests.pipeline.make import DAY, at, bars, workspace_on

TITLES = (
    "Zorvane Announces 1-for-20 Reverse Split Effective March 20",
    "Zorvane Announces 1-for-20 Reverse Split, Effective March 20",
    "Zorvane Wins $40 Million Contract From Harbour Agency",
    "CORRECTION: Zorvane Wins $44 Million Contract From Harbour Agency",
    "Zorvane Prices $12 Million Public Offering",
    "Zorvane Receives Nasdaq Notice",
    "Zorvane Receives FDA Approval of Zorvatin",
    "Zorvane Meets Primary Endpoint in Phase 2 Trial",
    "Zorvane to Present at a Conference",
)
TICKERS = ("ZPAA", "ZPBB")
START = at(6, day=clock.previous_session(DAY, 2))
MINUTES = 3 * 24 * 60


@st.composite
def news(draw: st.DrawFn) -> Item:
    """One release or filing, received minutes to hours after its publication, or a little before."""
    ticker = draw(st.sampled_from(TICKERS))
    title = draw(st.sampled_from(TITLES)).replace("Zorvane", f"Zor{ticker.lower()}")
    published = START + dt.timedelta(minutes=draw(st.integers(0, MINUTES // 120)) * 120)
    delay = draw(st.sampled_from([-5, 0, 1, 7, 90, 400, 2000]))
    received = published + dt.timedelta(minutes=delay, seconds=draw(st.integers(0, 59)))
    form = draw(st.sampled_from(["PR", "PR", "PR", "8-K"]))
    source = "edgar" if form == "8-K" else draw(st.sampled_from(["wire", "relay", "desk"]))
    body = draw(st.sampled_from(["", "The company said so today. ", "Approval and contract were named. " * 25]))
    return Item(
        source=source, source_id=f"{draw(st.integers(0, 10**6))}", url=f"https://{source}.example/1", title=title,
        body=body, published=draw(st.sampled_from([published, published, published, None])), received=received,
        form=form, items=("8.01",) if form == "8-K" else (), ticker_hints=(ticker,),
    )  # fmt: skip


@cache
def rules() -> RuleSet:
    """The ranking rules; not a fixture, so that hypothesis need not print them."""
    return load_rules([config.built_in("rules") / "ranking"])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy, which is faster than to migrate."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(path).close()
    return path


@contextmanager
def filled(empty: Path, items: Sequence[Item], cuts: Sequence[int], prices: Sequence[Bar]) -> Iterator[Store]:
    """A store that took the items in batches, each by an intake of its own, as after a restart."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(empty, Path(folder) / "t.db"))
        with open_store(path) as store:
            with store.transaction():
                store.bars.save(prices)
            edges = [0, *sorted({c % (len(items) + 1) for c in cuts}), len(items)]
            for start, end in pairwise(edges):
                Intake(workspace_on(store, START)).take(items[start:end])
            yield store


def listed(store: Store, as_of: dt.datetime) -> tuple[str, bytes]:
    """The list of the moment's session as CSV and as whole records."""
    workspace: Workspace = workspace_on(store, as_of, rules())
    rows = rank_day(workspace, "run", clock.session_day(as_of), as_of)
    return csv_text(rows), msgspec.json.encode(rows)


PRICES = [b for n, t in enumerate(TICKERS) for b in bars(t, [3.0 * n - 2] * 40 + [25.0, -9.0], clock.next_session(DAY))]
CUTS = st.lists(st.integers(0, 20), max_size=4)


@given(
    items=st.lists(news(), min_size=3, max_size=14, unique_by=lambda i: (i.source, i.source_id)),
    offset=st.integers(0, MINUTES + 600),
    cuts=CUTS,
    others=CUTS,
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_list_as_of_t_is_the_list_made_at_t(
    items: list[Item], offset: int, cuts: list[int], others: list[int], empty: Path
) -> None:
    as_of = START + dt.timedelta(minutes=offset)
    arrived = sorted(items, key=lambda i: i.received)
    known = [i for i in arrived if i.received <= as_of]
    with filled(empty, known, cuts, [b for b in PRICES if b.known_at <= as_of]) as then:
        made_then = listed(then, as_of)
    with filled(empty, arrived, others, PRICES) as later:
        assert listed(later, as_of) == made_then


@given(
    items=st.lists(
        news(), min_size=3, max_size=14, unique_by=(lambda i: (i.source, i.source_id), lambda i: i.received)
    ),
    offset=st.integers(0, MINUTES + 600),
    order=st.randoms(use_true_random=False),
    cuts=CUTS,
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_items_may_be_taken_in_any_order(
    items: list[Item], offset: int, order: random.Random, cuts: list[int], empty: Path
) -> None:
    as_of = START + dt.timedelta(minutes=offset)
    known = sorted((i for i in items if i.received <= as_of), key=lambda i: i.received)
    with filled(empty, known, (), [b for b in PRICES if b.known_at <= as_of]) as then:
        made_then = listed(then, as_of)
    shuffled = order.sample(items, len(items))
    with filled(empty, shuffled, cuts, order.sample(PRICES, len(PRICES))) as later:
        assert listed(later, as_of) == made_then


def compare(empty: Path, items: Sequence[Item], as_of: dt.datetime) -> str:
    """Hold the list made at a moment against the one made later, and give it."""
    known = [i for i in items if i.received <= as_of]
    with filled(empty, known, (), [b for b in PRICES if b.known_at <= as_of]) as then:
        made_then = listed(then, as_of)
    with filled(empty, items, (len(known),), PRICES) as later:
        assert listed(later, as_of) == made_then
    return made_then[0]


def release(title: str, published: dt.datetime, received: dt.datetime, source: str = "wire") -> Item:
    return Item(source=source, source_id=f"{title}{received}", title=title, published=published, received=received,
        ticker_hints=("ZPAA",))  # fmt: skip


def test_a_later_copy_does_not_hide_what_an_old_story_said(empty: Path) -> None:
    notice, day = "Zpaa Receives Nasdaq Notice", clock.previous_session(DAY)
    items = [
        release(notice, at(8, day=day), at(8, day=day)),
        release("Zpaa Wins $40 Million Contract From Harbour Agency", at(9), at(9)),
        release(notice, at(9, day=day), at(15), "relay"),
    ]
    assert "deficiency" in compare(empty, items, at(11))


def test_an_earlier_publication_that_is_learnt_later_moves_no_story_out_of_the_day(empty: Path) -> None:
    contract = "Zpaa Wins $40 Million Contract From Harbour Agency"
    before = clock.close_time(clock.previous_session(DAY)) - dt.timedelta(minutes=30)
    late = before + dt.timedelta(hours=2)
    items = [release(contract, late, late), release(contract, before, at(12), "relay")]
    assert "contract" in compare(empty, items, at(11))


def test_a_story_whose_first_source_had_a_clock_ahead_is_not_listed_before_its_time(empty: Path) -> None:
    contract = "Zpaa Wins $40 Million Contract From Harbour Agency"
    items = [release(contract, at(12), at(9)), release(contract, at(8), at(11), "relay")]
    assert "contract" not in compare(empty, items, at(10))


def test_a_story_taken_back_before_it_was_classified_is_not_classified(empty: Path) -> None:
    first, late = (
        release("Zpaa Receives Nasdaq Notice", at(9), at(10)),
        release("Zpaa Receives Nasdaq Notice", at(9), at(9), "relay"),
    )
    with filled(empty, [], (), []) as store:
        intake = Intake(workspace_on(store, START))
        intake.store([first])
        taken = intake.store([late])
        assert (taken.items, taken.new_stories, intake.behind) == (1, 0, True)
        intake.tag()
        assert store.counts()["stories"] == 1 and store.counts()["catalysts"] == 1 and store.counts()["items"] == 2


def test_a_late_item_leaves_other_companies_and_older_stories_alone(empty: Path) -> None:
    items = [
        release("Zpaa Receives FDA Approval of Zorvatin", at(7), at(7)),
        release("Zpaa Receives Nasdaq Notice", at(10), at(10)),
        msgspec.structs.replace(release("Zpbb Receives Nasdaq Notice", at(10), at(10)), ticker_hints=("ZPBB",)),
    ]
    with filled(empty, items, (), []) as store:
        before = dict(store.connection.execute("SELECT id, rowid FROM stories").fetchall())
        Intake(workspace_on(store, START)).take([release("Zpaa Wins $40 Million Contract From Harbour", at(9), at(9))])
        after = dict(store.connection.execute("SELECT id, rowid FROM stories").fetchall())
    # What was made anew has a new row.
    assert len(after) == 4 and sum(after[i] == row for i, row in before.items()) == 2


def test_a_filing_that_gained_its_text_is_made_anew_as_it_came(empty: Path) -> None:
    bare = Item(source="edgar", source_id="0000000000-26-000001", title="8-K - Zpaa", form="8-K", items=("3.01",),
        published=at(9), received=at(9), ticker_hints=("ZPAA",))  # fmt: skip
    whole = msgspec.structs.replace(bare, body="Zpaa had a notice of the exchange. " * 20, received=at(11))
    late = release("Zpaa Wins $40 Million Contract From Harbour Agency", at(4), at(4))
    with filled(empty, [bare], (), []) as store:
        for item in (whole, late):
            Intake(workspace_on(store, START)).take([item])
        workspace = workspace_on(store, at(10))
        (story,) = [s for s, _, _ in store.stories.window(at(8, 30), at(12), at(10)) if s.form == "8-K"]
        assert story.first_seen == at(9) and story.text == ""
        assert "commercial_contract" in csv_text(rank_day(workspace, "r", DAY, at(10)))

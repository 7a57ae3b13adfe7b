"""The ledger as of a moment uses what was public then, in whatever order it came."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.dilution.fold import ledger
from screener.dilution.records import Entry, Kind
from screener.entities.resolve import Resolved
from screener.entities.tickers import TickerTable
from screener.pipeline.intake.ledger_entries import reading_of
from screener.store import Store, open_store
from screener.store.dilution import ReadDocument
from screener.types import Item, Listing

START = dt.datetime(2024, 1, 2, 15, 0, tzinfo=dt.UTC)
CIKS = itertools.count(8_000_000)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(tmp_path_factory.mktemp("arrival") / "s.db")


def entry(document: str, day: int, kind: Kind, amount: float) -> Entry:
    at = START + dt.timedelta(days=day)
    return Entry(
        id=f"{document}#1", kind=kind, status="announced", form="8-K", document=document, published=at, received=at,
        amount_usd=amount, shares=amount, price=1.5, strike=2.0, principal_usd=amount, agent="Example Capital",
    )  # fmt: skip


kinds: st.SearchStrategy[Kind] = st.sampled_from(
    ["atm", "shelf", "equity_line", "registered_direct", "warrants", "convertible_note"]
)
papers = st.lists(st.tuples(st.integers(0, 700), kinds, st.sampled_from([1e6, 2.5e6, 8e6])), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(papers, st.data())
def test_a_past_ledger_is_what_was_public_then(
    store: Store, found: list[tuple[int, Kind, float]], data: st.DataObject
) -> None:
    cik = next(CIKS)
    entries = [entry(f"{cik}-{n}", day, kind, amount) for n, (day, kind, amount) in enumerate(found)]
    with store.transaction():
        for e in data.draw(st.permutations(entries)):
            known = e.published or e.received
            read = ReadDocument(id=e.document, known=known, cik=cik, ticker="ZORV", form=e.form, published=known)
            store.dilution.add(read, [e])
    as_of = START + dt.timedelta(days=data.draw(st.integers(-1, 701)))
    stored = store.dilution.entries(cik, "ZORV", as_of)
    public = [e for e in entries if (e.published or e.received) <= as_of]
    assert {e.id for e in stored} == {e.id for e in public}
    assert ledger(stored, as_of) == ledger(public, as_of) == ledger(entries, as_of)


def test_a_second_reading_leaves_the_past_alone(store: Store) -> None:
    cik, later = next(CIKS), START + dt.timedelta(days=2)
    name = f"{cik}-1"
    first, second = entry(name, 0, "shelf", 1e6), entry(name, 0, "shelf", 9e6)
    with store.transaction():
        for known, e in ((later, second), (START, first), (START, second)):
            read = ReadDocument(id=name, known=known, cik=cik, ticker="", form="S-3", published=START)
            store.dilution.add(read, [e])
    at = [store.dilution.entries(cik, "", moment)[0].amount_usd for moment in (START, later)]
    assert at == [1e6, 9e6]
    assert store.dilution.documents(cik, "", START) == (1, START)
    assert store.dilution.entries(cik, "", START - dt.timedelta(seconds=1)) == []


def test_what_came_under_a_ticker_alone_belongs_to_its_company(store: Store) -> None:
    cik = next(CIKS)
    with store.transaction():
        for name, key, ticker in ((f"{cik}-a", None, "TKRA"), (f"{cik}-b", cik, "TKRA"), (f"{cik}-c", None, "TKRB")):
            read = ReadDocument(id=name, known=START, cik=key, ticker=ticker, form="PR", published=START)
            store.dilution.add(read, [entry(name, 0, "atm", 1e6)])
    assert {e.document for e in store.dilution.entries(cik, "TKRA", START)} == {f"{cik}-a", f"{cik}-b"}
    assert store.dilution.entries(cik, "", START)[0].document == f"{cik}-b"


TABLE = TickerTable([Listing(ticker="ZORV", name="Zorvane Corp", exchange="Nasdaq", cik=4_711)])


def item(title: str, body: str, form: str = "PR", items: tuple[str, ...] = (), cik: int | None = None) -> Item:
    return Item(
        source="wire", source_id="1", title=title, body=body, form=form, items=items, cik=cik, published=START,
        received=START,
    )  # fmt: skip


def test_a_run_reads_what_it_takes_in() -> None:
    resolved = Resolved(tickers=("ZORV",))
    deal = item(
        "Zorvane Corp Announces Pricing of $12 Million Registered Direct Offering",
        "Zorvane Corp (Nasdaq: ZORV) today announced that it has entered into definitive agreements for the purchase and "
        "sale of 6,000,000 shares of common stock at a purchase price of $2.00 per share in a registered direct offering "
        "for gross proceeds of approximately $12 million.",
    )
    found = reading_of(deal, resolved, TABLE)
    assert found is not None and found[0].cik == 4_711 and found[0].known == START
    assert [e.kind for e in found[1]] == ["registered_direct"]
    assert reading_of(item("Zorvane Opens a Plant", "A plant was opened in Dayton."), resolved, TABLE) is None
    assert reading_of(deal, Resolved(), TABLE) is None
    bare = item("8-K: Zorvane Corp", "", form="8-K", items=("1.01",), cik=4_711)
    assert reading_of(bare, resolved, TABLE) is None
    chair = item("8-K: Zorvane Corp", "The chair resigned.", form="8-K", items=("5.02",), cik=4_711)
    assert reading_of(chair, resolved, TABLE) is None
    read = reading_of(item("S-3", "A shelf.", form="S-3", cik=4_711), resolved, TABLE)
    assert read is not None and read[0].id == "1"

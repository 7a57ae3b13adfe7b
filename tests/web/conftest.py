"""A small invented store, and the page served over it on loopback. All companies, tickers and news are made up."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from screener.config import Settings
from screener.dilution.records import Entry
from screener.store import Store, open_store
from screener.store.dilution import ReadDocument
from screener.types import (
    Bar,
    Catalyst,
    Classified,
    FeedState,
    Filing,
    Halt,
    Item,
    Listing,
    Noise,
    Problem,
    Reason,
    Regime,
    Run,
    Sector,
    SourceRef,
    Span,
    Story,
    WatchRow,
)
from screener.web.app import Served, build
from screener.web.serving import Server, listening

DAY = dt.date(2026, 3, 12)
BEFORE = dt.date(2026, 3, 11)
AS_OF = dt.datetime(2026, 3, 12, 22, 10, tzinfo=dt.UTC)
EARLIER = dt.datetime(2026, 3, 12, 14, 0, tzinfo=dt.UTC)
SCRIPT = (
    '<script>document.documentElement.dataset.pwned="title"</script><img src=x onerror="document.body.dataset.pwned=1">'
)
JAVASCRIPT = "javascript:document.documentElement.dataset.pwned='link'"
LONG = "Endless " * 1250
TURNED = "Qorvane \u202egnp.exe\u202c wins \u2066contract\u2069\u200b"


def story(number: int, ticker: str, title: str, text: str = "", **more: object) -> Story:
    at = AS_OF - dt.timedelta(hours=number)
    values: dict[str, object] = {
        "id": f"{number:016x}",
        "title": title,
        "text": text,
        "published": at,
        "first_seen": at + dt.timedelta(seconds=20),
        "sources": (
            SourceRef(source="examplewire", url=f"https://wire.example/{number}", received=at + dt.timedelta(seconds=20),
                      published=at, source_id=str(number)),
            SourceRef(source="edgar", url=f"https://filings.example/{number}", received=at + dt.timedelta(minutes=40),
                      published=at, source_id=f"f{number}", form="8-K"),
        ),
        "tickers": (ticker,),
        "cik": 9_000_000 + number,
        "company": f"{ticker.title()} Invented Inc.",
        "novelty": 0.9,
    }  # fmt: skip
    return Story(**(values | more))  # type: ignore[arg-type]


def catalyst(s: Story, kind: str, polarity: str, words: str, **more: object) -> Catalyst:
    start = s.title.find(words)
    span = Span(field="title", start=start, end=start + len(words), text=words)
    return Catalyst(
        story_id=s.id, ticker=s.tickers[0], type=kind, polarity=polarity, confidence=0.9, evidence=(span,),
        made_by="patterns", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def row(s: Story, c: Catalyst, rank: int, score: float, **more: object) -> WatchRow:
    side = c.polarity if c.polarity in "+-" else ""
    values: dict[str, object] = {
        "run_id": "run-2",
        "day": DAY,
        "rank": rank,
        "ticker": s.tickers[0],
        "company": s.company,
        "exchange": "Nasdaq",
        "score": score,
        "action": "Avoid" if c.polarity == "-" else "Alert" if score > 60 else "Watch",
        "recommendation": "Speculative Buy",
        "timeframe": "Short-Term",
        "risk": "High",
        "catalyst": c.type,
        "stage": c.stage,
        "polarity": c.polarity,
        "confidence": c.confidence,
        "story_id": s.id,
        "headline": s.title,
        "source": s.sources[0].source if s.sources else "",
        "url": s.sources[0].url if s.sources else "",
        "published": s.published,
        "price": 3.1 + rank,
        "change_pct": 20.0 - 9 * rank,
        "abnormal_pct": 19.0 - 9 * rank,
        "rvol": 10.0 / rank,
        "dollar_volume": 4e6 / rank,
        "market_cap": 4e7 * rank**3,
        "float_shares": 1e7,
        "materiality_pct": 12.0,
        "facts": c.facts,
        "reasons": (
            Reason(part="catalyst", text=f"The {c.type}", points=score - 9, side=side, rule_id="reverse_split"),
            Reason(part="confirmation", text="Volume confirms", points=12, side=side, rule_id="volume_confirms"),
            Reason(part="warning", text="No filing confirms it", points=-3, side=side, rule_id="unconfirmed"),
        ),
        "warnings": ("no filing or agency record confirms it yet",),
        "unknown": ("shelf_open",),
        "session": "pre",
        "first_seen": s.first_seen,
        "as_of": AS_OF,
    }
    return WatchRow(**(values | more))  # type: ignore[arg-type]


def add_ledger(store: Store) -> None:
    """A programme and warrants of the first ticker, as two prospectuses told of them; the agent's name is hostile."""
    for number, entry in enumerate(
        (
            {"kind": "atm", "amount_usd": 25e6, "agent": SCRIPT[:60]},
            {"kind": "warrants", "shares": 14.2e6, "strike": 0.8},
        )
    ):
        at = AS_OF - dt.timedelta(days=100 + number)
        name = f"0009000008-25-00000{number}"
        read = ReadDocument(id=name, known=at, cik=9_000_008, ticker="QBLA", form="424B5", published=at)
        values: dict[str, object] = {"status": "announced", "form": "424B5", "document": name, "published": at}
        values |= {"id": f"{name}#1", "received": at, "url": f"https://www.sec.gov/{name}-index.htm", **entry}
        store.dilution.add(read, [Entry(**values)])  # type: ignore[arg-type]


def stories() -> list[tuple[Story, Catalyst, float]]:
    """(story, catalyst, score), best first; the last ones are hostile."""
    a = story(
        8,
        "QBLA",
        "Qubla Wins $9 Million Order from the Harbour Authority",
        "HARBOUR TOWN -- Qubla has won an order of $9 million.",
    )
    b = story(9, "ZORN", "Zorna Announces 1-for-20 Reverse Stock Split", "It takes effect on March 20, 2026.")
    c = story(3, "QPHA", "Qupharma Receives FDA Date for Its Gout Tablet")
    d = story(4, "QEVL", SCRIPT + " wins order", "<b>bold?</b>" + SCRIPT,
              sources=(SourceRef(source="badwire", url=JAVASCRIPT, received=AS_OF - dt.timedelta(hours=4)),))  # fmt: skip
    e = story(5, "QLNG", LONG + "order", LONG * 3)
    f = story(6, "QRTL", TURNED)
    return [
        (a, catalyst(a, "government_contract", "+", "Wins $9 Million Order", facts={"amount_usd": 9_000_000}), 88.0),
        (b, catalyst(b, "reverse_split", "-", "Reverse Stock Split", stage="announced",
                     facts={"ratio": "1-for-20", "effective_date": "2026-03-20"}), 63.0),
        (c, catalyst(c, "regulatory_submission", "+", "FDA Date", facts={"pdufa_date": "2026-11-09"}), 55.0),
        (d, catalyst(d, "commercial_contract", "+", "wins order", facts={"counterparty": SCRIPT}), 44.0),
        (e, catalyst(e, "commercial_contract", "±", "order"), 40.0),
        (f, catalyst(f, "commercial_contract", "0", "wins"), 20.0),
    ]  # fmt: skip


def bars(ticker: str, first: float, step: float, days: int = 60) -> Iterator[Bar]:
    day, close = DAY, first
    for _ in range(days):
        while day.weekday() > 4:
            day -= dt.timedelta(days=1)
        yield Bar(
            ticker=ticker, day=day, open=close - step, high=close + 0.2, low=close - 0.3, close=close, volume=1e5 + close,
            source="file", known_at=dt.datetime.combine(day, dt.time(21), dt.UTC),
        )  # fmt: skip
        day -= dt.timedelta(days=1)
        close = max(close - step, 0.5)


def fill(store: Store) -> None:
    """Everything the pages show, with a list at two moments of the day and one of the day before."""
    told = stories()
    run = Run(id="run-2", started=AS_OF, finished=AS_OF + dt.timedelta(seconds=9), as_of=AS_OF, day=DAY, counts={"items": 6},
              problems=(Problem(stage="collect", subject="badwire", message="answered 503"),))  # fmt: skip
    with store.transaction():
        add_ledger(store)
        store.listings.replace(
            [Listing(ticker=s.tickers[0], name=s.company, exchange="Nasdaq", cik=s.cik) for s, _, _ in told], AS_OF
        )
        for s, c, _ in told:
            store.stories.save(s, s.first_seen)
            store.catalysts.save(Classified(story_id=s.id, catalysts=(c,)), s, s.first_seen, "model-1")
            store.items.add([(Item(source="examplewire", source_id=s.id, title=s.title, published=s.published,
                                        received=s.first_seen), s.id)])  # fmt: skip
        quiet = story(30, "QBLA", "Qubla Named Sponsor of the Harbour Run")
        store.stories.save(quiet, quiet.first_seen)
        store.catalysts.save(
            Classified(story_id=quiet.id, noise=(Noise(story_id=quiet.id, kind="sponsorship"),)),
            quiet,
            quiet.first_seen,
            "m",
        )
        store.filings.add(
            [Filing(accession="0009000008-26-000001", form="424B5", company="Qubla", cik=9_000_008, role="Filer",
                    accepted=AS_OF - dt.timedelta(days=3), link="https://filings.example/424b5",
                    received=AS_OF - dt.timedelta(days=3))]
        )  # fmt: skip
        store.halts.add([Halt(ticker="ZORN", code="T1", halted=EARLIER, received=EARLIER)])
        store.feeds.save(FeedState(name="examplewire", last_success=AS_OF, last_item=AS_OF))
        store.feeds.save(FeedState(name="badwire", failures=3, last_error="answered 503", last_error_at=AS_OF))
        for ticker, first, step in (("QBLA", 9.0, 0.05), ("IWM", 220.0, 0.4), ("SPY", 600.0, 0.5)):
            store.bars.save(bars(ticker, first, step))
        kinds = {"QBLA": "Industrials", "QPHA": "Health Care", "QEVL": SCRIPT[:60], "QRTL": "Consumer Non-Durables"}
        store.sectors.save([Sector(ticker=t, sector=s, industry="") for t, s in kinds.items()], "list.csv", EARLIER)
        rows = [row(s, c, n, score) for n, (s, c, score) in enumerate(told, 1)]
        for name, day, as_of, listed in (
            ("run-0", BEFORE, AS_OF - dt.timedelta(days=1), rows[:2]),
            ("run-1", DAY, EARLIER, rows[1:3]),
            ("run-2", DAY, AS_OF, rows),
        ):
            one = Run(id=name, started=as_of, finished=as_of, as_of=as_of, day=day)
            store.runs.start(one)
            store.lists.save(one, [replaced(r, n, name, day, as_of) for n, r in enumerate(listed, 1)])
            store.regimes.save(regime(day, as_of))
            store.runs.finish(run if name == "run-2" else one)
        store.marks.add("QBLA", "pin", "", AS_OF)
        store.marks.add("QBLA", "note", "watch the harbour <b>order</b>", AS_OF)


def replaced(r: WatchRow, rank: int, run_id: str, day: dt.date, as_of: dt.datetime) -> WatchRow:
    import msgspec

    return msgspec.structs.replace(r, rank=rank, run_id=run_id, day=day, as_of=as_of)


def regime(day: dt.date, as_of: dt.datetime) -> Regime:
    return Regime(
        day=day, as_of=as_of, label="Risk off", action="Reduce", recommendation="Wait", timeframe="Short-Term", risk="High",
        measures={"iwm_1d_pct": -1.3, "spy_1d_pct": -0.2, "rel_1d": -1.1, "own_measure": 7.0, "vix": None,
                  "above_50d_pct": 31.0 + day.day},
        times={"iwm_1d_pct": "2026-03-12T20:00:00Z"}, reasons=("small caps trail by 2 points",), unknown=("vix",),
    )  # fmt: skip


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled store; tests that share it only read."""
    path = tmp_path_factory.mktemp("web") / "rules.db"
    with open_store(path) as store:
        fill(store)
    return path


@contextmanager
def running(
    path: Path, settings: Settings | None = None, *, port: int = 0, **more: object
) -> Iterator[tuple[str, Served]]:
    """Serve a database on a free port of loopback (or on one) in a thread; gives the address and what is served."""
    served = build(settings or Settings(), path, **more)  # type: ignore[arg-type]
    server = Server(served)
    sock = listening("127.0.0.1", port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}", served
    finally:
        server.should_exit = True
        thread.join(20)
        sock.close()


@contextmanager
def serving(path: Path, settings: Settings | None = None, **more: object) -> Iterator[str]:
    """As ``running``; gives the address."""
    with running(path, settings, **more) as (address, _):
        yield address


@pytest.fixture(scope="session")
def site(store_path: Path) -> Iterator[str]:
    """The page over the shared store."""
    with serving(store_path) as address:
        yield address


@pytest.fixture
def http(site: str) -> Iterator[httpx2.Client]:
    """A client of the page."""
    with httpx2.Client(base_url=site, timeout=30, trust_env=False) as client:
        yield client

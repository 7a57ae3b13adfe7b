"""Speed of resolving and joining: ``python -m tests.bench.entities``. All news is invented."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable

from screener.entities.mentions import find_mentions
from screener.entities.resolve import Resolved, resolve
from screener.entities.stories import Joiner
from screener.entities.tickers import TickerTable
from screener.types import Item, Listing

T0 = dt.datetime(2025, 12, 11, 9, 0, tzinfo=dt.UTC)
SYLLABLES = ["zor", "van", "quel", "mar", "brix", "ham", "ost", "ran", "hal", "ver", "ton", "dra", "vik", "sol", "pen"]
NEWS = [
    "{c} Announces ${n} Million Registered Direct Offering",
    "{c} Reports Third Quarter 2025 Financial Results",
    "{c} Announces Positive Topline Results from Phase 2 Trial of ZV-{n}",
    "{c} Receives Order for {n} Sensors from Example Rail",
    "{c} Appoints Ada Example as Chief Financial Officer",
]

PROSE = "The work was done with care over many months, and those who did it are glad that it is done. " * 12


def companies(count: int) -> list[Listing]:
    """Invented listings with five-letter tickers and CIKs."""
    rng = random.Random(7)
    rows = []
    for n in range(count):
        name = "".join(rng.choices(SYLLABLES, k=3)).title()
        ticker = "".join(chr(65 + (n // 26**i) % 26) for i in range(4))
        rows.append(Listing(ticker=ticker, name=f"{name} {n} Corp", exchange="Nasdaq", cik=n + 1))
    return rows


def releases(rows: list[Listing], count: int) -> list[Item]:
    """Releases on two wires, about one in three a copy, with a dateline and the ticker in the text."""
    rng = random.Random(8)
    out = []
    for n in range(count):
        row, news = rng.choice(rows), rng.choice(NEWS)
        at = T0 + dt.timedelta(seconds=n * 8)
        title = news.format(c=row.name, n=n % 90 + 1)
        body = f"LEEDS, Dec. 11, 2025 (EXAMPLE WIRE) -- {row.name} (NASDAQ: {row.ticker}) today said more. {PROSE}"
        out.append(Item(source="wire1", source_id=str(n), title=title, body=body, published=at, received=at))
        if n % 3 == 0:
            later = at + dt.timedelta(minutes=2)
            out.append(Item(source="wire2", source_id=str(n), title=title, body=body, published=later, received=later))
    return out


def filings(rows: list[Listing], count: int) -> list[Item]:
    """EDGAR entries without text, several of one company among them."""
    rng = random.Random(9)
    out = []
    for n in range(count):
        row = rng.choice(rows if n % 4 else rows[:5])
        at = T0 + dt.timedelta(seconds=n * 10)
        form = rng.choice(["4", "8-K", "424B2", "S-3", "6-K"])
        out.append(
            Item(
                source="edgar",
                source_id=f"{row.cik:010d}-25-{n:06d}",
                title=f"{form} - {row.name}",
                form=form,
                items=("8.01", "9.01") if form == "8-K" else (),
                cik=row.cik,
                company=row.name,
                published=at,
                received=at,
            )
        )
    return out


def measure(work: Callable[[], object]) -> float:
    """Seconds of the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def join(pairs: list[tuple[Item, Resolved]]) -> int:
    """Join all into a fresh joiner; the number of stories."""
    joiner = Joiner(lambda tickers, ciks, since: ())
    joiner.prime(pairs)
    return len({joiner.add(item, resolved).story.id for item, resolved in pairs})


def main() -> None:
    """Print items per second for each step."""
    rows = companies(10_000)
    print(f"ticker table, 10,000 rows loaded     {measure(lambda: TickerTable(rows)) * 1000:10.1f} ms")
    table = TickerTable(rows)
    table.by_name("warm the index")
    names = [f"{r.name.removesuffix(' Corp')} Marine Systems LLC" for r in rows]
    start = time.perf_counter()
    found = sum(table.by_name(n) is not None for n in names)
    print(f"names looked up, {found:,} near       {len(names) / (time.perf_counter() - start):14,.0f} /s")
    news, edgar = releases(rows[:3000], 6000), filings(rows, 5000)
    text = "\n".join(i.body for i in news[:500])
    print(f"mentions, text scanned               {len(text) / measure(lambda: find_mentions(text)) / 1e6:10.2f} MB/s")
    for label, items in (("releases with text", news), ("EDGAR entries without text", edgar), ("both", news + edgar)):
        pairs = [(i, resolve(i, table)) for i in items]
        seconds = measure(lambda pairs=pairs: join(pairs))  # type: ignore[misc]
        print(f"joined, {label:<28} {len(pairs) / seconds:10,.0f} /s, {join(pairs):,} stories of {len(pairs):,} items")
    print(
        f"resolved from words                  {len(news) / measure(lambda: [resolve(i, table) for i in news]):10,.0f} /s"
    )


if __name__ == "__main__":
    main()

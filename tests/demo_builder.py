"""Makes ``data/demo/tickers.json`` and ``prices.csv.gz`` from ``companies.csv``: ``python -m tests.demo_builder``.

It also renews the checksums of the demo's files in ``data/README.md``; the news itself is written by hand.

The same table gives the same text on every machine: each ticker has a random generator seeded with its name. History
is a random walk with a market factor, walked backwards from the close before the day; the day itself has the change
and relative volume that the table states, so that prices agree with the news.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.clock import previous_session

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
README = DEMO.parent / "README.md"
TABLE_HEAD = "| file of the demo | SHA-256 |\n|---|---|\n"
DAY, SESSIONS = dt.date(2026, 3, 12), 70
COLUMNS = "ticker,date,open,high,low,close,volume,change_pct,market_cap,float_shares,exchange"
SEC_EXCHANGE = {"NYSE American": "NYSE"}  # as SEC's table has it
BAR_EXCHANGE = {"NYSE American": "amex"}
BENCHMARKS = {  # close before the day, beta, noise in percent, volume in thousands, change of the day
    "SPY": (655.20, 0.75, 0.25, 68_000, 0.34),
    "IWM": (247.60, 1.0, 0.0, 31_000, 1.12),
    "QQQ": (588.90, 0.9, 0.45, 44_000, 0.21),
}
# What is unknown, and where: the screener must say so and never guess.
NO_PRICES = {"ZNPX"}
NO_ROW_ON_DAY = {"QNOA"}
ONLY_THE_DAY = {"ZUPL"}  # came from over the counter, which this source does not cover
NO_FLOAT = {"QLOI", "QCRY", "ZSNR", "QAPP", "ZOTQ", "QBRK"}
NO_MARKET_CAP = {"QABS", "ZQBB", "QSPK", "QSPC"}
CLOSE_ONLY = {"ZSNR", "ZMXS"}
NO_VOLUME_ON_DAY = {"ZIDQ"}
SPLITS = {"ZRSP": (dt.date(2026, 2, 24), 15)}  # one-for-fifteen: bars stand as traded, change_pct sees no jump


def companies() -> list[dict[str, str]]:
    """The rows of ``companies.csv``."""
    with (DEMO / "companies.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sessions() -> list[dt.date]:
    """The sessions of the demo, oldest first, the day last."""
    days = [DAY]
    while len(days) < SESSIONS:
        days.append(previous_session(days[-1]))
    return days[::-1]


def tickers_json() -> str:
    """The ticker table, one company a line."""
    rows = [
        json.dumps([int(c["cik"]), c["name"], c["ticker"], SEC_EXCHANGE.get(c["exchange"], c["exchange"])])
        for c in companies()
    ]
    about = "Invented for the demo: no company, CIK or ticker of this table exists."
    return f'{{"fields":["cik","name","ticker","exchange"],"about":{json.dumps(about)},"data":[\n' + (
        ",\n".join(rows) + "\n]}\n"
    )


def market_changes() -> list[float]:
    """The small-cap index's change in percent on each session; the day's last."""
    rng = random.Random("market")
    return [round(rng.gauss(0.04, 1.05), 3) for _ in range(SESSIONS - 1)] + [BENCHMARKS["IWM"][4]]


def _rounded(number: float, digits: int) -> int:
    """A count to so many significant digits, which keeps the packed file small."""
    return int(float(f"{number:.{digits}g}"))


def _money(price: float) -> float:
    return round(price, 4 if price < 1 else 2)


def _closes(last: float, changes: list[float]) -> list[float]:
    """Closes before the day, oldest first, ending in ``last``; ``changes`` are those of each session in percent."""
    closes = [last]
    for change in reversed(changes[1:]):
        closes.append(closes[-1] / (1 + change / 100))
    return closes[::-1]


def _bar(rng: random.Random, before: float, close: float, spread: float) -> tuple[float, float, float]:
    """Open, high and low: most of a big move happens at the open."""
    open_ = before + (close - before) * rng.uniform(0.2, 0.9) if abs(close / before - 1) > 0.08 else before
    open_ *= 1 + rng.gauss(0, spread / 400)
    top, bottom = max(open_, close), min(open_, close)
    return open_, top * (1 + abs(rng.gauss(0, spread / 200))), bottom * (1 - abs(rng.gauss(0, spread / 200)))


def bars(row: dict[str, str], market: list[float], days: list[dt.date]) -> Iterator[list[Any]]:
    """The rows of one company; see the tables at the top for what is left out."""
    ticker = row["ticker"]
    rng = random.Random(ticker)
    noise = 4.2 if float(row["prev_close"]) < 2 else 2.6
    changes = [0.9 * m + rng.gauss(0, noise) for m in market[:-1]]
    closes = _closes(float(row["prev_close"]), changes)
    closes.append(closes[-1] * (1 + float(row["day_change_pct"]) / 100))
    shares, typical = float(row["shares_m"]) * 1e6, float(row["avg_volume_k"]) * 1e3
    split_day, split_ratio = SPLITS.get(ticker, (dt.date.min, 1))
    before = closes[0] / (1 + changes[0] / 100)
    for i, day in enumerate(days):
        ratio = split_ratio if day < split_day else 1
        close, last = _money(closes[i] / ratio), i == SESSIONS - 1
        change = round((closes[i] / before - 1) * 100, 3)
        traded = ratio * typical * (float(row["day_rvol"]) if last else rng.lognormvariate(-0.08, 0.4))
        volume = _rounded(traded, 4)
        open_, high, low = (_money(x / ratio) for x in _bar(rng, before, closes[i], noise))
        before = closes[i]
        if (last and ticker in NO_ROW_ON_DAY) or (not last and ticker in ONLY_THE_DAY):
            continue
        ohl = [None, None, None] if ticker in CLOSE_ONLY else [open_, max(high, open_, close), min(low, open_, close)]
        cap = None if ticker in NO_MARKET_CAP else _rounded(closes[i] * shares, 5)
        floating = None if ticker in NO_FLOAT else round(shares * float(row["float_pct"]) / 100 * ratio)
        exchange = BAR_EXCHANGE.get(row["exchange"], row["exchange"].lower()) if ticker != "ZUPL" else "nasdaq"
        if last and ticker in NO_VOLUME_ON_DAY:
            yield [ticker, day, *ohl, close, None, change, cap, floating, exchange]
            continue
        yield [ticker, day, *ohl, close, volume, change, cap, floating, exchange]


def benchmark_bars(ticker: str, market: list[float], days: list[dt.date]) -> Iterator[list[Any]]:
    """The rows of an index fund."""
    last, beta, noise, typical, on_day = BENCHMARKS[ticker]
    rng = random.Random(ticker)
    changes = [beta * m + rng.gauss(0, noise) for m in market[:-1]]
    closes = [*_closes(last, changes), last * (1 + on_day / 100)]
    before = closes[0] / (1 + changes[0] / 100)
    for day, close in zip(days, closes, strict=True):
        open_, high, low = _bar(rng, before, close, 0.8)
        volume = _rounded(typical * 1e3 * rng.uniform(0.75, 1.3), 4)
        change = round((close / before - 1) * 100, 3)
        prices = [_money(x) for x in (open_, high, low, close)]
        yield [ticker, day, *prices, volume, change, None, None, "arca"]
        before = close


def prices_csv() -> str:
    """All bars as CSV text, by ticker and day."""
    days, market, out = sessions(), market_changes(), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS.split(","))
    for row in companies():
        if row["ticker"] not in NO_PRICES:
            writer.writerows(bars(row, market, days))
    for ticker in BENCHMARKS:
        writer.writerows(benchmark_bars(ticker, market, days))
    return out.getvalue()


def checksums() -> str:
    """The rows of the README's table, one file each."""
    paths = sorted(p for p in DEMO.rglob("*") if p.is_file())
    return "".join(
        f"| {p.relative_to(DEMO.parent).as_posix()} | {hashlib.sha256(p.read_bytes()).hexdigest()} |\n" for p in paths
    )


def renew_readme() -> None:
    """Put the present checksums into the README, in place of the rows that stand under the table's head."""
    text = README.read_text(encoding="utf-8")
    head, rest = text.split(TABLE_HEAD, 1)
    after = re.sub(r"\A(\|.*\n)*", "", rest)
    README.write_text(head + TABLE_HEAD + checksums() + after, encoding="utf-8")


def main() -> None:
    """Write both files and the checksums."""
    (DEMO / "tickers.json").write_text(tickers_json(), encoding="utf-8")
    (DEMO / "prices.csv.gz").write_bytes(gzip.compress(prices_csv().encode(), compresslevel=9, mtime=0))
    renew_readme()


if __name__ == "__main__":
    main()

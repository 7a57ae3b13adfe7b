"""The invented market day is well formed, complete, reproducible, and really invented."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
from lxml import etree

from screener import clock, yamlfile
from screener.types import FeedSpec
from tests import demo_builder

DEMO = demo_builder.DEMO
PAYLOADS = DEMO / "payloads"


def _words(text: str) -> set[str]:
    return set(text.split())


TYPES = _words(
    "reverse_split forward_split equity_offering private_placement shelf_or_atm equity_line_convertible "
    "warrant_exercise debt_financing buyback dividend insider_buying listing_deficiency compliance_regained "
    "delisting uplisting trading_halt index_change clinical_readout regulatory_approval regulatory_rejection "
    "clinical_hold regulatory_designation regulatory_submission trial_progress preclinical_data "
    "government_contract commercial_contract partnership licensing product_launch patent takeover_target "
    "acquisition divestiture strategic_review spac_reverse_merger earnings guidance bankruptcy going_concern "
    "debt_default restatement auditor_change late_filing management_change litigation investigation "
    "cyber_incident mining_result energy_result crypto_ai_treasury analyst_action shareholder_rights"
)
NOISE = _words(
    "law_firm_ad market_report conference award sponsorship retrospective recap proxy_admin name_change promotion "
    "scientific_presentation other_noise"
)
STAGES = {"", "proposed", "announced", "upsized", "priced", "effective", "closed", "terminated"}
# Words of a headline that look like a type, and the type it must not carry.
LOOKALIKES = {
    "in a Range of 1-for-5": ("reverse_split", "proposed"),
    "Following Reverse Stock Split": ("compliance_regained", ""),
    "Stock Dividend on Its Series C": ("", ""),
    "Split Chair and CEO": ("management_change", "announced"),
    "Senior Unsecured Notes": ("debt_financing", "priced"),
    "Product Offering": ("product_launch", ""),
    "Closing of Previously Announced": ("equity_offering", "closed"),
    "Priced At-the-Market Under Nasdaq Rules": ("equity_offering", "priced"),
    "Flow-Through": ("private_placement", "announced"),
    "Letter of Intent to Buy": ("acquisition", "proposed"),
    "Universal Shelf": ("shelf_or_atm", "announced"),
    "Ends At-the-Market": ("shelf_or_atm", "terminated"),
    "Credit Line": ("debt_financing", "announced"),
    "Retires the Last of Its Convertible": ("equity_line_convertible", "terminated"),
    "Redeem All Outstanding Public Warrants": ("", ""),
    "Extends Warranty": ("", ""),
    "Arrest Warrant": ("", ""),
    "Withheld to Cover Employee Taxes": ("", ""),
    "Suspends Quarterly Distribution": ("dividend", "announced"),
    "Dividend on Series A Preferred": ("", ""),
    "180-Day Extension": ("listing_deficiency", "announced"),
    "Plan to Regain Compliance": ("listing_deficiency", "announced"),
    "Move Its Listing from the NYSE": ("uplisting", "announced"),
    "Application to List": ("", ""),
    "OTCQX from OTCQB": ("", ""),
    "Preliminary List": ("", ""),
    "Added to Qubrida's Board": ("management_change", "announced"),
    "to Present Phase 2": ("", ""),
    "Two Posters": ("", ""),
    "Mouse Models": ("preclinical_data", ""),
    "Market to Reach": ("", ""),
    "Biomarker-High Patients": ("clinical_readout", ""),
    "Accepts Quaccela's New Drug Application": ("regulatory_submission", ""),
    "FDA-Registered": ("product_launch", ""),
    "Resubmits New Drug Application": ("regulatory_submission", ""),
    "Issued to Partner": ("regulatory_rejection", ""),
    "Continue Without Modification": ("trial_progress", ""),
    "Pauses Enrollment": ("trial_progress", ""),
    "Breakthrough Scheduling": ("product_launch", ""),
    "Extends Review": ("regulatory_submission", ""),
    "Pre-NDA Meeting": ("regulatory_submission", ""),
    "IDIQ": ("government_contract", "announced"),
    "Subcontract": ("government_contract", "announced"),
    "Awarded U.S. Patent": ("patent", ""),
    "Gold Trophy": ("", ""),
    "Fortune 500": ("commercial_contract", "announced"),
    "Memorandum of Understanding": ("partnership", "proposed"),
    "Brand Ambassador": ("", ""),
    "Loses Supply Contract": ("commercial_contract", "terminated"),
    "Cloud Marketplace": ("partnership", ""),
    "Supplier License": ("", ""),
    "Notice of Allowance": ("patent", ""),
    "Files Patent Application": ("", ""),
    "Is Fair to Holders": ("", ""),
    "Terminate Merger Agreement": ("takeover_target", "terminated"),
    "Acquisition of Own Shares": ("buyback", ""),
    "Customer Acquisition": ("product_launch", ""),
    "Extension of Its Deadline": ("", ""),
    "Changes Name to": ("", ""),
    "to Report Fourth-Quarter Results": ("", ""),
    "Chapter 11 Filing by Customer": ("", ""),
    "Lead Plaintiff Deadline": ("", ""),
    "Sponsored Interview": ("", ""),
    "ADS Ratio Change": ("reverse_split", "announced"),
    "Positive CHMP Opinion": ("regulatory_approval", ""),
    "Letter to Shareholders": ("", ""),
    "Spinning Off": ("divestiture", "announced"),
    "Exercise Warrants Above Market": ("warrant_exercise", "closed"),
    "Term Sheet": ("debt_financing", "proposed"),
    "Customer Vantry": ("", ""),
    "Weekly Report on Share": ("buyback", ""),
    "Repurchase $35 Million of Its Outstanding Notes": ("debt_financing", "announced"),
    "Income Fund Declares": ("", ""),
    "Bank's List of Presenters": ("", ""),
    "Tentative FDA Approval": ("regulatory_approval", ""),
    "Webcast Call on ASTER Results": ("", ""),
    "FDA Clears Quinoavi's IND": ("trial_progress", ""),
    "Clinical Site": ("trial_progress", ""),
    "Advisory Committee Votes": ("trial_progress", ""),
    "Option Year": ("government_contract", "announced"),
    "Inducement Awards": ("", ""),
    "Renews Hosting Contract": ("commercial_contract", "announced"),
    "Is Powered by": ("", ""),
    "Charity Partner": ("", ""),
    "In-Licenses": ("licensing", "announced"),
    "Liquor License": ("", ""),
    "to Demonstrate Palm Reader": ("", ""),
    "Market Rumors": ("", ""),
    "Two of Its Subsidiary Banks": ("", ""),
    "Purchase of 310 Acres": ("acquisition", "closed"),
    "Options for Its Frozen Juice Line": ("strategic_review", "announced"),
    "Will Wind Down": ("strategic_review", "announced"),
    "Redemptions from Its Trust": ("", ""),
    "Record Quarter": ("earnings", ""),
    "Call Transcript": ("", ""),
    "Reaffirms 2026 Outlook": ("guidance", ""),
    "Rotates to New Audit Firm": ("auditor_change", "announced"),
    "CFO Helga Brandvik to Retire": ("management_change", "announced"),
    "Inferred Resource": ("mining_result", ""),
    "Letter of Intent to Acquire Digital Coins": ("crypto_ai_treasury", "proposed"),
    "Starts Coverage of Zamouri": ("", ""),
    "Fraudulent Press Release": ("", ""),
    "Two Volatility Pauses": ("", ""),
}


def _news(path: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for entry in feedparser.parse(path.read_bytes()).entries:
        content = entry.get("content")
        body = content[0]["value"] if content else entry.get("summary", "")
        body = " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
        at = dt.datetime(*entry.published_parsed[:6], tzinfo=dt.UTC)
        found[entry.id] = {"title": unescape(entry.title), "body": body, "at": at, "link": entry.link}
    return found


def _filings(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entry in feedparser.parse(path.read_bytes()).entries:
        at = dt.datetime(*entry.updated_parsed[:6], tzinfo=dt.UTC)
        known = found.setdefault(entry.id.split("=")[1], {"at": at, "titles": [], "link": entry.link})
        known["titles"].append(entry.title)
    return found


def _halts(path: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for item in etree.parse(path).iter("item"):
        field = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in item}
        local = dt.datetime.strptime(f"{field['HaltDate']} {field['HaltTime']}", "%m/%d/%Y %H:%M:%S")  # noqa: DTZ007
        at = local.replace(tzinfo=clock.NEW_YORK).astimezone(dt.UTC)
        found[f"{field['IssueSymbol']}-{at:%Y%m%dT%H%M%SZ}-{field['ReasonCode']}"] = {"at": at}
    return found


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    return dict(yamlfile.load(DEMO / "demo.yml"))


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    return list(yamlfile.load(DEMO / "expected.yml")["items"])


@pytest.fixture(scope="module")
def news() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(PAYLOADS.iterdir()):
        if not path.name.startswith(("edgar", "nasdaq")):
            found |= _news(path)
    return found


@pytest.fixture(scope="module")
def filings() -> dict[str, dict[str, Any]]:
    return {k: v for p in sorted(PAYLOADS.glob("edgar*")) for k, v in _filings(p).items()}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gzip.decompress((DEMO / "prices.csv.gz").read_bytes()).decode())))


@pytest.fixture(scope="module")
def table() -> list[list[Any]]:
    return list(json.loads((DEMO / "tickers.json").read_text(encoding="utf-8"))["data"])


def test_day_and_moment_belong_together(demo: dict[str, Any]) -> None:
    day, as_of = dt.date.fromisoformat(demo["day"]), clock.parse_time(demo["as_of"])
    assert clock.is_session(day) and day == demo_builder.DAY
    assert clock.session_day(as_of) == day and clock.session_at(as_of) == clock.AFTER
    for name in demo["files"].values():
        assert (DEMO / name).exists(), f"{name} of demo.yml is missing"
    named = set(demo["describes"]) | {"demo.yml"}
    assert {p.name for p in DEMO.iterdir()} == named


def test_feed_files_are_feeds_and_use_every_payload() -> None:
    used = []
    for path in yamlfile.walk(DEMO / "feeds"):
        feed = msgspec.convert({**yamlfile.load(path), "name": path.stem}, FeedSpec)
        assert feed.kind == "file" and feed.options["payload"] in {"feed", "edgar", "halts"}
        for name in feed.options["paths"]:
            body = (path.parent / name).read_bytes()
            assert feed.expect_title.encode() in body[:2000], f"{path.name}: {name} has another title"
            used.append((path.parent / name).resolve())
    assert sorted(used) == sorted(p.resolve() for p in PAYLOADS.iterdir())


@pytest.mark.parametrize("path", sorted(PAYLOADS.iterdir()), ids=lambda p: p.name)
def test_payload_parses_and_says_it_is_invented(path: Path) -> None:
    etree.parse(path)
    assert b"Invented for the demo" in path.read_bytes()[:250]
    parsed = feedparser.parse(path.read_bytes())
    assert not parsed.bozo, parsed.get("bozo_exception")
    links = {e.link for e in parsed.entries if "link" in e}
    assert all(re.match(r"https?://[\w.]+\.example/", link) for link in links), "links must lead nowhere real"


def test_documents_have_the_sources_sizes() -> None:
    sizes = {p.name: len(feedparser.parse(p.read_bytes()).entries) for p in PAYLOADS.glob("*.rss.xml")}
    assert {n: s for n, s in sizes.items() if n.startswith(("globe", "prn"))} == {
        "globenewswire_1.rss.xml": 20,
        "globenewswire_2.rss.xml": 20,
        "globenewswire_3.rss.xml": 20,
        "globenewswire_4.rss.xml": 20,
        "prnewswire_1.rss.xml": 20,
        "prnewswire_2.rss.xml": 20,
        "prnewswire_3.rss.xml": 20,
    }
    assert all(len(e.summary) <= 300 for p in PAYLOADS.glob("prn*") for e in feedparser.parse(p.read_bytes()).entries)
    assert b"\r\n" in (PAYLOADS / "nasdaq_halts.rss.xml").read_bytes()


def test_expected_covers_every_item_once(
    expected: list[dict[str, Any]], news: dict[str, dict[str, Any]], filings: dict[str, dict[str, Any]]
) -> None:
    there = news | filings | _halts(PAYLOADS / "nasdaq_halts.rss.xml")
    assert len(there) == len(expected)
    assert set(there) == {e["id"] for e in expected}
    for e in expected:
        assert clock.parse_time(e["published"]) == there[e["id"]]["at"], e["id"]


def test_expected_uses_the_taxonomys_words(expected: list[dict[str, Any]], table: list[list[Any]]) -> None:
    tickers = {row[2] for row in table}
    for e in expected:
        assert set(e["types"]) <= TYPES and set(e["noise"]) <= NOISE, e["id"]
        assert e["types"] or e["noise"], f"{e['id']} needs a type or a noise class"
        assert e["polarity"] in {"+", "-", "±", "0"} and e["stage"] in STAGES and e["sure"] in {1, 2, 3}, e["id"]
        assert set(e["tickers"]) <= tickers and e["trap"], e["id"]


def test_day_is_wide_enough(expected: list[dict[str, Any]]) -> None:
    assert {t for e in expected for t in e["types"]} == TYPES
    assert {n for e in expected for n in e["noise"]} == NOISE
    assert sum(e["form"] == "PR" for e in expected) >= 90
    assert len({t for e in expected for t in e["tickers"]}) >= 55
    assert sum(e["sure"] == 3 and e["types"] == [] for e in expected if e["form"] == "PR") >= 25
    later = [e for e in expected if e.get("after_as_of") is True]
    assert len(later) == 1
    wires = Counter(e.get("event") for e in expected if e.get("event"))
    assert wires["qdfn-government_contract"] == 3 and wires["qtko-takeover_target"] == 3


@pytest.mark.parametrize("words", LOOKALIKES)
def test_look_alike_is_there_and_labelled(
    words: str, expected: list[dict[str, Any]], news: dict[str, dict[str, Any]]
) -> None:
    found = [e for e in expected if e["id"] in news and words in news[e["id"]]["title"]]
    assert len(found) == 1, f"{words!r} stands in {len(found)} headlines"
    kind, stage = LOOKALIKES[words]
    assert (found[0]["types"], found[0]["stage"]) == ([kind] if kind else [], stage)


def test_facts_stand_in_the_words(expected: list[dict[str, Any]], news: dict[str, dict[str, Any]]) -> None:
    for e in expected:
        if e["id"] not in news:
            continue
        text = f"{news[e['id']]['title']} {news[e['id']]['body']}"
        for name, value in e["fields"].items():
            if name.endswith("_usd") and value >= 1_000_000:
                plain = {f"${value / 1e6:g} ", f"${value / 1e6:.1f} "}
                assert any(p + m in text for p in plain for m in ("Million", "million")), (e["id"], name)
            elif name == "counterparty":
                assert value in text, (e["id"], name)
            elif name == "p_value":
                assert f"p={value}" in text, (e["id"], name)


def test_tickers_are_unique_and_agree_with_the_table_behind(table: list[list[Any]]) -> None:
    tickers = [row[2] for row in table]
    assert len(tickers) == len(set(tickers)) >= 60
    assert all(t[0] in "ZQ" for t in tickers)
    assert {c for c, n in Counter(row[0] for row in table).items() if n > 1} == {
        row[0] for row in table if row[2] == "ZQBA"
    }
    assert all(9_900_001 <= row[0] < 9_910_000 for row in table)


def test_files_are_what_the_builder_makes() -> None:
    assert (DEMO / "tickers.json").read_text(encoding="utf-8") == demo_builder.tickers_json()
    assert gzip.decompress((DEMO / "prices.csv.gz").read_bytes()).decode() == demo_builder.prices_csv()


def test_readme_holds_the_checksums_and_data_stays_small() -> None:
    assert demo_builder.checksums() in demo_builder.README.read_text(encoding="utf-8")
    assert sum(p.stat().st_size for p in DEMO.rglob("*") if p.is_file()) < 560_000


def test_bars_are_seventy_sessions_up_to_the_day(rows: list[dict[str, str]], table: list[list[Any]]) -> None:
    days = [d.isoformat() for d in demo_builder.sessions()]
    assert list(rows[0]) == demo_builder.COLUMNS.split(",") and len(days) == 70 and days[-1] == "2026-03-12"
    seen: dict[str, list[str]] = {}
    for row in rows:
        seen.setdefault(row["ticker"], []).append(row["date"])
    assert set(seen) == {r[2] for r in table} - demo_builder.NO_PRICES | set(demo_builder.BENCHMARKS)
    odd = demo_builder.NO_ROW_ON_DAY | demo_builder.ONLY_THE_DAY
    assert all(dates == days for ticker, dates in seen.items() if ticker not in odd)
    assert seen["QNOA"] == days[:-1] and seen["ZUPL"] == days[-1:]


def test_bars_are_possible(rows: list[dict[str, str]]) -> None:
    for row in rows:
        close = float(row["close"])
        if row["high"]:
            assert 0 < float(row["low"]) <= min(close, float(row["open"])), row
            assert float(row["high"]) >= max(close, float(row["open"])), row
        assert row["volume"] != "0", row
    unknown = {c: sum(not r[c] for r in rows) for c in rows[0]}
    assert unknown["ticker"] == unknown["close"] == 0
    assert all(unknown[c] for c in ("open", "volume", "market_cap", "float_shares"))


def test_change_pct_is_right_across_the_split(rows: list[dict[str, str]]) -> None:
    bars = [r for r in rows if r["ticker"] == "ZRSP"]
    i = next(i for i, r in enumerate(bars) if r["date"] == "2026-02-24")
    traded = float(bars[i]["close"]) / float(bars[i - 1]["close"])
    assert 12 < traded < 18 and abs(float(bars[i]["change_pct"])) < 15
    assert abs(traded / 15 - 1 - float(bars[i]["change_pct"]) / 100) < 0.02
    assert abs(float(bars[i]["market_cap"]) / float(bars[i - 1]["market_cap"]) - 1) < 0.15


def test_strong_news_moved_its_stock_on_volume(expected: list[dict[str, Any]], rows: list[dict[str, str]]) -> None:
    strong = [e for e in expected if e.get("strong") is True]
    assert len({e["tickers"][0] for e in strong}) >= 12
    for e in strong:
        bars = [r for r in rows if r["ticker"] == e["tickers"][0]]
        change, before = float(bars[-1]["change_pct"]), [float(r["volume"]) for r in bars[-21:-1]]
        assert (change > 5) if e["polarity"] == "+" else (change < -5), e["id"]
        assert float(bars[-1]["volume"]) > 1.8 * sum(before) / 20, e["id"]
        assert float(bars[-1]["market_cap"]) < 1_000_000_000, e["id"]


def test_contract_is_two_fifths_of_the_company(rows: list[dict[str, str]]) -> None:
    before = [r for r in rows if r["ticker"] == "QDFN"][-2]
    assert 0.35 < 24_600_000 / float(before["market_cap"]) < 0.45


def _plain(name: str) -> str:
    name = re.sub(r"[^a-z0-9 ]", "", name.lower())
    return re.sub(r"\b(inc|corp|corporation|co|company|ltd|limited|plc|nv|holdings|group|the)\b", "", name).strip()


def test_no_ticker_or_company_is_real(shared: Path, table: list[list[Any]]) -> None:
    real = json.loads((shared / "tickers" / "company_tickers_exchange.json").read_text(encoding="utf-8"))["data"]
    listed = list(
        csv.DictReader(io.StringIO(gzip.decompress((shared / "tickers" / "securities.csv.gz").read_bytes()).decode()))
    )
    tickers = {str(r[2]) for r in real} | {r["ticker"] for r in listed}
    names = {_plain(str(r[1])) for r in real} | {_plain(r["name"]) for r in listed}
    ciks = {int(r[0]) for r in real}
    for cik, name, ticker, _ in table:
        assert ticker not in tickers, f"{ticker} is a real ticker"
        assert cik not in ciks, f"{cik} is a real CIK"
        assert _plain(name) not in names, f"{name} is a real company"


def test_no_text_is_a_real_release(shared: Path, news: dict[str, dict[str, Any]]) -> None:
    titles, sentences = set(), set()
    for line in gzip.decompress((shared / "wires" / "releases.jsonl.gz").read_bytes()).splitlines():
        release = json.loads(line)
        titles.add(" ".join(release["title"].lower().split()))
        sentences.update(s.strip().lower() for s in re.split(r"(?<=[.!?])\s", release.get("body") or "") if len(s) > 60)
    for item in news.values():
        assert item["title"].lower() not in titles, item["title"]
        copied = [s for s in re.split(r"(?<=[.!?])\s", item["body"]) if len(s) > 60 and s.strip().lower() in sentences]
        assert not copied, copied

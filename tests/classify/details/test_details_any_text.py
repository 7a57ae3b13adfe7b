"""Any text: no exception, every span quotes what it points at, long input stays bounded, the same answer twice."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.classify.details import Details
from tests.classify.built_in import FACTS_OF, describe

KINDS = sorted(FACTS_OF)
WORDS = (
    "Acme", "Announces", "$5", "million", "1-for-20", "one-for-ten", "to", "reverse", "split", "Phase", "2b", "1/2",
    "did", "not", "meet", "primary", "endpoint", "(p<0.01)", "n=30", "December", "15,", "2025", "effective", "FDA",
    "Army", "with", "Bolt", "LLC", "Rule", "5550(a)(2)", "up", "C$3M", "€4", "per", "share", "at", "a", "discount", "12%",
    "warrants", "purchase", "1,000,000", "shares", "İ", "ﬁ", "\n", "“", "½", "٣", "million1", "ADS", "representing",
)  # fmt: skip
SIGNS = {"+", "-", "±", "0"}
STAGES = {"", "proposed", "announced", "upsized", "priced", "effective", "closed", "terminated"}
#: Starts that make careless patterns go back and forth.
HOSTILE = (
    "1", "1,", "$1 ", "1-2 ", "one ", "A.A", "A ", "a-", "(", "not ", "every 1 shares ", "revenue a ", "May 1 ",
    "primary endpoint ", "with The ", "warrants to purchase ", "phase 1/", "in patients with ", "\u0130", "continued listing ",
)  # fmt: skip


def check(found: Details, title: str, text: str) -> None:
    for span in found.spans:
        assert span.text == {"title": title, "text": text}[span.field][span.start : span.end]
        assert span.fact in found.facts or span.fact in ("polarity", "stage")
    assert set(found.facts) <= {span.fact for span in found.spans}
    assert found.polarity in SIGNS
    assert found.stage in STAGES


@given(st.sampled_from(KINDS), st.text(max_size=300), st.text(max_size=600), st.sampled_from(["PR", "8-K", "6-K"]))
def test_any_unicode(kind: str, title: str, text: str, form: str) -> None:
    check(describe(kind, title, text, form=form), title, text)


@given(
    st.sampled_from(KINDS), st.lists(st.sampled_from(WORDS), max_size=40), st.lists(st.sampled_from(WORDS), max_size=80)
)
def test_any_order_of_telling_words(kind: str, title: list[str], text: list[str]) -> None:
    head, body = " ".join(title), " ".join(text)
    found = describe(kind, head, body)
    check(found, head, body)
    assert describe(kind, head, body) == found
    assert set(found.facts) <= set(FACTS_OF[kind])


@given(
    st.floats(min_value=0.1, max_value=999.9),
    st.sampled_from([("Million", 1e6), ("billion", 1e9), ("M", 1e6), ("bn", 1e9)]),
)
def test_amounts_survive_their_spelling(value: float, unit: tuple[str, float]) -> None:
    stated = f"{value:.1f}"
    found = describe("equity_offering", f"Acme Announces ${stated} {unit[0]} Offering", "")
    assert found.facts["amount_usd"] == pytest.approx(float(stated) * unit[1], rel=1e-12)


@given(st.integers(min_value=2, max_value=999))
def test_ratios_survive_their_spelling(n: int) -> None:
    for text in (f"1-for-{n}", f"{n}-for-1", f"1:{n}", f"{n}:1", f"1 for {n}", f"1-for-{n}"):
        assert describe("reverse_split", f"Acme Announces {text} Reverse Split", "").facts["ratio"] == f"1-for-{n}"


@pytest.mark.parametrize("start", HOSTILE)
def test_a_million_characters(start: str) -> None:
    """Only the opening is read: what stands behind it changes nothing."""
    text = (start * 1_000_000)[:1_000_000]
    for kind in (
        "reverse_split",
        "government_contract",
        "clinical_readout",
        "equity_offering",
        "earnings",
        "licensing",
    ):
        found = describe(kind, "Acme Announces News", text)
        check(found, "Acme Announces News", text)
        assert describe(kind, "Acme Announces News", text[:20_000]) == found


def test_importing_is_cheap() -> None:
    code = "import sys, screener.classify.details; print([m for m in ('spacy', 'numpy', 'httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

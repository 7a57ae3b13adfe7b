"""Money in every style: a generator writes a value, the reader must give it back with its currency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language import currencies, money
from screener.language.numbers import number
from tests.language.writing import word

BEFORE = [  # sign as written in front of digits, currency
    ("$", "USD"), ("US$", "USD"), ("US $", "USD"), ("USD ", "USD"), ("USD", "USD"), ("U.S.$", "USD"), ("C$", "CAD"),
    ("Cdn$", "CAD"), ("CDN$", "CAD"), ("CA$", "CAD"), ("CAD$", "CAD"), ("CAD ", "CAD"), ("C$ ", "CAD"), ("A$", "AUD"),
    ("AU$", "AUD"), ("AUD ", "AUD"), ("HK$", "HKD"), ("S$", "SGD"), ("NZ$", "NZD"), ("NT$", "TWD"), ("R$", "BRL"),
    ("€", "EUR"), ("€ ", "EUR"), ("EUR ", "EUR"), ("£", "GBP"), ("GBP ", "GBP"), ("¥", "JPY"), ("RMB ", "CNY"),
    ("RMB", "CNY"), ("CNY ", "CNY"), ("CHF ", "CHF"), ("NIS ", "ILS"), ("₪", "ILS"), ("₩", "KRW"), ("₹", "INR"),
    ("Rs. ", "INR"), ("SEK ", "SEK"), ("MXN ", "MXN"), ("PLN ", "PLN"), ("ZAR ", "ZAR"),
]  # fmt: skip
AFTER = [
    (" USD", "USD"), (" dollars", "USD"), ("-dollar", "USD"), (" U.S. dollars", "USD"), (" Canadian dollars", "CAD"),
    (" CAD", "CAD"), (" euros", "EUR"), (" Euro", "EUR"), (" EUR", "EUR"), (" yuan", "CNY"), (" Australian dollars", "AUD"),
    (" Swiss francs", "CHF"), (" yen", "JPY"), (" pounds sterling", "GBP"), (" NOK", "NOK"), (" RMB", "CNY"),
]  # fmt: skip
TAILS = [
    (" (CAD)", "CAD"), (" CAD", "CAD"), (" (Canadian)", "CAD"), (" Canadian dollars", "CAD"), (" Cdn dollars", "CAD"),
    (" (CDN)", "CAD"), (" AUD", "AUD"), (" Australian dollars", "AUD"), (" HKD", "HKD"), (" (US)", "USD"), (" USD", "USD"),
    (" in Canadian dollars", "CAD"),
]  # fmt: skip
MILLION = ["million", " million", "-million", " Million", "M", "MM", " mil", " mil.", " mn", "mln", "m"]
ROUND = st.decimals("0.01", "999", places=2)


@st.composite
def millions(draw: st.DrawFn) -> tuple[str, float]:
    """A number of millions in one of many styles, with its value."""
    value = draw(ROUND)
    plain = format(value.normalize(), "f")
    style = draw(st.sampled_from(["dot", "comma", "leading", "full", "european"]))
    if style == "comma" and "." in plain:
        return plain.replace(".", ",") + draw(st.sampled_from(MILLION[1:])), float(value) * 1e6
    if style == "leading" and plain.startswith("0."):
        return plain[1:] + draw(st.sampled_from(MILLION[1:])), float(value) * 1e6
    whole = int(value * 1_000_000)
    if style == "full":
        return f"{whole:,}", whole
    if style == "european" and whole >= 1_000_000:
        return f"{whole:,}".replace(",", "."), whole
    return plain + draw(st.sampled_from(MILLION)), float(value) * 1e6


@given(millions(), st.sampled_from(BEFORE))
def test_sign_in_front(written: tuple[str, float], sign: tuple[str, str]) -> None:
    text = f"Zorvane closes a {sign[0]}{written[0]} deal with Steelco"
    found = money.find(text)
    assert [(a.value, a.currency) for a in found] == [(pytest.approx(written[1]), sign[1])], text
    assert text[found[0].start :].startswith(sign[0].strip())


@given(st.decimals("1", "999", places=1), st.sampled_from(AFTER), st.sampled_from([" million", "-million", " Million"]))
def test_currency_behind(value: object, sign: tuple[str, str], unit: str) -> None:
    text = f"Zorvane wins a {value}{unit}{sign[0]} contract"
    assert [(a.value, a.currency) for a in money.find(text)] == [(pytest.approx(float(str(value)) * 1e6), sign[1])], (
        text
    )


@given(st.decimals("1", "999", places=1), st.sampled_from(TAILS), st.sampled_from([" million", "M", ",000,000"]))
def test_dollars_named_behind(value: object, behind: tuple[str, str], unit: str) -> None:
    digits = str(value) if unit != ",000,000" else str(value).split(".", maxsplit=1)[0]
    text = f"Zorvane closes ${digits}{unit}{behind[0]}"
    assert [(a.value, a.currency) for a in money.find(text)] == [(pytest.approx(float(digits) * 1e6), behind[1])], text


@given(st.integers(1, 99), st.sampled_from(["million", "billion"]), st.sampled_from([" ", "-"]))
def test_numbers_in_words(value: int, unit: str, dash: str) -> None:
    text = f"Zorvane signs a {word(value).title()}{dash}{unit.title()}{dash}Dollar Contract"
    assert [a.value for a in money.find(text)] == [value * {"million": 1e6, "billion": 1e9}[unit]], text


@given(st.integers(1, 400), st.integers(1, 500), st.sampled_from(["$%d to $%d million", "$%d-%d million", "$%dM-$%dM",
       "between $%d million and $%d million", "$%d - $%d million", "$%d million to $%d million"]))  # fmt: skip
def test_ranges(low: int, more: int, style: str) -> None:
    text = "Zorvane secures a contract worth " + style % (low, low + more)
    assert [(a.value, a.high) for a in money.find(text)] == [(low * 1e6, (low + more) * 1e6)], text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("an upfront payment of $3 million and $5 million in milestones", [3e6, 5e6]),
        ("upsizes its offering from $10 million to $15 million", [15e6]),
        ("a half-million-dollar order", [5e5]),
        ("half a million dollars", [5e5]),
        ("two and a half million dollars", [2.5e6]),
        ("a Multi-Million Dollar contract", []),
        ("a seven-figure contract", []),
        ("₹50 crore order", [5e8]),
        ("CHF 1'250'000 grant", [1.25e6]),
        ("$5 000 000 placement", [5e6]),
        ("$1 Trillion in assets", [1e12]),
        ("raised $1.2bn", [1.2e9]),
        ("in 2025 it hired 300 people in 12 months", []),
        ("sale of the unit for 32.2 million", [32.2e6]),
    ],
)
def test_values(text: str, values: list[float]) -> None:
    assert [a.value for a in money.find(text)] == values


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("Zorvane Closes $4 Million", "Zorvane Corp. (TSXV: ZRV) closed it.", "CAD"),
        ("Zorvane Closes $4 Million", "Zorvane Corp. (TSX-V: ZRV) (OTCQB: ZRVNF) closed it.", "CAD"),
        ("Zorvane Closes $4 Million", "Zorvane (CSE: ZRV; OTC: ZRVNF; FSE: 1Z2) closed it.", "CAD"),
        ("Zorvane Closes $4 Million", "Zorvane (OTCQX: ZRVNF, TSXV: ZRV) closed it.", "CAD"),
        ("Zorvane (ASX: ZRV) Raises $4 Million", "", "AUD"),
        ("Zorvane Raises $4 Million", "Zorvane (HKEX: 9999) did.", "HKD"),
        ("Zorvane Raises $4 Million", "Zorvane (NASDAQ: ZRV) (TSX: ZRV) did.", "USD"),
        ("Zorvane Raises $4 Million", "Zorvane (TSX: ZRV) (NYSE American: ZRV) did.", "USD"),
        ("Zorvane Raises $4 Million", "Zorvane (TSXV: ZRV). All amounts are in US dollars.", "USD"),
        ("Zorvane Raises $4 Million", "All dollar amounts are in Canadian dollars.", "CAD"),
        ("Zorvane Raises $4 Million", "All amounts in Canadian dollars unless otherwise noted.", "CAD"),
        ("Zorvane Raises $4 Million", "(All figures expressed in Canadian dollars)", "CAD"),
        ("Zorvane Raises $4 Million", "Unless otherwise stated, figures are in Australian dollars.", "AUD"),
        ("Zorvane Raises $4 Million", "References to $ are to Canadian currency.", "CAD"),
        ("Zorvane Raises $4 Million", "Holders may elect to be paid their dividend in Canadian dollars.", "USD"),
        ("Zorvane Raises $4 Million", "Zorvane Inc. (Nasdaq: ZORV) did.", "USD"),
        ("Zorvane Raises $4 Million", "", "USD"),
    ],
)
def test_plain_dollar(title: str, text: str, code: str) -> None:
    assert currencies.plain_dollar(title, text) == code


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Closes $10 Million Canadian Private Placement", "CAD"),
        ("Wins $10 Million Canadian Defence Contract", "USD"),
        ("Closes $10 million Canadian.", "CAD"),
        ("a $5 million order", "USD"),
        ("a US $5 million order", "USD"),
        ("pays A $5 million fine", "USD"),
    ],
)
def test_currency_of_one_amount(text: str, currency: str) -> None:
    assert [a.currency for a in money.find(text)] == [currency]


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for amount in money.find(text):
        assert 0 <= amount.start < amount.end <= len(text)
        assert amount.value >= 0


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,250,000", 1_250_000), ("1.250.000", 1_250_000), ("1.250.000,50", 1_250_000.5), ("25,5", 25.5), (".75", 0.75),
     ("1'250", 1250), ("twenty-five", 25), ("one hundred and thirteen", 113), ("two and a half", 2.5), ("x", None)],
)  # fmt: skip
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value

"""What an alert says, escaped for each form and cut to size without losing what it is about."""

from __future__ import annotations

import html as htmllib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.outputs.alerts import forms
from screener.outputs.alerts.content import content, payload, web_address
from screener.types import Alert
from tests.alerts.making import T0, row

NASTY = "</p><script>x</script> **bold** [a](http://evil.example) @everyone <!channel> \u202egnp.exe\nInjected: line"


def alert(**changes: object) -> Alert:
    fields = {k: changes.pop(k) for k in ("update", "news", "words", "confirmed_by") if k in changes}
    return Alert(id="abc123def456", row=row(**changes), created=T0, event="e1", **fields)  # type: ignore[arg-type]


def test_message_says_everything() -> None:
    told = alert(
        warnings=("shelf of $50M open",), words=("Met Its Primary Endpoint",), confirmed_by="0000000001-26-000001"
    )
    text = forms.body([content(told, "https://page.example/")], forms.TEXT)
    for part in (
        "ZORB Zorb Works, Inc. (Nasdaq): clinical readout, good for holders",
        "Why: Human trial result, good (97 % sure), by the words “Met Its Primary Endpoint”, with volume 6.0 times",
        "confirmed by 0000000001-26-000001",
        "$3.10, +12.0 % on the day, volume 3.0 times its usual, market cap $45M",
        "Catch: shelf of $50M open",
        "Unknown: float",
        "published 09:59:00 ET, received 09:59:00 ET, alert 10:00:00 ET",
        "Source: https://wire.example/ZORB",
        "Explanation: https://page.example/ticker/ZORB",
        "id abc123def456",
    ):
        assert part in text, part


def test_update_says_what_is_new() -> None:
    told = content(alert(update=2, news=("halted", "move:+20"), change_pct=31.0))
    assert told.subject == "ZORB +31.0 %: clinical readout (update 2), score 75"
    assert ("Update 2", "trading halted; price +31.0 %") in told.lines


def test_unknown_numbers_are_named_not_zero() -> None:
    told = alert(price=None, change_pct=None, rvol=None, market_cap=None, float_shares=None)
    text = forms.body([content(told)], forms.TEXT)
    assert "Numbers: none known" in text and "Unknown: price, change, volume, market cap, float" in text
    assert "0.0" not in text and "None" not in text


@pytest.mark.parametrize("form", [forms.TEXT, forms.HTML, forms.MARKDOWN])
@pytest.mark.parametrize("copies", [1, 3])
def test_nasty_words_stay_words(form: str, copies: int) -> None:
    told = alert(headline=NASTY, company=NASTY, warnings=(NASTY,), words=(NASTY,))
    text = forms.body([content(told)] * copies, form, chat=True)
    assert "\u202e" not in text and "Injected: line\n" not in text.replace("  \n", "\n").split("Injected")[0]
    if form == forms.HTML:
        assert "<script" not in text and "&lt;script&gt;" in text
    else:
        assert "@everyone" not in text and "<!channel>" not in text
    if form == forms.MARKDOWN:
        assert r"\*\*bold\*\*" in text and "[a](" not in text


@given(text=st.text(max_size=400), copies=st.integers(1, 4), limit=st.integers(800, 4000))
def test_any_text_fits_and_stays_escaped(text: str, copies: int, limit: int) -> None:
    told = content(alert(headline=text, company=text, warnings=(text, text), words=(text,)), "https://page.example")
    for form in (forms.TEXT, forms.HTML, forms.MARKDOWN):
        made = forms.body([told] * copies, form, limit)
        assert len(made) <= limit and "ZORB" in made and "abc123def456" in made
        if form == forms.HTML:
            assert set(re.findall(r"<(/?\w+)", made)) <= {"p", "/p", "b", "/b", "a", "/a"}
            assert "ZORB" in htmllib.unescape(made)


def test_room_is_taken_from_the_least_first() -> None:
    told = content(alert(warnings=("w" * 100,)))
    whole = forms.body([told], forms.TEXT)
    cut = forms.body([told], forms.TEXT, len(whole) - 60)
    assert "Card:" not in cut and "Catch:" in cut and "Source:" in cut


def test_subject_of_a_digest_counts_and_names() -> None:
    made = [content(alert(ticker=f"Z{i}")) for i in range(9)]
    assert forms.subject(made) == "9 alerts: Z0, Z1, Z2, Z3, Z4, Z5 and 3 more"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://u:p@x.example/", 'https://x.example/"onload=', "ftp://x", "", "http://"]
)
def test_links_are_web_addresses_only(address: str) -> None:
    assert web_address(address) == "" and "Source" not in dict(content(alert(url=address)).links)


def test_payload_keeps_unknown_as_null() -> None:
    made = payload(alert(float_shares=None))
    assert made["numbers"]["float_shares"] is None and made["version"] == 1 and made["id"] == "abc123def456"

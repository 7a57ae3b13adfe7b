"""One vocabulary of forms: what they are called, what belongs together, and that nothing is scored unread."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from screener.sec import forms, items8k
from tests.sources import nodes

ROOT = Path(__file__).resolve().parents[2]
# Written like a form of the SEC; single numbers and letters are too many other things.
FORM = re.compile(
    r"(?:8-K(?:12B|12G3|15D5)?|6-K|10-[KQ]T?|20-F|40-F|424[AB]\d?|425|497|144|[SF]-\d{1,2}(?:ASR|MEF)?|FWP|EFFECT|25-NSE|"
    r"15F?-\d\w*|NT .+|SC \d\d.*|SC TO.*|SCHEDULE 13.|(?:DEF|PRE)[A-Z]? ?14.|(?:DEF|PRE)M?14.?|DFAN14A|8-A12[BG]|1-A)"
    r"(?:/A|\*)?$"
)
# A wire's own words and other people's codes that happen to be spelled like a form.
ALLOWED: set[tuple[str, str]] = set()


def docstrings(path: Path) -> set[int]:
    """The ids of string constants that only explain."""
    return {id(n.value) for n in nodes(path) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}


def test_no_form_is_named_elsewhere() -> None:
    found = []
    for path in sorted((ROOT / "screener").rglob("*.py")):
        if path.parent.name == "sec":
            continue
        prose = docstrings(path)
        for node in nodes(path):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in prose:
                continue
            place = path.relative_to(ROOT).as_posix()
            if FORM.match(node.value) and (place, node.value) not in ALLOWED:
                found.append(f"{place}:{node.lineno}: {node.value!r}")
    assert not found, "name the family of screener/sec/forms.py instead:\n" + "\n".join(found)


def read(path: Path) -> Any:
    """What a rule file holds; by libyaml, for it is read whenever tests are listed."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def scored() -> list[tuple[str, str]]:
    """(file, form) for every form that a catalyst or a ranking rule names; what is noise need not be collected."""
    found = set()
    for path in sorted((ROOT / "rules").glob("catalysts/*.yml")):
        if not path.stem.startswith("noise_"):
            rule = read(path)
            found |= {(path.stem, str(form)) for form, weight in (rule.get("forms") or {}).items() if weight > 0}
    for path in sorted((ROOT / "rules").glob("ranking/*.yml")):
        found |= {(path.stem, form) for form in named(read(path))}
    return sorted(f for f in found if forms.family(f[1]) or FORM.match(f[1]))


def named(node: object) -> set[str]:
    """The forms that a rule's conditions and tests name."""
    if isinstance(node, list):
        return {form for child in node for form in named(child)}
    if not isinstance(node, dict):
        return set()
    mine = {
        v for k, v in node.items() if re.fullmatch(r"form(\|in)?", str(k)) for v in (v if isinstance(v, list) else [v])
    }
    return {str(m) for m in mine} | {form for child in node.values() for form in named(child)}


def test_the_rules_name_forms() -> None:
    assert {"SC 14D9", "SC 13E3", "PREM14A", "NT 20-F", "SC 13D"} <= {form for _, form in scored()}


@pytest.mark.parametrize(("rule", "form"), scored())
def test_every_form_that_is_scored_is_collected(rule: str, form: str) -> None:
    assert form in forms.Choice(), f"{rule} scores {form}, and the feed of EDGAR leaves it out"


@pytest.mark.parametrize(
    ("form", "family"),
    [
        ("8-K", "current_report"), ("8-K/A", "current_report"), ("8-K12B", "current_report"), ("6-K", "foreign_report"),
        ("S-1MEF", "registration"), ("S-11/A", "registration"), ("S-3ASR", "shelf"), ("F-3/A", "shelf"), ("S-3D", "plan"),
        ("424B5", "prospectus"), ("FWP", "free_writing"), ("D/A", "exempt_offering"), ("1-A", "exempt_offering"),
        ("SC 13D/A", "stake"), ("SCHEDULE 13D", "stake"), ("SC 13G", "passive_stake"), ("SCHEDULE 13G/A", "passive_stake"),
        ("SC TO-T/A", "tender"), ("SC 14D9", "tender_answer"), ("SC14D9C", "tender_answer"), ("SC 14D1", "tender"),
        ("SC 13E3/A", "going_private"), ("SC 13E4", "tender"), ("PREM14A", "merger_proxy"), ("DEFM14C", "merger_proxy"),
        ("DEF 14A", "proxy"), ("DEFA14A", "proxy"), ("PRE 14C", "proxy"), ("DFAN14A", "proxy_contest"), ("4/A", "insider"),
        ("PREC14A", "proxy_contest"), ("25-NSE", "delisting"), ("25", "delisting"), ("15-12G", "deregistration"),
        ("15F-12B", "deregistration"), ("NT 20-F", "late_notice"), ("NTN 10Q", "late_notice"), ("10-KT", "annual"),
        ("10-Q/A", "quarterly"), ("425", "merger_communication"), ("8-A12B", "listing"), ("CERTNYS", "listing"),
    ],
)  # fmt: skip
def test_families(form: str, family: str) -> None:
    assert forms.family(form) == family and forms.of_family(form, family) and forms.form_title(form)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["PR", "HALT", "DOD", "FDA", "", "497", "X-17A-5", "2", "DEFINITIVE", "15X"])
def test_what_has_no_family(form: str) -> None:
    assert forms.family(form) is None and not forms.of_family(form, *forms.FAMILIES) and forms.form_title(form) == ""


def test_every_family_is_of_use() -> None:
    assert {k.family for k in forms.KINDS} == set(forms.FAMILIES)
    known = set(forms.FAMILIES)
    for names in (forms.NEWS, forms.WHOLE, forms.FIRST, forms.LATER, forms.DILUTIVE):
        assert all(n.removeprefix("!") in known or forms.family(n.removeprefix("!")) for n in names)


def test_a_choice() -> None:
    chosen = forms.Choice(["15*", "25", "4", "SC TO*", "!15-15D"])
    asked = ("15-12G", "15-15D", "25", "25-NSE", "4", "4/A", "424B5", "SC TO-I/A")
    assert [f for f in asked if chosen.has(f)] == ["15-12G", "25", "4", "4/A", "SC TO-I/A"]


def test_a_choice_knows_families_and_old_names() -> None:
    chosen = forms.Choice(["SCHEDULE 13D", "prospectus", "!424B2"])
    assert [f for f in ("SC 13D", "SC 13D/A", "SC 13G", "424B3", "424B2", "424B2/A") if f in chosen] == [
        *("SC 13D", "SC 13D/A", "424B3")
    ]
    assert "SCHEDULE 13D/A" in forms.Choice(["SC 13D"]) and "SC 13D" in forms.Choice(["stake"])


@pytest.mark.parametrize(
    "form",
    [
        "8-K",
        "8-K/A",
        "6-K",
        "424B5",
        "S-1/A",
        "S-3ASR",
        "SC TO-T/A",
        "SCHEDULE 13D/A",
        "15-12G",
        "4",
        "SC 14D9",
        "NT 20-F",
    ],
)
def test_forms_fetched_whole(form: str) -> None:
    assert form in forms.Choice(forms.WHOLE)


@pytest.mark.parametrize("form", ["10-K", "SCHEDULE 13G", "S-8", "3", "144", "497", "40-F", "SC 13G/A", "424B2"])
def test_forms_left_alone(form: str) -> None:
    assert form not in forms.Choice(forms.WHOLE) and form in forms.Choice([form])


def test_what_is_fetched_whole_is_news() -> None:
    names = [n for kind in forms.KINDS for n in kind.names if "*" not in n]
    assert all(n in forms.Choice() for n in names if n in forms.Choice(forms.WHOLE))


def test_one_submission_with_two_forms() -> None:
    assert forms.first_of(["SC 13D/A", "SC TO-T/A"]) == "SC TO-T/A" == forms.first_of(["SC TO-T/A", "SC 13D/A"])
    assert forms.first_of(["8-K", "425"]) == "8-K" and forms.first_of(["4"]) == "4"


def test_titles() -> None:
    assert forms.form_title("S-3ASR") == "Shelf registration statement" and forms.form_title("4/A") == forms.form_title(
        "4"
    )
    assert forms.form_title("25-NSE") == "Removal from listing by the exchange"
    assert items8k.title("3.01").startswith("Notice of Delisting") and items8k.title("5") == "Other events"
    assert items8k.title("77") == "77"


def test_current_names() -> None:
    assert forms.current_name("SC 13D/A") == "SCHEDULE 13D/A" and forms.current_name("8-K") == "8-K"
    assert forms.is_amendment("10-K/A") and not forms.is_amendment("10-K") and forms.plain("10-K/A") == "10-K"

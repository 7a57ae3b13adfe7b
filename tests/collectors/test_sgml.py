"""Submissions of all three header dialects, real ones and hostile ones."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.clock import NEW_YORK
from screener.collectors.sgml import Submission, filing_text, parse_submission, plain_text
from screener.sec.items8k import item_numbers, split_items

LINES = b"""<SEC-DOCUMENT>0009999999-26-000001.txt : 20260112
<SEC-HEADER>0009999999-26-000001.hdr.sgml : 20260112
<ACCEPTANCE-DATETIME>20260112161503
ACCESSION NUMBER:\t\t0009999999-26-000001
CONFORMED SUBMISSION TYPE:\t8-K
PUBLIC DOCUMENT COUNT:\t\t3
ITEM INFORMATION:\t\tNotice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing
ITEM INFORMATION:\t\tFinancial Statements and Exhibits
FILED AS OF DATE:\t\t20260112

FILER:

\tCOMPANY DATA:\t
\t\tCOMPANY CONFORMED NAME:\t\t\tZephyra Robotics, Inc.
\t\tCENTRAL INDEX KEY:\t\t\t0009900001
</SEC-HEADER>
<DOCUMENT>
<TYPE>8-K
<SEQUENCE>1
<FILENAME>zr-8k.htm
<TEXT>
<XBRL><html><body><div style="display:none"><ix:header><ix:hidden>false 0009900001</ix:hidden></ix:header></div>
<p>FORM 8-K</p><p><b>Item 3.01</b> Notice of Delisting.</p><p>On January 9 the Company got a letter.</p>
<p>Item 9.01. Financial Statements and Exhibits.</p><p>99.1 Press release</p><p>SIGNATURES</p><p>By: Someone</p>
</body></html></XBRL>
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>EX-99.1
<SEQUENCE>2
<FILENAME>zr-ex99.htm
<TEXT>
<html><body><p>Exhibit 99.1</p><p>Zephyra Robotics Gets Nasdaq Letter on Bid Price</p><p>AUSTIN, Jan. 12, 2026 -- It did.</p>
</body></html>
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>GRAPHIC
<SEQUENCE>3
<FILENAME>logo.jpg
<TEXT>
begin 644 logo.jpg
M_]C_X  02D9)1@ ! 0$ 8 !@
end
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""
TAGS = (
    b"<SUBMISSION>\n<ACCESSION-NUMBER>0009999999-26-000002<TYPE>SCHEDULE 13D<PUBLIC-DOCUMENT-COUNT>1<ITEMS>5.02<ITEMS>9.01"
    b"<FILING-DATE>20260113<FILED-BY><COMPANY-DATA><CONFORMED-NAME>Quillmark Partners LP<CIK>0009900002</COMPANY-DATA></FILED-BY>"
    b"<SUBJECT-COMPANY><COMPANY-DATA><CONFORMED-NAME>Zephyra Robotics, Inc.<CIK>0009900001</COMPANY-DATA></SUBJECT-COMPANY>"
    b"<DOCUMENT><TYPE>SCHEDULE 13D<SEQUENCE>1<FILENAME>a.htm<TEXT><html><body><p>One</p><p>Two</p>"
    b"</body></html></TEXT></DOCUMENT>"
    b"</SUBMISSION>"
)
SEALED = b"""-----BEGIN PRIVACY-ENHANCED MESSAGE-----
Proc-Type: 2001,MIC-CLEAR

<SEC-DOCUMENT>0009999999-98-000003.txt : 19980302
<SEC-HEADER>0009999999-98-000003.hdr.sgml : 19980302
ACCESSION NUMBER:\t\t0009999999-98-000003
CONFORMED SUBMISSION TYPE:\t4
FILED AS OF DATE:\t\t19980302

SUBJECT COMPANY:
\tCOMPANY DATA:
\t\tCOMPANY CONFORMED NAME:\t\t\tOLD MILLS CORP
\t\tCENTRAL INDEX KEY:\t\t\t0009900003
<REPORTING-OWNER>

COMPANY DATA:
\tCOMPANY CONFORMED NAME:\t\t\tDOE JANE
\tCENTRAL INDEX KEY:\t\t\t0009900004
</REPORTING-OWNER>
</SEC-HEADER>
<DOCUMENT>
<TYPE>4
<SEQUENCE>1
<TEXT>

<PAGE>   1
     The words of a
     paragraph go on.

- -----------------------

     Next one.
<TABLE>
<CAPTION>
<S>      <C>
Shares   100
Price    2
</TABLE>
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
-----END PRIVACY-ENHANCED MESSAGE-----
"""


def test_lines_dialect() -> None:
    got = parse_submission(LINES)
    assert (got.accession, got.form, got.company, got.cik) == (
        "0009999999-26-000001",
        "8-K",
        "Zephyra Robotics, Inc.",
        9900001,
    )
    assert got.items == ("3.01", "9.01")
    assert got.filed == dt.date(2026, 1, 12)
    assert got.accepted == dt.datetime(2026, 1, 12, 21, 15, 3, tzinfo=dt.UTC)
    assert [(d.kind, d.sequence, d.name, bool(d.text_raw)) for d in got.documents] == [
        ("8-K", 1, "zr-8k.htm", True),
        ("EX-99.1", 2, "zr-ex99.htm", True),
        ("GRAPHIC", 3, "logo.jpg", False),
    ]
    assert got.notes == ()


def test_text_of_main_document_and_exhibits() -> None:
    main, exhibits = filing_text(parse_submission(LINES))
    assert "0009900001" not in main, "the hidden XBRL block is no text"
    assert split_items(main) == {
        "3.01": "Notice of Delisting.\n\nOn January 9 the Company got a letter.",
        "9.01": "Financial Statements and Exhibits.\n\n99.1 Press release",
    }
    assert [(e.kind, e.name) for e in exhibits] == [("EX-99.1", "zr-ex99.htm")]
    assert exhibits[0].text.split("\n\n")[1] == "Zephyra Robotics Gets Nasdaq Letter on Bid Price"


def test_tags_dialect_on_one_line() -> None:
    got = parse_submission(TAGS)
    assert (got.accession, got.form, got.items) == ("0009999999-26-000002", "SCHEDULE 13D", ("5.02", "9.01"))
    assert [(p.role, p.cik) for p in got.parties] == [("Filed by", 9900002), ("Subject", 9900001)]
    assert (got.company, got.cik, got.accepted) == ("Zephyra Robotics, Inc.", 9900001, None)
    assert filing_text(got)[0] == "One\n\nTwo"


def test_sealed_dialect() -> None:
    got = parse_submission(SEALED)
    assert [(p.role, p.name) for p in got.parties] == [("Subject", "OLD MILLS CORP"), ("Reporting", "DOE JANE")]
    assert got.cik == 9900003
    assert filing_text(got)[0] == "The words of a paragraph go on.\n\nNext one.\n\nShares   100\nPrice    2"


def test_every_recorded_submission_agrees_with_its_index(shared: Path) -> None:
    folder = shared / "edgar" / "submissions"
    checked = with_ex99 = 0
    for row in csv.DictReader((folder / "index.csv").read_text(encoding="utf-8").splitlines()):
        path = folder / f"{row['file'].split('/', 1)[1]}.gz"
        raw = gzip.decompress(path.read_bytes())
        got = parse_submission(raw)
        where = row["file"]
        assert got.accession == row["accession"], where
        assert got.form == row["form"], where
        assert "|".join(got.item_info) == row["items"], where
        assert len(got.items) == len([i for i in row["items"].split("|") if i]), f"{where}: an item title is not known"
        assert (got.filed.strftime("%Y%m%d") if got.filed else "") == row["filed"], where
        stamp = got.accepted.astimezone(NEW_YORK).strftime("%Y%m%d%H%M%S") if got.accepted else ""
        assert stamp == row["accepted"], where
        # the index names the first party of the header; ours is the issuer, also when a reporting person comes first
        assert int(row["cik"]) in {p.cik for p in got.parties}, where
        assert got.cik == int(row["cik"]) or got.form == "4", where
        assert sum(bool(d.name) for d in got.documents) == int(row["ndocs"]), where
        named = {f"{d.kind}:{d.name}" for d in got.documents}
        assert {e for e in row["exhibits"].split("|") if e} <= named, where
        _, exhibits = filing_text(got)
        # the index misses exhibits of old submissions, whose documents have no file names
        assert bool(exhibits) == (b"<TYPE>EX-99" in raw), where
        assert exhibits or row["has_ex99"] == "False", where
        assert got.notes == (() if got.documents else ("the submission holds no document",)), where
        with_ex99 += bool(exhibits)
        checked += 1
    assert checked == 67
    assert with_ex99 >= 9


def test_recorded_8k_texts_split_into_the_items_of_their_headers(shared: Path) -> None:
    missed = []
    for path in sorted((shared / "edgar" / "submissions" / "8-K").glob("*.gz")):
        got = parse_submission(gzip.decompress(path.read_bytes()))
        found = set(split_items(filing_text(got)[0]))
        missed += [(path.name, item) for item in got.items if item not in found]
    # two texts leave out the heading of an item that their headers list: the exhibits' 9.01
    assert [item for _, item in missed if item != "9.01"] == []
    assert len(missed) <= 2, missed


@given(cut=st.integers(0, len(LINES)), which=st.sampled_from([LINES, TAGS, SEALED]))
def test_cut_off_anywhere(cut: int, which: bytes) -> None:
    got = parse_submission(which[:cut])
    filing_text(got)
    if cut < which.rfind(b"</S"):
        assert got.notes, "a file that ends early says so"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            [
                b"<DOCUMENT>",
                b"<TYPE>",
                b"8-K\n",
                b"<TEXT>",
                b"</TEXT>",
                b"</DOCUMENT>",
                b"<p>",
                b"\xff\x00",
                b"<SUBMISSION>",
                b"<ACCESSION-NUMBER>",
                b"ITEM INFORMATION:",
                b"\n",
                b"FILER:\n",
                b"CENTRAL INDEX KEY: 99999999999999\n",
                b"begin 644 x\n",
            ]
        ),
        max_size=60,
    )
)
def test_any_mixture_of_tags(parts: list[bytes]) -> None:
    got = parse_submission(b"".join(parts))
    assert isinstance(got, Submission)
    filing_text(got)


def test_limits_are_noted() -> None:
    got = parse_submission(LINES, max_bytes=len(LINES) - 400, max_document=40, max_documents=1)
    assert len(got.documents) == 1 and len(got.documents[0].text_raw) <= 40
    assert len([n for n in got.notes if "only the first" in n]) == 2, got.notes
    assert "the submission has no end tag: it may be cut off" in got.notes


@pytest.mark.parametrize(
    "piece", [b"<DOCUMENT>", b"<DOCUMENT>\n<TYPE>A\n<TEXT>", b"<A>", b"\n\n", b"<ix:header", b"<XBRL>", b"Item 1.01\n"]
)
def test_many_of_anything_stays_linear(piece: bytes) -> None:
    small, large = LINES + piece * 2_000, LINES + piece * 20_000
    for raw in (small, large):
        got = parse_submission(raw, max_documents=100_000)
        assert got.accession == "0009999999-26-000001"
        split_items(filing_text(got)[0])


def test_old_and_new_item_numbers() -> None:
    assert item_numbers(["Financial statements and exhibits", ""], dt.date(2004, 7, 22)) == ("7",)
    assert item_numbers(["Financial Statements and Exhibits", "Other Events"], dt.date(2019, 7, 22)) == ("9.01", "8.01")
    assert item_numbers(["8.01", "8.01", "Nonsense"], None) == ("8.01",)


def test_a_reference_to_an_item_is_no_heading() -> None:
    text = "Item 8.01. Other Events.\n\nThe facts under\nItem 404(a) of Regulation S-K and Item 5.02 apply.\n\nItems 1 through 4."
    assert list(split_items(text)) == ["8.01"]


def test_plain_text_joins_lines() -> None:
    assert plain_text("One\ntwo\r\n\r\nthree\x0cfour") == "One two\n\nthree four"

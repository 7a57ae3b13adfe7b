"""Who sells, by the many ways in which filings name it."""

from __future__ import annotations

import pytest

from screener.dilution import agents

SAID = [
    ("A.G.P. is acting as the sole placement agent for the offering.", ["A.G.P."]),
    ("Alliance Global Partners (“A.G.P.”) served as the sole placement agent.", ["A.G.P."]),
    ("A.G.P./Alliance Global Partners is acting as sole bookrunner.", ["A.G.P."]),
    ("The Benchmark Company, LLC and Joseph Gunnar & Co., LLC acted as co-placement agents.",
     ["Benchmark Company", "Joseph Gunnar & Co"]),
    ("Harrow Capital Management LLC and R.F. Stanmore & Co., Inc. are joint bookrunning managers for the offering.",
     ["Harrow Capital Management LLC", "R.F. Stanmore & Co"]),
    ("The Company retained H.C. Wainwright & Co., LLC as exclusive placement agent.", ["H.C. Wainwright & Co"]),
    ("In connection with the offering, Holt & Bray Securities LLC served as placement agent.", ["Holt & Bray Securities LLC"]),
    ("The Company entered into a placement agency agreement with Elmira Investment Company, LLC (the “Placement Agent”).",
     ["Elmira Investment Company"]),
    ("Sole placement agent for the offering is Noble Capital Markets, Inc.", ["Noble Capital Markets"]),
    ("Joint book-running managers: Jefferies LLC and Mizuho Securities USA LLC",
     ["Jefferies LLC", "Mizuho Securities USA LLC"]),
    ("LifeSci Capital is acting as lead manager and H.C. Wainwright & Co. as co-manager.",
     ["LifeSci Capital", "H.C. Wainwright & Co"]),
    ("Oppenheimer & Co. is sole bookrunner; Lake Street Capital Markets and Freedom Broker are co-managers.",
     ["Oppenheimer & Co", "Lake Street Capital Markets", "Freedom Broker"]),
    ("Titan Partners Group LLC, a division of American Capital Partners, LLC, acted as sole bookrunner.",
     ["Titan Partners Group LLC"]),
    ("Stonebridge Trust Company, N.A. is acting as transfer agent.", []),
    ("Stonebridge Trust Company, N.A. serves as warrant agent.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SAID)
def test_who_sells(text: str, wanted: list[str]) -> None:
    assert agents.names(text) == wanted


def test_the_foot_of_a_cover() -> None:
    foot = "\n\n".join(
        (
            "Sole Book-Running Manager",
            "Craig-Hallum",
            "Co-Managers",
            "Delmar & Company",
            "Pell Street",
            "The date of this is",
        )
    )
    assert agents.headed(foot) == ["Craig-Hallum", "Delmar & Company", "Pell Street"]
    assert agents.headed("Eagle Point Markets\n\nSole Placement Agent\n\nThe date of this is March 1, 2027") == [
        "Eagle Point Markets"
    ]


def test_one_house_under_two_names_is_one() -> None:
    assert agents.together(["H.C. Wainwright"], ["H.C. Wainwright & Co", "Roth"]) == ["H.C. Wainwright", "Roth"]


def test_long_lists_of_words_stay_quick() -> None:
    for text in ("co-" * 20_000, "Joint Co " * 10_000, "A, " * 20_000, "Sole " * 20_000 + "as underwriter"):
        agents.names(text[:6_000])

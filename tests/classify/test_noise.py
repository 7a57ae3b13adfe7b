"""Noise in words of its own: what is paid for, relayed, advertised or only dated never becomes a catalyst."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screener.classify import marks
from screener.classify.pipeline import Classifier
from screener.types import Story

Make = Callable[..., Story]
LAWYERS = [
    "Shareholder Alert: Harlan & Pryce LLP Investigates Qorvex Inc. on Behalf of Investors",
    "Qorvex Investors With Substantial Losses Have Opportunity to Lead Class Action, Harlan Pryce Reminds",
    "Harlan Pryce LLP Urges Holders of Lakewood Mining to Contact the Firm Before the June Deadline",
]
DATES = [
    "Tallgrass Motors to Report Second Quarter 2027 Results on August 4",
    "Fernhill Foods Schedules Third Quarter Earnings Release and Conference Call",
    "Corvane Labs to Present at the Dunmore Growth Conference",
]
FEATURE = (
    "By Dana Okoye, MarketDesk\n\nQorvex Inc. (NASDAQ: QRVX) has been making waves in the sensor industry. The company's "
    "partnership with Lakewood and its record revenue growth this year show why investors are paying attention. Analysts say "
    "that the stock may be undervalued. "
    + "The sensor market is expected to grow to $40 billion by 2032. "
    * 12
    + "\n\n"
    "This post contains sponsored content. This content is for informational purposes only and is not intended to be investing "
    "advice."
)


@pytest.mark.parametrize("headline", LAWYERS)
def test_lawyers_looking_for_clients_are_no_news(classifier: Classifier, story: Make, headline: str) -> None:
    answer = classifier.classify(story(headline))
    assert answer.catalysts == ()
    assert "law_firm_ad" in {n.kind for n in answer.noise}


@pytest.mark.parametrize("headline", DATES)
def test_a_date_is_no_event(classifier: Classifier, story: Make, headline: str) -> None:
    answer = classifier.classify(story(headline))
    assert answer.catalysts == ()
    assert "conference" in {n.kind for n in answer.noise}


def test_a_paid_feature_is_promotion_and_no_event(classifier: Classifier, story: Make) -> None:
    answer = classifier.classify(story("Why Qorvex Could Be the Next Big Name in Smart Sensors", FEATURE))
    assert answer.catalysts == ()
    assert "promotion" in {n.kind for n in answer.noise}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Corvane News was compensated by the issuer for this distribution.", "sponsored"),
        ("This release is disseminated on behalf of a client.", "sponsored"),
        ("By Dana Okoye, MarketDesk\nQorvex grows.", "column"),
        ("To view the full press release, visit the page.", "digest"),
        ("A lead plaintiff is a representative party acting for others.", "lawyers"),
        ("This release contains forward-looking statements.", "own"),
    ],
)
def test_disclosures_are_marked_at_both_ends(text: str, mark: str) -> None:
    padding = "The market for sensors is large and it grows.\n" * 400
    assert mark in marks.marks(text)
    assert mark in marks.marks(f"{text}\n{padding}")
    if not text.startswith("By "):
        assert mark in marks.marks(f"{padding}{text}")
    assert marks.marks("Qorvex sells sensors.") == ()


def test_an_answer_does_not_depend_on_its_neighbours(classifier: Classifier, story: Make) -> None:
    long = story("Qorvex Moves Ahead With Sensors", FEATURE, id="long")
    alone = next(classifier.classify_many([long], 0.01))
    among = list(classifier.classify_many([*(story(h, id=h) for h in LAWYERS + DATES), long], 0.01))[-1]
    assert alone == among

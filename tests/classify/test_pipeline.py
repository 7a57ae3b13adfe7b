"""The classifier: evidence that quotes, forms and items, order, and any text whatever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.classify.components import FILING_LEAD
from screener.classify.pipeline import Classifier
from screener.errors import ModelError
from screener.types import Classified, Span, Story
from tests.classify.conftest import MODEL, NOON, RULES

Make = Callable[..., Story]
PIECES = st.sampled_from(
    [
        "Announces ",
        "Reverse Stock Split",
        " of $5 million ",
        "FDA Approval",
        "\n",
        "İ",
        "ﬁ",
        "\ud800",
        "™",
        "“",
        " Phase 2 ",
    ]
)


def check_spans(story: Story, answer: Classified) -> None:
    spans: list[Span] = [s for c in answer.catalysts for s in c.evidence] + [
        s for n in answer.noise for s in n.evidence
    ]
    for span in spans:
        if span.field in ("form", "items", "subjects"):
            assert (span.start, span.end) == (0, 0)
        else:
            assert getattr(story, span.field)[span.start : span.end] == span.text


@given(
    title=st.one_of(st.text(), st.lists(PIECES).map("".join)),
    text=st.one_of(st.text(), st.lists(PIECES).map("".join)),
    form=st.sampled_from(["PR", "8-K", "6-K", "HALT", "424B5", "4"]),
)
def test_any_text_gives_an_answer_whose_spans_quote_it(
    classifier: Classifier, title: str, text: str, form: str
) -> None:
    story = Story(id="x", title=title, text=text, form=form, items=("3.01",), published=NOON, first_seen=NOON)
    answer = classifier.classify(story, threshold=0.2)
    check_spans(story, answer)
    assert all(0.2 <= c.confidence <= 1 for c in answer.catalysts)


@pytest.mark.parametrize("form", ["PR", "8-K"])
def test_a_megabyte_is_read_at_its_beginning(classifier: Classifier, story: Make, form: str) -> None:
    """What follows the first pages neither costs time nor changes the answer."""
    page = "The company announced a reverse stock split and the pricing of its public offering. " * 60
    whole, cut = (
        story("Acme Announces", text, form=form, items=("8.01",)) for text in (page * 200, page[:FILING_LEAD])
    )
    assert len(whole.text) > 1_000_000
    answer = classifier.classify(whole, threshold=0.1)
    check_spans(whole, answer)
    assert [(c.type, c.confidence) for c in answer.catalysts] == [
        (c.type, c.confidence) for c in classifier.classify(cut, threshold=0.1).catalysts
    ]


def test_answers_keep_order_and_ids(classifier: Classifier, story: Make) -> None:
    stories = [story(f"Acme Announces 1-for-{n} Reverse Stock Split", id=str(n)) for n in range(2, 90)]
    answers = list(classifier.classify_many(stories))
    assert [a.story_id for a in answers] == [s.id for s in stories]
    assert all(a.catalysts[0].type == "reverse_split" for a in answers)


def test_catalyst_carries_ticker_stage_and_facts(classifier: Classifier, story: Make) -> None:
    found = classifier.classify(
        story("Qorvex Announces 1-for-20 Reverse Stock Split", tickers=("QRVX", "QRVXW"))
    ).catalysts[0]
    assert (found.ticker, found.type, found.polarity, found.facts["ratio"]) == (
        "QRVX",
        "reverse_split",
        "-",
        "1-for-20",
    )
    assert found.made_by == "patterns+model"


def test_best_comes_first(classifier: Classifier, story: Make) -> None:
    many = classifier.classify(
        story("Fernhill Reports Third Quarter 2027 Results and Authorizes $20 Million Share Repurchase Program")
    )
    assert {c.type for c in many.catalysts} == {"earnings", "buyback"}
    assert [c.confidence for c in many.catalysts] == sorted((c.confidence for c in many.catalysts), reverse=True)


@pytest.mark.parametrize(
    ("form", "items", "expected"),
    [
        ("8-K", ("3.01",), ["listing_deficiency"]),
        ("8-K", ("4.01", "9.01"), ["auditor_change"]),
        ("8-K", ("1.03",), ["bankruptcy"]),
        ("8-K", ("4.02",), ["restatement"]),
        ("8-K", ("2.02", "9.01"), ["earnings"]),
        ("8-K", ("5.02",), ["management_change"]),
        ("8-K", ("1.05",), ["cyber_incident"]),
        ("8-K", ("8.01", "7.01", "9.01"), []),
        ("8-K", (), []),
        ("424B5", (), ["equity_offering"]),
        ("424B4", (), ["equity_offering"]),
        ("S-3", (), ["shelf_or_atm"]),
        ("S-8", (), []),
        ("NT 10-K", (), ["late_filing"]),
        ("25-NSE", (), ["delisting"]),
        ("SC TO-T", (), ["takeover_target"]),
        ("SC TO-I", (), ["buyback"]),
        ("SCHEDULE 13D", (), ["strategic_review"]),
        ("SCHEDULE 13G", (), []),
        ("4", (), []),
    ],
)
def test_title_only_filings_go_by_form_and_items(
    classifier: Classifier, story: Make, form: str, items: tuple[str, ...], expected: list[str]
) -> None:
    answer = classifier.classify(story(f"{form} - Acme Corp (0001999999) (Filer)", form=form, items=items))
    assert [c.type for c in answer.catalysts] == expected
    assert all(
        c.made_by == "items" and {s.field for s in c.evidence if not s.fact} <= {"items", "form"}
        for c in answer.catalysts
    )


LEGAL = "The reverse stock split and its effect on loss per share were described in the notes to the accounts."
WHAT_IF = "The Company may acquire assets, and any reverse stock split or public offering of stock adjusts it."


@pytest.mark.parametrize(
    ("form", "items", "expected"),
    [
        ("8-K", ("5.03",), ["reverse_split"]),
        ("8-K", ("8.01",), ["reverse_split"]),
        ("6-K", (), ["reverse_split"]),
        ("8-K", ("5.07",), []),
        ("S-8", (), []),
        ("424B3", (), []),
    ],
)
def test_legal_prose_counts_only_where_form_or_item_can_carry_it(
    classifier: Classifier, story: Make, form: str, items: tuple[str, ...], expected: list[str]
) -> None:
    answer = classifier.classify(story(f"{form}: Acme Corp - Other events", LEGAL, form=form, items=items))
    assert [c.type for c in answer.catalysts] == expected


@pytest.mark.parametrize("form", ["8-K", "6-K"])
def test_conditions_are_no_news(classifier: Classifier, story: Make, form: str) -> None:
    answer = classifier.classify(story(f"{form}: Acme Corp - Other events", WHAT_IF, form=form, items=("8.01",)))
    assert answer.catalysts == ()


@pytest.mark.parametrize(
    ("facts", "bought"),
    [
        ({"code": "P"}, True),
        ({"code": "A"}, False),
        ({"code": "F", "insider_name": "Dana Okoye", "shares": 100}, False),
        ({"insider_name": "Dana Okoye", "shares": 100}, True),
        ({"insider_name": "Dana Okoye", "shares": 100, "planned": True}, False),
        ({}, False),
    ],
)
def test_form_4_counts_only_as_a_purchase(
    classifier: Classifier, story: Make, facts: dict[str, object], bought: bool
) -> None:
    answer = classifier.classify(story("4 - Acme Corp (0001999999) (Issuer)", form="4", source_facts=facts))
    assert [c.type for c in answer.catalysts] == (["insider_buying"] if bought else [])


def test_a_filing_with_a_release_is_read_by_its_headline(classifier: Classifier, story: Make) -> None:
    text = "Item 8.01. Other Events\n\nThe press release is attached as Exhibit 99.1."
    answer = classifier.classify(
        story("Tallgrass Prices $12 Million Public Offering of Common Stock", text, form="8-K", items=("8.01",))
    )
    assert [c.type for c in answer.catalysts] == ["equity_offering"]


def test_buyer_and_target_are_told_apart_by_the_ticker(classifier: Classifier, story: Make) -> None:
    title = "Brightway Logistics to Acquire Kelvane Sensors for $9.50 Per Share in Cash"
    types = {t: {c.type for c in classifier.classify(story(title, tickers=(t,))).catalysts} for t in ("BWLG", "KVNE")}
    assert "acquisition" in types["BWLG"] and "takeover_target" not in types["BWLG"]
    assert "takeover_target" in types["KVNE"] and "acquisition" not in types["KVNE"]


def test_model_id_follows_weights_and_rules(classifier: Classifier, words_only: Classifier, tmp_path: Path) -> None:
    (tmp_path / "reverse_split.yml").write_bytes((RULES / "reverse_split.yml").read_bytes())
    ids = {classifier.model_id, words_only.model_id, Classifier(tmp_path, None).model_id}
    assert len(ids) == 3
    assert Classifier(RULES, MODEL).model_id == classifier.model_id


def test_missing_weights_are_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="make train"):
        Classifier(RULES, tmp_path)

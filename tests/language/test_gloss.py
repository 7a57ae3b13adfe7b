"""Headlines put into English word by word, and where each word stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language.gloss import LANGUAGES, _glossary, gloss

CASES = [
    ("fr", "Corvane publie ses résultats semestriels", "Corvane reports its half year results"),
    ("fr", "L’ACCORD DE LICENCE d'Orvexa", "the license agreement of Orvexa"),
    ("fr", "un prêt de 1 200 000 euros", "a loan of 1,200,000 euros"),
    ("fr", "12,5 millions d’euros", "12.5 million euros"),
    ("de", "Kapitalerhöhung um 1.250.000 Aktien", "capital increase share offering by 1,250,000 shares"),
    ("da", "Halvårsrapport 2026", "half year report results 2026"),
    ("es", "adquisición de la compañía", "acquisition of the company"),
    ("sv", "Kallelse till årsstämma", "notice to annual general meeting"),
    ("fr", "Zqvx", "Zqvx"),
    ("de", "", ""),
]


@pytest.mark.parametrize(("code", "told", "english"), CASES)
def test_terms_become_english(code: str, told: str, english: str) -> None:
    assert " ".join(gloss(told, code).text.split()) == " ".join(english.split())


def test_a_span_is_whole_terms_of_the_original() -> None:
    told = "Corvane annonce le regroupement de ses actions en mai"
    english = gloss(told, "fr")
    at = english.text.index("split")
    start, end = english.original(at, at + len("split"))
    assert told[start:end] == "regroupement de ses actions"
    at = english.text.index("Corvane")
    assert english.original(at, at + 7) == (0, 7)


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_line_of_a_glossary_can_be_found(code: str) -> None:
    terms = [term for row in _glossary(code).values() for term in row]
    assert len(terms) > 90
    for term in terms:
        words = " ".join(word.rstrip("*") for word in term.words)
        assert gloss(words, code).text != words or term.english == words or not term.english


def test_a_language_without_a_glossary() -> None:
    with pytest.raises(KeyError):
        gloss("text", "ja")


@given(st.text(max_size=200), st.sampled_from(sorted(LANGUAGES)), st.data())
def test_spans_stay_inside(text: str, code: str, data: st.DataObject) -> None:
    english = gloss(text, code)
    start = data.draw(st.integers(0, len(english.text)))
    end = data.draw(st.integers(start, len(english.text)))
    first, last = english.original(start, end)
    assert 0 <= first <= last <= len(text)


WORDS = ["le", "prêt", "de", "l'accord", "1,5", "million", "Zorexa", "à", "la", "bourse", "—", "résultats"]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_names_stay(words: list[str]) -> None:
    assert gloss(" ".join(words), "fr").text.count("Zorexa") == words.count("Zorexa")

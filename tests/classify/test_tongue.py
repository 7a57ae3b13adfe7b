"""Headlines in other languages are left alone and say so; English ones with foreign names are not taken for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screener.classify.pipeline import Classifier
from screener.classify.tongue import foreign
from screener.types import Story

OTHERS = [
    ("de", "Corvane gibt den Rückkauf von Aktien für das Jahr bekannt und hebt die Prognose an"),
    ("fr", "Corvane annonce le regroupement de ses actions et une levée de fonds avec des investisseurs"),
    ("es", "Corvane anuncia los resultados del tercer trimestre y una emisión de acciones para sus accionistas"),
    ("pt", "Corvane anuncia os resultados do trimestre e uma oferta de ações para os acionistas"),
    ("it", "Corvane annuncia il raggruppamento delle azioni e una emissione di titoli per gli investitori"),
    ("nl", "Corvane kondigt het inkopen van eigen aandelen aan met een waarde van 5 miljoen"),
    ("sv", "Corvane har beslutat om en riktad emission av aktier till och med den 3 maj för att stärka bolaget"),
    ("ja", "コルバン、株式併合を発表"),
    ("zh", "科尔万宣布反向拆股"),
    ("ru", "Корвейн объявляет об обратном дроблении акций"),
]
ENGLISH = [
    "Corvane Announces Reverse Stock Split",
    "La Jolla Sensors and Las Palmas Gold Sign Supply Deal in El Dorado",
    "Del Mar Bio, Los Alamos and Van Der Berg Enter Into Collaboration",
    "Zorexa S.p.A. Reports Q3 Results",
    "De La Cruz Appointed CEO of Santa Fe Mining",
    "Zorexa prices IPO",
    "",
    "12345",
]


@pytest.mark.parametrize(("code", "headline"), OTHERS)
def test_other_languages_are_told(
    classifier: Classifier, story: Callable[..., Story], code: str, headline: str
) -> None:
    assert foreign(headline) == code
    answer = classifier.classify(story(headline), threshold=0.05)
    assert answer.catalysts == ()
    assert [(n.kind, n.evidence[0].text) for n in answer.noise] == [("other_noise", f"language:{code}")]


@pytest.mark.parametrize("headline", ENGLISH)
def test_english_with_foreign_names_is_english(headline: str) -> None:
    assert foreign(headline) == ""


def test_an_english_text_below_does_not_hide_the_headline() -> None:
    assert (
        foreign(OTHERS[0][1], "Der Vorstand hat die Maßnahme mit dem Aufsichtsrat für das laufende Jahr beschlossen.")
        == "de"
    )
    assert (
        foreign("Corvane Zorexa Update", "Corvane today announced that it has received the notice from the exchange.")
        == ""
    )

"""Headlines in other languages are told; those with a glossary are read through it, others are left alone.

English headlines with foreign names are not taken for foreign.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screener.classify.pipeline import GLOSSED, Classifier
from screener.classify.tongue import foreign
from screener.types import Story

LEFT_ALONE = [
    ("ja", "コルバン、株式併合を発表"),
    ("zh", "科尔万宣布反向拆股"),
    ("ru", "Корвейн объявляет об обратном дроблении акций"),
    ("pl", "Corvane i Zorexa: spółka nie zawiera umowy na dostawy do szpitali w Polsce"),
]
READ = [
    ("de", "Corvane gibt den Rückkauf von Aktien für das Jahr bekannt", "buyback"),
    ("de", "Corvane und Zorexa schließen einen Lizenzvertrag für ein Krebsmedikament", "licensing"),
    ("fr", "Corvane annonce le regroupement de ses actions", "reverse_split"),
    ("fr", "Corvane publie ses résultats du troisième trimestre et fait le point sur ses activités", "earnings"),
    ("fr", "Corvane annonce la nomination de Paul Ferrand au poste de directeur financier", "management_change"),
    ("es", "Corvane anuncia los resultados financieros del tercer trimestre de 2026", "earnings"),
    ("it", "Corvane annuncia il raggruppamento delle azioni ordinarie della società", "reverse_split"),
    ("nl", "Corvane kondigt het inkopen van eigen aandelen aan met een waarde van 5 miljoen", "buyback"),
    ("sv", "Corvane har beslutat om en riktad emission av aktier till och med den 3 maj", "private_placement"),
    ("da", "Corvane indgår aftale om opkøb af Zorexa og er i gang med en ny strategi for selskabet", "acquisition"),
]
QUIET = [
    ("fr", "Corvane participera à une conférence pour les investisseurs en septembre", "conference"),
    ("fr", "Corvane : mise à disposition des documents préparatoires à son assemblée générale", "proxy_admin"),
    ("de", "Einladung zu der ordentlichen Hauptversammlung der Corvane für das Geschäftsjahr", "proxy_admin"),
    ("da", "Indkaldelse til ordinær generalforsamling i Corvane og forslag til vedtægter", "proxy_admin"),
    ("es", "Corvane participará en la conferencia anual para los inversores", "conference"),
    ("nl", "Corvane en de stad openen een tuin voor het personeel van de fabriek", ""),
    ("fr", "Corvane remercie ses équipes et souhaite une belle année à tous les siens", ""),
    ("de", "Corvane und die Stadt feiern mit den Nachbarn ein Fest für die Kinder", ""),
]
ENGLISH = [
    "Corvane Announces Reverse Stock Split",
    "La Jolla Sensors and Las Palmas Gold Sign Supply Deal in El Dorado",
    "Del Mar Bio, Los Alamos and Van Der Berg Enter Into Collaboration",
    "Zorexa S.p.A. Reports Q3 Results",
    "De La Cruz Appointed CEO of Santa Fe Mining",
    "Zorexa prices IPO",
    "Class Action Filed Over Auto Parts Retire Plan",
    "Studio Data Trimester Conference Emission Control Action",
    "Nova Presenta Labs, Mercado Vita and Oro Verde Announce Order",
    "Handelsbanken Research Initiates Coverage of Corvane",
    "",
    "12345",
]


@pytest.mark.parametrize(("code", "headline"), LEFT_ALONE)
def test_a_language_without_a_glossary_is_left_alone(
    classifier: Classifier, story: Callable[..., Story], code: str, headline: str
) -> None:
    assert foreign(headline) == code
    answer = classifier.classify(story(headline), threshold=0.05)
    assert answer.catalysts == ()
    assert [(n.kind, n.evidence[0].text) for n in answer.noise] == [("other_noise", f"language:{code}")]


@pytest.mark.parametrize(("code", "headline", "kind"), READ)
def test_a_headline_is_read_through_a_glossary(
    classifier: Classifier, story: Callable[..., Story], code: str, headline: str, kind: str
) -> None:
    assert foreign(headline) in {code, "no" if code == "da" else code}
    answer = classifier.classify(story(headline))
    assert [c.type for c in answer.catalysts] == [kind]
    (found,) = answer.catalysts
    assert found.evidence[-1].text.startswith("language:")
    quoted = [span for span in found.evidence if span.field == "title"]
    assert quoted, "the words that prove it are quoted"
    assert all(span.text == headline[span.start : span.end] for span in quoted)


@pytest.mark.parametrize(("code", "headline", "kind"), QUIET)
def test_quiet_news_in_another_language_has_no_tag(
    classifier: Classifier, story: Callable[..., Story], code: str, headline: str, kind: str
) -> None:
    assert foreign(headline)
    answer = classifier.classify(story(headline))
    assert answer.catalysts == ()
    assert any(span.text.startswith("language:") for noise in answer.noise for span in noise.evidence)
    assert not kind or kind in {noise.kind for noise in answer.noise}


def test_nothing_less_than_probable_comes_of_a_glossary(classifier: Classifier, story: Callable[..., Story]) -> None:
    for _, headline, _ in READ:
        answer = classifier.classify(story(headline), threshold=0.05)
        assert all(c.confidence >= GLOSSED for c in answer.catalysts)


def test_amounts_and_amounts_of_other_money(classifier: Classifier, story: Callable[..., Story]) -> None:
    text = "Corvane annonce la signature d’un contrat de $41,3 millions avec une société de la région"
    (found,) = classifier.classify(story(text)).catalysts
    assert found.facts["amount_usd"] == 41_300_000
    text = "Corvane annonce le lancement d’une augmentation de capital d’environ 60 millions d’euros"
    (found,) = classifier.classify(story(text)).catalysts
    assert (found.type, found.facts.get("amount_usd")) == ("equity_offering", None)


@pytest.mark.parametrize(
    ("code", "headline"),
    [
        ("da", "Storaktionærmeddelelse"),
        ("da", "Delårsrapport 2026"),
        ("fr", "Assemblée générale mixte 2026"),
        ("fr", "Corvane participera au prochain congrès ESMO 2026"),
        ("de", "Zorexa schließt Übernahme von Corvane ab"),
        ("es", "Corvane participará en la conferencia BIO-Europe"),
    ],
)
def test_a_short_headline_is_told_by_its_terms(code: str, headline: str) -> None:
    assert foreign(headline) == code


@pytest.mark.parametrize("headline", ENGLISH)
def test_english_with_foreign_names_is_english(headline: str) -> None:
    assert foreign(headline) == ""


def test_an_english_text_below_does_not_hide_the_headline() -> None:
    headline = "Corvane gibt den Rückkauf von Aktien für das Jahr bekannt und hebt die Prognose an"
    assert foreign(headline, "Der Vorstand hat die Maßnahme mit dem Aufsichtsrat für das laufende Jahr.") == "de"
    assert foreign("Corvane Zorexa Update", "Corvane today announced that it has received the notice.") == ""

"""The pipeline as spaCy's users meet it: plain text in, categories and spans out, saved and loaded, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language

import screener

TEXT = (
    "Qorvex Announces 1-for-20 Reverse Stock Split\n"
    "Qorvex Inc. today announced that its board has approved a reverse stock split of its common stock."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return screener.load()


def test_plain_text_gets_chances_and_spans(nlp: Language) -> None:
    doc = nlp(TEXT)
    assert doc.cats["reverse_split"] > 0.9
    assert all(0 <= chance <= 1 for chance in doc.cats.values())
    split = [span for span in doc.spans["sc"] if span.label_ == "reverse_split"]
    assert any("Reverse Stock Split" in span.text for span in split)
    assert {span.label_ for span in doc.spans["sc"]} <= {name for name, chance in doc.cats.items() if chance >= 0.5}


def test_many_texts_give_what_one_gives(nlp: Language) -> None:
    texts = [TEXT, "", "Lakewood Names Dana Okoye Chief Executive Officer", "Halden to Present at Dunmore Conference"]
    many = [doc.cats for doc in nlp.pipe(texts, batch_size=3)]
    for text, cats in zip(texts, many, strict=True):
        assert cats == pytest.approx(nlp(text).cats, abs=2e-3)


def test_saved_and_loaded_it_reads_the_same(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    assert str(Path(screener.__file__).parent) not in (tmp_path / "config.cfg").read_text(), "no path of this machine"
    again = spacy.load(tmp_path)
    assert again.pipe_names == nlp.pipe_names
    assert again(TEXT).cats == pytest.approx(nlp(TEXT).cats, abs=1e-5)


def test_displacy_draws_it(nlp: Language) -> None:
    assert "reverse_split" in displacy.render(nlp(TEXT), style="span", page=False, jupyter=False)


def test_factories_are_registered(nlp: Language) -> None:
    assert nlp.pipe_names == ["catalyst_wordings", "catalyst_scorer", "catalyst_judge"]
    blank = spacy.blank("en")
    blank.add_pipe("catalyst_wordings")
    assert blank.has_pipe("catalyst_wordings")

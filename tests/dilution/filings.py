"""The invented filings of ``invented/``: their texts as documents, with the entries that a person reads in them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from screener.dilution.read import read_filing, read_release
from screener.dilution.records import Document, Entry
from tests.bench.dilution import NOT_LABELLED, NOW, Score, Truth, pairs

FOLDER = Path(__file__).with_name("invented")
FAR = "\n\n".join(
    ["We make instruments and sell them to laboratories in eleven countries, mostly through distributors."] * 60
)


class Invented(Struct, frozen=True):
    """A filing, and what it says; ``{far}`` in its text stands for pages of other words."""

    id: str
    form: str
    text: str
    items: tuple[str, ...] = ()
    entries: tuple[Truth, ...] = ()


def invented(name: str) -> list[Invented]:
    """The filings of one file, in its order."""
    return msgspec.convert(yaml.safe_load((FOLDER / f"{name}.yml").read_text()), list[Invented])


def read(filing: Invented) -> list[Entry]:
    """What the readers make of a filing."""
    text = filing.text.replace("{far}", FAR)
    document = Document(
        id=filing.id, form=filing.form, text=text, items=filing.items, published=NOW, received=NOW
    )  # fmt: skip
    found = read_release(document) if filing.form == "PR" else read_filing(document)
    return [e for e in found if e.kind not in NOT_LABELLED]


def score(filings: list[Invented]) -> Score:
    """Readings against labels, by field."""
    out = Score()
    for filing in filings:
        for truth, found in pairs(list(filing.entries), read(filing)):
            out.add(filing.id, truth, found)
    return out

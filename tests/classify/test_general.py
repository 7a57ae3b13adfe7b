"""Wordings are general: in the types of free language none lives from a single company's headlines."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from screener.classify import locked, taught
from screener.classify.patterns import PatternBank
from screener.classify.rulefile import load_folder
from screener.classify.taught import Sources
from tests.classify.conftest import ROOT, RULES

FREE = 60  # labelled examples from which the model, not the wordings, carries what is rare in a type


def test_no_wording_of_a_common_type_fires_on_one_company_only(shared: Path) -> None:
    wires, labels = shared / "wires", ROOT / "data" / "labels"
    sources = Sources(
        labels=wires / "labels.jsonl",
        items=(wires / "releases.jsonl.gz", wires / "full_releases.jsonl.gz"),
        more=(wires / "labels_2026.jsonl", *sorted(labels.glob("read_*.jsonl")), *sorted(labels.glob("types_*.jsonl"))),
    )
    items = taught.read(sources, locked.read(labels))
    bank = PatternBank(load_folder(RULES))
    companies = defaultdict[tuple[int, str], set[str]](set)
    for item in items:
        for number, hits in bank.scan(item.story.title, headline=True).items():
            for match in hits.patterns:
                companies[number, match.wording].add(taught.company(item.story))
    examples = Counter(name for item in items for name in (*item.label.types, *item.label.noise))
    single = [
        f"{bank.rules[number].id}: {wording}"
        for (number, wording), found in companies.items()
        if len(found) == 1 and examples[bank.rules[number].id] >= FREE and wording not in _tested(bank, number)
    ]
    assert single == []


def _tested(bank: PatternBank, number: int) -> set[str]:
    """The wordings that the type's own tests need."""
    found = set[str]()
    for sample in bank.rules[number].samples:
        hits = bank.scan(sample.title, headline=True).get(number) if sample.must else None
        found |= {match.wording for match in hits.patterns} if hits else set()
    return found

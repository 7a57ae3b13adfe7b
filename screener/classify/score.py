"""Score the locked set once: ``python -m screener.classify.score ITEMS... [--model FOLDER] [--labels FOLDER]``.

Figures by source and type with intervals go into the folder's ``scores.jsonl`` and its card. A model that was scored is
refused: figures looked at twice are tuned on. Errors are not shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from screener import clock, config
from screener.classify import card, locked
from screener.classify.card import CardFigures, Scoring
from screener.classify.evaluate import FLOOR, Label, compare, read_labels, read_stories, summary, table
from screener.classify.intervals import Interval, intervals
from screener.classify.pipeline import Classifier
from screener.classify.taught import company
from screener.errors import InputError
from screener.types import Classified, Story

SET = "locked set"
JUDGED = 2
ALL = "all"


class Judged(NamedTuple):
    """One item of the set with its answer and source."""

    label: Label
    story: Story
    answer: Classified
    source: str


class _Source(Struct):
    id: str
    source: str = ""


def score(items: Sequence[Path], labels: Path, folder: Path, rules: Path, *, note: str = "") -> Scoring:
    """Score the model of a folder. Raises InputError when it was scored before or the items do not fit."""
    classifier = Classifier(rules, folder)
    name = classifier.model_id
    if any(old.model == name and old.set == SET for old in card.scorings(folder)):
        raise InputError(f"model {name} was scored on the {SET} before: its figures are in the card")
    rows = judged(items, labels / locked.LABELS, classifier)
    by_source = [(ALL, rows), *((s, [r for r in rows if r.source == s]) for s in sorted({r.source for r in rows}))]
    day = clock.now().date().isoformat()
    return Scoring(
        model=name,
        set=SET,
        day=day,
        sources=tuple(source_row(source, found) for source, found in by_source),
        types=type_rows(rows),
        note=note,
    )


def judged(items: Sequence[Path], labels: Path, classifier: Classifier) -> list[Judged]:
    """The labelled items that are sure enough, with the classifier's answers."""
    wanted = {label.id: label for label in read_labels(labels) if label.sure >= JUDGED}
    decoder = msgspec.json.Decoder(_Source)
    sources = {row.id: row.source for row in map(decoder.decode, labels.read_bytes().splitlines())}
    stories = [story for path in items for story in read_stories(path) if story.id in wanted]
    if len(stories) < len(wanted):
        raise InputError(
            f"{len(wanted) - len(stories)} of the {len(wanted)} items of {labels} are in none of the files"
        )
    answers = classifier.classify_many(stories, FLOOR)
    return [Judged(wanted[s.id], s, a, sources[s.id]) for s, a in zip(stories, answers, strict=True)]


def source_row(name: str, rows: Sequence[Judged]) -> CardFigures:
    """Figures of one source."""
    figures = summary(compare([(r.label, r.story, r.answer) for r in rows]))
    spread = intervals([(r.label, r.answer) for r in rows], [company(r.story) for r in rows])
    f1, alarms = spread.micro_f1 or _NONE, spread.false_alarm_rate or _NONE
    names = ("micro_f1", "macro_f1", "false_alarm_rate", "polarity_accuracy", "calibration_error")
    return CardFigures(
        name=name,
        items=len(rows),
        low=f1.low,
        high=f1.high,
        alarm_low=alarms.low,
        alarm_high=alarms.high,
        **{key: figures[key] for key in names},
    )


_NONE = Interval(0.0, 1.0)


def type_rows(rows: Sequence[Judged]) -> tuple[CardFigures, ...]:
    """Figures by type over all sources, the most frequent first."""
    spread = intervals([(r.label, r.answer) for r in rows], [company(r.story) for r in rows])
    report = compare([(r.label, r.story, r.answer) for r in rows])
    return tuple(
        CardFigures(
            name=row["name"],
            items=row["examples"],
            precision=row["precision"],
            recall=row["recall"],
            micro_f1=row["f1"],
            low=spread.types[row["name"]].low,
            high=spread.types[row["name"]].high,
        )
        for row in table(report)
        if row["kind"] == "type" and row["examples"]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; writes the card."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("items", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, default=config.built_in("data") / "model")
    parser.add_argument("--labels", type=Path, default=config.built_in("data") / "labels")
    parser.add_argument("--rules", type=Path, default=config.built_in("rules") / "catalysts")
    parser.add_argument("--note", default="", help="a sentence for the card")
    given = parser.parse_args(argv)
    try:
        found = score(given.items, given.labels, given.model, given.rules, note=given.note)
    except InputError as e:
        print(e, file=sys.stderr)
        return 2
    card.add_scoring(given.model, found)
    for row in found.sources:
        print(msgspec.json.encode(row).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())

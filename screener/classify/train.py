"""Train the text model: ``python -m screener.classify.train LABELS RELEASES [--more FILE]... --out data/model``.

LABELS are JSON lines ``{id, types, noise, sure}``, RELEASES the items they label (JSON lines, ``.gz`` too). ``--more`` names
further label files for the same releases; they teach but are never judged on. The tests that stand in the catalyst
files teach too. Writes the weights and a model card with the figures of a cross-validation by company. The same input
gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from screener import clock
from screener.classify import learn, model
from screener.classify.card import write_card
from screener.classify.evaluate import FLOOR, Label, Report, compare, read_labels, read_stories, report_lines, summary
from screener.classify.learn import Examples, Reader
from screener.classify.model import Floats, Weights
from screener.classify.pipeline import Classifier
from screener.errors import InputError
from screener.types import Classified, Story

RULES = Path(__file__).resolve().parents[2] / "rules" / "catalysts"
SURE_WEIGHT = {3: 1.0, 2: 0.8, 1: 0.35}
SAMPLE_WEIGHT, MORE_WEIGHT = 0.6, 0.7
JUDGED = 2  # labels at least this sure are judged on
_EPOCH = clock.parse_time("1970-01-01T00:00:00Z")


class Task(Struct, frozen=True, kw_only=True):
    """What is to be learned: the judged labels with their stories and rows, and the rows that only teach."""

    rules: Path
    labels: list[Label]
    stories: list[Story]
    judged: Examples
    extra: Examples
    classes: tuple[str, ...]


class Fold(Struct, frozen=True, kw_only=True):
    """One fold of the cross-validation: the rows held out and how a model that never saw their companies did."""

    held: list[int]
    rows: list[tuple[Label, Story, Classified]]
    report: Report


def read_task(labels: Path, releases: Path, more: Sequence[Path], rules: Path) -> Task:
    """Read labels and releases. Raises InputError for files that do not fit each other."""
    stories = {story.id: story for story in read_stories(releases)}
    reader = Reader(rules)
    all_labels = [label for label in read_labels(labels) if label.id in stories]
    judged = [label for label in all_labels if label.sure >= JUDGED]
    if not judged:
        raise InputError(f"{releases}: holds none of the items labelled in {labels}: check that they fit")
    unsure = [(lb, SURE_WEIGHT[lb.sure]) for lb in all_labels if lb.sure < JUDGED]
    own = {label.id for label in all_labels}
    read = [(lb, MORE_WEIGHT * SURE_WEIGHT[lb.sure]) for path in more for lb in read_labels(path) if lb.id in stories]
    taught = [pair for pair in [*unsure, *read] if pair in unsure or pair[0].id not in own]
    samples = list(_samples(reader))
    return Task(
        rules=rules,
        labels=judged,
        stories=[stories[lb.id] for lb in judged],
        judged=reader.rows([stories[lb.id] for lb in judged], judged, [SURE_WEIGHT[lb.sure] for lb in judged]),
        extra=reader.rows(
            [*(stories[lb.id] for lb, _ in taught), *(story for story, _ in samples)],
            [*(lb for lb, _ in taught), *(lb for _, lb in samples)],
            [*(weight for _, weight in taught), *(SAMPLE_WEIGHT for _ in samples)],
        ),
        classes=tuple(rule.id for rule in reader.rules),
    )


def _samples(reader: Reader) -> Iterator[tuple[Story, Label]]:
    """The releases among the tests that a catalyst file must tag; the others say nothing of the rest of the types."""
    for rule in reader.rules:
        for sample in rule.samples:
            if sample.must and sample.form == "PR":
                name = f"{rule.id}:{sample.line}"
                story = Story(id=name, title=sample.title, text=sample.text, published=_EPOCH, first_seen=_EPOCH)
                yield story, Label(id=name, types=(rule.id,))


def cross_validate(task: Task) -> tuple[list[Fold], Floats]:
    """Train and judge by folds that share no company; also the held-out scores, for calibration."""
    folds = learn.folds(task.judged.group)
    weights = [learn.without(task.judged, task.extra, held, task.classes) for held in folds]
    scores = np.zeros_like(task.judged.wanted)
    for held, fitted in zip(folds, weights, strict=True):
        scores[held] = learn.scores(fitted, task.judged.take(held))
    return [_judge(task, held, fitted, scores) for held, fitted in zip(folds, weights, strict=True)], scores


def _judge(task: Task, held: list[int], fitted: Weights, scores: Floats) -> Fold:
    """Calibrate on the other folds and classify this one through the whole pipeline."""
    others = [i for i in range(len(task.labels)) if i not in set(held)]
    data = task.judged.take(others)
    fitted = learn.calibrated(fitted, scores[others], data)
    with tempfile.TemporaryDirectory() as folder:
        model.save(fitted, Path(folder))
        classifier = Classifier(task.rules, Path(folder))
        answers = classifier.classify_many((task.stories[i] for i in held), FLOOR)
        rows = [(task.labels[i], task.stories[i], answer) for i, answer in zip(held, answers, strict=True)]
    return Fold(held=held, rows=rows, report=compare(rows))


def whole_report(folds: Iterable[Fold]) -> Report:
    """Figures over all folds together."""
    return compare([row for fold in folds for row in fold.rows])


def train(labels: Path, releases: Path, more: Sequence[Path], out: Path, rules: Path = RULES) -> list[Fold]:
    """Train on everything, write weights and card to ``out``; returns the folds of the cross-validation."""
    task = read_task(labels, releases, more, rules)
    folds, scores = cross_validate(task)
    weights = learn.calibrated(learn.fit(task.judged.join(task.extra), task.classes), scores, task.judged)
    model.save(weights, out)
    write_card(out, labels, releases, more, len(task.extra.ids), folds, whole_report(folds))
    return folds


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; prints the figures of the cross-validation."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("releases", type=Path)
    parser.add_argument("--more", type=Path, action="append", default=[], help="further labels of the same releases")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rules", type=Path, default=RULES)
    given = parser.parse_args(argv)
    try:
        folds = train(given.labels, given.releases, given.more, given.out, given.rules)
    except InputError as e:
        print(e, file=sys.stderr)
        return 2
    for number, fold in enumerate(folds, 1):
        figures = ", ".join(
            f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in summary(fold.report).items()
        )
        print(f"fold {number}: {figures}")
    print("\n".join(report_lines(whole_report(folds))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

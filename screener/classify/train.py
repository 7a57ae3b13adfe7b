"""Train the classifier: ``python -m screener.classify.train LABELS ITEMS [--items FILE]... [--more FILE]... --out FOLDER``.

LABELS are JSON lines ``{id, types, noise, polarity, sure}``, ITEMS what they label (JSON lines, ``.gz`` too). ``--more`` names
further label files, ``--second`` second readings: where they differ an item counts as unsure, ``--invented`` items that
were made up to teach and never judge. ``--locked`` names the folder of the locked set: nothing of its items, companies and
wires teaches. The tests that stand in the catalyst files teach too.

A quarter of the companies, and the small wires whole, are held out first: linear model and (with ``--encoder``) encoder learn
from the rest, and what they say of the held-out items shows how to put them together and how good they are. Then both
learn from everything. The linear model and the stack come out the same bytes for the same input; the encoder's figures
repeat to about 0.01 of micro-F1, for threads add up in any order. Needs the ``train`` extra.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from screener import config
from screener.classify import encoder, learn, model, stack, stacking, taught
from screener.classify.card import Source, write_card
from screener.classify.components import make_doc
from screener.classify.evaluate import FLOOR, Evaluation, compare, report_lines
from screener.classify.judge import build, judge_of
from screener.classify.learn import Examples, Reader
from screener.classify.locked import read as read_locked
from screener.classify.model import Floats, Weights
from screener.classify.pipeline import Classifier
from screener.classify.spelling import Spelled
from screener.classify.taught import Sources, Taught
from screener.errors import InputError
from screener.types.words import POLARITIES

FOLDS = 4  # one of them is held out
JUDGED = 2  # labels at least this sure are judged on
STALE = 0.1  # weight of a held-out item that wordings were written from, when the parts are put together
AGAIN, AGAIN_RATE = 3, 1e-4  # epochs on everything, held-out items included, and their learning rate


class Task(Struct, frozen=True, kw_only=True):
    """What is to be learned: items with their rows, the held-out ones by number, and invented items that only teach."""

    rules: Path
    reader: Any
    items: list[Taught]
    rows: Examples
    invented: list[Taught]
    samples: Examples
    held: list[int]

    @property
    def rest(self) -> list[int]:
        """The rows that are not held out."""
        held = set(self.held)
        return [i for i in range(len(self.items)) if i not in held]


def read_task(sources: Sources, locked: Path, rules: Path) -> Task:
    """Read labels and items. Raises InputError for files that do not fit each other."""
    reader = Reader(rules)
    items = taught.read(sources, read_locked(locked))
    invented = [*taught.samples(reader.rules), *(taught.invented(sources.invented) if sources.invented else ())]
    return Task(
        rules=rules,
        reader=reader,
        items=items,
        rows=reader.rows(items),
        invented=invented,
        samples=reader.rows([item for item in invented if item.story.form == "PR"]),
        held=taught.folds([item.group for item in items], FOLDS)[0],
    )


def fit_linear(task: Task, at: Sequence[int]) -> Weights:
    """The linear model of some of the items; filings have no headline to learn from and are left out."""
    read = [i for i in at if task.items[i].story.form == "PR"]
    return learn.fit(task.rows.take(read).join(task.samples), tuple(rule.id for rule in task.reader.rules))


def held_rows(task: Task) -> Examples:
    """The held-out releases: what the linear model is calibrated on."""
    return task.rows.take([i for i in task.held if task.items[i].story.form == "PR"])


def fast_scores(task: Task, weights: Weights) -> Floats:
    """What wordings, linear model, forms and items say of the held-out items, in log-odds."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(weights, Path(folder))
        nlp = build([task.rules], Path(folder))
        judge = judge_of(nlp)
        docs = nlp.pipe(make_doc(nlp, Spelled(task.items[i].story).view) for i in task.held)
        return np.array([judge.fast(doc) for doc in docs], np.float32)


def lessons(task: Task, at: Sequence[int]) -> list[Any]:
    """What the encoder is taught of some of the items, and of the invented ones."""
    from screener.classify.finetune import Lesson

    items = [*(task.items[i] for i in at), *task.invented]
    wanted = task.reader.wanted(items)
    rows = [(Spelled(item.story).view.focus, item) for item in items]
    return [
        Lesson(
            text=text,
            wanted=tuple(row.tolist()),
            sign=POLARITIES.index(item.label.polarity) if item.label.polarity in POLARITIES else -1,
            weight=item.weight,
        )
        for (text, item), row in zip(rows, wanted, strict=True)
        if text
    ]


def train_encoder(task: Task, weights: Weights, out: Path) -> stack.Stack:
    """Write encoder and stack to ``out``; the stack is also returned."""
    from screener.classify import finetune

    base, described = finetune.base()
    first = lessons(task, task.rest)
    net = finetune.fit(finetune.network(first, base), first, described)
    texts = [Spelled(task.items[i].story).view.focus for i in task.held]
    encoded = finetune.scores(net, texts, described)[:, : len(weights.classes)]
    joined = stacking.fit(
        seen(task, fast_scores(task, weights), encoded), weights.classes, task.rows.wanted.sum(axis=0)
    )
    net = finetune.fit(net, lessons(task, range(len(task.items))), described, AGAIN, AGAIN_RATE)
    finetune.export(net, out / encoder.GRAPH)
    finetune.save_vocabulary(described, out / encoder.VOCABULARY)
    (out / encoder.NAMES).write_text("\n".join(weights.classes) + "\n", encoding="utf-8")
    stack.save(joined, out)
    return joined


def seen(task: Task, fast: Floats, encoded: Floats) -> stacking.Seen:
    """The held-out items with the scores of both parts."""
    views = [Spelled(task.items[i].story).view for i in task.held]
    kinds: NDArray[np.intp] = np.array([stack.kind_of(v.headline, v.text) for v in views], np.intp)
    rows = task.rows.take(task.held)
    # The wordings were written from the older labels: on those they look better than on news they never saw.
    fresh = np.array([1.0 if task.items[i].fresh else STALE for i in task.held], np.float32)
    return stacking.Seen(fast=fast, encoded=encoded, kind=kinds, wanted=rows.wanted, weight=rows.weight * fresh)


def judge_held(task: Task, out: Path) -> Evaluation:
    """Figures on the held-out items of the model in a folder."""
    rows = [task.items[i] for i in task.held if task.items[i].label.sure >= JUDGED]
    answers = Classifier(task.rules, out).classify_many((item.story for item in rows), FLOOR)
    return compare([(item.label, item.story, answer) for item, answer in zip(rows, answers, strict=True)])


def train(sources: Sources, locked: Path, out: Path, rules: Path, *, with_encoder: bool) -> Evaluation:
    """Train, write weights and card to ``out``; returns the figures of the fast part on the held-out items."""
    task = read_task(sources, locked, rules)
    first = fit_linear(task, task.rest)
    score = learn.scores(first, held_rows(task))
    first = learn.calibrated(first, score, held_rows(task))
    with tempfile.TemporaryDirectory() as folder:
        model.save(first, Path(folder))
        report = judge_held(task, Path(folder))
    final = learn.calibrated(fit_linear(task, range(len(task.items))), score, held_rows(task))
    model.save(final, out)
    if with_encoder:
        train_encoder(task, first, out)
    write_card(out, _sources(sources), len(task.items), len(task.held))
    return report


def _sources(sources: Sources) -> list[Source]:
    """Files and roles, for the card."""
    rows = [(sources.labels, "labels"), *((path, "labels") for path in sources.more)]
    rows += [(sources.invented, "invented items")] if sources.invented else []
    rows += [(sources.second, "second readings")] if sources.second else []
    return [Source(path, role) for path, role in [*rows, *((path, "items") for path in sources.items)]]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; prints the figures of the fast part on the held-out items."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("items", type=Path)
    parser.add_argument("--items", dest="others", type=Path, action="append", default=[], help="further items")
    parser.add_argument("--more", type=Path, action="append", default=[], help="further labels")
    parser.add_argument("--second", type=Path, help="second readings")
    parser.add_argument("--invented", type=Path, help="invented items with their labels")
    parser.add_argument(
        "--locked", type=Path, default=config.built_in("data") / "labels", help="folder of the locked set"
    )
    parser.add_argument("--encoder", action="store_true", help="fine-tune the encoder too")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rules", type=Path, default=config.built_in("rules") / "catalysts")
    given = parser.parse_args(argv)
    sources = Sources(
        labels=given.labels,
        items=(given.items, *given.others),
        more=tuple(given.more),
        second=given.second,
        invented=given.invented,
    )
    try:
        report = train(sources, given.locked, given.out, given.rules, with_encoder=given.encoder)
    except InputError as e:
        print(e, file=sys.stderr)
        return 2
    print("\n".join(report_lines(report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

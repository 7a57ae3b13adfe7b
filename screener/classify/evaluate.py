"""Figures of a classifier on labelled items: precision, recall and F1 by type, false alarms, polarity, facts, calibration."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from screener import clock
from screener.errors import InputError
from screener.types import Catalyst, Classified, FactValue, SourceRef, Story

MACRO_SUPPORT = 5  # types with fewer examples do not enter the macro average
FACTS = ("ratio", "amount_usd", "phase")
AMOUNT_TOLERANCE = 0.01
BINS = 10
FLOOR = 0.05  # lesser confidences are not even asked for: certain noes would hide every error of calibration
_EPOCH = clock.parse_time("1970-01-01T00:00:00Z")


class Label(Struct, frozen=True, kw_only=True):
    """One labelled item; ``sure`` is 3 certain, 2 probable, 1 a coin toss."""

    id: str
    types: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    polarity: str = "0"
    stage: str = ""
    fields: dict[str, Any] = {}
    sure: int = 3


class Score(Struct, frozen=True, kw_only=True):
    """Counts and rates of one class; rates are None without a case."""

    name: str
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Right among the reported."""
        return _rate(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Found among the labelled."""
        return _rate(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return _rate(2 * self.right, 2 * self.right + self.wrong + self.missed)


class Miss(Struct, frozen=True, kw_only=True):
    """One error: ``kind`` is missed, wrong, polarity, ratio, amount_usd or phase; ``evidence`` quotes what misled."""

    id: str
    kind: str
    name: str
    want: str
    got: str
    title: str
    evidence: tuple[str, ...] = ()


class Evaluation(Struct, frozen=True, kw_only=True):
    """All figures of one evaluation. Rates run from 0 to 1 and are None where there was nothing to judge."""

    items: int
    types: tuple[Score, ...]
    noise: tuple[Score, ...]
    micro_f1: float | None
    macro_f1: float | None
    false_alarms: int
    without_catalyst: int
    polarity: tuple[int, int]
    facts: dict[str, tuple[int, int]]
    calibration_error: float | None
    errors: tuple[Miss, ...] = ()


class Classifies(Protocol):
    """What an evaluation needs of a classifier."""

    def classify_many(self, stories: Iterable[Story], threshold: float = 0.5) -> Iterator[Classified]:
        """Answers in the order of the stories."""


def evaluate(
    labels: Path, items: Path | Sequence[Path], classifier: Classifies, *, sure: int = 2, threshold: float = 0.5
) -> Evaluation:
    """Classify the labelled items and compare. All files are JSON lines, ``.gz`` too; raises InputError with line."""
    paths = [items] if isinstance(items, Path) else list(items)
    wanted = {label.id: label for label in read_labels(labels) if label.sure >= sure}
    stories = list({s.id: s for path in paths for s in read_stories(path) if s.id in wanted}.values())
    if not stories:
        told = ", ".join(map(str, paths))
        raise InputError(f"{told}: holds none of the {len(wanted)} items labelled in {labels}: check that they fit")
    answers = classifier.classify_many(stories, FLOOR)
    return compare([(wanted[s.id], s, a) for s, a in zip(stories, answers, strict=True)], threshold)


def compare(rows: Sequence[tuple[Label, Story, Classified]], threshold: float = 0.5) -> Evaluation:
    """Figures for labels, stories and answers; answers may hold catalysts under the threshold, for calibration."""
    held = [(label, story, _held(answer, threshold)) for label, story, answer in rows]
    types = _scores((set(lb.types), {c.type for c in cs}) for lb, _, cs in held)
    noise = _scores((set(lb.noise), {n.kind for n in a.noise}) for lb, _, a in rows)
    plain = [cs for lb, _, cs in held if not lb.types]
    return Evaluation(
        items=len(rows),
        types=types,
        noise=noise,
        micro_f1=_rate(2 * sum(s.right for s in types), sum(2 * s.right + s.wrong + s.missed for s in types)),
        macro_f1=_mean([s.f1 or 0.0 for s in types if s.right + s.missed >= MACRO_SUPPORT]),
        false_alarms=sum(bool(cs) for cs in plain),
        without_catalyst=len(plain),
        polarity=_share([ok for lb, _, cs in held if (ok := _polarity_right(lb, cs)) is not None]),
        facts={f: _share([ok for lb, _, cs in held if (ok := _fact_right(f, lb, cs)) is not None]) for f in FACTS},
        calibration_error=_calibration([(lb, a) for lb, _, a in rows]),
        errors=tuple(miss for row in held for miss in _misses(*row)),
    )


def _held(answer: Classified, threshold: float) -> tuple[Catalyst, ...]:
    return tuple(c for c in answer.catalysts if c.confidence >= threshold)


def held_types(answer: Classified, threshold: float = 0.5) -> set[str]:
    """The types that an answer holds."""
    return {c.type for c in _held(answer, threshold)}


def _scores(pairs: Iterable[tuple[set[str], set[str]]]) -> tuple[Score, ...]:
    counts: dict[str, list[int]] = {}
    for want, got in pairs:
        for name in want | got:
            row = counts.setdefault(name, [0, 0, 0])
            row[0 if name in want and name in got else 1 if name in got else 2] += 1
    scores = (Score(name=n, right=r, wrong=w, missed=m) for n, (r, w, m) in counts.items())
    return tuple(sorted(scores, key=lambda s: (-(s.right + s.missed), s.name)))


def _polarity_right(label: Label, catalysts: tuple[Catalyst, ...]) -> bool | None:
    """Judged where the label is + or - and at least one of its types was found: does the best of them agree?"""
    found = [c for c in catalysts if c.type in label.types]
    return found[0].polarity == label.polarity if found and label.polarity in "+-" else None


def _fact_right(name: str, label: Label, catalysts: tuple[Catalyst, ...]) -> bool | None:
    """Judged where the label has the fact and a type was found: does any catalyst of the item carry that value?"""
    want = label.fields.get(name)
    if want in (None, "") or not any(c.type in label.types for c in catalysts):
        return None
    return any(_same(name, want, c.facts.get(name)) for c in catalysts)


def _same(name: str, want: FactValue, got: FactValue | None) -> bool:
    if got is None:
        return False
    if name == "amount_usd":
        try:
            return abs(float(got) - float(want)) <= AMOUNT_TOLERANCE * abs(float(want))
        except ValueError:
            return False
    return _plain(want) == _plain(got)


def _plain(value: FactValue) -> str:
    return "".join(c for c in str(value).lower().replace("phase", "") if c not in " ,")


def _calibration(rows: Iterable[tuple[Label, Classified]]) -> float | None:
    """Expected calibration error of reported catalysts over ten equal bins of confidence."""
    bins: list[list[float]] = [[0, 0.0, 0] for _ in range(BINS)]
    for label, answer in rows:
        for catalyst in answer.catalysts:
            if catalyst.confidence < FLOOR:
                continue
            cell = bins[min(int(catalyst.confidence * BINS), BINS - 1)]
            cell[0] += 1
            cell[1] += catalyst.confidence
            cell[2] += catalyst.type in label.types
    total = sum(cell[0] for cell in bins)
    return sum(abs(cell[1] - cell[2]) for cell in bins) / total if total else None


def _misses(label: Label, story: Story, catalysts: tuple[Catalyst, ...]) -> Iterator[Miss]:
    want, got = "+".join(label.types) or ",".join(label.noise), "+".join(c.type for c in catalysts)

    def miss(kind: str, name: str, found: Catalyst | None = None, want: str = want, got: str = got) -> Miss:
        quotes = tuple(s.text for s in found.evidence if not s.fact) if found else ()
        return Miss(id=label.id, kind=kind, name=name, want=want, got=got, title=story.title, evidence=quotes)

    for name in label.types:
        if all(c.type != name for c in catalysts):
            yield miss("missed", name)
    for catalyst in catalysts:
        if catalyst.type not in label.types:
            yield miss("wrong", catalyst.type, catalyst)
    if _polarity_right(label, catalysts) is False:
        first = next(c for c in catalysts if c.type in label.types)
        yield miss("polarity", first.type, first, label.polarity, first.polarity)
    for name in FACTS:
        if _fact_right(name, label, catalysts) is False:
            values = [str(c.facts[name]) for c in catalysts if name in c.facts]
            yield miss(name, "+".join(label.types), None, str(label.fields[name]), ", ".join(values) or "nothing")


def table(report: Evaluation) -> list[dict[str, Any]]:
    """Rows of the per-type table: name, kind, examples, precision, recall, f1."""
    kinds = (("type", report.types), ("noise", report.noise))
    return [
        {"name": s.name, "kind": kind, "examples": s.right + s.missed}
        | {"right": s.right, "wrong": s.wrong, "missed": s.missed}
        | {"precision": s.precision, "recall": s.recall, "f1": s.f1}
        for kind, scores in kinds
        for s in scores
    ]


def summary(report: Evaluation) -> dict[str, Any]:
    """The headline figures by name, as plain numbers."""
    out: dict[str, Any] = {"items": report.items, "micro_f1": report.micro_f1, "macro_f1": report.macro_f1}
    out["false_alarm_rate"] = _rate(report.false_alarms, report.without_catalyst)
    out["polarity_accuracy"] = _rate(*report.polarity)
    out |= {f"{name}_accuracy": _rate(*share) for name, share in report.facts.items()}
    return out | {"calibration_error": report.calibration_error}


def as_json(report: Evaluation) -> dict[str, object]:
    """The whole report as plain data: summary, classes and errors."""
    errors = [msgspec.to_builtins(miss) for miss in report.errors]
    return {"summary": summary(report), "classes": table(report), "errors": errors}


def report_lines(report: Evaluation) -> list[str]:
    """The report as lines of plain text: headline figures, then one line per class."""
    lines = [f"{name:20} {_number(value)}" for name, value in summary(report).items()]
    lines += ["", f"{'class':24} {'kind':6} {'n':>5} {'precision':>10} {'recall':>7} {'f1':>6}"]
    for row in table(report):
        rates = f"{_number(row['precision']):>10} {_number(row['recall']):>7} {_number(row['f1']):>6}"
        lines.append(f"{row['name']:24} {row['kind']:6} {row['examples']:5} {rates}")
    return lines


def error_lines(report: Evaluation) -> list[str]:
    """One line per error with the words that misled."""
    return [
        f"{m.kind:9} {m.name:22} want {m.want or '-'}; got {m.got or '-'} | {m.title}"
        + (f" | read: {' / '.join(m.evidence)}" if m.evidence else "")
        for m in report.errors
    ]


def read_labels(path: Path) -> Iterator[Label]:
    """Labels of a JSON-lines file. Raises InputError with file and line."""
    return (label for _, label in _decoded(path, msgspec.json.Decoder(Label)))


class _Release(Struct, kw_only=True):
    """The fields of a release or of an ``Item`` that a classifier reads."""

    id: str = ""
    source_id: str = ""
    title: str = ""
    text: str | None = None
    body: str | None = None
    summary: str | None = None
    form: str | None = None
    items: tuple[str, ...] | None = None
    subjects: tuple[str, ...] | None = None
    tickers: tuple[str, ...] | None = None
    wire: str = ""


def read_stories(path: Path) -> Iterator[Story]:
    """Stories from JSON lines with id, title and text (or body, or summary). Raises InputError with file and line."""
    return (_story(row) for _, row in _decoded(path, msgspec.json.Decoder(_Release)))


def _story(row: _Release) -> Story:
    return Story(
        id=row.id or row.source_id,
        title=row.title,
        text=row.text or row.body or row.summary or "",
        form=row.form or "PR",
        published=_EPOCH,
        first_seen=_EPOCH,
        sources=(SourceRef(source=row.wire or "file", received=_EPOCH),),
        tickers=row.tickers or (),
        items=row.items or (),
        subjects=row.subjects or (),
    )


def _decoded(path: Path, decoder: msgspec.json.Decoder[object]) -> Iterator[tuple[int, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        yield number, decoder.decode(line)
                    except msgspec.DecodeError as e:
                        raise InputError(f"{path}:{number}: {e}: one JSON object a line is needed") from e
    except (OSError, EOFError) as e:
        raise InputError(f"{path}: cannot be read ({e}): check the path") from e


def _rate(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _share(flags: Sequence[bool]) -> tuple[int, int]:
    return sum(flags), len(flags)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


Totals = Mapping[str, float | None]

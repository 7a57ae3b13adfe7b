"""The classifier on an invented set written without sight of its wordings: ``python -m tests.bench.blind``.

The set is ``tests/classify/samples/blind.jsonl``: natural wordings of all types, every noise class, and look-alikes
whose types are empty or another's. Its fields are those of the evaluation, and: a fact of null must not be stated
(an amount in another currency, a ratio that is still a range), an empty polarity is not judged, and ``sure`` 2 marks
items whose label an expert might dispute. The ids tell what an item asks: type, multi (several types at once), lead
(the headline says nothing, the first sentence all), trap (a look-alike) and noise. ``--errors`` prints the errors
alone, ``--sure`` leaves the disputable out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from screener import config
from screener.classify.evaluate import read_stories
from screener.classify.pipeline import Classifier
from screener.types import Catalyst, Classified, FactValue, Story

SAMPLES = Path(__file__).resolve().parents[1] / "classify" / "samples" / "blind.jsonl"
THRESHOLD = 0.5
FACTS = ("ratio", "amount_usd", "phase", "price", "endpoint_met", "designation", "rule")


class Sample(Struct, frozen=True, kw_only=True):
    """What one invented item should get."""

    id: str
    title: str
    types: tuple[str, ...]
    noise: tuple[str, ...]
    polarity: str
    fields: dict[str, FactValue | None]
    sure: int


class Case(Struct, frozen=True, kw_only=True):
    """One sample with its story and what the classifier holds present."""

    sample: Sample
    story: Story
    found: tuple[Catalyst, ...]
    noise: tuple[str, ...]


class Error(Struct, frozen=True, kw_only=True):
    """One thing that went wrong; ``kind`` is missed, wrong, noise, polarity or a fact's name."""

    id: str
    kind: str
    name: str
    want: str
    got: str
    title: str
    evidence: str
    sure: int


def cases(classifier: Classifier, path: Path = SAMPLES, *, sure: int = 1) -> list[Case]:
    """Every sample classified."""
    samples = [msgspec.json.decode(line, type=Sample) for line in path.read_bytes().splitlines()]
    stories = list(read_stories(path))
    answers = classifier.classify_many(stories, THRESHOLD)
    triples = zip(samples, stories, answers, strict=True)
    return [_case(*triple) for triple in triples if triple[0].sure >= sure]


def _case(sample: Sample, story: Story, answer: Classified) -> Case:
    return Case(sample=sample, story=story, found=answer.catalysts, noise=tuple(n.kind for n in answer.noise))


def types_table(rows: Sequence[Case]) -> dict[str, list[int]]:
    """Right, wrong and missed of each type."""
    table: dict[str, list[int]] = {}
    for row in rows:
        want, got = set(row.sample.types), {c.type for c in row.found}
        for name in want | got:
            table.setdefault(name, [0, 0, 0])[0 if name in want & got else 1 if name in got else 2] += 1
    return table


def figures(rows: Sequence[Case]) -> dict[str, float]:
    """Shares from 0 to 1; ``false_alarms`` is the share of items without a type that got one."""
    totals = [sum(column) for column in zip(*types_table(rows).values(), strict=True)]
    plain = [bool(row.found) for row in rows if not row.sample.types]
    noise = [bool(set(row.sample.noise) & set(row.noise)) for row in rows if _noise_is_judged(row.sample)]
    out = {
        "precision": totals[0] / (totals[0] + totals[1]),
        "recall": totals[0] / (totals[0] + totals[2]),
        "false_alarms": _share(plain),
        "noise": _share(noise),
        "polarity": _share([ok for row in rows if (ok := polarity_right(row)) is not None]),
    }
    return out | {name: _share([ok for row in rows if (ok := fact_right(row, name)) is not None]) for name in FACTS}


def _noise_is_judged(sample: Sample) -> bool:
    """The rest class has no words of its own, so it is not asked for."""
    return not sample.types and sample.noise != ("other_noise",)


def polarity_right(row: Case) -> bool | None:
    """Judged for items of one type that is good or bad and was found."""
    found = [c for c in row.found if c.type in row.sample.types]
    if len(row.sample.types) != 1 or not found or row.sample.polarity not in ("+", "-"):
        return None
    return found[0].polarity == row.sample.polarity


def fact_right(row: Case, name: str) -> bool | None:
    """Judged where the sample has the fact and one of its types was found; null asks that nothing is stated."""
    found = [c for c in row.found if c.type in row.sample.types]
    if name not in row.sample.fields or (row.sample.types and not found):
        return None
    want, values = row.sample.fields[name], [c.facts[name] for c in row.found if name in c.facts]
    return not values if want is None else any(_same(want, got) for got in values)


def _same(want: FactValue, got: FactValue) -> bool:
    if isinstance(want, bool) or not isinstance(want, int | float):
        return str(want).lower().replace(" ", "") == str(got).lower().replace(" ", "")
    return isinstance(got, int | float) and abs(got - want) <= 0.01 * abs(want)


def errors(rows: Sequence[Case]) -> Iterator[Error]:
    """All errors in the order of the samples."""
    for row in rows:
        yield from _type_errors(row)
        if _noise_is_judged(row.sample) and not set(row.sample.noise) & set(row.noise):
            yield _error(row, "noise", row.sample.noise[0], row.sample.noise[0], ",".join(row.noise))
        if polarity_right(row) is False:
            first = next(c for c in row.found if c.type in row.sample.types)
            yield _error(row, "polarity", first.type, row.sample.polarity, first.polarity, first)
        for name in FACTS:
            if fact_right(row, name) is False:
                values = ", ".join(str(c.facts[name]) for c in row.found if name in c.facts)
                yield _error(row, name, "+".join(row.sample.types), str(row.sample.fields[name]), values)


def _type_errors(row: Case) -> Iterator[Error]:
    want = "+".join(row.sample.types) or ",".join(row.sample.noise)
    got = " ".join(f"{c.type}({c.confidence:.2f})" for c in row.found)
    for name in row.sample.types:
        if all(c.type != name for c in row.found):
            yield _error(row, "missed", name, want, got)
    for catalyst in row.found:
        if catalyst.type not in row.sample.types:
            yield _error(row, "wrong", catalyst.type, want, got, catalyst)


def _error(row: Case, kind: str, name: str, want: str, got: str, found: Catalyst | None = None) -> Error:
    words = " / ".join(s.text for s in found.evidence if not s.fact) if found else ""
    by = f"{found.made_by}: {words}" if found else ""
    sample = row.sample
    return Error(
        id=sample.id, kind=kind, name=name, want=want, got=got, title=sample.title, evidence=by, sure=sample.sure
    )


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def shipped() -> Classifier:
    """The classifier as a user has it."""
    return Classifier(config.built_in("rules") / "catalysts", config.built_in("data") / "model")


def group(row: Case) -> str:
    """What the item was written to ask: a filing, else the word its id begins with."""
    return "filing" if row.story.form != "PR" else row.sample.id.split("-")[0]


def lines(rows: Sequence[Case]) -> Iterator[str]:
    """The figures, those of each group, then each type, the weakest first."""
    yield f"{len(rows)} items, {sum(not row.sample.types for row in rows)} without a type"
    yield from (f"{name:14} {value:.3f}" for name, value in figures(rows).items())
    yield f"\n{'group':14} {'n':>3} {'right':>5} {'wrong':>5} {'missed':>6}"
    for name in sorted({group(row) for row in rows}):
        mine = [row for row in rows if group(row) == name]
        right, wrong, missed = (sum(row[i] for row in types_table(mine).values()) for i in range(3))
        yield f"{name:14} {len(mine):3} {right:5} {wrong:5} {missed:6}"
    yield f"\n{'type':26} {'n':>3} {'right':>5} {'wrong':>5} {'missed':>6} {'F1':>6}"
    table = types_table(rows)
    for name in sorted(table, key=lambda n: (_f1(table[n]), n)):
        right, wrong, missed = table[name]
        yield f"{name:26} {right + missed:3} {right:5} {wrong:5} {missed:6} {_f1(table[name]):6.2f}"


def _f1(row: Sequence[int]) -> float:
    return 2 * row[0] / (2 * row[0] + row[1] + row[2])


def main(arguments: Sequence[str] = ()) -> None:
    """Print the figures, the table of types and all errors."""
    rows = cases(shipped(), sure=3 if "--sure" in arguments else 1)
    if "--errors" not in arguments:
        print("\n".join(lines(rows)), "\n")
    for e in errors(rows):
        mark = " (disputable)" if e.sure < 3 else ""
        print(f"{e.kind:9} {e.name:24} {e.id}{mark}: {e.title}\n{'':10}want {e.want}; got {e.got or '-'}  {e.evidence}")


if __name__ == "__main__":
    main(sys.argv[1:])

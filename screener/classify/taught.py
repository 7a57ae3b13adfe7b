"""What there is to learn from: labelled items of several files, without anything of the locked set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from screener import clock
from screener.classify.evaluate import Label, read_labels, read_stories
from screener.classify.locked import Locked
from screener.classify.rulefile import CatalystRule
from screener.errors import InputError
from screener.types import Story

SURE_WEIGHT = {3: 1.0, 2: 0.8, 1: 0.35}
SAMPLE_WEIGHT, MORE_WEIGHT = 0.6, 0.8  # of invented items; of labels read fast
SMALL_WIRE = 100  # items; the companies of smaller wires are held out with the wire, whole
_EPOCH = clock.parse_time("1970-01-01T00:00:00Z")


class Taught(Struct, frozen=True, kw_only=True):
    """One labelled item: ``also`` are the classes of a second reading where it differs, ``group`` its company, ``fresh``
    whether it was read after the wordings had been written."""

    label: Label
    story: Story
    weight: float
    group: str
    also: tuple[str, ...] | None = None
    fresh: bool = False


class Sources(Struct, frozen=True, kw_only=True):
    """Files to read: labels, further labels, second readings, the items they label, and invented items with labels."""

    labels: Path
    items: tuple[Path, ...]
    more: tuple[Path, ...] = ()
    second: Path | None = None
    invented: Path | None = None


def read(sources: Sources, locked: Locked) -> list[Taught]:
    """The labelled items in the order of the files; the first label of an item counts.

    Raises InputError for files that do not fit each other.
    """
    stories = {story.id: story for path in sources.items for story in read_stories(path) if not locked.holds(story)}
    second = {label.id: label for label in (read_labels(sources.second) if sources.second else ())}
    out = dict[str, Taught]()
    for path in (sources.labels, *sources.more):
        fresh = path != sources.labels and not _quick(path)
        for label in read_labels(path):
            if label.id in stories and label.id not in out:
                item = _taught(label, stories[label.id], MORE_WEIGHT if _quick(path) else 1.0, second.get(label.id))
                out[label.id] = msgspec.structs.replace(item, fresh=fresh)
    if not out:
        told = ", ".join(map(str, sources.items))
        raise InputError(f"{told}: holds none of the items labelled in {sources.labels}: check that they fit")
    return _grouped(list(out.values()))


def _quick(path: Path) -> bool:
    """Whether the labels of a file were read fast, without sign and stage."""
    return path.name.startswith("types_")


def _taught(label: Label, story: Story, whole: float, other: Label | None) -> Taught:
    also = (*other.types, *other.noise) if other else None
    differs = also is not None and set(also) != {*label.types, *label.noise}
    if differs:
        label = msgspec.structs.replace(label, sure=1)
    weight = whole * SURE_WEIGHT[label.sure]
    return Taught(label=label, story=story, weight=weight, group=company(story), also=also if differs else None)


def samples(rules: Iterable[CatalystRule]) -> Iterator[Taught]:
    """The releases among the tests that a catalyst file must tag; the others say nothing of the rest of the types."""
    for rule in rules:
        for sample in rule.samples:
            if sample.must and sample.form == "PR":
                name = f"{rule.id}:{sample.line}"
                story = Story(id=name, title=sample.title, text=sample.text, published=_EPOCH, first_seen=_EPOCH)
                kind = {"types": (rule.id,)} if rule.kind == "type" else {"noise": (rule.id,)}
                label = Label(id=name, polarity="", **kind)  # type: ignore[arg-type]
                yield Taught(label=label, story=story, weight=SAMPLE_WEIGHT, group=company(story))


def invented(path: Path) -> Iterator[Taught]:
    """Items of a file that were made up for teaching, each with its label. Raises InputError with file and line."""
    for label, story in zip(read_labels(path), read_stories(path), strict=True):
        yield Taught(label=label, story=story, weight=SAMPLE_WEIGHT, group=f"invented {label.id}")


def company(story: Story) -> str:
    """What stands for the company when items are split: the ticker, else the first two words of the headline."""
    if story.tickers:
        return story.tickers[0]
    words = re.findall(r"\w+", story.title.lower())
    return " ".join(words[:2])


def _grouped(items: list[Taught]) -> list[Taught]:
    """The items with the companies of a small wire made one group, so that such a wire is held out whole."""
    size = dict[str, int]()
    for item in items:
        size[_wire(item)] = size.get(_wire(item), 0) + 1
    of_wire = {item.group: _wire(item) for item in items if size[_wire(item)] < SMALL_WIRE}
    return [
        msgspec.structs.replace(item, group=f"wire {of_wire[item.group]}") if item.group in of_wire else item
        for item in items
    ]


def _wire(item: Taught) -> str:
    return item.story.sources[0].source if item.story.sources else ""


def folds(groups: Sequence[str], count: int) -> list[list[int]]:
    """Rows by fold; a group is never in two of them. Large groups are dealt out first."""
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    out: list[list[int]] = [[] for _ in range(count)]
    for _, rows in sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        min(out, key=len).extend(rows)
    return [sorted(rows) for rows in out]

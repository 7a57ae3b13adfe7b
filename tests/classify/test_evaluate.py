"""Evaluation: the figures of a small set worked out by hand, the files it reads, the lines it prints."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from screener.classify.evaluate import as_json, error_lines, evaluate, read_stories, report_lines, summary
from screener.errors import InputError
from screener.types import Catalyst, Classified, FactValue, Noise, Span, Story


class Canned:
    """A classifier that answers by title: ``type:confidence:polarity`` words, ``~noise`` words."""

    def classify_many(self, stories: Iterable[Story], threshold: float = 0.5) -> Iterator[Classified]:
        for story in stories:
            words = story.title.split()
            catalysts = tuple(self._catalyst(story, w) for w in words if ":" in w)
            noise = tuple(Noise(story_id=story.id, kind=w[1:]) for w in words if w.startswith("~"))
            yield Classified(story_id=story.id, catalysts=catalysts, noise=noise)

    @staticmethod
    def _catalyst(story: Story, word: str) -> Catalyst:
        name, confidence, polarity = word.split(":")
        facts: dict[str, FactValue] = {"amount_usd": 5_010_000.0, "phase": "2"}
        span = Span(field="title", start=0, end=len(word), text=story.title[: len(word)])
        return Catalyst(
            story_id=story.id, type=name, confidence=float(confidence), polarity=polarity, facts=facts, evidence=(span,)
        )


ROWS: list[tuple[str, str, dict[str, object]]] = [
    ("a", "buyback:0.9:+", {"types": ["buyback"], "polarity": "+", "fields": {"amount_usd": 5_000_000}}),
    ("b", "buyback:0.9:-", {"types": ["buyback"], "polarity": "+", "fields": {"phase": "Phase 3"}}),
    ("c", "patent:0.9:+ ~award", {"types": [], "noise": ["award"]}),
    ("d", "patent:0.4:+", {"types": ["patent"]}),
    ("e", "~recap", {"types": [], "noise": ["recap"]}),
    ("f", "buyback:0.9:+", {"types": ["patent"], "sure": 1}),
]


def files(folder: Path) -> tuple[Path, Path]:
    labels, items = folder / "labels.jsonl", folder / "items.jsonl.gz"
    labels.write_text("".join(json.dumps({"id": i, "sure": 3} | label) + "\n" for i, _, label in ROWS))
    with gzip.open(items, "wt") as out:
        out.writelines(json.dumps({"id": i, "title": title, "body": "x", "extra": 1}) + "\n" for i, title, _ in ROWS)
    return labels, items


def test_figures_worked_out_by_hand(tmp_path: Path) -> None:
    report = evaluate(*files(tmp_path), Canned())
    figures = summary(report)
    assert report.items == 5
    assert figures["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert figures["macro_f1"] is None, "no type has five examples"
    assert (report.false_alarms, report.without_catalyst) == (1, 2)
    assert report.polarity == (1, 2)
    assert report.facts == {"ratio": (0, 0), "amount_usd": (1, 1), "phase": (0, 1)}
    patent = next(s for s in report.types if s.name == "patent")
    assert (patent.right, patent.wrong, patent.missed, patent.precision, patent.f1) == (0, 1, 1, 0.0, 0.0)
    assert [(n.name, n.right) for n in report.noise] == [("award", 1), ("recap", 1)]


def test_unsure_labels_count_only_when_asked_for(tmp_path: Path) -> None:
    assert evaluate(*files(tmp_path), Canned(), sure=1).items == 6


def test_errors_quote_what_misled(tmp_path: Path) -> None:
    report = evaluate(*files(tmp_path), Canned())
    assert {(m.id, m.kind) for m in report.errors} == {
        ("b", "polarity"),
        ("b", "phase"),
        ("c", "wrong"),
        ("d", "missed"),
    }
    assert any("read: patent:0.9:+" in line for line in error_lines(report))
    assert any(line.startswith("micro_f1") for line in report_lines(report))
    assert json.loads(json.dumps(as_json(report)))["summary"]["items"] == 5


@pytest.mark.parametrize("broken", ["{", "[]", '{"id": 5}'])
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": "a", "title": "b"}\n\n' + broken + "\n")
    with pytest.raises(InputError, match=r"items\.jsonl:3"):
        list(read_stories(path))


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    labels, items = files(tmp_path)
    labels.write_text('{"id": "zz", "types": []}\n')
    with pytest.raises(InputError, match="none of the 1"):
        evaluate(labels, items, Canned())


def test_recorded_releases_reach_the_targets(shared: Path, request: pytest.FixtureRequest) -> None:
    """The wordings alone, which no label has taught, on all recorded labels."""
    wires = shared / "wires"
    report = evaluate(wires / "labels.jsonl", wires / "releases.jsonl.gz", request.getfixturevalue("words_only"))
    assert (report.micro_f1 or 0) > 0.88
    assert report.false_alarms / report.without_catalyst < 0.15

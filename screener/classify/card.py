"""The model card: what the weights were made from, how, how good they are on which set, and what they are bad at.

Training leaves its facts in ``training.json``, each scoring one line in ``scores.jsonl``; the card is made of both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from screener.classify import model

CARD, TRAINING, SCORES = "README.md", "training.json", "scores.jsonl"


class Source(NamedTuple):
    """A file that training read, and what for."""

    path: Path
    role: str


class TrainingFile(Struct, frozen=True):
    """A file of the training, as the card names it: name, digest and role."""

    name: str
    digest: str
    role: str


class Training(Struct, frozen=True, kw_only=True):
    """What is known of a training: its files, how many items taught and how many of them were held out first."""

    files: tuple[TrainingFile, ...]
    items: int
    held: int


class CardFigures(Struct, frozen=True, kw_only=True):
    """Figures of one source or type; rates from 0 to 1, None without a case; ``low`` and ``high`` bound micro-F1."""

    name: str
    items: int
    micro_f1: float | None = None
    low: float | None = None
    high: float | None = None
    macro_f1: float | None = None
    false_alarm_rate: float | None = None
    alarm_low: float | None = None
    alarm_high: float | None = None
    polarity_accuracy: float | None = None
    calibration_error: float | None = None
    precision: float | None = None
    recall: float | None = None


class Scoring(Struct, frozen=True, kw_only=True):
    """One scoring of a model: on which set, with which parts, by source and by type."""

    model: str
    set: str
    day: str
    sources: tuple[CardFigures, ...]
    types: tuple[CardFigures, ...] = ()
    note: str = ""


_HEAD = """# Catalyst model

What `screener` reads news with, beside the wordings of `rules/catalysts`. Made by `make train`; nothing of the text it
was made from is in this folder.

## Method
- `catalysts.npz`: one logistic regression per class (catalyst types and noise classes) over hashed words and word pairs
  and triples of the headline, words and pairs of the first words of the text, and the hits of the wordings. Each starts
  from the log-odds that the wordings give alone, so a class with few examples stays with its wordings. Calibrated per
  class (Platt) on items whose company was held out. No random numbers: the same input gives the same bytes.
- `encoder.onnx`, `tokenizer.json`, `encoder.txt`: all-MiniLM-L6-v2 (22 million parameters, Apache-2.0, by Microsoft and
  the sentence-transformers authors), its six layers fine-tuned on the same labels and on invented items, with one output per
  class; int8. It reads the headline, the marks of paid and relayed texts, the sentences behind the dateline; of a report
  the sentences that tell its items' news; of a prospectus what the cover offers. Word embeddings are as in the base.
- `stack.npz`: how both are put together: as equal witnesses (in filings 0.7 to 0.3, in headlines classes of few examples
  by the fast part alone), the sum of their log-odds stretched and moved by two numbers so that its chances are fair on items
  whose company, and for small wires whose wire, neither had seen. Headlines that the fast part settles alone skip the
  encoder.

A quarter of the companies is held out while both parts learn; then both learn from everything. Seed and threads are
fixed; the encoder repeats to about 0.01 of micro-F1, the other parts to the byte.

The base weights are under the Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0); what was changed: all
layers but the embeddings fine-tuned, the pooling and output replaced, the weights quantised to 8 bits.
"""

_LIMITS = """
## What it is bad at
- The locked filings are not fully blind: the sentences of cover pages were written after reading filings of some of
  their companies (CORZ, FGNX, HYPD, KULR, SUIG). Headlines and full releases are.
- Two readers of the locked set agree at micro-F1 0.937 (0.956 on the items both were sure of), which is about the most that
  any figure above can reach (`data/labels/README.md`).
- Headlines that name no event ("advances", "positions", "expands"): partnership, commercial contract and product launch
  shade into each other.
- Types with few real examples go by wordings and invented items: cyber incidents, auditor changes, restatements, late
  filings, defaults.
- The other party's news: only a ticker that spells one of the two names tells buyer from target.
- Nine languages are read word by word through glossaries (`screener/language/glossaries`), others left alone. On the labelled
  headlines of companies other than the one whose headlines were seen before: precision 0.79, recall 0.58 over 92 types at
  first sight; the glossaries were then widened with sight of them.
- The labels come from small caps and biotech companies, 2019 to 2026, and 15 crypto treasury companies for filings;
  banks, funds and large caps are rare.
"""


def write_card(folder: Path, sources: Sequence[Source], items: int, held: int) -> None:
    """Keep the facts of a training and write the card."""
    files = tuple(TrainingFile(s.path.name, checksum(s.path), s.role) for s in sources)
    training = Training(files=files, items=items, held=held)
    (folder / TRAINING).write_bytes(msgspec.json.format(msgspec.json.encode(training), indent=1) + b"\n")
    render(folder)


def add_scoring(folder: Path, scoring: Scoring) -> None:
    """Keep a scoring and write the card anew."""
    with (folder / SCORES).open("ab") as out:
        out.write(msgspec.json.encode(scoring) + b"\n")
    render(folder)


def scorings(folder: Path) -> list[Scoring]:
    """The scorings so far, in order."""
    path = folder / SCORES
    if not path.is_file():
        return []
    return [msgspec.json.decode(line, type=Scoring) for line in path.read_bytes().splitlines() if line.strip()]


def render(folder: Path) -> None:
    """Write the card of a model folder."""
    lines = [_HEAD, "## Data"]
    if (folder / TRAINING).is_file():
        training = msgspec.json.decode((folder / TRAINING).read_bytes(), type=Training)
        lines += ["| file | sha-256, first 16 | role |", "|---|---|---|"]
        lines += [f"| {f.name} | {f.digest} | {f.role} |" for f in training.files]
        lines += [
            "",
            f"{training.items} labelled items taught, {training.held} of them held out first; none of the locked set.",
        ]
    parts = [folder / name for name in model.PARTS if (folder / name).is_file()]
    lines += ["", "| part | bytes | sha-256, first 16 |", "|---|--:|---|"]
    lines += [f"| {p.name} | {p.stat().st_size:,} | {checksum(p)} |" for p in parts]
    for scoring in scorings(folder):
        lines += ["", *_scoring(scoring)]
    (folder / CARD).write_text("\n".join([*lines, _LIMITS]), encoding="utf-8")


def _scoring(scoring: Scoring) -> Iterable[str]:
    yield f"## Figures on the {scoring.set}, {scoring.day}, model {scoring.model}"
    if scoring.note:
        yield from ("", scoring.note, "")
    yield "| | items | micro-F1 (90 %) | macro-F1 | false alarms (90 %) | polarity | calibration error |"
    yield "|---|--:|---|--:|---|--:|--:|"
    for row in scoring.sources:
        f1, alarms = _cell(row.micro_f1, row.low, row.high), _cell(row.false_alarm_rate, row.alarm_low, row.alarm_high)
        rest = [_cell(v) for v in (row.polarity_accuracy, row.calibration_error)]
        yield f"| {row.name} | {row.items} | {f1} | {_cell(row.macro_f1)} | {alarms} | {' | '.join(rest)} |"
    if scoring.types:
        yield from ("", "| type | examples | precision | recall | F1 (90 %) |", "|---|--:|--:|--:|---|")
        for row in scoring.types:
            rates = f"{_cell(row.precision)} | {_cell(row.recall)} | {_cell(row.micro_f1, row.low, row.high)}"
            yield f"| {row.name} | {row.items} | {rates} |"


def checksum(path: Path) -> str:
    """The first 16 hex letters of a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _cell(value: float | None, low: float | None = None, high: float | None = None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} ({low:.2f} to {high:.2f})"

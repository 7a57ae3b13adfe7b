"""How well the readers of dilution read: precision and recall of each field on labelled filings.

    python -m tests.bench.dilution [--misses] [--aside]

Labels are in ``data/labels/dilution.jsonl``: ids of filings and the values read from them by a person. A label is an
entry's kind with amount, price, shares, strike, expiry and agent as far as the filing states them. A field counts as found
when an entry of the same kind carries the same value; entries and labels are paired one to one, best pairs first. The ids in
``dilution_aside.txt`` were drawn before the first pattern was written and are scored apart.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from screener.collectors.sgml import filing_text, parse_submission
from screener.collectors.text import html_to_text
from screener.dilution.read import read_filing
from screener.dilution.records import Document, Entry

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "edgar"
LABELS = ROOT / "data" / "labels"
FIELDS = ("amount_usd", "price", "shares", "strike", "expiry", "agent")
NOT_LABELLED = {"authorized_shares", "public_float", "cash", "burn"}
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


class Truth(Struct, frozen=True):
    """One entry as a person read it; None where the filing does not say."""

    kind: str
    amount_usd: float | None = None
    price: float | None = None
    shares: float | None = None
    strike: float | None = None
    expires: str | None = None
    term_years: float | None = None
    agent: str = ""


class Labelled(Struct, frozen=True):
    """A filing and what it says."""

    id: str
    form: str
    entries: tuple[Truth, ...] = ()


def labels(name: str = "dilution.jsonl") -> list[Labelled]:
    """The labelled filings, in the order of the file."""
    lines = (LABELS / name).read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Labelled) for line in lines if line.strip()]


def aside() -> set[str]:
    """Ids of the filings that no pattern was written for."""
    return set((LABELS / "dilution_aside.txt").read_text().split())


def files() -> dict[str, Path]:
    """Where each accession's file stands."""
    out = dict[str, Path]()
    with (DATA / "main_documents" / "index.csv").open() as f:
        out |= {row["accession"]: DATA / "main_documents" / row["file"] for row in csv.DictReader(f)}
    return out | {p.name[:20]: p for p in (DATA / "submissions").glob("*/*.gz")}


def document(path: Path, accession: str, form: str) -> Document:
    """A stored file as a document: with the SGML header's facts when it has one, else as bare HTML."""
    body = gzip.decompress(path.read_bytes())
    submission = parse_submission(body)
    main, _ = filing_text(submission)
    text = main if len(main) > 300 else html_to_text(body.decode("utf-8", "replace"))
    number = re.search(rb"SEC FILE NUMBER:\s{0,9}(333-\d+)", body[:20_000])
    accepted = submission.accepted or NOW
    return Document(
        id=accession,
        form=form,
        text=text,
        items=submission.items,
        file_number=number[1].decode() if number else "",
        published=submission.accepted,
        received=accepted,
    )


def fields(found: Entry | Truth) -> dict[str, object]:
    """What is compared, by field; unknown ones are left out."""
    amount = found.amount_usd
    if isinstance(found, Entry) and amount is None:
        amount = found.principal_usd
    out: dict[str, object] = {
        "amount_usd": amount,
        "price": found.price,
        "shares": found.shares,
        "strike": found.strike,
        "expiry": found.expires or found.term_years,
        "agent": found.agent,
    }
    return {k: v for k, v in out.items() if v not in (None, "")}


def equal(field: str, a: object, b: object) -> bool:
    """Whether two values are the same: numbers to a thousandth, names by their first words."""
    if field == "agent":
        return names(str(a)) == names(str(b))
    if isinstance(a, float | int) and isinstance(b, float | int):
        return abs(a - b) <= 0.001 * max(abs(a), abs(b))
    return a == b


def names(text: str) -> frozenset[str]:
    """The houses of a list, each by the first letters of its name."""
    plain = (re.sub(r"[^a-z]", "", n.lower().removeprefix("the ")) for n in text.split(";"))
    return frozenset({"agp": "agp", "bmo": "bmo", "bny": "bnym"}.get(n[:3], n[:4]) for n in plain if n)


def pairs(truths: list[Truth], entries: list[Entry]) -> Iterator[tuple[Truth | None, Entry | None]]:
    """Labels and entries of one filing paired one to one, the pairs with most equal fields first."""
    scored = sorted(
        (
            (-sum(equal(f, v, fields(e)[f]) for f, v in fields(t).items() if f in fields(e)), i, k)
            for i, t in enumerate(truths)
            for k, e in enumerate(entries)
            if t.kind == e.kind
        )
    )
    left, free = set(range(len(truths))), set(range(len(entries)))
    for _, i, k in scored:
        if i in left and k in free:
            left.remove(i)
            free.remove(k)
            yield truths[i], entries[k]
    yield from ((truths[i], None) for i in sorted(left))
    yield from ((None, entries[k]) for k in sorted(free))


class Score:
    """Counts of right, missed and wrong by field."""

    def __init__(self) -> None:
        self.right, self.said, self.true = Counter[str](), Counter[str](), Counter[str]()
        self.misses = list[str]()

    def add(self, id_: str, truth: Truth | None, found: Entry | None) -> None:
        self.true["type"] += truth is not None
        self.said["type"] += found is not None
        self.right["type"] += truth is not None and found is not None
        if truth is None or found is None:
            self.misses += [f"{id_} missed {truth.kind} {fields(truth)}"] if truth else []
            self.misses += [f"{id_} extra {found.kind} {fields(found)}"] if found else []
        a, b = fields(truth) if truth else {}, fields(found) if found else {}
        for field in FIELDS:
            self.true[field] += field in a
            self.said[field] += field in b
            same = field in a and field in b and equal(field, a[field], b[field])
            self.right[field] += same
            if truth and found and not same and (field in a or field in b):
                self.misses.append(f"{id_} {truth.kind}.{field}: {a.get(field)} read as {b.get(field)}")

    def lines(self) -> Iterator[str]:
        for field in ("type", *FIELDS):
            said, true, right = self.said[field], self.true[field], self.right[field]
            precision, recall = (f"{right / n:.3f}" if n else "-" for n in (said, true))
            yield f"  {field:<11} precision {precision:>5} ({right} of {said})   recall {recall:>5} ({right} of {true})"


def score(chosen: list[Labelled]) -> Score:
    """Read the chosen filings and compare."""
    where, out = files(), Score()
    for filing in chosen:
        entries = read_filing(document(where[filing.id], filing.id, filing.form))
        kept = [e for e in entries if e.kind not in NOT_LABELLED]
        for truth, found in pairs(list(filing.entries), kept):
            out.add(filing.id, truth, found)
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true", help="print what differs")
    parser.add_argument("--aside", action="store_true", help="score the filings kept aside too")
    options = parser.parse_args()
    apart = aside()
    groups = {"read while writing": [f for f in labels() if f.id not in apart]}
    if options.aside:
        groups["kept aside"] = [f for f in labels() if f.id in apart]
    for name, chosen in groups.items():
        result = score(chosen)
        print(f"{name}: {len(chosen)} filings, {sum(len(f.entries) for f in chosen)} entries")
        print("\n".join(result.lines()))
        if options.misses:
            print("\n".join(f"    {m}" for m in result.misses))


if __name__ == "__main__":
    main()

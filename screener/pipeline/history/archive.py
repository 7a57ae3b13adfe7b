"""The archive: Parquet files of stories, sources, catalysts, noise and filings, partitioned by month.

``ARCHIVE/TABLE/month=2025-12/part-00000.parquet``, which polars, DuckDB and Spark read as partitioned tables; the month
is that in which the story was first seen (a filing: accepted), UTC. ``ARCHIVE/archive.json`` says the schema's version,
and of each column what it is and what null means; ``ARCHIVE/months/2025-12.json`` is a month's manifest. Everything
that a store knows of a story is there, so that a span can be loaded back into one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from screener.entities.merging import source_ref
from screener.errors import InputError
from screener.parquet import polars
from screener.pipeline.history.records import MonthDone, PartFile
from screener.pipeline.history.workfiles import load, sha256, whole
from screener.store.spans import Past
from screener.types import Catalyst, Classified, FactValue, Filing, Item, Noise, Party, Span, Story

SCHEMA = 1
_NEVER = "never null"


class Column(NamedTuple):
    """A column: its type, what it says, and what null means."""

    name: str
    type: str
    says: str
    null: str = _NEVER


STORIES = (
    Column("story_id", "text", "the story, the same id as in a store"),
    Column("title", "text", "headline of the newest version"),
    Column("text", "text", "its text; empty when no source gave any"),
    Column("form", "text", "PR for a release, HALT, else the SEC form"),
    Column("published", "time", "when its first source published it"),
    Column("first_seen", "time", "when its first item was received"),
    Column("known_at", "time", "since when this version is known"),
    Column("company", "text", "name; empty when unknown"),
    Column("cik", "int", "SEC's number of the company", "no known company"),
    Column("tickers", "texts", "issuer first; empty when unknown"),
    Column("items", "texts", "8-K item numbers"),
    Column("subjects", "texts", "the wires' own subject codes"),
    Column(
        "novelty", "float", "1 unlike the company's last ten stories, 0 a repeat", "nothing earlier to compare with"
    ),
    Column("repeats", "text", "id of the story it repeats; empty when it repeats none"),
    Column("confirmed_by", "text", "accession or agency record beside a release; empty while unconfirmed"),
    Column("source_facts", "text", "JSON: facts that a structured source stated itself"),
    Column("replayed", "bool", "receipt was taken as publication"),
    Column("versions", "text", "JSON: superseded versions, [known at, story], oldest first"),
    Column("model_id", "text", "the classifier that looked at it; empty when none could"),
)
SOURCES = (
    Column("story_id", "text", "the story it belongs to"),
    Column("n", "int", "place in order of receipt, 0 was first"),
    Column("source", "text", "name of the feed or wire"),
    Column("source_id", "text", "its own id of the item; an accession for filings"),
    Column("url", "text", "link; empty when none was given"),
    Column("title", "text", "as this source worded it"),
    Column("published", "time", "as this source dated it", "it gave no usable time"),
    Column("received", "time", "when it was received"),
    Column("form", "text", "PR, HALT or the SEC form"),
    Column("record", "text", "JSON: the whole item"),
)
CATALYSTS = (
    Column("story_id", "text", "the story"),
    Column("position", "int", "0 is the best of its story"),
    Column("ticker", "text", "whose catalyst; empty when no ticker is known"),
    Column("type", "text", "of rules/catalysts"),
    Column("stage", "text", "empty when the type has none or none is said"),
    Column("polarity", "text", "+, -, ± or 0, for a holder"),
    Column("confidence", "float", "0 to 1, calibrated"),
    Column("facts", "text", "JSON: facts by name; what is not said is not there"),
    Column("evidence", "text", "JSON: spans of title or text that prove type and facts"),
    Column("made_by", "text", "which parts of the classifier agreed"),
    Column("published", "time", "of the story"),
)
NOISE = (
    Column("story_id", "text", "the story"),
    Column("kind", "text", "class of noise"),
    Column("evidence", "text", "JSON: spans"),
)
FILINGS = (
    Column("accession", "text", "SEC's accession number"),
    Column("form", "text", "SEC form"),
    Column("company", "text", "issuer, subject or filer"),
    Column("cik", "int", "its number"),
    Column("role", "text", "its role on the filing; empty when the index states none"),
    Column("accepted", "time", "acceptance; 22:00 Eastern of the day where only the day is known"),
    Column("items", "texts", "8-K item numbers"),
    Column("link", "text", "index page on sec.gov"),
    Column("parties", "text", "JSON: all roles"),
    Column("received", "time", "when it was received"),
    Column("replayed", "bool", "receipt was taken as acceptance"),
)
LISTS = (
    Column("day", "text", "New York session date; the partition is its month"),
    Column("as_of", "time", "since when the list stood"),
    Column("run_id", "text", "the run that made it"),
    Column("rules_digest", "text", "of the ranking rules"),
    Column("model_id", "text", "of the classifier"),
    Column("rows", "text", "JSON: the rows, best first; only lists that `db prune` moved are here"),
)
TABLES = {
    "stories": STORIES, "sources": SOURCES, "catalysts": CATALYSTS, "noise": NOISE, "filings": FILINGS, "lists": LISTS,
}  # fmt: skip
STORY_TABLES = ("stories", "sources", "catalysts", "noise")
Row = tuple[object, ...]
_json = msgspec.json.encode


def describe(archive: Path) -> None:
    """Write ``archive.json``. Raises InputError when the archive is one of a newer version."""
    held = version_of(archive)
    if held is not None and held > SCHEMA:
        raise InputError(f"{archive}: was written by a newer screener (schema {held}): update it, or name a new folder")
    told = {
        "schema": SCHEMA,
        "layout": "TABLE/month=YYYY-MM/part-NNNNN.parquet; times are UTC; text columns said to be JSON hold JSON",
        "tables": {t: [c._asdict() for c in columns] for t, columns in TABLES.items()},
    }
    with whole(archive / "archive.json") as part:
        part.write_bytes(msgspec.json.format(_json(told), indent=1) + b"\n")


def version_of(archive: Path) -> int | None:
    """The schema version of an archive; None when the folder is none yet."""
    try:
        return int(msgspec.json.decode((archive / "archive.json").read_bytes())["schema"])
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError) as e:
        raise InputError(f"{archive / 'archive.json'}: is no description of an archive ({e})") from e


# ---- writing -----------------------------------------------------------------------------------------------------


def write_part(archive: Path, month: str, number: int, pasts: Sequence[Past]) -> tuple[PartFile, ...]:
    """Write one part of a month: a file a table, of stories in the order given."""
    rows: dict[str, list[Row]] = {
        "stories": [_story_row(p) for p in pasts],
        "sources": [_source_row(p.story.id, n, i) for p in pasts for n, i in enumerate(p.items)],
        "catalysts": [
            _catalyst_row(p, n, c) for p in pasts if p.found is not None for n, c in enumerate(p.found.catalysts)
        ],
        "noise": [(n.story_id, n.kind, _text(n.evidence)) for p in pasts if p.found for n in p.found.noise],
    }
    return tuple(write_table(archive, table, month, number, found) for table, found in rows.items())


def write_filings(archive: Path, month: str, number: int, filings: Sequence[Filing]) -> PartFile:
    """Write filings of a month."""
    rows: list[Row] = [
        (
            f.accession, f.form, f.company, f.cik, f.role, f.accepted, list(f.items), f.link, _text(f.parties),
            f.received, f.replayed,
        )
        for f in filings
    ]  # fmt: skip
    return write_table(archive, "filings", month, number, rows)


def write_table(archive: Path, table: str, month: str, number: int, rows: Sequence[Row]) -> PartFile:
    """Write rows as one file. The options are fixed: the same rows give the same bytes."""
    pl = polars()
    frame = pl.DataFrame(rows, schema=_schema(pl, table), orient="row")
    name = f"{table}/month={month}/part-{number:05d}.parquet"
    with whole(archive / name) as part:
        frame.write_parquet(part, compression="zstd", compression_level=3, statistics=True, row_group_size=20_000)
        digest = sha256(part)
    return PartFile(path=name, rows=len(rows), digest=digest)


def _schema(pl: Any, table: str) -> dict[str, Any]:
    types = {
        "text": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean, "texts": pl.List(pl.String),
        "time": pl.Datetime("us", "UTC"),
    }  # fmt: skip
    return {c.name: types[c.type] for c in TABLES[table]}


def _text(value: object) -> str:
    return _json(value).decode()


def _story_row(p: Past) -> Row:
    s = p.story
    return (
        s.id, s.title, s.text, s.form, s.published, s.first_seen, p.known_at, s.company, s.cik, list(s.tickers),
        list(s.items), list(s.subjects), s.novelty, s.repeats, s.confirmed_by, _text(s.source_facts), s.replayed,
        _text(p.versions), p.model_id,
    )  # fmt: skip


def _source_row(story_id: str, n: int, i: Item) -> Row:
    return (story_id, n, i.source, i.source_id, i.url, i.title, i.published, i.received, i.form, _text(i))


def _catalyst_row(p: Past, n: int, c: Catalyst) -> Row:
    return (
        c.story_id, n, c.ticker, c.type, c.stage, c.polarity, c.confidence, _text(c.facts), _text(c.evidence),
        c.made_by, p.story.published,
    )  # fmt: skip


# ---- reading -----------------------------------------------------------------------------------------------------

_facts = msgspec.json.Decoder(dict[str, FactValue]).decode
_spans = msgspec.json.Decoder(tuple[Span, ...]).decode
_versions = msgspec.json.Decoder(tuple[tuple[dt.datetime, Story], ...]).decode
_item = msgspec.json.Decoder(Item).decode
_parties = msgspec.json.Decoder(tuple[Party, ...]).decode


def months(archive: Path) -> list[MonthDone]:
    """The finished months in order. Raises InputError when the folder is no archive of a known version."""
    held = version_of(archive)
    if held is None or held > SCHEMA:
        raise InputError(f"{archive}: is no archive that this screener knows; `screener backfill` writes one")
    found = (load(p, MonthDone) for p in sorted((archive / "months").glob("*.json")))
    return [m for m in found if m is not None]


def read_pasts(archive: Path, month: MonthDone) -> Iterator[list[Past]]:
    """The stories of a month, a part at a time."""
    numbers = sorted({f.path.rpartition("/")[2] for f in month.files if f.path.startswith("stories/")})
    for name in numbers:
        rows = {t: read_table(archive / t / f"month={month.month}" / name) for t in STORY_TABLES}
        sources: dict[str, list[Item]] = {}
        for r in rows["sources"]:
            sources.setdefault(r["story_id"], []).append(_item(r["record"]))
        catalysts, noise = _grouped(rows["catalysts"], _catalyst), _grouped(rows["noise"], _noise)
        yield [_past(r, sources, catalysts, noise) for r in rows["stories"]]


def read_filings(archive: Path, month: MonthDone) -> Iterator[list[Filing]]:
    """The filings of a month, a part at a time."""
    for file in month.files:
        if file.path.startswith("filings/"):
            yield [_filing(r) for r in read_table(archive / file.path)]


def read_table(path: Path, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows of one file, or some of its columns. Raises InputError."""
    pl = polars()
    try:
        found: list[dict[str, Any]] = pl.read_parquet(path, columns=columns, hive_partitioning=False).to_dicts()
    except (OSError, pl.exceptions.PolarsError) as e:
        raise InputError(f"{path}: the archive is damaged here ({str(e).splitlines()[0]}); backfill again") from e
    return found


def _grouped(rows: Iterable[dict[str, Any]], make: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for r in rows:
        found.setdefault(r["story_id"], []).append(make(r))
    return found


def _catalyst(r: dict[str, Any]) -> Catalyst:
    return Catalyst(
        story_id=r["story_id"], ticker=r["ticker"], type=r["type"], stage=r["stage"], polarity=r["polarity"],
        confidence=r["confidence"], evidence=_spans(r["evidence"]), facts=_facts(r["facts"]), made_by=r["made_by"],
    )  # fmt: skip


def _noise(r: dict[str, Any]) -> Noise:
    return Noise(story_id=r["story_id"], kind=r["kind"], evidence=_spans(r["evidence"]))


def _past(
    r: dict[str, Any], items: dict[str, list[Item]], catalysts: dict[str, list[Catalyst]], noise: dict[str, list[Noise]]
) -> Past:
    key = r["story_id"]
    refs: dict[tuple[str, str], Item] = {}
    for item in items.get(key, ()):
        refs.setdefault((item.source, item.source_id), item)  # an edited item stands by its first wording
    story = Story(
        id=key, title=r["title"], text=r["text"], form=r["form"], published=r["published"], first_seen=r["first_seen"],
        sources=tuple(source_ref(i) for i in refs.values()), tickers=tuple(r["tickers"]), cik=r["cik"], company=r["company"],
        items=tuple(r["items"]), subjects=tuple(r["subjects"]), novelty=r["novelty"], repeats=r["repeats"],
        confirmed_by=r["confirmed_by"], source_facts=_facts(r["source_facts"]), replayed=r["replayed"],
    )  # fmt: skip
    found = Classified(story_id=key, catalysts=tuple(catalysts.get(key, ())), noise=tuple(noise.get(key, ())))
    return Past(
        story=story, known_at=r["known_at"], versions=_versions(r["versions"]), items=tuple(items.get(key, ())),
        found=found if r["model_id"] else None, model_id=r["model_id"],
    )  # fmt: skip


def _filing(r: dict[str, Any]) -> Filing:
    return Filing(
        accession=r["accession"], form=r["form"], company=r["company"], cik=r["cik"], role=r["role"],
        accepted=r["accepted"], items=tuple(r["items"]), link=r["link"], parties=_parties(r["parties"]),
        received=r["received"], replayed=r["replayed"],
    )  # fmt: skip

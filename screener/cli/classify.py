"""``screener classify``: tag any text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias, cast

import click

from screener.cli.common import App, say
from screener.errors import InputError

if TYPE_CHECKING:
    from screener.types import Story

_Given: TypeAlias = "tuple[object, Story]"
"""A story with the id as its line gave it."""


@click.command()
@click.argument("file", default="-", type=click.Path())
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Report catalysts of at least this confidence.",
)
@click.pass_obj
def command(app: App, file: str, form: str, threshold: float) -> None:
    """Tag text, or JSON lines {id,title,text,form,published,tickers}, from a file or standard input.

    Lines that start with "{" are read as JSON lines; anything else is one text whose first line is the headline.

    \b
    Example:
      echo "Acme Announces 1-for-20 Reverse Stock Split" | screener classify
      screener classify items.jsonl --format jsonl > tagged.jsonl
    """
    import msgspec

    from screener.classify.pipeline import classifier_of
    from screener.outputs.tagged import as_line, table_lines

    bad = 0

    def stories() -> Iterator[_Given]:
        nonlocal bad
        for found in read_stories(file):
            if isinstance(found, str):
                bad += 1
                say(f"problem: {found}")
            else:
                yield found

    held: dict[str, _Given] = {}

    def keep() -> Iterator[Story]:
        # Ids may repeat in the input: inside, each line has an id of its own.
        for number, (given, story) in enumerate(stories()):
            own = msgspec.structs.replace(story, id=str(number))
            held[own.id] = (given, own)
            yield own

    classifier = classifier_of(app.settings)
    n = 0
    for found in classifier.classify_many(keep(), threshold):
        n += 1
        given, story = held.pop(found.story_id)
        click.echo(as_line(found, given) if form == "jsonl" else table_lines(story, found))
    if not n:
        say("nothing to classify: the input is empty")
    if bad:
        raise InputError(f"{bad} of {n + bad} lines could not be read; the others are classified")


def read_stories(file: str) -> Iterator[_Given | str]:
    """(id as given, Story) from a file or ``-``: JSON lines, or one plain text; a message for each broken line.

    Raises InputError where the file cannot be read or is no gzip.
    """
    import gzip
    import io
    import itertools
    import zlib

    if file == "-":
        raw: IO[bytes] = sys.stdin.buffer
    else:
        path = Path(file)
        if path.is_dir() or not path.exists():
            raise InputError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
        try:
            raw = cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115
        except OSError as e:
            raise InputError(f"{path}: cannot be read ({e.strerror}); check the path") from e
    with raw:
        lines = enumerate(io.TextIOWrapper(raw, encoding="utf-8", errors="replace"), 1)
        try:
            number, first = next(((n, line) for n, line in lines if line.strip()), (0, ""))
            if first.lstrip("\ufeff").lstrip().startswith("{"):
                yield from _json_lines(itertools.chain([(number, first)], lines), file)
            elif first:
                text = "".join(line for _, line in lines).strip()
                yield "text", _story({"id": "text", "title": first.lstrip("\ufeff").strip(), "text": text})
        except (gzip.BadGzipFile, EOFError, zlib.error) as e:
            raise InputError(f"{file}: breaks off or is not gzip ({e}); get the file again") from e


def _json_lines(lines: Iterator[tuple[int, str]], file: str) -> Iterator[_Given | str]:
    import json

    for number, line in lines:
        if not line.strip():
            continue
        try:
            raw = json.loads(line.lstrip("\ufeff"))
            if not isinstance(raw, dict):
                raise ValueError("is no JSON object")
            given = number if raw.get("id") is None else raw["id"]
            story = _story({**raw, "id": given})
        except RecursionError:
            yield f"{file}:{number}: is nested too deeply"
        except (ValueError, TypeError) as e:
            yield f"{file}:{number}: {e}"
        else:
            yield given, story


def _story(raw: dict[str, object]) -> Story:
    import datetime as dt

    from screener import clock
    from screener.types import Story

    moment = clock.now()
    if raw.get("published"):
        moment = dt.datetime.fromisoformat(str(raw["published"]))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    text = "\n\n".join(str(raw[k]) for k in ("summary", "text", "body") if raw.get(k))
    return Story(
        id=str(raw["id"]),
        title=str(raw.get("title") or ""),
        text=text,
        form=str(raw.get("form") or "PR"),
        published=moment,
        first_seen=moment,
        tickers=_texts(raw.get("tickers")),
        items=_texts(raw.get("items")),
        subjects=_texts(raw.get("subjects")),
    )


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)

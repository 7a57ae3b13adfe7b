"""``screener classify``: tag any text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from screener.cli.common import App, say
from screener.errors import InputError


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

    from screener import config
    from screener.classify.pipeline import Classifier
    from screener.outputs.tagged import as_line, table_lines
    from screener.types import Story

    bad = 0

    def stories() -> Iterator[Story]:
        nonlocal bad
        for found in read_stories(file):
            if isinstance(found, Story):
                yield found
            else:
                bad += 1
                say(f"problem: {found}")

    held: dict[str, tuple[str, Story]] = {}

    def keep() -> Iterator[Story]:
        # Ids may repeat in the input: inside, each line has an id of its own.
        for number, story in enumerate(stories()):
            own = msgspec.structs.replace(story, id=str(number))
            held[own.id] = (story.id, own)
            yield own

    classifier = Classifier(config.built_in("rules") / "catalysts", config.built_in("data") / "model")
    n = 0
    for found in classifier.classify_many(keep(), threshold):
        n += 1
        given, story = held.pop(found.story_id)
        click.echo(as_line(found, given) if form == "jsonl" else table_lines(story, found))
    if not n:
        say("nothing to classify: the input is empty")
    if bad:
        raise InputError(f"{bad} of {n + bad} lines could not be read; the others are classified")


def read_stories(file: str) -> Iterator[Any]:
    """Stories from a file or ``-``: JSON lines, or one plain text. Yields a message for each line that is broken."""
    import gzip
    import io

    if file == "-":
        raw: Any = sys.stdin.buffer
    else:
        path = Path(file)
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        raw = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115
    with raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8", errors="replace")
        first = next((line for line in lines if line.strip()), "")
        if first.lstrip("\ufeff").lstrip().startswith("{"):
            yield from _json_lines(first, lines, file)
        elif first:
            yield _story({"id": "text", "title": first.strip(), "text": lines.read().strip()})


def _json_lines(first: str, lines: Iterator[str], file: str) -> Iterator[Any]:
    import itertools
    import json

    for number, line in enumerate(itertools.chain([first], lines), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line.lstrip("\ufeff"))
            if not isinstance(raw, dict):
                raise ValueError("is no JSON object")
            story = _story({**raw, "id": raw.get("id", number)})
        except (ValueError, TypeError) as e:
            yield f"{file}:{number}: {e}"
            continue
        yield story


def _story(raw: dict[str, Any]) -> Any:
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


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)

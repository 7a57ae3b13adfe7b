"""``screener evaluate``: the classifier against labels."""

from __future__ import annotations

from pathlib import Path

import click

from screener.cli.common import App, emit, format_option, say
from screener.errors import InputError


@click.command()
@click.argument("labels", type=click.Path())
@click.argument("items", type=click.Path(), nargs=-1, required=True)
@click.option("--errors", is_flag=True, help="List the misses with their evidence.")
@click.option("--sure", type=click.IntRange(1, 3), default=2, show_default=True, help="Only labels at least this sure.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Confidence that counts as present.",
)
@format_option("table", "json")
@click.pass_obj
def command(
    app: App, labels: str, items: tuple[str, ...], errors: bool, sure: int, threshold: float, form: str
) -> None:
    """Precision, recall and F1 per type, false alarms, polarity and facts, on your own labels.

    LABELS has JSON lines {id, types, noise, polarity, stage, fields, sure}; ITEMS has {id, title, body, ...} (.gz too)
    and may be several files. Errors of the project's own locked set are never listed.

    \b
    Example:
      screener evaluate labels.jsonl releases.jsonl.gz --errors
    """
    import json

    from msgspec import structs

    from screener import config
    from screener.classify import locked
    from screener.classify.evaluate import as_json, error_lines, evaluate, read_labels, report_lines
    from screener.classify.pipeline import classifier_of

    closed = locked.read(config.built_in("data") / "labels").has(label.id for label in read_labels(Path(labels)))
    if closed and errors:
        raise InputError("these labels are of the locked set: its figures are shown, its errors are not")
    classifier = classifier_of(app.settings)
    say("on labels that the model was trained on these figures flatter; the card of the model has cross-validated ones")
    report = evaluate(Path(labels), [Path(item) for item in items], classifier, sure=sure, threshold=threshold)
    if form == "json":
        report = structs.replace(report, errors=()) if closed else report
        emit(json.dumps(as_json(report), indent=2, ensure_ascii=False) + "\n")
        return
    emit("\n".join([*report_lines(report), *(error_lines(report) if errors else ())]) + "\n")

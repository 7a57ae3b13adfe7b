"""Catalyst files: ``rules/catalysts/NAME.yml``, one per catalyst type or noise class, each with its own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from screener import yamlfile
from screener.errors import YamlError
from screener.language.wording import Wording, WordingError, compile_wording

KINDS = ("type", "noise")
POLARITIES = ("+", "-", "±", "0")
_LISTS = ("patterns", "hints", "exclusions", "vetoes", "falsepositives", "subjects")
_KNOWN = {"id", "kind", "title", "description", "polarity", "forms", "items", "tests", *_LISTS}
_TEST = {"title", "text", "form", "items", "subjects", "facts"}


class Sample(Struct, frozen=True, kw_only=True):
    """A test that stands in a catalyst file: ``must`` says whether the type has to be found in it."""

    must: bool
    title: str
    text: str = ""
    form: str = "PR"
    items: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    facts: dict[str, Any] = {}
    line: int = 0


class CatalystRule(Struct, frozen=True, kw_only=True):
    """One catalyst file, compiled.

    ``patterns`` decide in a headline, ``hints`` need company; an exclusion cancels the matches it overlaps, a veto
    cancels all matches in the headline. ``forms`` and ``items`` map an SEC form or 8-K item to how much it proves
    (0 to 1); ``subjects`` are wire subject codes that support the type.
    """

    id: str
    kind: str
    title: str
    description: str
    polarity: str
    patterns: tuple[Wording, ...]
    hints: tuple[Wording, ...]
    exclusions: tuple[Wording, ...]
    vetoes: tuple[Wording, ...]
    forms: dict[str, float]
    items: dict[str, float]
    subjects: tuple[str, ...]
    falsepositives: tuple[str, ...]
    samples: tuple[Sample, ...]
    path: str


def load_folder(folder: Path) -> tuple[CatalystRule, ...]:
    """All catalyst files of a folder in name order. Raises YamlError with file and line for what is wrong."""
    rules = tuple(load_rule(path) for path in yamlfile.walk(folder))
    if not rules:
        raise YamlError(str(folder), 0, "", "holds no catalyst file (*.yml); point to the rules/catalysts folder")
    return rules


def load_rule(path: Path) -> CatalystRule:
    """One catalyst file. Raises YamlError with file and line."""
    data = yamlfile.load(path)
    if not isinstance(data, yamlfile.LineDict):
        raise YamlError(str(path), 1, "", "must be a mapping with id, kind, title, patterns and tests")
    _check_keys(path, data)
    name = path.stem.removeprefix("noise_")
    if data.get("id") != name:
        raise YamlError(str(path), data.lines.get("id", 1), "id", f"must be the file's name, {name!r}")
    kind, polarity = data.get("kind", "type"), str(data.get("polarity", "0"))
    if kind not in KINDS:
        raise YamlError(str(path), data.lines["kind"], "kind", f"is {kind!r}; write one of {', '.join(KINDS)}")
    if polarity not in POLARITIES:
        raise YamlError(str(path), data.lines["polarity"], "polarity", f"is {polarity!r}; write one of + - ± 0")
    wordings = {key: _wordings(path, data, key) for key in ("patterns", "hints", "exclusions", "vetoes")}
    return CatalystRule(
        id=name,
        kind=kind,
        title=str(data.get("title", name)),
        description=str(data.get("description", "")),
        polarity=polarity,
        forms=_proofs(path, data, "forms"),
        items=_proofs(path, data, "items"),
        subjects=tuple(map(str, data.get("subjects") or ())),
        falsepositives=tuple(map(str, data.get("falsepositives") or ())),
        samples=tuple(_samples(path, data)),
        path=str(path),
        **wordings,
    )


def _check_keys(path: Path, data: yamlfile.LineDict) -> None:
    for key in data:
        if key not in _KNOWN:
            raise YamlError(str(path), data.lines[key], key, f"is not known here; known: {', '.join(sorted(_KNOWN))}")
    for key in _LISTS:
        if data.get(key) is not None and not isinstance(data[key], list):
            raise YamlError(str(path), data.lines[key], key, "must be a list")


def _wordings(path: Path, data: yamlfile.LineDict, key: str) -> tuple[Wording, ...]:
    rows = data.get(key) or yamlfile.LineList()
    out = []
    for i, row in enumerate(rows):
        try:
            out.append(compile_wording(str(row)))
        except WordingError as e:
            raise YamlError(str(path), rows.lines[i], key, f"{row!r} {e}") from e
    return tuple(out)


def _proofs(path: Path, data: yamlfile.LineDict, key: str) -> dict[str, float]:
    rows = data.get(key) or {}
    if not rows:
        return {}
    if not isinstance(rows, yamlfile.LineDict):
        raise YamlError(str(path), data.lines[key], key, 'must map a form or item to a number, like "3.01": 0.9')
    for name, value in rows.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise YamlError(str(path), rows.lines[name], key, f"{name}: {value!r} is not a number from 0 to 1")
    return {str(name): float(value) for name, value in rows.items()}


def _samples(path: Path, data: yamlfile.LineDict) -> Iterator[Sample]:
    tests = data.get("tests") or {}
    if not isinstance(tests, yamlfile.LineDict) or set(tests) - {"must", "must_not"}:
        raise YamlError(str(path), data.lines["tests"], "tests", "must hold the lists must and must_not")
    for key, rows in tests.items():
        for i, row in enumerate(rows or ()):
            line = rows.lines[i]
            row = {"title": row} if isinstance(row, str) else row
            if not isinstance(row, dict) or not row.get("title") or set(row) - _TEST:
                raise YamlError(str(path), line, key, f"a test needs a title and may have {', '.join(sorted(_TEST))}")
            yield Sample(
                must=key == "must",
                line=line,
                title=str(row["title"]),
                text=str(row.get("text") or ""),
                form=str(row.get("form") or "PR"),
                items=tuple(map(str, row.get("items") or ())),
                subjects=tuple(map(str, row.get("subjects") or ())),
                facts=dict(row.get("facts") or {}),
            )

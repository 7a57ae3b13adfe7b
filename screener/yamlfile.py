"""Strict YAML: what a person typed is what the program gets, and every error has a file and a line.

YAML 1.1 as PyYAML reads it turns the ticker ``ON`` into True, ``9:30`` into 570, ``0001234567`` into octal, ``1e3``
into text and ``2025-01-02`` into a date. Here only ``true`` and ``false`` are booleans; numbers are plain decimals
(underscores allowed, ``1e3`` is a number); everything else stays text. Duplicate keys, anchors' merge keys and tags
are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from screener.errors import YamlError
from screener.limits import DIGITS, NESTING, YAML_BYTES, YAML_NODES

_INT = re.compile(r"\A[-+]?(0|[1-9][0-9_]*+)$")
_FLOAT = re.compile(r"\A[-+]?(0|[1-9][0-9_]*+)?(\.[0-9_]++)?([eE][-+]?[0-9]++)?$")


class LineDict(dict[str, Any]):
    """A mapping that remembers the line (1-based) of each key in ``lines`` and its own in ``line``."""

    line: int = 0
    lines: dict[str, int]


class LineList(list[Any]):
    """A sequence that remembers the line (1-based) of each element in ``lines`` and its own in ``line``."""

    line: int = 0
    lines: list[int]


def load(path: Path | str) -> Any:
    """Read one YAML document. Raises YamlError with file:line for everything that is wrong with it."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(YAML_BYTES + 1)
    except OSError as e:
        raise YamlError(str(path), 0, "", f"cannot be read ({e.strerror}); check the path and its permissions") from e
    if len(raw) > YAML_BYTES:
        raise YamlError(str(path), 0, "", f"is larger than {YAML_BYTES:,} bytes; split it")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise YamlError(str(path), raw[: e.start].count(b"\n") + 1, "", "is not UTF-8; save it as UTF-8") from e
    return loads(text, str(path))


def loads(text: str, name: str) -> object:
    """Parse one YAML document from text; ``name`` stands for the file in errors."""
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    try:
        return _Builder(name, yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 0
        raise YamlError(name, line, "", f"is not valid YAML: {e.problem or e.context}") from e
    except (yaml.YAMLError, UnicodeError) as e:
        raise YamlError(name, 0, "", f"is not valid YAML: {e}") from e


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Builder:
    """Builds values from the parser's events, one after the other, within the limits of depth and number.

    What an alias stands for counts each time it is used: ten lines of aliases can mean a billion values.
    """

    def __init__(self, name: str, events: Iterable[yaml.Event]) -> None:
        self._name, self._events = name, iter(events)
        self._named: dict[str, tuple[object, int]] = {}
        self._open: list[str] = []
        self._depth = self._nodes = 0

    def document(self) -> object:
        """The one document's value; None when there is none."""
        value, documents = None, 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._wrong(event, "holds more than one document; split it")
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event)
        return value

    def _wrong(self, event: yaml.Event, message: str, key: str = "") -> YamlError:
        return YamlError(self._name, _line(event), key, message)

    def _value(self, event: yaml.Event) -> object:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        assert isinstance(event, yaml.NodeEvent)
        self._count(event, 1)
        anchor, before = event.anchor or "", self._nodes
        if anchor:
            self._open.append(anchor)
        value = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else self._collection(event)
        if anchor:
            self._open.pop()
            self._named[anchor] = (value, self._nodes - before + 1)
        return value

    def _count(self, event: yaml.Event, size: int) -> None:
        self._nodes += size
        if self._nodes > YAML_NODES:
            raise self._wrong(event, f"means more than {YAML_NODES:,} values; write it without aliases, or split it")

    def _alias(self, event: yaml.AliasEvent) -> object:
        if event.anchor in self._open:
            raise self._wrong(event, "an alias refers to itself; write the value out")
        if event.anchor not in self._named:
            raise self._wrong(event, f"is not valid YAML: the alias *{event.anchor} stands for nothing")
        value, size = self._named[event.anchor]
        self._count(event, size)
        return value

    def _collection(self, event: yaml.Event) -> object:
        self._depth += 1
        if self._depth > NESTING:
            raise self._wrong(event, f"is nested more than {NESTING} deep; flatten it")
        value = self._sequence(event) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(event)
        self._depth -= 1
        return value

    def _sequence(self, start: yaml.Event) -> LineList:
        out = LineList()
        out.line, out.lines = _line(start), []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            out.lines.append(_line(event))
            out.append(self._value(event))
        return out

    def _mapping(self, start: yaml.Event) -> LineDict:
        out = LineDict()
        out.line, out.lines = _line(start), {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._wrong(event, "a key must be plain text")
            key = event.value
            if key in out:
                raise self._wrong(event, f"appears twice (first on line {out.lines[key]}); remove one", key)
            if key == "<<":
                raise self._wrong(event, "merge keys are not supported; write the keys out", key)
            self._count(event, 1)
            out.lines[key] = _line(event)
            out[key] = self._value(next(self._events))
        return out

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        text = str(event.value)
        if event.style and event.style not in ("", "plain"):  # quoted or block text: None or '' mean plain
            return text
        if not text or text in ("null", "~"):
            return None
        if text in ("true", "false"):
            return text == "true"
        whole = _INT.match(text)
        if not whole and not (_FLOAT.match(text) and any(c.isdigit() for c in text)):
            return text  # a leading zero (0001234567) could be a CIK or an octal number, so it stays text
        if len(text) > DIGITS:
            raise self._wrong(
                event, f"is a number of {len(text):,} characters; the limit is {DIGITS}: quote it if it is text"
            )
        value = int(text.replace("_", "")) if whole else float(text.replace("_", ""))
        if not abs(value) < float("inf"):
            raise self._wrong(event, f"{text} is beyond any number; quote it if it is text")
        return value


def walk(place: Path | str) -> Iterator[Path]:
    """The ``*.yml`` files of a folder in name order, or the one file named; a missing folder has none."""
    place = Path(place)
    if place.is_file():
        return iter((place,))
    return iter(sorted(place.glob("*.yml"))) if place.is_dir() else iter(())

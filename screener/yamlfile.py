"""Strict YAML: what a person typed is what the program gets, and every error has a file and a line.

YAML 1.1 as PyYAML reads it turns the ticker ``ON`` into True, ``9:30`` into 570, ``0001234567`` into octal, ``1e3``
into text and ``2025-01-02`` into a date. Here only ``true`` and ``false`` are booleans; numbers are plain decimals
(underscores allowed, ``1e3`` is a number); everything else stays text. Duplicate keys, anchors' merge keys and tags
are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from screener.errors import YamlError

_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)$")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9_]*)?(\.[0-9_]+)?([eE][-+]?[0-9]+)?$")
MAX_BYTES = 2_000_000


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
        raw = path.read_bytes()
    except OSError as e:
        raise YamlError(str(path), 0, "", f"cannot be read ({e.strerror}); check the path and its permissions") from e
    if len(raw) > MAX_BYTES:
        raise YamlError(str(path), 0, "", f"is larger than {MAX_BYTES:,} bytes; split it")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise YamlError(str(path), raw[: e.start].count(b"\n") + 1, "", "is not UTF-8; save it as UTF-8") from e
    return loads(text, str(path))


def loads(text: str, name: str) -> Any:
    """Parse one YAML document from text; ``name`` stands for the file in errors."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 0
        raise YamlError(name, line, "", f"is not valid YAML: {e.problem or e.context}") from e
    except yaml.YAMLError as e:
        raise YamlError(name, 0, "", f"is not valid YAML: {e}") from e
    return None if node is None else _build(node, name, set())


def _build(node: yaml.Node, name: str, open_nodes: set[int]) -> Any:
    if id(node) in open_nodes:
        raise YamlError(name, node.start_mark.line + 1, "", "an alias refers to itself; write the value out")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, name)
    open_nodes.add(id(node))
    try:
        if isinstance(node, yaml.SequenceNode):
            return _sequence(node, name, open_nodes)
        assert isinstance(node, yaml.MappingNode)
        return _mapping(node, name, open_nodes)
    finally:
        open_nodes.discard(id(node))


def _sequence(node: yaml.SequenceNode, name: str, open_nodes: set[int]) -> LineList:
    out = LineList(_build(child, name, open_nodes) for child in node.value)
    out.line = node.start_mark.line + 1
    out.lines = [child.start_mark.line + 1 for child in node.value]
    return out


def _mapping(node: yaml.MappingNode, name: str, open_nodes: set[int]) -> LineDict:
    out = LineDict()
    out.line, out.lines = node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError(name, line, "", "a key must be plain text")
        key = key_node.value
        if key in out:
            raise YamlError(name, line, key, f"appears twice (first on line {out.lines[key]}); remove one")
        if key == "<<":
            raise YamlError(name, line, key, "merge keys are not supported; write the keys out")
        out[key], out.lines[key] = _build(value_node, name, open_nodes), line
    return out


def _scalar(node: yaml.ScalarNode, name: str) -> Any:
    text = str(node.value)
    if node.style:  # quoted or block text: None or '' mean plain
        return text
    if node.start_mark.index == node.end_mark.index or text in ("null", "~"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.match(text):
        return int(text.replace("_", ""))
    if _FLOAT.match(text) and any(c.isdigit() for c in text):
        return float(text.replace("_", ""))
    return text  # a leading zero (0001234567) could be a CIK or an octal number, so it stays text


def walk(place: Path | str) -> Iterator[Path]:
    """The ``*.yml`` files of a folder in name order, or the one file named; a missing folder has none."""
    place = Path(place)
    if place.is_file():
        return iter((place,))
    return iter(sorted(place.glob("*.yml"))) if place.is_dir() else iter(())

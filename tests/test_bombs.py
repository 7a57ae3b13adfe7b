"""Files that mean more than they hold: refused in a moment, with file and line."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
from pathlib import Path

import pytest

from screener import config, yamlfile
from screener.collectors.file import read_items
from screener.entities.tickers import parse_table
from screener.errors import ConfigError, InputError, YamlError
from screener.limits import DEFAULT
from screener.types import Item, Problem

NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
NAMES = "abcdefghijkl"
LAUGHS = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]\n" for p, n in itertools.pairwise(NAMES)
)
YAML = {
    "alias bomb": (LAUGHS, 6, "more than 200,000 values"),
    "alias bomb of mappings": (LAUGHS.replace("[1, 1, 1, 1, 1, 1, 1, 1, 1]", "{x: 1}"), 6, "values"),
    "flow nesting": ("x: 1\ny: " + "[" * 50_000, 2, "nested"),
    "mapping nesting": ("{a: " * 50_000, 1, "nested"),
    "block nesting": ("".join(" " * i + "a:\n" for i in range(800)), 101, "nested"),
    "dashes": ("- " * 50_000, 1, "nested"),
    "a long number": ("x: 1\ny: " + "9" * 5_000, 2, "number"),
    "a long negative number": ("y: -" + "9" * 5_000, 1, "number"),
    "a long number with underscores": ("y: " + "1_" * 3_000, 1, "number"),
    "a long fraction": ("y: 1." + "9" * 5_000, 1, "number"),
    "beyond a float": ("y: 1e99999", 1, "beyond"),
    "an alias to itself": ("x: 1\ny: &y [*y]", 2, "itself"),
    "an alias to nothing": ("x: 1\ny: *z", 2, "nothing"),
    "two documents": ("x: 1\n---\ny: 1", 2, "document"),
}


@pytest.mark.parametrize(("text", "line", "why"), YAML.values(), ids=list(YAML))
def test_yaml(tmp_path: Path, text: str, line: int, why: str) -> None:
    file = tmp_path / "rule.yml"
    file.write_text(text)
    with pytest.raises(YamlError, match=why) as told:
        yamlfile.load(file)
    assert told.value.line == line and len(str(told.value)) < 400


def test_aliases_within_reason_still_work() -> None:
    found = yamlfile.loads("a: &a {x: 1, y: [2]}\nb: *a\nc: [*a, *a]", "f.yml")
    assert found["b"] == found["a"] == found["c"][1] == {"x": 1, "y": [2]}
    assert found["b"].lines == {"x": 1, "y": 1} and found.lines == {"a": 1, "b": 2, "c": 3}


TOML = {
    "nested lists": ("[edgar]\nforms = " + "[" * 5_000, ":2:"),
    "nested tables": ("x = " + "{a = " * 5_000, ":1:"),
    "nested over lines": ("x = [\n" + "[\n" * 3_000, ":101:"),
    "a dotted key": (".".join("a" * 5_000) + " = 1", ":1:"),
    "a dotted table": ("[edgar]\n[" + ".".join("a" * 5_000) + "]", ":2:"),
    "a long number": ("[web]\nport = " + "9" * 5_000, ":2:"),
    "a long number in a list": ("[web]\nport = [1, " + "9" * 5_000 + "]", ":2:"),
    "no UTF-8": ("[web]\nhost = '\udcff'", "is not valid TOML"),
}


@pytest.mark.parametrize(("text", "where"), TOML.values(), ids=list(TOML))
def test_toml(tmp_path: Path, text: str, where: str) -> None:
    file = tmp_path / "screener.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as told:
        config.load(file, environ={})
    assert where in str(told.value) and len(str(told.value)) < 400


def test_ordinary_toml_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "screener.toml"
    secret = "9" * 60 + "." + "[" * 200
    file.write_text(
        f'[alerts]\nsecret = "{secret}"  # 1234567890123456789012345678901234567890123456\nurls = ["jsonl:-"]\n'
    )
    assert config.load(file, environ={}).alerts.secret == secret


@pytest.mark.parametrize("line", [b"x\n", b"{\n", b"[]\n", b'{"title": 5}{\n', b"[" * 1000 + b"\n"])
def test_a_gzip_bomb_of_broken_lines_gives_few_problems(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "items.jsonl.gz"
    file.write_bytes(gzip.compress(line * (2_000_000 // len(line))))
    found = list(read_items(file, NOW))
    assert 0 < len(found) <= DEFAULT.problems + 1
    assert isinstance(found[-1], Problem) and "more lines" in found[-1].message


def test_broken_lines_between_good_ones_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(b'{"title": "Zephyra wins"}\nx\n' * 300)
    found = list(read_items(file, NOW))
    assert sum(isinstance(x, Item) for x in found) == 300
    assert sum(isinstance(x, Problem) for x in found) == DEFAULT.problems + 1 and "250 more" in found[-1].message  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value",
    [
        "9" * 5_000,
        "[" * 50_000,
        '{"a":' * 50_000,
        "1e999",
        "NaN",
        '"\\ud83d"',
        '{"n": ' + "9" * 30 + "}",
        '{"n": -1e300}',
    ],
    ids=lambda v: v[:12],
)
def test_hostile_json_lines(tmp_path: Path, value: str) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"title": "A", "facts": ' + value + '}\n{"title": "B"}\n')
    found = list(read_items(file, NOW))
    assert [type(x) for x in found] == [Problem, Item]
    assert isinstance(found[0], Problem) and f"{file}:1" in found[0].message


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"0": ' + b"9" * 5_000 + b"}", b'{"a":' * 50_000, b"\xff\xfe{}"])
def test_hostile_ticker_tables(raw: bytes) -> None:
    with pytest.raises(InputError, match=r"table\.json"):
        parse_table(raw, "table.json")

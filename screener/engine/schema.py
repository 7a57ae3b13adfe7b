"""Read one rule file: every problem with its line and the nearest known name, nothing left to guess."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from screener.engine.condition import ConditionError, nearest, parse, valid_name
from screener.engine.evaluate import PLACEHOLDER, split_key
from screener.engine.facts import FACTS, PARTS, SHARE, Fact
from screener.engine.operators import BOOL, LIST, NUMBER, OPS, check_fact, check_value
from screener.errors import YamlError
from screener.types import Rule
from screener.types.words import ACTIONS, RULE_KINDS, RULE_LEVELS, RULE_SIDES, RULE_STATUSES
from screener.yamlfile import LineDict, loads

CARD_KEYS = ("action", "recommendation", "timeframe", "risk")
TEXTS = ("title", "id", "status", "description", "level", "kind", "side", "part", "scale", "warning")
KEYS = (*TEXTS, "enabled", "when", "score", "card", "falsepositives", "facts", "tests", "noise_budget")
TEST_KEYS = ("name", "given", "without", "expect")
EXPECT_KEYS = {"match": BOOL, "score": NUMBER, "warnings": LIST, "card": "card", "unknown": LIST}
CHOICES = {
    "status": RULE_STATUSES,
    "level": RULE_LEVELS,
    "kind": RULE_KINDS,
    "side": RULE_SIDES,
    "part": PARTS,
}


class RuleFile:
    """One rule file being read over a table of facts; ``problems`` grows as its parts are checked."""

    def __init__(self, path: Path, raw: bytes, data: Any, facts: Mapping[str, Fact]) -> None:
        self.path, self.raw, self.data, self.facts = path, raw, data, facts
        self.problems: list[YamlError] = []

    @property
    def id(self) -> str:
        """The rule's id as written, empty when there is none."""
        found = self.data.get("id") if isinstance(self.data, dict) else None
        return found if isinstance(found, str) else ""

    @property
    def off(self) -> bool:
        """True for a file that switches off the rule of its id."""
        return self.data.get("enabled") is False or self.data.get("status") == "off"

    def say(self, where: object, key: str, message: str, label: str = "") -> None:
        """Note a problem at ``key`` of the mapping ``where``; ``label`` is how the key is named in the message."""
        line = where.lines.get(key, where.line) if isinstance(where, LineDict) else 0
        self.problems.append(YamlError(str(self.path), line, label or key, message))

    def known(self, where: Any, keys: Collection[str], what: str) -> None:
        """Note every key of a mapping that is not in ``keys``."""
        for key in where:
            if key not in keys:
                self.say(where, key, f"is no {what}{nearest(key, keys)}")

    def mapping(self, where: Any, key: str, label: str = "") -> LineDict | None:
        """The mapping under ``key``; notes a problem and gives None when it is something else."""
        value = where.get(key)
        if isinstance(value, LineDict):
            return value
        self.say(where, key, "must be a mapping of names to values", label)
        return None


def read_file(path: Path, facts: Mapping[str, Fact] = FACTS) -> RuleFile:
    """Read and check one rule file; its problems stand in ``problems``, an unreadable file included."""
    try:
        raw = path.read_bytes()
        data = loads(raw.decode("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as e:
        file = RuleFile(path, b"", LineDict(), facts)
        file.problems.append(YamlError(str(path), 0, "", f"cannot be read as UTF-8 text: {e}"))
        return file
    except YamlError as e:
        file = RuleFile(path, raw, LineDict(), facts)
        file.problems.append(e)
        return file
    file = RuleFile(path, raw, data, facts)
    if not isinstance(data, LineDict):
        file.problems.append(
            YamlError(str(path), 1, "", "must be a mapping; `screener rules new ID` writes an example")
        )
        return file
    _check(file)
    return file


def _check(file: RuleFile) -> None:
    data = file.data
    file.known(data, KEYS, "key of a rule file")
    _texts(file)
    if file.id and file.id != file.path.stem:
        file.say(data, "id", f"must be the file's name, {file.path.stem!r}")
    if "enabled" in data and not isinstance(data["enabled"], bool):
        file.say(data, "enabled", "must be true or false")
    for key in ("id",) if file.off else ("title", "id", "when", "score"):
        if key not in data:
            file.say(data, key, "is missing")
    if file.off:
        return
    selections = _when(file) if "when" in data else LineDict()
    if "score" in data:
        _score(file, selections)
    if "card" in data:
        _card(file, data, "card")
    _falsepositives(file)
    _budget(file)
    if "facts" in data and (facts := file.mapping(data, "facts")) is not None:
        _facts(file, facts, "facts")
    _tests(file)


def _texts(file: RuleFile) -> None:
    data = file.data
    for key in TEXTS:
        value = data.get(key, "")
        if not isinstance(value, str):
            file.say(data, key, f'must be text: write "{value}" in quotes')
        elif key in CHOICES and key in data and value not in CHOICES[key]:
            choices = ", ".join(c for c in CHOICES[key] if c)
            file.say(data, key, f"{value!r} is not one of {choices}{nearest(value, CHOICES[key])}")
        elif key in ("title", "id") and key in data and not value.strip():
            file.say(data, key, "is empty")
    _placeholders(file, data, "warning")
    _scale(file, data)
    if data.get("kind") == "warning" and not data.get("warning"):
        file.say(data, "warning", "is missing: the text a person reads on the row")


def _scale(file: RuleFile, data: Any) -> None:
    """``scale`` names a number fact that lies between 0 and 1."""
    name = data.get("scale", "")
    fact = file.facts.get(name) if isinstance(name, str) else None
    if name and (fact is None or fact.kind != NUMBER or fact.unit != SHARE):
        known = [n for n, f in file.facts.items() if f.kind == NUMBER and f.unit == SHARE]
        file.say(data, "scale", f"{name!r} is no fact between 0 and 1{nearest(str(name), known)}")


def _placeholders(file: RuleFile, where: Any, key: str) -> None:
    for name in PLACEHOLDER.findall(str(where.get(key, ""))):
        if name not in file.facts:
            file.say(where, key, f"names {{{name}}}, which is no fact{nearest(name, file.facts)}")


def _when(file: RuleFile) -> LineDict:
    when = file.mapping(file.data, "when")
    if when is None:
        return LineDict()
    selections = LineDict({k: v for k, v in when.items() if k != "condition"})
    selections.line, selections.lines = when.line, when.lines
    for name, spec in selections.items():
        if not valid_name(name):
            file.say(when, name, "cannot name a selection: use letters, digits and _, no Python keyword")
        selection(file, when, name, spec)
    _condition(file, when, selections)
    return selections


def _condition(file: RuleFile, when: LineDict, selections: LineDict) -> None:
    text = when.get("condition")
    if not isinstance(text, str):
        example = " and ".join(selections) or "name and not other"
        file.say(when, "condition", f"is missing or no text; write for example: condition: {example}")
        return
    try:
        parse(text, selections)
    except ConditionError as e:
        file.say(when, "condition", str(e))


def selection(file: RuleFile, where: LineDict, name: str, spec: object) -> None:
    """Check one selection: known facts, known operators, values that fit."""
    if not isinstance(spec, LineDict) or not spec:
        file.say(where, name, "must be a mapping such as {rvol|gte: 2.0}")
        return
    for key, value in spec.items():
        fact, op = split_key(key)
        if fact not in file.facts:
            file.say(spec, key, f"{fact!r} is no fact{nearest(fact, file.facts)}")
        elif op not in OPS:
            file.say(spec, key, f"{op!r} is no operator{nearest(op, OPS)}")
        elif message := check_value(OPS[op], file.facts[fact].kind, value):
            file.say(spec, key, message)


def _score(file: RuleFile, selections: LineDict) -> None:
    score = file.mapping(file.data, "score")
    if score is None:
        return
    file.known(score, ("base", "why", "add"), "key of score")
    _why(file, score)
    if "base" not in score:
        file.say(score, "base", "is missing: the points of a match")
    elif message := check_fact(NUMBER, score["base"]):
        file.say(score, "base", message)
    elif file.data.get("kind") == "warning" and score["base"] > 0:
        file.say(score, "base", "of a warning takes points away: write a negative number or 0")
    adds = score.get("add", [])
    if not isinstance(adds, list):
        file.say(score, "add", "must be a list of {if: ..., points: ...}")
        return
    for i, entry in enumerate(adds):
        _add_entry(file, score, f"add[{i}]", entry, selections)


def _add_entry(file: RuleFile, score: LineDict, label: str, entry: object, selections: LineDict) -> None:
    if not isinstance(entry, LineDict) or "if" not in entry or "points" not in entry:
        where = entry if isinstance(entry, LineDict) else score
        file.say(where, "add", "must be {if: {fact|operator: value}, points: number}", label)
        return
    file.known(entry, ("if", "points", "part", "why"), "key of an add")
    if message := check_fact(NUMBER, entry["points"]):
        file.say(entry, "points", message)
    if "part" in entry and entry["part"] not in PARTS:
        file.say(entry, "part", f"{entry['part']!r} is not one of {', '.join(PARTS)}")
    _why(file, entry)
    if isinstance(entry["if"], str):
        try:
            parse(entry["if"], selections)
        except ConditionError as e:
            file.say(entry, "if", str(e))
    else:
        selection(file, entry, "if", entry["if"])


def _why(file: RuleFile, where: LineDict) -> None:
    if not isinstance(where.get("why", ""), str):
        file.say(where, "why", "must be text")
    _placeholders(file, where, "why")


def _card(file: RuleFile, where: LineDict, key: str) -> None:
    card = file.mapping(where, key)
    if card is None:
        return
    file.known(card, CARD_KEYS, "key of a card")
    for name, value in card.items():
        if not isinstance(value, str):
            file.say(card, name, "must be text")
        elif name == "action" and value not in ACTIONS:
            file.say(card, name, f"{value!r} is not one of {', '.join(ACTIONS)}{nearest(value, ACTIONS)}")


def _falsepositives(file: RuleFile) -> None:
    found = file.data.get("falsepositives", [])
    if not isinstance(found, list) or not all(isinstance(f, str) for f in found):
        file.say(file.data, "falsepositives", "must be a list of texts")


def _budget(file: RuleFile) -> None:
    if "noise_budget" in file.data:
        value = file.data["noise_budget"]
        if (message := check_fact(NUMBER, value)) or value < 0:
            file.say(file.data, "noise_budget", message or "must not be negative: matches per 1,000 ordinary items")


def _facts(file: RuleFile, facts: LineDict, label: str) -> None:
    for name, value in facts.items():
        if name not in file.facts:
            file.say(facts, name, f"is no fact{nearest(name, file.facts)}", f"{label}.{name}")
        elif value is None:
            file.say(facts, name, "has no value; leave an unknown fact out", f"{label}.{name}")
        elif message := check_fact(file.facts[name].kind, value):
            file.say(facts, name, message, f"{label}.{name}")


def _tests(file: RuleFile) -> None:
    tests = file.data.get("tests", [])
    if not isinstance(tests, list):
        file.say(file.data, "tests", "must be a list of {name, given, expect}")
        return
    for i, test in enumerate(tests):
        if not isinstance(test, LineDict):
            file.say(file.data, "tests", "must be {name: ..., given: {...}, expect: {match: ...}}", f"tests[{i}]")
            continue
        _test(file, test, f"tests[{i}]")


def _test(file: RuleFile, test: LineDict, label: str) -> None:
    file.known(test, TEST_KEYS, "key of a test")
    if not isinstance(test.get("name"), str):
        file.say(test, "name", "is missing or no text", f"{label}.name")
    if "given" in test and (given := file.mapping(test, "given", f"{label}.given")) is not None:
        _facts(file, given, f"{label}.given")
    without = test.get("without", [])
    if not isinstance(without, list):
        file.say(test, "without", "must be a list of facts", f"{label}.without")
    for name in without if isinstance(without, list) else ():
        if name not in file.facts:
            file.say(test, "without", f"{name!r} is no fact{nearest(str(name), file.facts)}", f"{label}.without")
    expect = file.mapping(test, "expect", f"{label}.expect")
    if expect is not None:
        _expect(file, expect, label)


def _expect(file: RuleFile, expect: LineDict, label: str) -> None:
    file.known(expect, EXPECT_KEYS, "key of expect")
    if "match" not in expect:
        file.say(expect, "match", "is missing: true or false", f"{label}.expect.match")
    for key, value in expect.items():
        kind = EXPECT_KEYS.get(key)
        if kind == "card":
            _card(file, expect, key)
        elif kind and (message := check_fact(kind, value)):
            file.say(expect, key, message, f"{label}.expect.{key}")


def to_rule(file: RuleFile) -> Rule:
    """The record of a file without problems."""
    data = file.data
    when: Mapping[str, Any] = data["when"]
    kind = data.get("kind", "catalyst")
    return Rule(
        id=data["id"],
        title=data["title"],
        status=data.get("status", "experimental"),
        level=data.get("level", "medium"),
        kind=kind,
        side=data.get("side", ""),
        part=data.get("part") or ("warning" if kind == "warning" else "catalyst"),
        scale=data.get("scale", ""),
        warning=data.get("warning", ""),
        description=data.get("description", ""),
        selections={name: spec for name, spec in when.items() if name != "condition"},
        condition=when["condition"],
        score=data["score"],
        card=dict(data.get("card", {})),
        falsepositives=tuple(data.get("falsepositives", ())),
        facts=data.get("facts", LineDict()),
        tests=tuple(data.get("tests", ())),
        noise_budget=data.get("noise_budget"),
        path=str(file.path),
        line=data.line,
        digest=hashlib.sha256(file.raw).hexdigest()[:16],
    )

"""Every regular expression of the project, and texts made to slow each of them down.

``compiled`` finds what every module holds and what stands in a call inside a function. ``slow`` attacks one with texts
made from its own parts: each of its repetitions repeated after whatever must stand before it. ``python -m
tests.hostile_patterns [WORDINGS]`` attacks all of them and so many of the wordings of the catalyst files (all unless
given), and says which take more than linear time.

A pattern that is only ever matched at the start of a text begins with ``\\A``, so that a later ``search`` is no trap.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import random
import re
import re._constants as c  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from screener.language.wording import Wording

ROOT = Path(__file__).resolve().parents[1]
ANY = ("a", "1", " ", "A", "-", ".", ",", "\n", "<", "(")
"""One of each kind of character, those first that patterns of text repeat most."""
COMMON = ("a ", "A", "A b ", "1,", "$1 ", "<a ", "<!--", "&", "(", '"', "a-", " \n", "http://a", "=")
LONG, MOST_TEXTS = 2_000, 40
FLAG = re.compile(r"\bre\.([A-Z]{1,10})\b")
DEEP = 4
"""Tables within tables in which patterns are looked for."""
NOTICED = 0.0006
"""Processor seconds on ``LONG`` characters below which no growth is looked for: a linear search takes 0.00006."""
GROWTH = 8.5
"""How much longer four times the text may take: linear is 4, quadratic 16, exponential never ends."""
SMALL = 0.05
"""Processor seconds so few that the growth is looked at once more, on longer texts."""
DEAR = 0.25
"""Processor seconds for ``LONG`` characters that are too many whatever the growth: 200,000 would take 25."""
ENDED = 0.6
"""Processor seconds after which a search of ``LONG`` characters is ended, and slow whatever its growth."""


class Found(NamedTuple):
    """A pattern and where it comes from."""

    where: str
    pattern: re.Pattern[Any]


# ---- finding them ----------------------------------------------------------------------------------------------------


def compiled() -> list[Found]:
    """All of them: what the modules hold, in tables too, and what stands in a call inside a function."""
    found: dict[tuple[Any, int], Found] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for pattern in _held(value, 0):
                found.setdefault((pattern.pattern, pattern.flags), Found(f"{module.__name__}.{name}", pattern))
    for one in in_functions():
        found.setdefault((one.pattern.pattern, one.pattern.flags), one)
    return list(found.values())


def _modules() -> Iterator[ModuleType]:
    import screener

    for info in pkgutil.walk_packages(screener.__path__, "screener."):
        if info.name != "screener.__main__":
            yield importlib.import_module(info.name)


def _held(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    """Patterns in a value: itself, or what a table, record or class of the project holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < DEEP and isinstance(value, dict):
        for part in (*value, *value.values()):
            yield from _held(part, depth + 1)
    elif depth < DEEP and isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _held(part, depth + 1)
    elif depth < DEEP and type(value).__module__.startswith("screener"):
        for name in (*getattr(value, "__struct_fields__", ()), *getattr(value, "__dict__", ())):
            yield from _held(getattr(value, name), depth + 1)
    elif isinstance(value, type) and value.__module__.startswith("screener"):
        for part in list(vars(value).values()):
            yield from _held(part, DEEP)


def in_functions() -> Iterator[Found]:
    """Patterns written as a literal in a call of ``re``, with its flags."""
    for path in sorted((ROOT / "screener").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                words = " ".join(ast.unparse(a) for a in (*node.args[1:], *(k.value for k in node.keywords)))
                flags = sum({getattr(re, name) for name in FLAG.findall(words)})
                yield Found(f"{path.relative_to(ROOT)}:{node.lineno}", re.compile(node.args[0].value, flags))


def wordings() -> Iterator[tuple[str, Wording]]:
    """Every wording of the catalyst files, with its file; compiled when it is attacked."""
    from screener.classify.rulefile import load_folder

    for rule in load_folder(ROOT / "rules" / "catalysts"):
        for group in (rule.patterns, rule.hints, rule.vetoes, rule.exclusions):
            yield from ((rule.id, wording) for wording in group)


# ---- attacking one ---------------------------------------------------------------------------------------------------


def hostile(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """What to stand first, and what to repeat, without doubles."""
    raw = pattern.pattern
    text = raw.decode("latin-1") if isinstance(raw, bytes) else raw
    seen = set()
    for first, again in (*_repeated(parser.parse(text, pattern.flags & ~re.LOCALE), ""), *(("", s) for s in COMMON)):
        for pair in ((first, again), ("", first + again), ("", again)):
            if pair[1] and pair not in seen:
                seen.add(pair)
                yield pair


def _repeated(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Each repetition of a pattern, with a text that leads to it."""
    for op, given in tree:
        for inner in _inside(op, given):
            yield from _repeated(inner, before)
        if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT) and given[1] > 8:
            for again in _samples(given[2]):
                yield before, again
        before += next(iter(_samples([(op, given)])), "")


def _inside(op: Any, given: Any) -> list[Any]:
    if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [given[2]]
    if op is c.SUBPATTERN:
        return [given[3]]
    if op is c.ATOMIC_GROUP:
        return [given]
    if op is c.BRANCH:
        return list(given[1])
    if op in (c.ASSERT, c.ASSERT_NOT):
        return [given[1]]
    return []


def _samples(tree: Iterable[Any]) -> list[str]:
    """A few texts that a part of a pattern matches (or nearly)."""
    found = [""]
    for op, given in tree:
        found = [a + b for a in found for b in _of_one(op, given)][:6]
    return found


def _of_one(op: Any, given: Any) -> list[str]:
    if op is c.LITERAL:
        return [chr(given)]
    if op in (c.IN, c.NOT_LITERAL, c.ANY, c.CATEGORY):
        return _of_set(op, given)
    if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [s * max(1, min(given[0], 40)) for s in _samples(given[2])]
    if op is c.BRANCH:
        return [s for part in given[1] for s in _samples(part)[:1]][:6]
    if op is c.SUBPATTERN:
        return _samples(given[3])
    if op is c.ATOMIC_GROUP:
        return _samples(given)
    return [""]


def _of_set(op: Any, given: Any) -> list[str]:
    if op is c.ANY:
        return list(ANY[:6])
    if op is c.NOT_LITERAL:
        return [s for s in ANY if s != chr(given)][:6]
    found = [s for s in ANY if _within(given, s)]
    found += [chr(g) for o, g in given if o is c.LITERAL and chr(g) not in found]
    return found[:6] or [chr(g[0]) for o, g in given if o is c.RANGE][:1] or [""]


def _within(given: Any, char: str) -> bool:
    negated, hit = False, False
    for op, value in given:
        if op is c.NEGATE:
            negated = True
        elif op is c.LITERAL:
            hit |= value == ord(char)
        elif op is c.RANGE:
            hit |= value[0] <= ord(char) <= value[1]
        elif op is c.CATEGORY:
            hit |= _in_category(value, char)
    return hit != negated


def _in_category(value: Any, char: str) -> bool:
    kind = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
    is_kind = {
        "DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_",
    }[kind.removeprefix("NOT_")]  # fmt: skip
    return is_kind != kind.startswith("NOT_")


def slow(pattern: re.Pattern[Any]) -> str:
    """What a pattern takes more than linear time on; empty when nothing was found."""
    for first, again in islice(hostile(pattern), MOST_TEXTS):
        if took := _grows(pattern, first, again):
            return f"{first[:40]!r} + {again[:40]!r} * n: {took}"
    return ""


def _grows(pattern: re.Pattern[Any], first: str, again: str) -> str:
    def text(size: int) -> Any:
        made = first + again * (size // len(again)) + "\x01"
        return made.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else made

    try:
        short = _seconds(pattern, text(LONG), ENDED)
        if short < NOTICED:
            return ""
        long = _seconds(pattern, text(4 * LONG), 3 * ENDED)
        for tries in range(4):  # a busy machine is no reason to fail: the quickest of several counts
            if long < GROWTH * short and short < DEAR:
                return ""
            if tries and long > 0.2:  # and no longer tried than it takes to be sure
                break
            short = min(short, _seconds(pattern, text(LONG), ENDED))
            long = min(long, _seconds(pattern, text(4 * LONG), 3 * ENDED))
        if long < SMALL and _seconds(pattern, text(16 * LONG), 3 * ENDED) < GROWTH * long:
            return ""  # a bounded search that had not reached its bound
    except TooSlow:
        return "was ended"
    return f"{short:.4f} s for {LONG} characters, {long:.4f} s for {4 * LONG}"


def _seconds(pattern: re.Pattern[Any], text: Any, most: float) -> float:
    """Processor seconds of one search; raises TooSlow when it is ended after so many."""
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    began = time.thread_time()
    try:
        pattern.search(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - began


class TooSlow(Exception):
    """A search was ended."""


def end_search(*_: object) -> None:
    raise TooSlow


def drawn(most: int | None = None, seed: int = 1) -> list[Found]:
    """So many wordings (all unless given), compiled."""
    worded = list(wordings())
    random.Random(seed).shuffle(worded)
    return [Found(f"{rule}: {w.text}", w.pattern) for rule, w in worded[:most]]


def main(most: int | None = None) -> int:
    """One line for each pattern that grows, and at last how many there are."""
    signal.signal(signal.SIGVTALRM, end_search)
    found, bad = compiled() + drawn(most), 0
    for one in found:
        began = time.process_time()
        said = slow(one.pattern)
        if said or time.process_time() - began > 1:
            print(f"{one.where} ({time.process_time() - began:.1f} s): {said or 'linear, but dear'}", flush=True)
        bad += bool(said)
    print(f"{len(found)} patterns, {bad} slow, {time.process_time():.0f} s")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))

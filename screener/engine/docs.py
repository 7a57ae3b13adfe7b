"""The fact and operator tables of ``rules/README.md``, written from the code."""

from __future__ import annotations

from screener.engine.facts import FACTS
from screener.engine.operators import OPS


def facts_table() -> str:
    """The facts as a Markdown table, in the order of the code."""
    lines = ["| fact | kind | unit | part | what it is |", "|---|---|---|---|---|"]
    lines += [f"| `{f.name}` | {f.kind} | {f.unit} | {f.part} | {f.doc} |" for f in FACTS.values()]
    return "\n".join(lines)


def operators_table() -> str:
    """The operators as a Markdown table, in the order of the code."""
    lines = ["| operator | works on | takes | true when the fact is |", "|---|---|---|---|"]
    lines += [f"| `{o.name}` | {', '.join(o.kinds)} | {o.takes} | {o.doc} |" for o in OPS.values()]
    return "\n".join(lines)


def update(text: str) -> str:
    """A README with the tables between its ``<!-- facts -->`` and ``<!-- operators -->`` marks renewed."""
    for mark, table in (("facts", facts_table()), ("operators", operators_table())):
        start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
        head, _, rest = text.partition(start)
        _, found, tail = rest.partition(end)
        if not found:
            raise ValueError(f"the text has no {start} ... {end}")
        text = f"{head}{start}\n{table}\n{end}{tail}"
    return text

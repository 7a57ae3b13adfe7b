"""Classified text as JSON lines for programs and as lines for people."""

from __future__ import annotations

import msgspec

from screener.outputs.table import clean
from screener.types import Classified, Span, Story


def as_line(found: Classified, given: object = None) -> str:
    """``{"id":…, "catalysts":[…], "noise":[…]}``, best first; ``given`` is the id as the input had it."""
    value = as_object(found)
    return msgspec.json.encode({**value, "id": found.story_id if given is None else given}).decode()


def as_object(found: Classified) -> dict[str, object]:
    """A classified story as plain values."""
    return {
        "id": found.story_id,
        "catalysts": [
            {
                "type": c.type,
                "stage": c.stage,
                "polarity": c.polarity,
                "confidence": round(c.confidence, 4),
                "facts": c.facts,
                "evidence": [_span(s) for s in c.evidence],
            }
            for c in found.catalysts
        ],
        "noise": [{"kind": n.kind, "evidence": [_span(s) for s in n.evidence]} for n in found.noise],
    }


def _span(span: Span) -> dict[str, object]:
    value: dict[str, object] = {"field": span.field, "start": span.start, "end": span.end, "text": span.text}
    return {**value, "fact": span.fact} if span.fact else value


def table_lines(story: Story, found: Classified) -> str:
    """A story's tags, one a line with facts and the words that prove it."""
    lines = [clean(story.title) or story.id]
    for c in found.catalysts:
        facts = ", ".join(f"{k}={v}" for k, v in c.facts.items())
        proof = " | ".join(clean(s.text) for s in c.evidence if not s.fact)[:160]
        stage = f" {c.stage}" if c.stage else ""
        lines.append(f"  {c.polarity} {c.type}{stage}  {c.confidence:.2f}  [{proof}]" + (f"  {facts}" if facts else ""))
    lines += [f"  noise: {n.kind}  [{' | '.join(clean(s.text) for s in n.evidence)[:160]}]" for n in found.noise]
    if not found.catalysts and not found.noise:
        lines.append("  no catalyst")
    return "\n".join(lines)

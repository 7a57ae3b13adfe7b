"""A story's text cut into plain and proving pieces, so that the template can mark the proof and escape the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from screener.types import Classified, Span
from screener.web.show import clean, words

NEIGHBOURHOOD = 220
WHOLE = 20_000


class Piece(Struct, frozen=True):
    """A stretch of text; ``proves`` names what it proves, empty for plain text; ``gap`` stands for left-out text."""

    text: str
    proves: str = ""
    gap: bool = False


def spans_of(found: Classified | None) -> list[tuple[Span, str]]:
    """Every evidence span of a story with what it proves in words."""
    if found is None:
        return []
    listed = [(s, words(s.fact or c.type)) for c in found.catalysts for s in c.evidence]
    return listed + [(s, words(n.kind)) for n in found.noise for s in n.evidence]


def pieces(text: str, field: str, spans: Iterable[tuple[Span, str]]) -> list[Piece]:
    """The text in order as pieces; overlapping proofs join into one piece that names them all."""
    text = clean(text)
    own = sorted((s.start, min(s.end, len(text)), p) for s, p in spans if s.field == field and 0 <= s.start < s.end)
    out: list[Piece] = []
    at = 0
    for start, end, proves in _joined(own):
        if start >= len(text):
            break
        if start > at:
            out.append(Piece(text[at:start]))
        out.append(Piece(text[start:end], proves))
        at = end
    if at < len(text):
        out.append(Piece(text[at:]))
    return out


def _joined(spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    out: list[tuple[int, int, str]] = []
    for start, end, proves in spans:
        if out and start < out[-1][1]:
            first, last, before = out[-1]
            named = before if proves in before.split(", ") else f"{before}, {proves}"
            out[-1] = (first, max(last, end), named)
        else:
            out.append((start, end, proves))
    return out


def excerpt(parts: Sequence[Piece], around: int = NEIGHBOURHOOD) -> list[Piece]:
    """Only the neighbourhood of the proofs; without a proof the beginning."""
    if not any(p.proves for p in parts):
        head = "".join(p.text for p in parts)
        return [Piece(head[: 2 * around])] + ([Piece("", gap=True)] if len(head) > 2 * around else [])
    out: list[Piece] = []
    for n, p in enumerate(parts):
        if p.proves or len(p.text) <= 2 * around:
            out.append(p)
            continue
        if n:
            out.append(Piece(p.text[:around]))
        out.append(Piece("", gap=True))
        if n < len(parts) - 1:
            out.append(Piece(p.text[-around:]))
    return out


def cut(parts: Sequence[Piece], most: int = WHOLE) -> list[Piece]:
    """The pieces up to a length, so that a filing of a million characters stays a page."""
    out: list[Piece] = []
    left = most
    for p in parts:
        if left <= 0:
            return [*out, Piece("", gap=True)]
        out.append(Piece(p.text[:left], p.proves, p.gap))
        left -= len(p.text)
    return out

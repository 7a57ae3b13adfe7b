"""HTML to plain text: paragraphs kept, scripts and styles dropped, control characters gone."""

from __future__ import annotations

import html
import re
import threading
from typing import Any

from screener.language.letters import whole
from screener.limits import HTML_CHARS

_BLOCK_NAMES = (
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
DROPPED = frozenset(("script", "style", "noscript", "template", "iframe", "object", "svg", "head"))
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[a-zA-Z#]")
# Zero-width and direction marks hide words from readers and patterns alike.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufffe\uffff]"
)
# what pages mean by the control characters 0x80 to 0x9f: quotes and dashes of Windows-1252
_WINDOWS = {c: bytes([c]).decode("cp1252") for c in range(0x80, 0xA0) if c not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_WINDOWS |= _LIGATURES  # what hides a word from every pattern
_BLANKS = re.compile(r"[^\S\n]+")
_EDGES = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")
_INLINE_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_ENDLESS = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")  # no character; Python refuses to read 4,300 digits
_DROPPED_TEXT = re.compile(r"(?is)<(script|style)\b[^<>]*>.*?(</\1\s*>|\Z)")


def one_line(text: str, limit: int = 1000) -> str:
    """A title as plain text on one line: tags removed, entities undone, control characters gone, cut at ``limit``."""
    text = text[: limit * 8]
    for _ in range(2):  # titles are often escaped twice
        if not _MARKUP.search(text):
            break
        text = html.unescape(_ENDLESS.sub("", _INLINE_TAG.sub(" ", _DROPPED_TEXT.sub(" ", text))))
    text = _INLINE_TAG.sub(" ", text)
    return " ".join(_INVISIBLE.sub("", whole(text).translate(_WINDOWS)).split())[:limit]


def html_to_text(markup: str) -> str:
    """Text of an HTML fragment or document: one blank line between blocks, cells of a row parted by a blank.

    Text without markup is only tidied. Never raises; what is longer than ``HTML_CHARS`` characters is cut first.
    """
    markup = whole(markup[:HTML_CHARS])  # lxml refuses halves of characters, as SQLite does
    if not _MARKUP.search(markup):
        return tidy(markup)
    return tidy(_walk(markup))


def tidy(text: str) -> str:
    """Blanks collapsed, control characters removed, paragraphs parted by exactly one empty line."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").translate(_WINDOWS) if not text.isascii() else text)
    text = _EDGES.sub("\n", _BLANKS.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _walk(markup: str) -> str:
    parser, target = _parser()
    target.reset()
    try:
        parser.feed(markup.replace("\x00", "").encode("utf-8"))
        parser.close()
    except _syntax_error():
        # nothing but comments, or nested beyond libxml2's limit: what was read so far is kept
        del _kept.parser
    return "".join(target.out)


_kept = threading.local()


def _parser() -> tuple[Any, _Text]:
    """A parser and its target for this thread: lxml inspects a target's signatures, which costs more than a release."""
    if not hasattr(_kept, "parser"):
        from lxml import etree

        target = _Text()
        _kept.parser = etree.HTMLParser(target=target, encoding="utf-8", no_network=True, huge_tree=False), target
    found: tuple[object, _Text] = _kept.parser
    return found


def _syntax_error() -> type[Exception]:
    from lxml import etree

    error: type[Exception] = etree.XMLSyntaxError
    return error


class _Text:
    """A parser target that keeps words, and writes an empty line at both ends of every block."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.out: list[str] = []
        self._silent = self._verbatim = 0

    def start(self, tag: str, attributes: object) -> None:
        if tag in DROPPED:
            self._silent += 1
        elif tag in BLOCKS:
            self.out.append("\n\n")
            self._verbatim += tag == "pre"
        elif tag == "br":
            self.out.append("\n")
        elif tag in ("td", "th"):
            self.out.append(" ")

    def end(self, tag: str) -> None:
        if tag in DROPPED:
            self._silent -= 1
        elif tag in BLOCKS:
            self.out.append("\n\n")
            self._verbatim -= tag == "pre"

    def data(self, words: str) -> None:
        if not self._silent:
            self.out.append(words if self._verbatim else words.replace("\n", " "))

    def comment(self, words: str) -> None:
        """Not text."""

    def close(self) -> str:
        return "".join(self.out)

"""Documents with wrong characters in them: the characters are taken out, the rest is read.

Half an emoji (``&#xD83D;``), a number that is no character, a control character or a byte of another encoding makes a
whole document unreadable for a strict parser. ``mend_xml`` and ``read_json`` cost the document only those characters,
and count them. Both are linear and never raise for what a document holds.
"""

from __future__ import annotations

import codecs
import json
import re
from html.entities import html5

import msgspec

from screener.limits import DIGITS, MENDED_BYTES

# what XML 1.0 cannot carry at all
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#([0-9]+);?|#[xX]([0-9a-fA-F]+);?|([A-Za-z][A-Za-z0-9]{0,30});|(#[xX]?;?))?")
# bytes that are no UTF-8, as Python's surrogateescape writes them; three such that are half a surrogate pair
_ESCAPED, _HALF_BYTES = re.compile("[\udc80-\udcff]"), re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")
_GUESSED = {0xDC00 + b: bytes([b]).decode("cp1252", "replace") for b in range(0x80, 0x100)}
_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
# Python's names for what is no charset of any document
_NO_CHARSETS = frozenset(("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf_7"))
_DECLARED = re.compile(rb"<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[\]]{0,500}>")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
# after whole pairs of backslashes, an emoji's two halves, or one half alone
_HALF = re.compile(
    rb"(?<!\\)((?:\\\\)*+)\\u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|([dD][89a-fA-F][0-9a-fA-F]{2}))"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def mend_xml(body: bytes) -> tuple[bytes, int] | None:
    """The document as UTF-8 without wrong characters, and how many there were; None for what cannot be mended.

    Stray ampersands and HTML's entities are written out as XML wants them, which counts as nothing wrong. A document
    that defines entities is not touched.
    """
    decoded = _decoded(body)
    if decoded is None:
        return None
    text, guessed = decoded
    text = _DOCTYPE.sub("", text, count=1)
    if "<!DOCTYPE" in text[:20_000] or "<!ENTITY" in text[:20_000]:
        return None
    text, wrong = _FORBIDDEN.subn("", text)
    parts = []
    for words, verbatim in _sections(text):
        if not verbatim:
            found = _Referred()
            words = _REFERENCE.sub(found, words)
            wrong += found.wrong
        parts.append(words)
    return "".join(parts).encode("utf-8"), guessed + wrong


def _decoded(body: bytes) -> tuple[str, int] | None:
    """The text by its declared charset, and how many bytes were none of it."""
    if body.startswith(_WIDE):
        return None
    declared = _DECLARED.match(body.lstrip()[:300])
    name = declared[1].decode().lower() if declared else "utf-8"
    body = body.removeprefix(codecs.BOM_UTF8)
    if name in ("utf-8", "utf8", "us-ascii", "ascii") or _is_utf8(body):
        return _utf8(body)
    try:
        if codecs.lookup(name).name.replace("-", "_") in _NO_CHARSETS:
            return _utf8(body)
        text = body.decode(name, "replace")
    except (LookupError, ValueError):  # no charset of this name, or none for text
        return _utf8(body)
    return text, text.count("\ufffd")


def _utf8(body: bytes) -> tuple[str, int]:
    """A byte that is no UTF-8 is most likely a letter of Windows-1252; half a surrogate pair is nothing."""
    text, halves = _HALF_BYTES.subn("", body.decode("utf-8", "surrogateescape"))
    wrong = len(text) - len(_ESCAPED.sub("", text))
    return text.translate(_GUESSED) if wrong else text, halves + wrong


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _sections(text: str) -> list[tuple[str, bool]]:
    """The text in pieces; CDATA sections, where an ampersand is an ampersand, are marked."""
    out, at = list[tuple[str, bool]](), 0
    while (start := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", start)
        end = len(text) if end < 0 else end + 3
        out += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [*out, (text[at:], False)]


class _Referred:
    """Writes one reference as XML wants it, and counts those that stand for no character."""

    def __init__(self) -> None:
        self.wrong = 0

    def __call__(self, found: re.Match[str]) -> str:
        decimal, hexadecimal, name, nothing = found.groups()
        if name:
            return found[0] if name in _OWN else _named(name)
        if found[0] == "&":
            return "&amp;"
        point = -1 if nothing else _point(decimal, 10) if decimal else _point(hexadecimal, 16)
        if not 0 <= point <= 0x10FFFF or _FORBIDDEN.match(chr(point)):
            self.wrong += 1
            return ""
        return f"&#{point};"


def _point(digits: str, base: int) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0", base) if len(digits) < 8 else -1


def _named(name: str) -> str:
    meant = html5.get(f"{name};")
    return "".join(f"&#{ord(c)};" for c in meant) if meant else f"&amp;{name};"


# ---- JSON --------------------------------------------------------------------------------------------------------


class NotJson(ValueError):
    """What was to be read is no JSON; the message says why."""


def read_json(body: bytes) -> tuple[object, int]:
    """A JSON document, and how many wrong characters and numbers in it were replaced. Raises NotJson.

    Control characters in texts become blanks; NaN, Infinity and numbers beyond any use (``DIGITS``) become null.
    """
    try:
        return msgspec.json.decode(body), 0
    except RecursionError as e:
        raise NotJson("is nested too deeply") from e
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as e:
        strict = e
    if len(body) > MENDED_BYTES:
        raise NotJson(str(strict)) from strict
    mended = _Mended()
    try:
        return mended.read(body), mended.wrong
    except RecursionError as e:
        raise NotJson("is nested too deeply") from e
    except ValueError as e:
        raise NotJson(str(strict)) from e


class _Mended:
    """Reads JSON past what is wrong with single characters and numbers, counting it."""

    def __init__(self) -> None:
        self.wrong = 0

    def read(self, body: bytes) -> object:
        text, bytes_wrong = _utf8(_HALF.sub(self._escape, body))
        text, controls = _CONTROLS.subn(" ", text)
        self.wrong += bytes_wrong + controls
        return json.loads(
            text, strict=False, parse_int=self._int, parse_float=self._float, parse_constant=self._nothing
        )

    def _escape(self, found: re.Match[bytes]) -> bytes:
        if not found[2]:
            return found[0]
        self.wrong += 1
        return found[1]

    def _int(self, text: str) -> int | None:
        if len(text) <= DIGITS:
            return int(text)
        self.wrong += 1
        return None

    def _float(self, text: str) -> float | None:
        value = float(text[:400])
        if abs(value) < 1e300:
            return value
        self.wrong += 1
        return None

    def _nothing(self, _: str) -> None:
        self.wrong += 1

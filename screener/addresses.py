"""How addresses may be shown: without user and password, and without anything in query or path that may be a secret.

A value is hidden for its name (``key``, ``sid``, ``access`` ...) or for its looks: long and random. The rest of the
address stays as it is, so that its reader still knows which one is meant. ``mask`` is for an address, ``mask_text`` for
a message that may hold some; everything that is logged, stored or printed goes through one of them.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit, urlunsplit

HIDDEN = "***"
_NAMES = re.compile(
    r"(?i)key|token|secret|passw|pwd|auth|signature|session|access|credential|apikey|licen[cs]e|subscriber"
    r"|^(?:k|sid|sig|pw|pass|pin|jwt|hash|code|otp|hmac|user|usr|login|uid|t|s|p|u|c|id_?token)$"
)
_BEFORE = re.compile(
    r"(?i)^(?:api[-_]?keys?|keys?|tokens?|secrets?|auth|access|sid|session|passw(?:or)?d|private|k|t|u)$"
)
_SHORT = re.compile(r"(?i)^(?:t|s|p|u|c|user|code)$")  # names of anything: hidden only when the value is no plain word
_TOKEN = re.compile(r"[A-Za-z0-9_.~+/=:-]{12,}")
_TURN = re.compile(r"[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])")
_UP = re.compile(r"[a-z](?=[A-Z])|[A-Z](?=[a-z][A-Z])")
_WORD = re.compile(r"[a-z]*[aeiouy][a-z]*|[0-9]{1,6}|[a-z]{1,3}", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[^\s'\"<>\\^`{|}]{1,4000}")


def mask(url: str) -> str:
    """The address as it may be shown. Never raises."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    netloc = parts.netloc.rpartition("@")[2]
    if "@" in parts.netloc:
        netloc = f"{HIDDEN}@{netloc}"
    return urlunsplit((parts.scheme, netloc, _path(parts.path), _query(parts.query), ""))


def mask_text(text: str) -> str:
    """A message with every web address in it masked."""
    if "://" not in text:
        return text
    return _ADDRESS.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    address = found[0]
    end = address.rstrip(".,:;!?)]")  # a sentence's, not the address's
    return mask(end) + address[len(end) :]


def _query(query: str) -> str:
    return re.sub(r"[^&;]+", lambda pair: _pair(pair[0]), query)


def _pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return HIDDEN if is_random(unquote(pair)) else pair
    return f"{name}={HIDDEN}" if value and _hides(unquote(name), unquote(value)) else pair


def _hides(name: str, value: str) -> bool:
    if is_random(value):
        return True
    return bool(_NAMES.search(name)) and not (_SHORT.match(name) and _WORD.fullmatch(value))


def _path(path: str) -> str:
    segments = path.split("/")
    shown = []
    for before, segment in zip(["", *segments], segments, strict=False):
        plain = unquote(segment)
        if (segment and _BEFORE.match(before) and not _WORD.fullmatch(plain.rpartition(".")[0] or plain)) or is_random(
            plain
        ):
            shown.append(HIDDEN)
        else:
            shown.append(re.sub(r"[^;]+", lambda pair: _pair(pair[0]) if "=" in pair[0] else pair[0], segment))
    return "/".join(shown)


def is_random(text: str) -> bool:
    """True for what reads like a token: twelve characters or more that turn between letters, digits and cases.

    Words, dates, accession numbers and titles in an address do not.
    """
    if not _TOKEN.fullmatch(text):
        return False
    pieces = re.split(r"[_.~+/=:-]+", text)
    longest = max(pieces, key=len)
    if len(longest) < 8 and len(text) < 32:
        return False
    turns = sum(len(_TURN.findall(p)) for p in pieces)
    ups = len(_UP.findall(text))
    mixed = any(c.isupper() for c in text) and any(c.islower() for c in text) and any(c.isdigit() for c in text)
    return (
        turns >= 4
        or (mixed and turns >= 2 and ups >= 1 and len(text) >= 16)
        or ups > len(text) / 5
        or _unspoken(pieces)
    )


def _unspoken(pieces: list[str]) -> bool:
    """A long piece of letters without the vowels of any word."""
    for piece in pieces:
        if len(piece) >= 16 and piece.isalpha() and sum(c in "aeiouyAEIOUY" for c in piece) < len(piece) / 6:
            return True
    return False

"""A feed document as entries, by the strictest reader that can read it.

Well-formed RSS and Atom and sound JSON Feeds are read by ``read_sound``, in milliseconds. ``read_channel`` takes
everything: what is cut off, mended (``mend``), or left to feedparser, which may need any time and is therefore only
called in a process that can be ended (``apart``).
"""

from __future__ import annotations

import codecs
import re

from screener.collectors.entry import ParsedFeed
from screener.collectors.mend import mend_xml
from screener.collectors.openweb import is_light, read_json_feed, read_lenient
from screener.collectors.rss import read_xml
from screener.collectors.text import one_line

_ROOTS = ((b"<rss", b"</channel></rss>"), (b"<feed", b"</feed>"), (b"<rdf:RDF", b"</rdf:RDF>"))
_END = re.compile(rb"</(?:\w{1,40}:)?(?:rss|feed|RDF)\b")
_PAGE = re.compile(rb"<(?:!doctype\s{1,9}html|html|head|body)\b", re.IGNORECASE)
_PAGE_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{0,200})</title", re.IGNORECASE)
_BLANKS = re.compile(rb"\s+")
_HEAD = 100_000


def read_sound(body: bytes) -> ParsedFeed | None:
    """The entries of a document without a fault; None when there is any, or when it is none of the usual formats."""
    body = body.removeprefix(codecs.BOM_UTF8)
    if body.lstrip()[:1] == b"{":
        found = read_json_feed(body)
        return found if found is not None and not found.wrong else None
    return read_xml(body)


def read_channel(body: bytes, content_type: str = "", url: str = "", *, careful: bool = False) -> ParsedFeed:
    """The entries of a feed document. ``careful`` leaves out feedparser, for a document that has kept it too long."""
    body = body.removeprefix(codecs.BOM_UTF8)
    if body.lstrip()[:1] == b"{":
        return read_json_feed(body) or ParsedFeed(entries=[], broken="is neither a JSON Feed nor XML")
    channel = read_xml(body) or _whole(body)
    if channel is not None:
        return channel
    if page_title(body) is not None and not any(opening in body[:_HEAD] for opening, _ in _ROOTS):
        return ParsedFeed(entries=[])
    mended = mend_xml(body)
    if mended is None:
        return _lenient(body, content_type, url, careful)
    body, wrong = mended
    channel = read_xml(body) or _whole(body) or _lenient(body, "application/xml; charset=utf-8", url, careful)
    channel.wrong = wrong
    return channel


def _lenient(body: bytes, content_type: str, url: str, careful: bool) -> ParsedFeed:
    """feedparser knows more, but a large broken document could keep it busy for minutes: then lxml does what it can."""
    if not careful and is_light(body):
        return read_lenient(body, content_type, url)
    return read_xml(body, recover=True) or ParsedFeed(entries=[], broken="is not well-formed, and large")


def _whole(body: bytes) -> ParsedFeed | None:
    """The whole entries of a document that stops in the middle; None when it does not look like one."""
    at, last = max((body.rfind(end), end) for end in (b"</item>", b"</entry>"))
    if at <= 0 or _END.search(body, at):
        return None
    head = body[:at].lstrip()[:2000]
    root = next((closing for opening, closing in _ROOTS if opening in head), b"")
    channel = read_xml(body[: at + len(last)] + root) if root else None
    if channel is not None:
        channel.broken = "is cut off"
    return channel


def page_title(body: bytes) -> str | None:
    """The title of a document that is an HTML page ("" for a page without one); None for anything else."""
    head = body[:_HEAD]
    if not _PAGE.match(head, _past_comments(head)):
        return None
    found = _PAGE_TITLE.search(head)
    return one_line(found[1].decode("utf-8", "replace"), 80) if found else ""


def _past_comments(head: bytes) -> int:
    """Where the first tag begins, after byte order mark, declarations and comments."""
    at = len(head) - len(head.removeprefix(b"\xef\xbb\xbf"))
    while True:
        blank = _BLANKS.match(head, at)
        at = blank.end() if blank else at
        opened = next((end for start, end in ((b"<!--", b"-->"), (b"<?", b"?>")) if head.startswith(start, at)), b"")
        end = head.find(opened, at) if opened else -1
        if end < 0:
            return at
        at = end + len(opened)

"""Which entry is which: stable ids for entries without one, and what was in the last window.

A feed's ``seen`` state holds one token an entry: id, checksum of the link, checksum of the words. With them a poll
tells apart an entry it knows, an entry that was edited (same id, same link: same item, told again), and an id that the
feed gave to something else (neither link nor words fit: another item, with its own id).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from screener.collectors.entry import ParsedEntry
from screener.limits import SEEN_IDS

_WEB = re.compile(r"https?://[^\s/?#\[\]@\\]+(?=[/?#]|$)")
_UNSAFE = re.compile(r"[\s<>\"\x00-\x1f\x7f]")
_TRACKING = re.compile(r"(?:utm_[a-z_]{1,60}|feedref|fbclid|gclid|mkt_tok|mc_cid|mc_eid)=", re.IGNORECASE)


def clean_link(link: str) -> str:
    """An http(s) link without tracking parameters and fragment; empty for anything else."""
    link = link.strip()
    if not _WEB.match(link) or len(link) > 2000:
        return ""
    link = _UNSAFE.sub(lambda c: quote(c[0]), link)
    if "?" not in link and "#" not in link:
        return link
    try:
        parts = urlsplit(link)
    except ValueError:  # "https://[half": no address at all
        return ""
    query = "&".join(p for p in parts.query.split("&") if p and not _TRACKING.match(p))
    # pages of one document are told apart by what follows the mark: #!/news/1
    place = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, place))


def absolute(base: str, link: str) -> str:
    """A link as seen from a page's address; as it stands when one of the two is no address ("https://[half")."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def digest(*texts: str) -> str:
    """Sixteen hex digits that stay the same for the same texts."""
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


def _sum(text: str) -> str:
    return f"{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


class Window:
    """The entries of the last poll (``seen``), and those of this one as they come."""

    def __init__(self, seen: Iterable[str], entries: Iterable[ParsedEntry] = ()) -> None:
        self._before = {t.split("\t", 1)[0]: t for t in seen}
        self._now: dict[str, str] = {}
        self.known = 0
        self._shared = _shared_ids(entries)

    def take(self, entry: ParsedEntry, link: str) -> tuple[str, bool]:
        """The id of an entry and whether it is news; an id that is already taken in this window counts as known."""
        plain = entry.id[:500].replace("\t", " ").strip()
        own = plain or f"h:{digest(link or entry.when, entry.title)}"
        link_sum, words = _sum(link), _sum("\x1f".join((entry.title, entry.summary, entry.content)))
        split = f"{own}#{digest(link, entry.title)}"  # what this entry is called when its id stands for another
        if own in self._shared:
            # one id for several headlines: only the very same words keep the id that they had
            was = self._before.get(own, "").rpartition("\t")[2]
            candidates: tuple[str, ...] = (own,) if was == words else (split,)
        else:
            candidates = (split, own) if split in self._before else (own, split)
        for candidate in candidates:
            token = f"{candidate}\t{link_sum}\t{words}"
            other = self._now.get(candidate) or self._before.get(candidate)
            if other is None or _same_item(other, token):
                if candidate in self._now:
                    return candidate, False
                self._now[candidate] = token
                known = self._before.get(candidate) == token
                self.known += candidate in self._before
                return candidate, not known
        return own, False

    @property
    def tokens(self) -> tuple[str, ...]:
        """The state to keep; an empty window keeps the old one, so that a gap is still noticed after it."""
        return tuple(list(self._now.values())[:SEEN_IDS]) or tuple(self._before.values())

    @property
    def rolled_over(self) -> bool:
        """True when nothing of the last window is in this one: something may have come and gone between."""
        return bool(self._before) and bool(self._now) and not self.known


def _shared_ids(entries: Iterable[ParsedEntry]) -> set[str]:
    """Ids that stand for more than one headline in one document."""
    titles: dict[str, str] = {}
    return {e.id.strip() for e in entries if e.id.strip() and titles.setdefault(e.id.strip(), e.title) != e.title}


def _same_item(one: str, two: str) -> bool:
    first, second = one.split("\t"), two.split("\t")
    return first[-2:] == second[-2:] or first[-2] == second[-2] or first[-1] == second[-1]

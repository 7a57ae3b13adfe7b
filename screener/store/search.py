"""Full-text search over stored stories."""

from __future__ import annotations

from screener.store.rows import Subject, marks
from screener.store.stories import columns, to_story
from screener.types import Story

FEW = 1_000
"""Up to so many matches are ranked by their words. A commoner word tells nothing, and ranking would read all of them."""


class Search(Subject):
    """Finds stories by words."""

    def stories(self, words: str, limit: int = 50) -> list[Story]:
        """Full-text search over headline and text, best first; any text is a valid query (words are quoted).

        Of words that stand in more than ``FEW`` stories: those with the words in the headline, then the others, the
        last stored ones of each, newest first.
        """
        query = " ".join('"' + w.replace('"', '""') + '"' for w in words.split())
        if not query:
            return []
        if len(self._last(query, FEW + 1)) <= FEW:
            rows = self._rows(
                f"SELECT {columns('s')} FROM stories_fts f JOIN stories s ON s.rowid = f.rowid "
                "WHERE stories_fts MATCH ? ORDER BY rank LIMIT ?",
                (query, limit),
            )
            return [to_story(r) for r in rows]
        titled = self._last(f"title : ({query})", limit)
        found = self._newest(titled)
        if len(found) < limit:
            held = set(titled)
            found += self._newest([i for i in self._last(query, 2 * limit) if i not in held])
        return found[:limit]

    def _last(self, query: str, limit: int) -> list[int]:
        """The rowids of the last stored matches, by walking the index of words backwards."""
        rows = self._rows(
            "SELECT rowid FROM stories_fts WHERE stories_fts MATCH ? ORDER BY rowid DESC LIMIT ?", (query, limit)
        )
        return [int(r[0]) for r in rows]

    def _newest(self, rowids: list[int]) -> list[Story]:
        rows = self._rows(
            f"SELECT {columns('s')} FROM stories s WHERE s.rowid IN ({marks(rowids)}) ORDER BY s.published DESC, s.id",
            rowids,
        )
        return [to_story(r) for r in rows]

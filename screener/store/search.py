"""Full-text search over stored stories."""

from __future__ import annotations

from screener.store.rows import Subject
from screener.store.stories import columns, to_story
from screener.types import Story


class Search(Subject):
    """Finds stories by words."""

    def stories(self, words: str, limit: int = 50) -> list[Story]:
        """Full-text search over headline and text, best first; any text is a valid query (words are quoted)."""
        query = " ".join('"' + w.replace('"', '""') + '"' for w in words.split())
        if not query:
            return []
        rows = self._rows(
            f"SELECT {columns('s')} FROM stories_fts f JOIN stories s ON s.rowid = f.rowid "
            "WHERE stories_fts MATCH ? ORDER BY rank LIMIT ?",
            (query, limit),
        )
        return [to_story(r) for r in rows]

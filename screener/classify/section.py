"""One mapping of a catalyst file, read with its lines: every error has file, line, key and the nearest known name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from screener import yamlfile
from screener.errors import YamlError
from screener.language.phrases import Phrases
from screener.language.wording import Wording, WordingError, compile_wording


class Section:
    """A mapping at ``key`` of the file ``path``; each method reads one entry or raises YamlError."""

    def __init__(self, path: str, key: str, data: yamlfile.LineDict) -> None:
        self.path, self.key, self.data = path, key, data

    def error(self, key: str, message: str) -> YamlError:
        """The error to raise for an entry."""
        name = f"{self.key}.{key}" if self.key and key else self.key or key
        return YamlError(self.path, self.data.lines.get(key, self.data.line or 1), name, message)

    def nearest(self, names: Iterable[str], known: Sequence[str]) -> str:
        """ "did you mean X?", else all that is known."""
        close = [near for name in names for near in get_close_matches(name, known, 1)]
        return f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known))}"

    def known(self, keys: Sequence[str]) -> None:
        """Refuse a key that is not one of these."""
        for key in self.data:
            if key not in keys:
                raise self.error(key, f"is not known here; {self.nearest([key], keys)}")

    def text(self, key: str, otherwise: str = "") -> str:
        value = self.data.get(key)
        if isinstance(value, (list, dict)):
            raise self.error(key, "must be text")
        return otherwise if value is None else str(value)

    def flag(self, key: str, otherwise: bool = False) -> bool:
        value = self.data.get(key, otherwise)
        if not isinstance(value, bool):
            raise self.error(key, f"is {value!r}; write true or false")
        return value

    def number(self, key: str, most: int) -> int:
        value = self.data.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise self.error(key, f"is {value!r}; write a whole number from 0 to {most:,}")
        return value

    def choice(self, key: str, known: Sequence[str], otherwise: str | None) -> Any:
        """One of the known words; without the entry ``otherwise``, and None makes it necessary."""
        value = self.data.get(key)
        if value is None and otherwise is not None:
            return otherwise
        if str(value) not in known:
            raise self.error(key, f"is {value!r}; write one of {', '.join(known)}")
        return str(value)

    def mapping(self, key: str, known: Sequence[str] | None) -> dict[str, Any]:
        """A mapping of names to known words."""
        value = self.data.get(key)
        if value is None:
            return {}
        if not isinstance(value, yamlfile.LineDict):
            raise self.error(key, "must map names to words")
        inner = Section(self.path, key, value)
        return {name: inner.choice(name, known, None) if known else inner.text(name) for name in value}

    def section(self, key: str, known: Sequence[str]) -> Section | None:
        """The mapping under a key with only known keys; None without it."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, yamlfile.LineDict):
            raise self.error(key, f"must hold {', '.join(known)}")
        inner = Section(self.path, key, value)
        inner.known(known)
        return inner

    def list(self, key: str) -> yamlfile.LineList:
        """A list, empty without the entry."""
        value = self.data.get(key)
        if value is None:
            return yamlfile.LineList()
        if not isinstance(value, yamlfile.LineList):
            raise self.error(key, "must be a list")
        return value

    def rows(self, key: str, short: str = "") -> Iterator[Section]:
        """The mappings of a list; with ``short`` a plain text stands for a mapping with that key alone."""
        rows = self.list(key)
        for i, row in enumerate(rows):
            line = rows.lines[i]
            if isinstance(row, str) and short:
                row = yamlfile.LineDict({short: row})
                row.lines, row.line = {short: line}, line
            if not isinstance(row, yamlfile.LineDict):
                raise YamlError(self.path, line, key, f"{row!r} must be a mapping")
            yield Section(self.path, key, row)

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(map(str, self.list(key)))

    def words_of(self, key: str, known: Sequence[str]) -> Iterator[str]:
        """The entries of a list of known words."""
        rows = self.list(key)
        for i, row in enumerate(rows):
            if str(row) not in known:
                raise YamlError(
                    self.path, rows.lines[i], key, f"{row!r} is not known; {self.nearest([str(row)], known)}"
                )
            yield str(row)

    def wordings(self, key: str, *, gated: bool = True) -> tuple[Wording, ...]:
        """A list of wordings."""
        rows = self.list(key)
        out = list[Wording]()
        for i, row in enumerate(rows):
            try:
                out.append(compile_wording(str(row), gated=gated))
            except WordingError as e:
                raise YamlError(self.path, rows.lines[i], key, f"{row!r} {e}") from e
        return tuple(out)

    def phrases(self, key: str = "words") -> Phrases:
        """Words under ``key``, at least one, with what stands under ``unless``."""
        words = self.wordings(key, gated=False)
        if not words:
            raise self.error(key, "needs a list of at least one wording")
        return Phrases(words, self.wordings("unless", gated=False))

    def proofs(self, key: str) -> dict[str, float]:
        """A mapping of forms or items to how much they prove."""
        rows = self.data.get(key) or yamlfile.LineDict()
        if not isinstance(rows, yamlfile.LineDict):
            raise self.error(key, 'must map a form or item to a number, like "3.01": 0.9')
        for name, value in rows.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise YamlError(self.path, rows.lines[name], key, f"{name}: {value!r} is not a number from 0 to 1")
        return {str(name): float(value) for name, value in rows.items()}

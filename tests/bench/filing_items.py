"""Recorded main documents of filings as items: ``python -m tests.bench.filing_items SHARED_DATA OUT.jsonl``.

One JSON line for each document of ``edgar/main_documents``, with its text as the screener makes it of HTML.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.collectors.text import html_to_text


def items(shared: Path) -> Iterator[dict[str, Any]]:
    """The documents in the order of their index."""
    folder = shared / "edgar" / "main_documents"
    with (folder / "index.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            with gzip.open(folder / row["file"], "rt", encoding="utf-8", errors="replace") as markup:
                text = html_to_text(markup.read())
            yield {
                "id": f"f:{row['accession']}",
                "title": f"{row['form']}: {row['registrant']}",
                "text": text,
                "form": row["form"],
                "items": row["items"].split(),
                "tickers": [row["ticker"]],
                "wire": "edgar",
            }


def main(shared: str, out: str) -> int:
    """Write all documents."""
    with Path(out).open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items(Path(shared)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

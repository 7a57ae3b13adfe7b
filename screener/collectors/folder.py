"""A watched folder (kind ``folder``): every new ``*.jsonl`` or ``*.jsonl.gz`` file in it is read once.

The lines are those of the kind ``file``: one JSON object with the fields of ``Item`` each. A file counts as new by name,
size and time of last change, so a file that has grown is read again (the store knows its older lines by their ids).
Write a file under another name and rename it when it is whole. Options: ``path``, the folder (relative to the feed
file's), and ``settle`` (0), seconds since its last change before a file is touched.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from screener.collectors.base import Context, failed, success
from screener.collectors.file import read_items
from screener.errors import InputError
from screener.types import Collected, FeedSpec, Item, Problem

SUFFIXES = (".jsonl", ".jsonl.gz")
MAX_FILES = 1_000  # read in one poll; the rest follow with the next


class Folder:
    """Reads the new files of a folder; see the module's text for its options."""

    name = "folder"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One look into the folder. A file that cannot be read is a problem and is tried again."""
        folder = _folder(feed)
        try:
            marks = _marks(folder, context.now(), float(feed.options.get("settle", 0)))
        except OSError as e:
            told = InputError(f"{folder}: cannot be listed ({e.strerror}); create it or correct options.path")
            return failed(feed, context, told, "file")
        seen = set(context.state.seen)
        items: list[Item] = []
        problems: list[Problem] = []
        kept = [mark for mark in marks if mark in seen]
        for mark in [m for m in marks if m not in seen][:MAX_FILES]:
            try:
                found = list(read_items(marks[mark], context.now(), context.as_of, context.limits.problems))
            except InputError as e:
                problems.append(Problem(stage="collect", subject=feed.name, kind="file", message=str(e)))
                continue
            items += [x for x in found if isinstance(x, Item)]
            problems += [x for x in found if isinstance(x, Problem)]
            kept.append(mark)
        state = msgspec.structs.replace(
            success(context.state, context.now()),
            seen=tuple(kept),
            last_item=max(filter(None, (*(i.published for i in items), context.state.last_item)), default=None),
        )
        return Collected(feed=feed.name, items=tuple(items), problems=tuple(problems), state=state)


def _folder(feed: FeedSpec) -> Path:
    path = Path(str(feed.options.get("path") or ".")).expanduser()
    return path if path.is_absolute() or not feed.path else Path(feed.path).parent / path


def _marks(folder: Path, now: dt.datetime, settle: float) -> dict[str, Path]:
    """The folder's files by what tells one version from another, in name order."""
    out: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.name.endswith(SUFFIXES) or not path.is_file():
            continue
        try:
            stat = path.stat()
        except OSError:  # gone since the folder was listed
            continue
        if now.timestamp() - stat.st_mtime >= settle or not settle:
            out[f"{path.name}|{stat.st_size}|{stat.st_mtime_ns}"] = path
    return out


PLUGIN = Folder()

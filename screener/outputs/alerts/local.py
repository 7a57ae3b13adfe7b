"""Channels on this machine: JSON lines to a file or standard output, and a bell in the terminal."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import msgspec

from screener.errors import AlertError
from screener.outputs.alerts.base import Message
from screener.outputs.alerts.forms import subject

_TAIL = 4 * 1024 * 1024


class JsonLines:
    """``jsonl:PATH`` or ``jsonl:-``: one JSON object a line and alert, the layout of ``content.payload`` with ``key``.

    A file never holds a key twice within its last 4 MB: what a killed sender had written is not written again. Half a
    line that it left is closed by a newline, so that readers lose that line only. Lines are handed to the operating
    system whole, however few bytes it takes at a time, and to the disk (fsync) before an alert counts as delivered.
    """

    interval = 0.0
    capacity = 1

    def __init__(self, target: str) -> None:
        self._path = None if target == "-" else Path(target).expanduser()
        self._seen: set[str] | None = None

    def send(self, message: Message) -> None:
        """Append the lines and hand them to the operating system."""
        lines = [
            msgspec.json.encode({"key": message.key, **p}) + b"\n"
            for p in message.payloads
            if not self._has(message.key)
        ]
        if self._path is None:
            sys.stdout.buffer.write(b"".join(lines))
            sys.stdout.buffer.flush()
            return
        try:
            self._append(self._path, b"".join(lines))
        except OSError as e:
            raise AlertError(f"{self._path}: cannot be written ({e.strerror})") from e
        if self._seen is not None:
            self._seen.add(message.key)

    def _append(self, path: Path, data: bytes) -> None:
        if not data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            about = os.fstat(handle)
            size = about.st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                data = b"\n" + data
            _write_all(handle, data)
            if stat.S_ISREG(about.st_mode):  # pipes and devices have nothing to sync
                os.fsync(handle)
        finally:
            os.close(handle)

    def _has(self, key: str) -> bool:
        if self._path is None:
            return False
        if self._seen is None:
            self._seen = _keys(self._path)
        return key in self._seen

    def close(self) -> None:
        """Nothing is kept open."""


def _write_all(handle: int, data: bytes) -> None:
    """Write every byte: a disk that is nearly full, or a pipe, may take only some of them at once."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _keys(path: Path) -> set[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            lines = file.read().splitlines()
    except OSError:
        return set()
    found = set()
    for line in lines:
        try:
            found.add(str(msgspec.json.decode(line)["key"]))
        except (msgspec.DecodeError, KeyError, TypeError):
            continue
    return found


class Bell:
    """``bell:``: a bell and the title, on standard error."""

    interval = 0.0
    capacity = 100

    def send(self, message: Message) -> None:
        """Ring."""
        sys.stderr.write(f"\a{subject(message.contents)}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Nothing to give back."""

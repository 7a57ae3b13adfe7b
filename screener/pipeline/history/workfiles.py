"""Files of a backfill: written whole or not at all, named by what they follow from, so that a step done is never done
twice and a killed one leaves nothing half."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar
from uuid import uuid4

import msgspec

T = TypeVar("T")


def digest_of(*parts: str | bytes) -> str:
    """A short name that follows from its parts."""
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode(errors="replace") if isinstance(part, str) else part
        found.update(len(raw).to_bytes(8, "big") + raw)
    return found.hexdigest()[:32]


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to; the file takes its place when all of it is written. Two may write the same at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    try:
        yield part
        with part.open("rb") as done:
            os.fsync(done.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def save(path: Path, record: msgspec.Struct) -> None:
    """Write a record as JSON."""
    with whole(path) as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def load(path: Path, kind: type[T]) -> T | None:
    """The record that ``save`` wrote; None when there is none or one of another version."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def lines_of(path: Path, start: int, size: int) -> Iterator[bytes]:
    """The lines in a stretch of a file."""
    with path.open("rb") as stream:
        stream.seek(start)
        left = size
        while left > 0 and (line := stream.readline()):
            left -= len(line)
            yield line


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class DigestWriter:
    """Writes to a stream and knows the digest and place of what went through since ``mark``."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.at = stream, 0
        self.mark()

    def mark(self) -> None:
        """Begin a new stretch."""
        self._digest, self.start, self.count = hashlib.sha256(), self.at, 0

    def write(self, line: bytes) -> None:
        """Write one line."""
        self._stream.write(line)
        self._digest.update(line)
        self.at += len(line)
        self.count += 1

    @property
    def digest(self) -> str:
        """Of the stretch."""
        return self._digest.hexdigest()

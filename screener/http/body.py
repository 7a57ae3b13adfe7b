"""Bodies, decompressed while they are read."""

from __future__ import annotations

import zlib

_OVERHEAD = 65_536  # of a compressed stream over what it holds: headers, checksums, what could not be made smaller


class Inflater:
    """Undoes Content-Encoding in steps, never holding or taking more than ``limit`` bytes.

    What comes is bounded too: a stream of empty parts can go on for ever without giving a byte.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self.out, self._limit, self._taken = bytearray(), limit, 0
        self._encoding = encoding
        self._unzip = zlib.decompressobj(47) if encoding else None

    def feed(self, data: bytes) -> bool:
        """Take raw bytes; False when the limit is passed. Raises zlib.error for what is not compressed as said."""
        self._taken += len(data)
        if self._taken > self._limit + _OVERHEAD:
            return False
        while data and self._unzip is not None:
            self.out += self._inflate(data)
            if len(self.out) > self._limit:
                return False
            data = self._unzip.unconsumed_tail
            if self._unzip.eof and self._unzip.unused_data.startswith(b"\x1f\x8b"):
                data, self._unzip = self._unzip.unused_data, zlib.decompressobj(47)
        if self._unzip is None:
            self.out += data
        return len(self.out) <= self._limit

    def _inflate(self, data: bytes) -> bytes:
        assert self._unzip is not None
        try:
            return self._unzip.decompress(data, self._limit + 1 - len(self.out))
        except zlib.error:
            if self._encoding != "deflate" or self.out:
                raise
            self._unzip, self._encoding = zlib.decompressobj(-15), "raw"  # some servers send it without the header
            return self._unzip.decompress(data, self._limit + 1)

    @property
    def complete(self) -> bool:
        """False when the compressed stream stopped before its end."""
        return self._unzip is None or self._unzip.eof

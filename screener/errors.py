"""The one tree of errors; every message says what happened, where, and what to do next.

::

    ScreenerError
    ├── ConfigError        settings or environment wrong: file, key, nearest known name
    ├── InputError         a file or argument given by the user cannot be used (file:line)
    │   └── YamlError      a YAML file of rules, catalysts or feeds (file:line: key: message)
    ├── FetchError         an HTTP request failed for good (URL, status)
    │   ├── BodyTooLarge   the body passed the size limit while being read
    │   ├── BlockedTarget  a redirect or address pointed at a private or loopback host
    │   └── ParseError     what came is not what the source documents (URL, reason)
    ├── ReaderEnded        reading an answer took too long, too much memory, or broke its process (kind)
    ├── PriceError         a price source cannot answer (source, ticker, reason)
    ├── ModelError         the trained classifier is missing, damaged or of another version
    ├── StoreError         the database cannot be opened, read or written
    │   ├── NewerDatabase  the database was written by a newer screener
    │   └── RowRefused     one row breaks what the tables demand; the store itself is well
    ├── ClusterError       the scheduler of a backfill is gone or cannot be reached
    └── AlertError         a channel refused or could not be reached

``cli.exit_codes`` maps these to exit codes: misuse (2) for ConfigError and InputError, failed (1) for the rest.
"""

from __future__ import annotations


class ScreenerError(Exception):
    """Base of all errors the screener raises on purpose."""


class ConfigError(ScreenerError):
    """Settings, environment or command-line values that cannot be used."""


class InputError(ScreenerError):
    """A file or argument given by the user that cannot be used."""


class YamlError(InputError):
    """A problem in a YAML file, with its position.

    ``path`` and ``line`` (1-based, 0 when the whole file is meant) say where; ``key`` names the entry at fault.
    """

    def __init__(self, path: str, line: int, key: str, message: str) -> None:
        self.path, self.line, self.key, self.message = path, line, key, message
        super().__init__(f"{path}:{line}: {key}: {message}" if key else f"{path}:{line}: {message}")


class FetchError(ScreenerError):
    """An HTTP request that failed for good. ``message`` is without the URL; ``status`` is None when no answer came."""

    def __init__(self, url: str, message: str, status: int | None = None) -> None:
        self.url, self.message, self.status = url, message, status
        super().__init__(f"{url}: {message}")


class BodyTooLarge(FetchError):
    """The body passed the size limit while being read."""


class BlockedTarget(FetchError):
    """The address or a redirect pointed at a private or loopback host that the feed itself does not name."""


class ParseError(FetchError):
    """What the source sent is not what it documents."""


class ReaderEnded(ScreenerError):
    """What came could not be read within its limits. ``kind`` is timeout, out_of_memory or unreadable."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind, self.message = kind, message
        super().__init__(message)


class PriceError(ScreenerError):
    """A price source that cannot answer."""


class ModelError(ScreenerError):
    """The trained classifier is missing, damaged or of another version."""


class StoreError(ScreenerError):
    """The database cannot be opened, read or written."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of the screener."""


class RowRefused(StoreError):
    """A row the tables cannot hold. Trying again ends the same; the rest can be stored without it."""


class AlertError(ScreenerError):
    """An alert channel refused the message or could not be reached.

    ``retry_after`` is the number of seconds the channel asked us to wait, None when it did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class ClusterError(ScreenerError):
    """The scheduler of a backfill cannot be reached, or went away; what was finished is kept."""

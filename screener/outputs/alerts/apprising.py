"""The process that sends through Apprise: JSON lines in, JSON lines out; ``service`` starts one a channel.

The first line is an ``Open``, every later one a ``Notify``; each is answered by a ``Ready`` or a ``Done``. The process
holds the address only in memory, takes at most ``limits.SENDER_BYTES`` where the system can hold it to that, and ends with the
end of its input.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from typing import IO, Any

import msgspec
from msgspec import Struct

from screener import limits


class Open(Struct, frozen=True, kw_only=True):
    """The address to send to."""

    url: str


class Ready(Struct, frozen=True, kw_only=True):
    """What the service takes; ``usable`` is False for an address that Apprise does not know. 0: no limit of its own."""

    usable: bool
    body_maxlen: int = 0
    title_maxlen: int = 0
    formats: tuple[str, ...] = ("text",)


class Notify(Struct, frozen=True, kw_only=True):
    """One message; ``headers`` are laid over those of the service where it has any."""

    title: str
    text: str
    form: str
    headers: dict[str, str] = {}


class Done(Struct, frozen=True, kw_only=True):
    """Whether the service took it, and what was said meanwhile."""

    taken: bool
    said: str = ""


class _Caught(logging.Handler):
    """Keeps the last things Apprise says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said = [*self.said, record.getMessage()[:500]][-2:]


def main() -> None:
    """Answer until the input ends."""
    _limit()
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not be taken for an answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    caught = _Caught()
    logging.getLogger().addHandler(caught)
    plugin, ready = _opened(msgspec.json.decode(given.readline(), type=Open).url)
    _answer(answers, ready)
    for line in given:
        caught.said = []
        message = msgspec.json.decode(line, type=Notify)
        try:
            done = _notify(plugin, message)
        except Exception as e:  # the service's code: whatever it raises is told to the sender
            _answer(answers, Done(taken=False, said=f"{type(e).__name__}: {e}"[:1000]))
            continue
        _answer(answers, Done(taken=done, said="; ".join(caught.said)))


def _answer(out: IO[bytes], answer: Struct) -> None:
    out.write(msgspec.json.encode(answer) + b"\n")
    out.flush()


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limits.SENDER_BYTES, limits.SENDER_BYTES))


def _opened(url: str) -> tuple[object, Ready]:
    with warnings.catch_warnings():
        # Its services are imported at first use, some with modules that Python is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        asset = apprise.AppriseAsset(app_id="screener", app_desc="catalyst screener", app_url="")
        plugin = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if not plugin:
        return None, Ready(usable=False)
    # The sender's interval is the pace; Apprise would sleep 5.5 seconds between two mails.
    plugin.request_rate_per_sec = 0
    offered = plugin.notify_format if isinstance(plugin.notify_format, tuple | list) else (plugin.notify_format,)
    return plugin, Ready(
        usable=True,
        body_maxlen=int(plugin.body_maxlen),
        title_maxlen=int(plugin.title_maxlen),
        formats=tuple(str(getattr(f, "value", f)) for f in offered),
    )


def _notify(plugin: Any, message: Notify) -> bool:
    if message.headers:
        plugin.headers = {**(getattr(plugin, "headers", None) or {}), **message.headers}
    return bool(plugin.notify(body=message.text, title=message.title, body_format=message.form))


if __name__ == "__main__":
    main()

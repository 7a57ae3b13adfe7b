"""From a configured address to an open channel; each kind is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable

from screener.config import Alerts
from screener.errors import ConfigError
from screener.outputs.alerts.base import Out
from screener.store.channels import Channel

Opener = Callable[[Channel, Alerts], Out]


def open_channel(channel: Channel, wanted: Alerts) -> Out:
    """Open a channel. Raises ConfigError, with the address masked, when it cannot be used."""
    target = channel.url.partition(":")[2]
    if channel.scheme == "jsonl":
        from screener.outputs.alerts.local import JsonLines

        if not target:
            raise ConfigError("[alerts] urls: jsonl: wants a file, or - for standard output")
        return JsonLines(target)
    if channel.scheme == "bell":
        from screener.outputs.alerts.local import Bell

        return Bell()
    if channel.scheme in ("webhook+http", "webhook+https"):
        from screener.outputs.alerts.webhook import Webhook

        return Webhook(channel.url.partition("+")[2], wanted.secret, wanted.timeout)
    if channel.scheme == "program":
        from screener.outputs.alerts.program import Program

        return Program(target, wanted.timeout)
    from screener.outputs.alerts.service import Service

    return Service(channel, wanted.min_interval, wanted.timeout)

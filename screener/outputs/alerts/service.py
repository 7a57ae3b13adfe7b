"""Every service Apprise knows: mail, Telegram, Discord, Slack, ntfy and the rest of its list.

Apprise tells yes or no; what it logs meanwhile is caught for the error, with every part of the address masked. It has
no idempotency key, so the alert's id stands in the message; mail also carries it in ``X-Screener-Key``, with the event
in ``References`` so that updates stand under the first alert, and HTTP services in ``Idempotency-Key``.
"""

from __future__ import annotations

import logging
import threading
import warnings
from typing import Any

from screener.errors import AlertError, ConfigError
from screener.outputs.alerts import forms
from screener.outputs.alerts.base import Message
from screener.store.channels import Channel, scrub

_MAIL = ("mailto", "mailtos")
_HTTP = ("json", "jsons", "xml", "xmls", "form", "forms")
_CHARACTERS_AN_ALERT = 230
_MARGIN = 40


def is_service(channel: Channel) -> bool:
    """Whether a channel is one of Apprise's, read by people, rather than one of ours."""
    return channel.scheme not in ("jsonl", "bell", "webhook+http", "webhook+https")


class _Caught(logging.Handler):
    """Keeps what Apprise says in the thread that is sending."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.here = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        said = getattr(self.here, "said", None)
        if said is not None:
            said.append(record.getMessage())


_caught = _Caught()


def _apprise() -> Any:
    with warnings.catch_warnings():
        # Its services are imported at first use, some with modules that Python is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        apprise.Apprise.instantiate("json://localhost")
    # Its own handlers and the root's would print addresses.
    logger = logging.getLogger("apprise")
    if _caught not in logger.handlers:
        logger.handlers[:] = [_caught]
        logger.propagate = False
    return apprise


class Service:
    """One Apprise address."""

    def __init__(self, channel: Channel, interval: float) -> None:
        apprise = _apprise()
        self._channel, self.interval = channel, interval
        _caught.here.said = []
        asset = apprise.AppriseAsset(app_id="screener", app_desc="catalyst screener", app_url="")
        self._plugin: Any = apprise.Apprise.instantiate(channel.url, asset=asset, suppress_exceptions=True)
        if not self._plugin:
            raise ConfigError(
                f"[alerts] urls: {channel.shown} is no address that Apprise can use; see its list of services"
            )
        # Our own interval is the pace; Apprise would sleep 5.5 seconds between two mails.
        self._plugin.request_rate_per_sec = 0
        self.capacity = max(2, min(100, int(self._plugin.body_maxlen) // _CHARACTERS_AN_ALERT))
        self._form = _form(self._plugin, channel.scheme)

    def send(self, message: Message) -> None:
        """Notify, and raise AlertError with what Apprise said when it did not work."""
        contents = message.contents
        title = forms.subject(contents, int(self._plugin.title_maxlen) or 200)
        room = int(self._plugin.body_maxlen) - (0 if self._plugin.title_maxlen else len(title)) - _MARGIN
        text = forms.body(contents, self._form, room, chat=self._channel.scheme not in _MAIL)
        self._label(message)
        self._notify(title, text, self._form)

    def write(self, title: str, text: str) -> None:
        """Send a page of Markdown, in as many messages as it takes. Raises AlertError."""
        from screener.outputs.brief import pieces

        for part in pieces(text, int(self._plugin.body_maxlen) - len(title) - _MARGIN):
            self._notify(title, part, forms.MARKDOWN)

    def _notify(self, title: str, text: str, form: str) -> None:
        _caught.here.said = []
        try:
            done = self._plugin.notify(body=text, title=title, body_format=form)
        except (OSError, ValueError, RuntimeError, TypeError) as e:
            raise AlertError(self._mask(f"{type(e).__name__}: {e}")) from e
        if not done:
            said = "; ".join(_caught.here.said[-2:]) or "the service did not take it"
            raise AlertError(self._mask(said))

    def _label(self, message: Message) -> None:
        event = message.alerts[0].event or message.alerts[0].id
        if self._channel.scheme in _MAIL:
            self._plugin.headers = {"X-Screener-Key": message.key, "References": f"<{event}@screener.invalid>"}
        elif self._channel.scheme in _HTTP:
            self._plugin.headers = {**self._plugin.headers, "Idempotency-Key": message.key}

    def _mask(self, text: str) -> str:
        return scrub(" ".join(text.split()), [self._channel.url])[:300]

    def close(self) -> None:
        """Apprise keeps nothing open."""


def _form(plugin: Any, scheme: str) -> str:
    """The form a service takes first; Discord's text is Markdown to its readers."""
    offered = plugin.notify_format if isinstance(plugin.notify_format, tuple | list) else (plugin.notify_format,)
    names = [str(getattr(f, "value", f)) for f in offered]
    return forms.MARKDOWN if scheme == "discord" and forms.MARKDOWN in names else names[0]

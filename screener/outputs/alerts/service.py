"""Every service Apprise knows: mail, Telegram, Discord, Slack, ntfy and the rest of its list.

Apprise reads answers of any size and waits between two bytes only, so each channel sends from a process of its own
(``apprising``) that is ended when one message takes longer than three times ``[alerts] timeout``: a service may make
several requests for it. Apprise tells yes or no; what it logs meanwhile is the error, with every part of the address
masked. It has no idempotency key, so the alert's id stands in the message; mail also carries it in ``X-Screener-Key``,
with the event in ``References`` so that updates stand under the first alert, and HTTP services in ``Idempotency-Key``.
"""

from __future__ import annotations

import sys

import msgspec

from screener import limits
from screener.errors import AlertError, ConfigError
from screener.language.letters import whole
from screener.outputs.alerts import forms
from screener.outputs.alerts.apprising import Done, Notify, Open, Ready
from screener.outputs.alerts.base import Message
from screener.outputs.alerts.child import Worker
from screener.store.channels import OWN_SCHEMES, Channel, scrub

_MAIL = ("mailto", "mailtos")
_HTTP = ("json", "jsons", "xml", "xmls", "form", "forms")
_CHARACTERS_AN_ALERT = 230
_MARGIN = 40


def is_service(channel: Channel) -> bool:
    """Whether a channel is one of Apprise's, read by people, rather than one of ours."""
    return channel.scheme not in OWN_SCHEMES


class Service:
    """One Apprise address. Raises ConfigError for one that Apprise cannot use."""

    def __init__(self, channel: Channel, interval: float, timeout: float = 10.0) -> None:
        self._channel, self.interval = channel, interval
        command = [sys.executable, "-P", "-m", "screener.outputs.alerts.apprising"]
        self._worker = Worker(command, msgspec.json.encode(Open(url=channel.url)), limits.SENDER_REQUESTS * timeout)
        try:
            self._ready = msgspec.json.decode(self._worker.start(), type=Ready)
        except AlertError as e:
            raise ConfigError(f"[alerts] urls: {channel.shown}: {e}") from e
        if not self._ready.usable:
            self._worker.close()
            raise ConfigError(
                f"[alerts] urls: {channel.shown} is no address that Apprise can use; see its list of services"
            )
        self.capacity = max(2, min(100, self._ready.body_maxlen // _CHARACTERS_AN_ALERT))
        self.form = _form(self._ready.formats, channel.scheme)

    def send(self, message: Message) -> None:
        """Notify, and raise AlertError with what Apprise said when it did not work."""
        contents, ready = message.contents, self._ready
        title = forms.subject(contents, ready.title_maxlen or 200)
        room = ready.body_maxlen - (0 if ready.title_maxlen else len(title)) - _MARGIN
        text = forms.body(contents, self.form, room, chat=self._channel.scheme not in _MAIL)
        self._notify(Notify(title=title, text=text, form=self.form, headers=self._labels(message)))

    def write(self, title: str, text: str) -> None:
        """Send a page of Markdown, in as many messages as it takes. Raises AlertError."""
        from screener.outputs.brief import pieces

        for part in pieces(text, self._ready.body_maxlen - len(title) - _MARGIN):
            self._notify(Notify(title=title, text=part, form=forms.MARKDOWN))

    def _notify(self, message: Notify) -> None:
        # Lone surrogates, which a file of items may hold, are no JSON.
        safe = msgspec.structs.replace(message, title=whole(message.title), text=whole(message.text))
        done = msgspec.json.decode(self._worker.ask(msgspec.json.encode(safe)), type=Done)
        if not done.taken:
            raise AlertError(self._mask(done.said or "the service did not take it"))

    def _labels(self, message: Message) -> dict[str, str]:
        event = message.alerts[0].event or message.alerts[0].id
        if self._channel.scheme in _MAIL:
            return {"X-Screener-Key": message.key, "References": f"<{event}@screener.invalid>"}
        return {"Idempotency-Key": message.key} if self._channel.scheme in _HTTP else {}

    def _mask(self, text: str) -> str:
        return scrub(" ".join(text.split()), [self._channel.url])[:300]

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def _form(formats: tuple[str, ...], scheme: str) -> str:
    """The form a service takes first; Discord's text is Markdown to its readers."""
    return forms.MARKDOWN if scheme == "discord" and forms.MARKDOWN in formats else formats[0]

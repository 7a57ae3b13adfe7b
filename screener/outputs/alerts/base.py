"""What a channel is to the courier: something that takes a message or says why not."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct

from screener.errors import AlertError
from screener.outputs.alerts.content import Content, content, payload
from screener.types import Alert


class Refused(AlertError):
    """The receiver will not take this message, now or later; another one it may take."""


class Message(Struct, frozen=True, kw_only=True):
    """What goes out at once: one alert, or several as a digest. ``key`` is the same at every try of the same message."""

    key: str
    alerts: tuple[Alert, ...]
    page_url: str = ""
    test: bool = False

    @property
    def contents(self) -> list[Content]:
        """The alerts in plain words."""
        return [content(a, self.page_url, test=self.test) for a in self.alerts]

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """The alerts for programs."""
        return [payload(a, self.page_url, test=self.test) for a in self.alerts]


class Out(Protocol):
    """One open channel. ``interval`` is the least seconds between two messages; ``capacity`` the most alerts in one,
    1 when it takes no digest."""

    interval: float
    capacity: int

    def send(self, message: Message) -> None:
        """Hand a message over and return when the receiver has it. Raises AlertError."""

    def close(self) -> None:
        """Give connections and files back."""

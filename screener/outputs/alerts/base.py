"""What a channel is to the courier: something that takes a message or says why not."""

from __future__ import annotations

from typing import Protocol

import msgspec
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
    def payloads(self) -> list[dict[str, object]]:
        """The alerts for programs."""
        return [payload(a, self.page_url, test=self.test) for a in self.alerts]

    def body(self) -> bytes:
        """The message for programs, as one JSON object: ``{"key", "digest", "test", "alerts"}``."""
        digest = len(self.alerts) > 1
        return msgspec.json.encode({"key": self.key, "digest": digest, "test": self.test, "alerts": self.payloads})


class Out(Protocol):
    """One open channel. ``interval`` is the least seconds between two messages; ``capacity`` the most alerts in one,
    1 when it takes no digest."""

    interval: float
    capacity: int

    def send(self, message: Message) -> None:
        """Hand a message over and return when the receiver has it. Raises AlertError."""

    def close(self) -> None:
        """Give connections and files back."""


def hand_over(out: Out, message: Message) -> None:
    """Send a message; whatever goes wrong in a channel's code comes out as AlertError, to be counted and tried again."""
    try:
        out.send(message)
    except AlertError:
        raise
    except Exception as e:  # a channel is foreign code, and one that breaks must not end the watch
        raise AlertError(f"{type(e).__name__}: {e}"[:300]) from e

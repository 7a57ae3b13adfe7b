"""Uvicorn's protocol with deadlines: for sending a request, for reading its answer, and for how many may be open.

Uvicorn closes idle connections and counts whole requests. A connection that sends one byte now and then, or takes
nothing of its answer, it keeps for ever, and half a request is not counted until it is whole.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from screener import limits


class Deadlines(H11Protocol):
    """One connection. Use ``of_one_server`` for a class whose connections know each other."""

    waiting: ClassVar[dict[Deadlines, asyncio.TimerHandle]]
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or drop it when there are too many."""
        super().connection_made(transport)
        if len(self.connections) > limits.CONNECTIONS:
            transport.abort()
            return
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._expect_no_more()

    def on_response_complete(self) -> None:
        """An answer is out: the next request has its own time."""
        self._expect_no_more()
        self._expect()
        super().on_response_complete()
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._expect_no_more()

    def pause_writing(self) -> None:
        """The reader is slower than the answer."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(limits.STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader has caught up."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._expect_no_more()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self.waiting[self] = self.loop.call_later(limits.REQUEST_SECONDS, self.transport.abort)
        if len(self.waiting) > limits.WAITING_CONNECTIONS:
            oldest = next(iter(self.waiting))
            oldest._expect_no_more()
            oldest.transport.abort()

    def _expect_no_more(self) -> None:
        timer = self.waiting.pop(self, None)
        if timer is not None:
            timer.cancel()


def of_one_server() -> type[Deadlines]:
    """The protocol of one server."""
    waiting: dict[object, asyncio.TimerHandle] = {}
    return type("ServerDeadlines", (Deadlines,), {"waiting": waiting})

"""Server-sent events: one watcher looks at the store once a second, and every open page hears what it finds.

A ``list`` event tells what stands when it has changed, a ``beat`` the same now and then: a page that hears none knows
that the server is lost.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import Any

import msgspec
from datasette.utils.asgi import Request
from msgspec import Struct

from screener import clock
from screener.store import Store
from screener.store.lists import Lists
from screener.store.marks import Marks
from screener.store.rows import iso
from screener.web.guard import Receive, Send
from screener.web.status import StatusPart

EVERY_SECONDS = 1.0
BEAT_SECONDS = 10.0
MOST_LISTENERS = 500


class Watcher:
    """Watches the newest list while anyone listens."""

    def __init__(self, datasette: Any) -> None:
        self._datasette = datasette
        self._queues: set[asyncio.Queue[bytes]] = set()
        self._task: asyncio.Task[None] | None = None
        self._state: Present | None = None

    @property
    def full(self) -> bool:
        """True when no further listener is let in."""
        return len(self._queues) >= MOST_LISTENERS

    async def listen(self) -> asyncio.Queue[bytes]:
        """A new listener's queue; its first message is the present state."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=8)
        self._queues.add(queue)
        state = await self._look()
        queue.put_nowait(message("list", state))
        if self._task is None or self._task.done():
            self._state = state
            self._task = asyncio.ensure_future(self._watch())
        return queue

    def stop(self) -> None:
        """End every stream, so that the server can stop without cutting one off; to be called in its loop."""
        for queue in self._queues:
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(b"")

    def leave(self, queue: asyncio.Queue[bytes]) -> None:
        """Forget a listener."""
        self._queues.discard(queue)

    async def _look(self) -> Present:
        site = self._datasette.site

        def look(db: sqlite3.Connection) -> Present:
            return present(db, site.status(Store(site.path, db), clock.now()))

        state: Present = await self._datasette.get_database("data").execute_fn(look)
        return state

    async def _watch(self) -> None:
        told = time.monotonic()
        while self._queues:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                state = await self._look()
            except sqlite3.Error:
                # A moment without the file (a restore, a full disk) must not silence the page for good.
                continue
            before, self._state = self._state, state
            if before is None or state.pages != before.pages:
                self._datasette.site.forget()
                self._tell(message("list", state))
            elif time.monotonic() - told < BEAT_SECONDS:
                continue
            else:
                self._tell(message("beat", state))
            told = time.monotonic()

    def _tell(self, said: bytes) -> None:
        for queue in list(self._queues):
            if not queue.full():
                queue.put_nowait(said)


class Present(Struct, frozen=True):
    """The newest list of all and the last mark, what a page of today depends on; and the line on top."""

    day: str
    as_of: str
    list: str
    marks: int
    parts: tuple[StatusPart, ...] = ()

    @property
    def pages(self) -> tuple[object, ...]:
        """What makes a page anew when it changes."""
        return (self.day, self.list, self.marks, tuple((p.key, p.text, p.tone) for p in self.parts))


def present(db: sqlite3.Connection, parts: tuple[StatusPart, ...] = ()) -> Present:
    """What stands now; empty texts in an empty store."""
    newest, marks = Lists(db).newest(), Marks(db).newest_id()
    if newest is None:
        return Present("", "", "", marks, parts)
    return Present(newest.day.isoformat(), iso(newest.as_of), newest.run_id, marks, parts)


def message(event: str, data: Present) -> bytes:
    """One event on the wire."""
    return b"event: " + event.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


async def events(datasette: Any, request: Request, send: Send, receive: Receive) -> None:
    """The stream: the present state at once, then every change, with a comment now and then to keep it open."""
    watcher: Watcher = datasette.site.__dict__["watcher"]
    head = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    status = 503 if watcher.full else 200
    await send({"type": "http.response.start", "status": status, "headers": head})
    if watcher.full or request.method == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    queue = await watcher.listen()
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
        while body := await _next(queue, gone):
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        watcher.leave(queue)


async def _next(queue: asyncio.Queue[bytes], gone: asyncio.Future[None]) -> bytes:
    """What to send next; empty when the stream is at its end."""
    waiting = asyncio.ensure_future(queue.get())
    both: set[asyncio.Future[bytes] | asyncio.Future[None]] = {waiting, gone}
    done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if waiting in done:
        return waiting.result()
    waiting.cancel()
    return b""


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

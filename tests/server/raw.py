"""A server of bytes: each connection is handed to a function, which may answer in any wrong way."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Talk = Callable[[socket.socket], None]


class RawServer:
    """Listens on loopback; the first connections get ``talks`` in order, every later one the last of them."""

    def __init__(self, *talks: Talk) -> None:
        self._talks = list(talks)
        self.written = 0
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            talk = self._talks.pop(0) if len(self._talks) > 1 else self._talks[0]
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._run, args=(talk, connection), daemon=True).start()

    def _run(self, talk: Talk, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            talk(connection)

    def count(self, number: int) -> None:
        """Remember how many bytes a client took."""
        self.written += number

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)


def request(connection: socket.socket) -> bytes:
    """Read a request with its body."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = connection.recv(65536)
        if not part:
            return got
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")]
    while len(body) < (lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(raw: bytes) -> Talk:
    """Read the request, answer with these bytes, hang up."""

    def talk(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(raw)

    return talk


def dripping(start: bytes, drop: bytes, every: float = 0.05) -> Talk:
    """Answer with some bytes, then go on with a drop now and then, without end."""
    pause = threading.Event()

    def talk(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(start)
        while not pause.wait(every):
            connection.sendall(drop)

    return talk


def endless(server: Callable[[], RawServer], start: bytes, block: bytes = b"x" * 65536) -> Talk:
    """Answer with some bytes, then as fast as the client takes them, up to 400 MB."""

    def talk(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(start)
        for _ in range(400 * 1024 * 1024 // len(block)):
            connection.sendall(block)
            server().count(len(block))

    return talk


def served(*talks: Talk) -> Iterator[RawServer]:
    """A running server, for fixtures."""
    with RawServer(*talks) as server:
        yield server

"""Run the server until it is stopped."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from screener import limits
from screener.config import Settings
from screener.errors import ConfigError
from screener.web.app import Served, build
from screener.web.protocol import of_one_server
from screener.web.site import Brief

_WARM_AFTER = 2.0


def listening(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host.strip("[]"), port))
        sock.listen(512)
    except OSError as e:
        sock.close()
        raise ConfigError(
            f"{host}:{port}: cannot be listened on ({e.strerror or e}); choose another --port or --host"
        ) from e
    return sock


class Server(uvicorn.Server):
    """Uvicorn that ends the event streams before it waits for the open connections."""

    def __init__(self, served: Served) -> None:
        super().__init__(
            uvicorn.Config(
                served.app, log_level="error", access_log=False, lifespan="on", timeout_graceful_shutdown=2,
                server_header=False, backlog=512, http=of_one_server(), ws="none",
                limit_concurrency=limits.CONNECTIONS, h11_max_incomplete_event_size=limits.REQUEST_HEAD_BYTES,
                # Whoever connects from this machine could name any client, and guess passwords in its name.
                proxy_headers=False,
            )
        )  # fmt: skip
        self._stop = served.stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving."""
        self._stop()
        await super().shutdown(sockets)


def serve(
    settings: Settings,
    path: Path,
    *,
    host: str,
    port: int,
    password: str,
    say: Callable[[str], None],
    brief: Brief | None = None,
) -> None:
    """Serve the page over a database file; ``brief`` writes a day's. Raises ConfigError, StoreError, NewerDatabase."""
    served = build(settings, path, host=host, password=password)
    served.site.brief = brief
    sock = listening(host, port)
    name = f"[{host}]" if ":" in host else host
    say(f"Serving {path} at http://{name}:{sock.getsockname()[1]}/  (Ctrl-C stops)")
    warming = threading.Timer(_WARM_AFTER, served.site.warm)
    warming.daemon = True
    warming.start()
    try:
        Server(served).run(sockets=[sock])
    finally:
        warming.cancel()
        sock.close()

"""Who does the steps of a backfill: this process, workers of its own, or a Dask cluster of the user's.

Steps are functions of a ``Job`` and small records; what they make they leave in files, so that a step may be done twice
and a worker may die. Dask brings the scheduling, the memory limits and the second tries; there is no queue here.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from screener.errors import ClusterError, InputError
from screener.types import Problem

Step = Callable[..., object]
CONNECT_SECONDS = 20.0


class Engine(Protocol):
    """Takes steps and gives their results in whatever order they are done."""

    def submit(self, name: str, step: Step, *args: object, **kwargs: object) -> None:
        """Have a step done."""

    def next_done(self) -> tuple[str, object]:
        """The next step that is done and what it gave; a Problem when it took its workers down."""


class Here:
    """One step after the other, in this process."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Step, tuple[object, ...], dict[str, object]]] = deque()

    def submit(self, name: str, step: Step, *args: object, **kwargs: object) -> None:
        """See ``Engine``."""
        self._waiting.append((name, step, args, kwargs))

    def next_done(self) -> tuple[str, object]:
        """See ``Engine``."""
        name, step, args, kwargs = self._waiting.popleft()
        return name, step(*args, **kwargs)


class Cluster:
    """A Dask cluster. A step whose worker dies is given to another one; after three deaths it is a Problem."""

    def __init__(self, client: Any) -> None:
        from distributed import as_completed

        self._client, self._done = client, as_completed()
        self._names: dict[str, str] = {}

    def submit(self, name: str, step: Step, *args: object, **kwargs: object) -> None:
        """See ``Engine``."""
        with _reaching():
            future = self._client.submit(step, *args, **kwargs, pure=False)
            self._names[future.key] = name
            self._done.add(future)

    def next_done(self) -> tuple[str, object]:
        """See ``Engine``."""
        from distributed import KilledWorker

        with _reaching():
            future = next(self._done)
            name = self._names.pop(future.key)
            try:
                return name, future.result()
            except KilledWorker as e:
                message = f"{name}: took {e.allowed_failures + 1} workers down, memory most likely; it is left out"
                return name, Problem(stage="backfill", subject=name, message=message, kind="killed_worker")
            finally:
                future.release()


@contextmanager
def _reaching() -> Iterator[None]:
    """A scheduler that is gone, in plain words."""
    from concurrent.futures import CancelledError

    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    try:
        yield
    except (
        CommClosedError, CancelledError, asyncio.CancelledError, FutureCancelledError, TimeoutError, StopIteration,
        RuntimeError,
    ) as e:  # fmt: skip
        told = "the scheduler went away; what was finished is kept: start it again and give the same command"
        raise ClusterError(f"{told} ({type(e).__name__})") from e


@contextmanager
def engine(workers: int = 0, scheduler: str = "", memory: str = "2GB") -> Iterator[Engine]:
    """The engine for a backfill: the cluster at ``scheduler``, else ``workers`` processes of ``memory`` each, else here.

    Raises InputError without the extra ``distributed``, ClusterError when no scheduler answers.
    """
    if not scheduler and workers < 1:
        yield Here()
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError as e:
        what = "workers need the extra 'distributed': pip install 'catalyst-screener[distributed]', or give --workers 0"
        raise InputError(what) from e
    for name in ("distributed", "tornado", "bokeh"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what counts becomes a Problem or an error
    if scheduler:
        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError) as e:
            raise ClusterError(f"{scheduler}: no scheduler answers ({e}): start one with `dask scheduler`") from e
        with client:
            yield Cluster(client)
        return
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, memory_limit=memory, processes=True, dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        yield Cluster(client)


def default_workers() -> int:
    """As many as there are processors, when Dask is there; else none."""
    import importlib.util

    return (os.cpu_count() or 1) if importlib.util.find_spec("distributed") else 0

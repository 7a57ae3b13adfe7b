"""A real scheduler with two worker processes: one is killed in mid-run, then the scheduler; the bytes stay the same."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from screener.errors import ClusterError
from screener.pipeline.history import tagging
from screener.pipeline.history.engine import Cluster, engine
from tests.pipeline.history.making import around_midnight, bytes_of, filled, ordinary, written

# Dask warns of its own sockets and loops when they are torn down under it, which is what is done here.
pytestmark = pytest.mark.filterwarnings("default")


def test_killed_worker_and_restarted_scheduler_change_no_byte(tmp_path: Path) -> None:
    path = written(tmp_path / "news.jsonl", [*ordinary(40), *around_midnight()])
    filled(tmp_path / "alone", path)
    archive, killed = tmp_path / "archive", list[int]()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50) as cluster:
        client = Client(cluster)

        def disturb(what: str, _: int) -> None:
            if what == "items" and not killed:
                killed.extend(client.run(os.getpid).values())
                os.kill(killed[0], signal.SIGKILL)
            elif what == "stories":
                cluster.close()

        with pytest.raises(ClusterError, match="went away"):
            filled(archive, path, engine=Cluster(client), progress=disturb)
        client.close()
    assert len(killed) == 2
    with (
        LocalCluster(
            n_workers=2,
            processes=False,
            host="127.0.0.1",
            protocol="tcp",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        engine(scheduler=cluster.scheduler_address) as again,
    ):
        done = filled(archive, path, engine=again)
    assert not done.unfinished
    assert bytes_of(archive) == bytes_of(tmp_path / "alone")


def test_no_scheduler_is_said_in_plain_words(unused_tcp_address: str) -> None:
    with pytest.raises(ClusterError, match="no scheduler answers"), engine(scheduler=unused_tcp_address):
        pass


@pytest.fixture
def unused_tcp_address(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address on loopback at which nobody listens, and no long wait for it."""
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    from screener.pipeline.history import engine as module

    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    return f"tcp://127.0.0.1:{port}"


def test_a_part_that_takes_its_workers_down_is_a_problem(tmp_path: Path) -> None:
    """What Dask says of a step whose workers died again and again, without killing any."""
    from distributed import KilledWorker

    class Future:
        key = "k"

        def result(self) -> object:
            raise KilledWorker("k", None, 3)

        def release(self) -> None:
            pass

    class Given:
        def add(self, _: object) -> None:
            pass

        def __next__(self) -> Future:
            return Future()

    class Alone:
        def submit(self, *_: object, **__: object) -> Future:
            return Future()

    cluster = Cluster.__new__(Cluster)
    cluster._client, cluster._done, cluster._names = Alone(), Given(), {}
    cluster.submit("part 2024-12 0", tagging.tag_part)
    name, problem = cluster.next_done()
    assert name == "part 2024-12 0"
    assert getattr(problem, "kind", "") == "killed_worker"

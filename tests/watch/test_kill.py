"""A watch killed in the middle of its work loses nothing and stores nothing twice (short of ``tests.bench.kill``)."""

from __future__ import annotations

import random
from pathlib import Path

from tests.bench import kill
from tests.server.app import WireServer


def test_killed_twice_and_finished_is_as_if_undisturbed(tmp_path: Path) -> None:
    seed = random.randrange(10_000)
    with WireServer() as server:
        kill.serve(server)
        differences, stored = kill.trial(tmp_path, server.url, 2, seed)
    assert not differences, (seed, stored, differences)
    assert stored == sorted(stored) and stored[-1] > 0

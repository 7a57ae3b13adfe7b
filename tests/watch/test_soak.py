"""A disk that fills and a clock that jumps back lose nothing (short of ``tests.bench.soak``)."""

from __future__ import annotations

from pathlib import Path

from tests.bench import soak


def test_a_disk_that_fills_at_some_moment(tmp_path: Path) -> None:
    assert not soak.full_disk(tmp_path, fills=2, news=150)


def test_a_clock_that_jumps_back_an_hour(tmp_path: Path) -> None:
    assert not soak.jumping_clock(tmp_path)

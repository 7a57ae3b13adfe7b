"""``[limits]`` of the user's settings reaches what reads pages of EDGAR and files of items."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from screener.collectors.getcurrent import parse_getcurrent, read_page
from screener.config import Settings
from screener.limits import Limits
from screener.pipeline.collecting import poll
from screener.pipeline.workspace import Workspace
from screener.store import open_store

ENTRY = "<entry><title>8-K - ZEPHYRA ROBOTICS INC (0009990001) (Filer)</title><updated>never</updated></entry>"


@pytest.mark.parametrize("most", [1, 2, 5])
def test_problems_of_a_page_of_edgar(most: int) -> None:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{ENTRY * 9}</feed>'.encode()
    bounds = Limits(problems=most)
    inside = anyio.run(read_page, body, "edgar", bounds)
    assert inside == parse_getcurrent(body, "edgar", bounds)
    assert len(inside.problems) == most and f"{9 - most + 1} more" in inside.problems[-1].message


@pytest.mark.parametrize("most", [1, 4, 8])
def test_problems_of_a_file_given_to_a_run(tmp_path: Path, most: int) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("{broken\n" * 9)
    with open_store(tmp_path / "s.db") as store:
        found = poll.file_items(Workspace(settings=Settings(limits=Limits(problems=most)), store=store), [path])
    assert len(found.problems) == most + 1

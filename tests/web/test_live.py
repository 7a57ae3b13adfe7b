"""Server-sent events and the cache: a new list is told, and the next answer has it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import httpx2
import msgspec

from screener.store import open_store
from screener.types import Run
from tests.web.conftest import AS_OF, DAY, fill, replaced, row, serving, stories


def events(lines: object) -> object:
    for line in lines:  # type: ignore[attr-defined]
        if line.startswith("data: "):
            yield msgspec.json.decode(line[6:])


def test_a_new_list_is_told_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with open_store(path) as store:
        fill(store)
        with serving(path) as address, httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
            assert client.get("/api/today").json()["list"] == "run-2"
            with client.stream("GET", "/events") as stream:
                assert stream.headers["content-type"] == "text/event-stream"
                told = events(stream.iter_lines())
                assert next(told)["list"] == "run-2"  # type: ignore[call-overload]
                later = AS_OF + dt.timedelta(minutes=1)
                run = Run(id="run-3", started=later, as_of=later, day=DAY)
                rows = [row(s, c, n, score + 1) for n, (s, c, score) in enumerate(stories()[:2], 1)]
                with store.transaction():
                    store.runs.start(run)
                    store.lists.save(run, [replaced(r, n, run.id, DAY, later) for n, r in enumerate(rows, 1)])
                state = next(told)  # type: ignore[call-overload]
                assert (state["list"], state["day"]) == ("run-3", "2026-03-12")
                assert [r["ticker"] for r in client.get("/api/today").json()["rows"]] == ["QBLA", "ZORN"]
                assert 'data-list="run-3"' in client.get("/").text
                assert 'data-list="run-2"' in client.get(f"/?as_of={AS_OF:%Y-%m-%dT%H:%M:%SZ}").text


def test_an_empty_store_has_pages(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    open_store(path).close()
    with serving(path) as address, httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
        assert "Nothing is stored yet" in client.get("/").text
        for page in (
            "/calendar",
            "/catalysts",
            "/feeds",
            "/rules",
            "/search?q=a",
            "/feed.atom",
            "/feed.json",
            "/api/today",
            "/api/days",
            "/data",
        ):
            assert client.get(page).status_code == 200, page
        assert client.get("/ticker/QBLA").status_code == 404
        with client.stream("GET", "/events") as stream:
            assert next(events(stream.iter_lines()))["list"] == ""  # type: ignore[call-overload]


def test_a_replaced_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    open_store(path).close()
    open_store(tmp_path / "second.db").close()
    with serving(path) as address:
        assert httpx2.get(address + "/", trust_env=False, timeout=30).status_code == 200
        (tmp_path / "second.db").replace(path)
        answer = httpx2.get(address + "/", trust_env=False, timeout=30)
        assert answer.status_code == 503 and "was replaced" in answer.text

"""Run a watch in this process against a local server, and act while it runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import anyio

from screener import config
from screener.classify.pipeline import Classifier
from screener.config import Edgar, Http, Rules, Settings
from screener.pipeline import watch
from screener.pipeline.run import Plan
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.types import FeedSpec
from tests.server.app import WireServer

HANG = 240.0
"""Seconds after which a condition that should come true is taken for a hang; nothing is measured with it."""


@cache
def classifier() -> Classifier:
    """The classifier by its wordings alone: fast to load, and the same for all tests."""
    return Classifier(config.built_in("rules") / "catalysts", None)


@dataclass
class Scene:
    """One watch under test: its database, what it said, and a way to wait."""

    path: Path
    feeds: Mapping[str, FeedSpec]
    edgar: str = "http://127.0.0.1:9"
    rules: tuple[str, ...] = ()
    plan: Plan = field(default_factory=Plan)
    max_filings: int = 400
    whole_forms: tuple[str, ...] = ()
    said: list[str] = field(default_factory=list)

    def settings(self) -> Settings:
        edgar = Edgar(base_url=self.edgar, max_filings=self.max_filings, whole_forms=self.whole_forms)
        return Settings(edgar=edgar, http=Http(timeout=10.0, pace={"*": 0.0}), rules=Rules(folders=self.rules))

    def workspace(self, store: Store) -> Workspace:
        return Workspace(settings=self.settings(), store=store, classifier=classifier(), feeds=dict(self.feeds))

    def run(self, acts: Callable[[], Awaitable[None]]) -> None:
        """Watch until ``acts`` has ended; what stopping finishes is finished when this returns."""

        async def go(workspace: Workspace) -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(watch.watching, workspace, self.plan, self.said.append)
                await acts()
                group.cancel_scope.cancel()

        with open_store(self.path) as store:
            anyio.run(go, self.workspace(store))

    def query(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Read the database from outside."""
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def titles(self) -> list[str]:
        return sorted(str(r[0]) for r in self.query("SELECT title FROM items"))

    def heard(self, words: str) -> bool:
        return any(words in line for line in self.said)


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; fail when it looks as if it never came."""
    with anyio.fail_after(HANG):
        while not condition():
            await anyio.sleep(0.01)


def polls(server: WireServer, path: str) -> int:
    return sum(r.path == path for r in server.log)

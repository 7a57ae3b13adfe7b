"""Releases that their source edits under the same guid: the newest wording shows, the older stay for ``--as-of``."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import time
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.server.app import WireServer

FIRST = "Zorvane Announces 1-for-20 Reverse Split"
SAID = "Zorvane Corp. (Nasdaq: ZVNE) said its board approved a 1-for-20 reverse stock split of its common stock."


class Wire:
    """One feed of one release on a local server, polled by the command line."""

    def __init__(self, run: Run, server: WireServer, base: Path) -> None:
        self._run, self._server, self.db, self.alerts = run, server, base / "s.db", base / "alerts.jsonl"
        self.published = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=10)
        config = base / "screener.toml"
        config.write_text(f"[alerts]\nmin_score = 1\nmax_age = 1e9\nurls = [{json.dumps(f'jsonl:{self.alerts}')}]\n")
        self._config = str(config)

    def says(self, title: str, text: str = SAID, content: str = "") -> None:
        """Poll while the wire carries these words; an empty title stands for an empty feed."""
        body = f"<content:encoded>{content}</content:encoded>" if content else ""
        item = (
            f"<item><guid>urn:z:1</guid><title>{title}</title><link>https://ir.example.org/1</link>"
            f"<description>{text}</description>{body}<pubDate>{format_datetime(self.published)}</pubDate></item>"
        )
        space = "http://purl.org/rss/1.0/modules/content/"
        document = f'<rss version="2.0" xmlns:content="{space}"><channel><title>W</title>{item if title else ""}</channel></rss>'
        env = {
            "SCREENER_EDGAR__BASE_URL": self._server.url,
            "SCREENER_FEEDS__W__URL": self._server.route("/w.xml", document.encode()),
            "SCREENER_FEEDS__W__KIND": "feed",
        }
        done = self._run("--config", self._config, "run", "--feeds", "w", "--db", str(self.db), env=env)
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr

    def now(self) -> str:
        """A moment after everything so far and before everything to come."""
        time.sleep(0.02)
        at = dt.datetime.now(dt.UTC)
        time.sleep(0.02)
        return at.isoformat()

    def listed(self, as_of: str = "") -> list[dict[str, object]]:
        at = ("--as-of", as_of) if as_of else ()
        done = self._run("today", *at, "--format", "json", "--db", str(self.db))
        assert done.returncode == 0, done.stderr
        rows: list[dict[str, object]] = json.loads(done.stdout or "[]")
        return rows

    def headlines(self, as_of: str = "") -> list[object]:
        return [r["headline"] for r in self.listed(as_of)]

    def count(self, table: str) -> int:
        connection = sqlite3.connect(self.db)
        try:
            found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            return found
        finally:
            connection.close()


@pytest.fixture
def wire(run: Run, fault_server: WireServer, tmp_path: Path) -> Wire:
    return Wire(run, fault_server, tmp_path)


def test_the_newest_wording_shows_and_the_older_stays(wire: Wire) -> None:
    wire.says(FIRST)
    between = wire.now()
    assert wire.headlines() == [FIRST]
    newer = "Zorvane Corp. Announces 1-for-25 Reverse Split"
    wire.says(newer, SAID.replace("1-for-20", "1-for-25"))
    assert wire.headlines() == [newer]
    assert wire.headlines(between) == [FIRST]
    wire.says(newer, SAID.replace("1-for-20", "1-for-25"))
    assert (wire.count("stories"), wire.count("items"), wire.count("item_versions")) == (1, 1, 1)


def test_only_the_title(wire: Wire) -> None:
    wire.says(FIRST)
    between = wire.now()
    wire.says("Board Approves Consolidation of Zorvane Shares, Reverse Stock Split")
    assert wire.headlines() == ["Board Approves Consolidation of Zorvane Shares, Reverse Stock Split"]
    assert wire.headlines(between) == [FIRST] and wire.count("stories") == 1


@pytest.mark.parametrize("where", ["summary", "content"])
def test_only_the_body_decides_the_facts_too(wire: Wire, where: str) -> None:
    title, old = "Zorvane Announces Reverse Stock Split", SAID
    new = old.replace("1-for-20", "1-for-40")
    short = "Zorvane Corp. (Nasdaq: ZVNE)."
    wire.says(title, *((old, "") if where == "summary" else (short, old)))
    wire.says(title, *((new, "") if where == "summary" else (short, new)))
    assert wire.count("stories") == 1 and wire.count("item_versions") == 1
    connection = sqlite3.connect(wire.db)
    facts = connection.execute("SELECT facts FROM catalysts WHERE type = 'reverse_split'").fetchall()
    connection.close()
    assert [json.loads(f[0])["ratio"] for f in facts] == ["1-for-40"]


def test_back_to_the_first_wording_and_removed(wire: Wire) -> None:
    wire.says(FIRST)
    wire.says(FIRST.replace("20", "30"))
    between = wire.now()
    wire.says(FIRST)
    assert wire.headlines() == [FIRST] and wire.headlines(between) == [FIRST.replace("20", "30")]
    wire.says("")
    assert wire.headlines() == [FIRST] and wire.count("item_versions") == 2


def test_a_typo_is_no_second_alert(wire: Wire) -> None:
    wire.says(FIRST.replace("Announces", "Anounces"))
    wire.says(FIRST)
    assert wire.headlines() == [FIRST]
    assert wire.count("item_versions") == 1 and wire.count("alerts") == 1


def test_a_corrected_ticker_leaves_the_wrong_one(wire: Wire) -> None:
    wire.says(FIRST, SAID.replace("ZVNE", "ZVNX"))
    wire.says(FIRST)
    assert [r["ticker"] for r in wire.listed()] == ["ZVNE"]

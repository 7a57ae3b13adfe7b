"""``screener feeds``: what is read, how well, and adding to it, over a local server."""

from __future__ import annotations

import datetime as dt
import json
from email.utils import format_datetime
from pathlib import Path

import pytest

from screener.store import open_store
from screener.types import FeedState, Item, SourceRef, Story
from tests.cli.conftest import Run
from tests.server.app import WireServer
from tests.server.faults import rss

NOW = dt.datetime.now(dt.UTC)


def fill(path: Path) -> None:
    """A feed with four items that came 10, 20, 30 and 400 seconds after publication, and three that are not well."""
    with open_store(path) as store, store.transaction():
        for n, lag in enumerate((10, 20, 30, 400)):
            received = NOW - dt.timedelta(hours=1)
            item = Item(
                source="globenewswire", source_id=str(n), title=f"Item {n}", received=received,
                published=received - dt.timedelta(seconds=lag),
            )  # fmt: skip
            source = SourceRef(source=item.source, received=received, source_id=item.source_id)
            store.stories.save(
                Story(id=str(n), title=item.title, published=received, first_seen=received, sources=(source,)), received
            )
            store.items.add([(item, str(n))])
        for state in (
            FeedState(name="globenewswire", last_success=NOW, gaps=2),
            FeedState(name="prnewswire", failures=3, last_error="answered 503", last_error_at=NOW, last_success=NOW),
            FeedState(name="businesswire", failures=5, disabled="found nothing 5 times in a row"),
        ):
            store.feeds.save(state)


def test_list_tells_state_lag_rate_and_gaps(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "s.db"
    fill(db)
    done = run(
        "feeds", "list", "--db", str(db), "--format", "json", env={"SCREENER_FEEDS__FDA_PRESS__ENABLED": "false"}
    )
    assert done.returncode == 0, done.stderr
    feeds = {f["name"]: f for f in json.loads(done.stdout)}
    wire = feeds["globenewswire"]
    assert (wire["state"], wire["gaps"], wire["lag_median"], wire["lag_p95"]) == ("ok", 2, 25.0, 400.0)
    assert wire["items_per_hour"] == round(4 / 24, 2)
    assert feeds["prnewswire"]["state"] == "failing (3)" and feeds["prnewswire"]["last_error"] == "answered 503"
    assert feeds["businesswire"]["state"].startswith("disabled itself: found nothing")
    assert feeds["fda_press"]["state"] == "off" and feeds["edgar"]["state"] == "never read"
    shared = [f for f in feeds.values() if f["name"].startswith("globenewswire_")]
    assert shared and all(f["lag_median"] in (25.0, None) for f in shared)
    table = run("feeds", "list", "--db", str(db))
    line = next(x for x in table.stdout.splitlines() if x.startswith("globenewswire "))
    assert "25 s" in line and "400 s" in line and " 2 " in line
    assert run("feeds", "list", "--db", str(tmp_path / "none.db")).returncode == 0


def test_check_says_what_came_and_what_is_wrong(run: Run, fault_server: WireServer) -> None:
    good = {
        "SCREENER_FEEDS__GLOBENEWSWIRE__URL": fault_server.route("/gnw.xml", rss(4, "GlobeNewswire - Public Companies"))
    }
    done = run("feeds", "check", "globenewswire", env=good)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "globenewswire: 4 items, newest 2025-12-12 08:03 ET" in done.stdout and "[ZPHQ]" in done.stdout
    for fault, words in (("html", "HTML page"), ("404", "404 Not Found"), ("empty", "empty"), ("loop", "circle")):
        bad = {"SCREENER_FEEDS__GLOBENEWSWIRE__URL": f"{fault_server.url}/fault/{fault}"}
        done = run("feeds", "check", "globenewswire", env=bad)
        problems = [x for x in done.stdout.splitlines() if x.startswith("  problem:")]
        assert done.returncode == 1 and len(problems) == 1 and words in problems[0], done.stdout
        assert "Traceback" not in done.stderr


def test_an_unknown_name_has_a_nearest_one(run: Run) -> None:
    done = run("feeds", "check", "globenewswir")
    assert done.returncode == 2 and "did you mean globenewswire" in done.stderr and len(done.stderr.splitlines()) == 1


def test_add_shows_what_it_understood_and_test_accepts_it(run: Run, fault_server: WireServer, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    env = {"SCREENER_RULES__FOLDERS": str(mine)}
    url = fault_server.route("/ir.xml", rss(5, 'Zephyra\'s "News": all'))
    done = run("feeds", "add", url, "--name", "zephyra_ir", env=env)
    assert done.returncode == 0, done.stderr
    assert "5 entries, 5 items from 2025-12-12 08:00 ET to 2025-12-12 08:04 ET" in done.stdout
    assert "with a time: 5, a ticker: 5, text: 5" in done.stdout and "Zephyra Robotics wins order 4" in done.stdout
    assert run("feeds", "test", "zephyra_ir", env=env).returncode == 0
    feeds = {f["name"]: f for f in json.loads(run("feeds", "list", "--format", "json", env=env).stdout)}
    assert feeds["zephyra_ir"]["url"] == url
    assert run("feeds", "check", "zephyra_ir", env=env).returncode == 0
    fault_server.route("/ir.xml", rss(5, "Another feed"))
    moved = run("feeds", "check", "zephyra_ir", env=env)
    assert moved.returncode == 1 and "another feed came" in moved.stdout
    again = run("feeds", "add", url, "--name", "zephyra_ir", env=env)
    assert again.returncode == 2 and "of that name already" in again.stderr
    assert run("feeds", "remove", "zephyra_ir", env=env).returncode == 0
    assert not list((mine / "feeds").iterdir())
    gone = run("feeds", "remove", "zephyra_ir", env=env)
    assert gone.returncode == 2 and len(gone.stderr.splitlines()) == 1


def test_add_names_the_folder_it_needs(run: Run, fault_server: WireServer, tmp_path: Path) -> None:
    url = f"{fault_server.url}/fault/good"
    done = run("feeds", "add", url)
    assert done.returncode == 2 and "--folder" in done.stderr
    done = run("feeds", "add", url, "--folder", str(tmp_path / "new"))
    assert done.returncode == 0 and "[rules] folders" in done.stdout
    assert (tmp_path / "new" / "feeds" / "127_0_0_1.yml").is_file()


@pytest.mark.parametrize(
    ("fault", "words"), [("html", "HTML page"), ("404", "404 Not Found"), ("noitems", "no entries"), ("empty", "empty")]
)
def test_add_writes_nothing_for_what_is_no_feed(
    run: Run, fault_server: WireServer, tmp_path: Path, fault: str, words: str
) -> None:
    done = run("feeds", "add", f"{fault_server.url}/fault/{fault}", "--folder", str(tmp_path))
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    assert words in done.stderr and "nothing was written" in done.stderr
    assert not list(tmp_path.rglob("*.yml"))


@pytest.mark.parametrize("url", ["ir.example.com/rss", "ftp://example.com/x", "https://"])
def test_add_wants_a_whole_address(run: Run, tmp_path: Path, url: str) -> None:
    done = run("feeds", "add", url, "--folder", str(tmp_path))
    assert done.returncode == 2 and "https://" in done.stderr


def test_a_feed_of_ones_own_is_one_file(run: Run, fault_server: WireServer, tmp_path: Path) -> None:
    """As the README says: a folder named in the settings, and ``feeds add`` with the page's address."""
    now = dt.datetime.now(dt.UTC)
    document = (
        '<rss version="2.0"><channel><title>Harrow Lake Newsroom</title><item><guid>h1</guid>'
        "<title>Harrow Lake Announces 1-for-15 Reverse Stock Split</title><link>https://ir.example.org/h1</link>"
        "<description>Harrow Lake Corp. (Nasdaq: HRLK) said so.</description>"
        f"<pubDate>{format_datetime(now)}</pubDate></item></channel></rss>"
    )
    address, folder = fault_server.route("/own.xml", document.encode()), tmp_path / "my"
    settings = tmp_path / "screener.toml"
    settings.write_text(f"[rules]\nfolders = [{json.dumps(str(folder))}]\n", encoding="utf-8")

    def go(*args: str) -> str:
        done = run("--config", str(settings), *args, env={"SCREENER_EDGAR__BASE_URL": fault_server.url})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    go("feeds", "add", address, "--folder", str(folder), "--name", "harrow_lake")
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()] == ["feeds/harrow_lake.yml"]
    db = ("--db", str(tmp_path / "own.db"))
    assert "harrow_lake" in go("feeds", "list", *db) and "harrow_lake" in go("feeds", "check", "harrow_lake", *db)
    go("run", "--feeds", "harrow_lake", *db)
    (row,) = json.loads(go("today", "--format", "json", *db))
    assert (row["ticker"], row["source"], row["catalyst"]) == ("HRLK", "harrow_lake", "reverse_split")

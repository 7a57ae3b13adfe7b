"""``screener alerts`` and ``screener brief`` as a user runs them."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.alerts.making import Mailbox, html_part, plain_part, smtp
from tests.cli.conftest import ROOT, Run
from tests.server.app import Reply, WireServer

OPEN = {"SCREENER_ALERTS__MIN_SCORE": "10", "SCREENER_ALERTS__LEVELS": "", "SCREENER_ALERTS__MAX_AGE": "100000"}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def db(demo_db: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_db, tmp_path / "own.db"))


@pytest.fixture
def sent(run: Run, db: Path) -> tuple[Path, list[dict[str, object]]]:
    done = run("alerts", "send", "--db", str(db), env={"SCREENER_ALERTS__URLS": "jsonl:-"})
    assert done.returncode == 0, done.stderr
    return db, [json.loads(line) for line in done.stdout.splitlines()]


def bankruptcy(folder: Path) -> Path:
    """An item of this minute."""
    now = dt.datetime.now(dt.UTC)
    item = {
        "source": "wire", "source_id": "1", "title": "Zorbex Works Files Voluntary Chapter 11 Petition",
        "body": "Zorbex Works (Nasdaq: ZORB) today filed a voluntary petition under Chapter 11.", "published": now.isoformat(),
        "ticker_hints": ["ZORB"], "url": "https://wire.example/1",
    }  # fmt: skip
    path = folder / "items.jsonl"
    path.write_text(json.dumps(item) + "\n")
    return path


def test_a_run_queues_and_send_delivers_once(run: Run, tmp_path: Path) -> None:
    out, db = tmp_path / "alerts.jsonl", tmp_path / "live.db"
    env = {**OPEN, "SCREENER_ALERTS__URLS": f"jsonl:{out}"}
    done = run("run", "--items", str(bankruptcy(tmp_path)), "--db", str(db), env=env)
    assert done.returncode == 0, done.stderr
    (queued,) = json.loads(run("alerts", "list", "--format", "json", "--db", str(db), env=env).stdout)
    assert queued["state"] == "pending" and {"received", "classified", "ranked", "queued"} <= set(queued["times"])
    assert not out.exists()
    for _ in range(2):
        assert run("alerts", "send", "--db", str(db), env=env).returncode == 0
    (line,) = out.read_text().splitlines()
    assert json.loads(line)["ticker"] == "ZORB" and json.loads(line)["words"][0] == "Files Voluntary Chapter 11"
    (listed,) = json.loads(run("alerts", "list", "--format", "json", "--db", str(db), env=env).stdout)
    assert listed["state"] == "sent" and listed["times"]["delivered"] == listed["sent"]
    latency = json.loads(run("alerts", "latency", "--format", "json", "--db", str(db)).stdout)
    assert [r["span"] for r in latency][-2:] == ["received to delivered", "published to delivered"]


def test_alerts_decided_without_a_channel_are_owed_to_the_first(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "live.db"
    assert run("run", "--items", str(bankruptcy(tmp_path)), "--db", str(db), env=OPEN).returncode == 0
    listed = run("alerts", "list", "--db", str(db), env=OPEN)
    assert "[unsent: no channel]" in listed.stdout
    done = run("alerts", "send", "--db", str(db), env={**OPEN, "SCREENER_ALERTS__URLS": "jsonl:-"})
    assert len(done.stdout.splitlines()) == 1


def test_a_replay_alerts_nobody(run: Run, tmp_path: Path) -> None:
    db, as_of = str(tmp_path / "past.db"), (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)).isoformat()
    env = {**OPEN, "SCREENER_ALERTS__URLS": "jsonl:-"}
    done = run("run", "--items", str(bankruptcy(tmp_path)), "--as-of", as_of, "--db", db, env=env)
    assert done.returncode == 0 and done.stdout == ""
    assert json.loads(run("alerts", "list", "--format", "json", "--db", db).stdout) == []


def test_send_on_a_stored_list_writes_clean_lines(sent: tuple[Path, list[dict[str, object]]], run: Run) -> None:
    db, lines = sent
    assert len(lines) >= 10 and all(a["version"] == 1 and a["words"] and a["why"] for a in lines)
    again = run("alerts", "send", "--db", str(db), env={"SCREENER_ALERTS__URLS": "jsonl:-"})
    assert again.returncode == 0 and again.stdout == ""


def test_why_tells_message_rules_and_channels(sent: tuple[Path, list[dict[str, object]]], run: Run) -> None:
    db, lines = sent
    done = run("alerts", "why", str(lines[0]["id"])[:8], "--db", str(db))
    for part in (str(lines[0]["ticker"]), "Why:", "Catch:", "rules:", "jsonl:-: sent", "told so far:"):
        assert part in done.stdout
    assert run("alerts", "why", "nosuch", "--db", str(db)).returncode == 2


def test_why_not_names_the_stops(run: Run, db: Path) -> None:
    rows = json.loads(run("today", "--db", str(db), "--format", "json").stdout)
    last = rows[-1]["ticker"]
    done = run("alerts", "why-not", last, "--db", str(db))
    assert "STOP  min_score" in done.stdout and "pass  mute" in done.stdout
    assert "not on the list" in run("alerts", "why-not", "NOSUCH", "--db", str(db)).stderr


def test_feed_files(sent: tuple[Path, list[dict[str, object]]], run: Run, tmp_path: Path) -> None:
    db, lines = sent
    atom, feed = tmp_path / "a.atom", tmp_path / "a.json"
    env = {"SCREENER_ALERTS__PAGE_URL": "https://page.example"}
    done = run("alerts", "feed", "--atom", str(atom), "--json", str(feed), "--db", str(db), env=env)
    assert done.returncode == 0
    root = ElementTree.fromstring(atom.read_text())
    entries, items = root.findall(f"{ATOM}entry"), json.loads(feed.read_text())["items"]
    assert len(entries) == len(items) == len(lines)
    ids = {str(e.findtext(f"{ATOM}id")) for e in entries}
    assert ids == {i["id"] for i in items} == {f"urn:screener:alert:{a['id']}" for a in lines}
    assert items[0]["url"].startswith("https://page.example/ticker/") and items[0]["external_url"]
    assert json.loads(run("alerts", "feed", "--db", str(db)).stdout)["version"].startswith("https://jsonfeed.org/")


def test_test_sends_a_marked_sample(run: Run, tmp_path: Path) -> None:
    done = run("alerts", "test", env={"SCREENER_ALERTS__URLS": "jsonl:- bell:"})
    assert done.returncode == 0 and json.loads(done.stdout)["test"] is True
    assert "\a[TEST]" in done.stderr
    bad = run("alerts", "test", env={"SCREENER_ALERTS__URLS": f"jsonl:{tmp_path} jsonl:-"})
    assert bad.returncode == 1 and json.loads(bad.stdout)["test"] is True and "1 of 2 channels" in bad.stderr


@pytest.mark.parametrize("command", ["send", "test"])
def test_without_a_channel_it_says_what_to_set(run: Run, db: Path, command: str) -> None:
    args = ("--db", str(db)) if command == "send" else ()
    done = run("alerts", command, *args)
    assert done.returncode == 2 and "[alerts] urls" in done.stderr


def test_dead_ones_are_shown_and_can_be_revived(run: Run, db: Path, tmp_path: Path) -> None:
    out = tmp_path / "taken"
    out.mkdir()
    env = {"SCREENER_ALERTS__URLS": f"jsonl:{out}", "SCREENER_ALERTS__MAX_ATTEMPTS": "1"}
    assert (
        run(
            "alerts", "send", "--wait", "60", "--db", str(db), env={**env, "SCREENER_ALERTS__TICKERS": "QTKO"}
        ).returncode
        == 1
    )
    listed = run("alerts", "list", "--state", "dead", "--db", str(db), env=env)
    assert "QTKO" in listed.stdout and "alerts send --dead" in listed.stderr
    examined = run("doctor", "--db", str(db), env=env)
    assert "1 deliveries given up" in examined.stdout + examined.stderr
    out.rmdir()
    env["SCREENER_ALERTS__TICKERS"] = "QTKO"
    revived = run("alerts", "send", "--dead", "--db", str(db), env=env)
    assert revived.returncode == 0, revived.stderr
    assert json.loads(out.read_text())["ticker"] == "QTKO"


def test_watch_alerts_what_a_feed_brings(home: dict[str, str], tmp_path: Path, server: WireServer) -> None:
    when = dt.datetime.now(dt.UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    item = (
        "<item><guid>1</guid><title>Zorbex Works Files Voluntary Chapter 11 Petition</title>"
        f"<description>Zorbex Works (Nasdaq: ZORB) filed.</description><pubDate>{when}</pubDate></item>"
    )
    feed = f'<rss version="2.0"><channel><title>Wire</title>{item}</channel></rss>'.encode()
    server.route("/wire.xml", lambda _: Reply(feed))
    out, config = tmp_path / "alerts.jsonl", tmp_path / "screener.toml"
    config.write_text(
        f'[edgar]\nbase_url = "{server.url}"\nenabled = false\n'
        f'[feeds.near]\nkind = "feed"\nurl = "{server.url}/wire.xml"\nevery = 1\n'
        f'[alerts]\nurls = ["jsonl:{out}"]\nmin_score = 10\nlevels = []\n'
    )
    command = [sys.executable, "-m", "screener", "run", "--watch", "--feeds", "near", "--db", str(tmp_path / "w.db")]
    env = {**os.environ, **home, "SCREENER_CONFIG": str(config), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as watch:
        until = time.monotonic() + 60
        while (
            not (out.exists() and out.read_text().endswith("\n")) and time.monotonic() < until and watch.poll() is None
        ):
            time.sleep(0.05)
        watch.send_signal(signal.SIGINT)
        said = watch.communicate(timeout=30)[1]
    assert watch.returncode == 0, said
    (alert,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert alert["ticker"] == "ZORB" and {"received", "classified", "ranked", "queued"} <= set(alert["times"])


# ---- brief ----


def test_brief_has_market_rows_and_dates(run: Run, demo_db: Path) -> None:
    done = run("brief", "--db", str(demo_db), "--top", "3")
    assert done.returncode == 0 and not done.stderr
    heads = [line for line in done.stdout.splitlines() if line.startswith("#")]
    assert [h.split(" (")[0] for h in heads[1:]] == ["## Market", "## Worth a look", "## Trouble", "## Known dates"]
    assert heads[0] == "# Small-cap catalysts, Thursday 2026-03-12, after the close"
    assert done.stdout.count("by the words") >= 5 and "Catch:" in done.stdout and "not investment advice" in done.stdout


def test_brief_without_a_list(run: Run, tmp_path: Path, demo_db: Path) -> None:
    done = run("brief", "--db", str(demo_db), "--date", "2020-01-02")
    assert done.returncode == 2 and "no list stored" in done.stderr


@pytest.fixture
def mail() -> Iterator[tuple[str, Mailbox]]:
    yield from smtp()


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def test_brief_is_mailed_as_text_and_html(run: Run, demo_db: Path, mail: tuple[str, Mailbox]) -> None:
    url, box = mail
    done = run("brief", "--send", "--db", str(demo_db), env={"SCREENER_ALERTS__URLS": f"{url} jsonl:-"})
    assert done.returncode == 0 and done.stdout == "", done.stderr
    assert box.mails[0]["Subject"] == "Small-cap catalysts, Thursday 2026-03-12, after the close"
    html = "".join(html_part(m) for m in box.mails)
    assert "<h2>Market</h2>" in html and "<strong>QTKO</strong>" in html and "\\" not in html
    assert "QTKO" in "".join(plain_part(m) for m in box.mails)


def test_brief_needs_a_channel_for_people(run: Run, demo_db: Path) -> None:
    done = run("brief", "--send", "--db", str(demo_db), env={"SCREENER_ALERTS__URLS": "jsonl:-"})
    assert done.returncode == 2 and "Apprise" in done.stderr

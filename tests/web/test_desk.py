"""The desk, the stream, marks from the page, saved views, the line on top, feeds that move."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Never

import feedparser
import httpx2
import pytest
from click.testing import CliRunner

from screener import config
from screener.cli import cli
from screener.config import RowFilter
from screener.errors import StoreError
from screener.outputs.brief import day_brief
from screener.store import open_store
from screener.types import Quote, Run
from screener.web import marking, status
from screener.web.changed import Changed
from screener.web.listing import key_of
from screener.web.marking import MOST_BYTES, MOST_VIEWS
from screener.web.query import Filters
from screener.web.site import FRESH_SECONDS
from screener.web.views import SavedViews, snippet
from tests.web.conftest import AS_OF, DAY, EARLIER, fill, replaced, row, running, stories

WORD = "correct horse"
LOCAL = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx2.Client, Path]]:
    """A page that may write, over a store of its own."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    with open_store(path) as store:
        fill(store)
    with (
        running(path, config.Settings(filters={"kept": RowFilter(side=("up",))}), password=WORD) as (address, served),
        httpx2.Client(base_url=address, timeout=60, trust_env=False, auth=("me", WORD)) as client,
    ):
        served.site.brief = day_brief
        yield client, path


def token(client: httpx2.Client, ticker: str) -> str:
    text = client.get(f"/ticker/{ticker}").text
    return text.partition('name="token" value="')[2].partition('"')[0]


def standing(path: Path, ticker: str) -> tuple[bool, bool, int]:
    with open_store(path, readonly=True) as store:
        m = store.marks.standing().get(ticker)
    return (m.listed, m.pinned, len(m.notes)) if m else (False, False, 0)


def test_marks_are_kept_and_seen(own: tuple[httpx2.Client, Path]) -> None:
    client, path = own
    held = token(client, "ZORN")
    for action, note in (("pin", ""), ("add", ""), ("note", "mind the <b>split</b>")):
        sent = {"token": held, "ticker": "ZORN", "action": action, "note": note}
        answer = client.post("/marks", data=sent, headers=LOCAL)
        assert (answer.status_code, answer.headers["location"]) == (303, "/ticker/ZORN")
    assert standing(path, "ZORN") == (True, True, 1)
    assert "mind the &lt;b&gt;split&lt;/b&gt;" in client.get("/desk").text
    assert [r["ticker"] for r in client.get("/list.json").json()][:2] == ["QBLA", "ZORN"]  # both pinned, by rank


@pytest.mark.parametrize(
    ("change", "headers", "status"),
    [
        ({}, {"sec-fetch-site": "cross-site"}, 403), ({}, {"sec-fetch-site": "same-site"}, 403),
        ({}, {"sec-fetch-site": "none"}, 403),
        ({}, {}, 403), ({}, {"origin": "https://evil.example"}, 403), ({}, {"origin": "null"}, 403),
        ({"token": "0" * 64}, LOCAL, 403), ({"token": ""}, LOCAL, 403), ({"action": "delete"}, LOCAL, 400),
        ({"action": "note"}, LOCAL, 400), ({"ticker": "<b>"}, LOCAL, 400), ({"note": "x" * (MOST_BYTES + 1)}, LOCAL, 403),
        ({"action": "note", "note": "x" * 2001}, LOCAL, 400),
    ],
)  # fmt: skip
def test_marks_are_not_taken(
    own: tuple[httpx2.Client, Path], change: dict[str, str], headers: dict[str, str], status: int
) -> None:
    client, path = own
    sent = {"token": token(client, "QPHA"), "ticker": "QPHA", "action": "pin", "note": ""} | change
    assert client.post("/marks", data=sent, headers=headers).status_code == status
    assert standing(path, "QPHA") == (False, False, 0)


def test_the_origin_counts_where_a_browser_says_no_more(own: tuple[httpx2.Client, Path]) -> None:
    client, path = own
    sent = {"token": token(client, "QLNG"), "ticker": "QLNG", "action": "mute"}
    answer = client.post("/marks", data=sent, headers={"origin": str(client.base_url).rstrip("/")})
    assert answer.status_code == 303


def post_view(client: httpx2.Client, action: str, name: str, query: str = "", **more: str) -> httpx2.Response:
    sent = {"token": token(client, "QPHA"), "action": action, "view": name, "query": query} | more
    answer: httpx2.Response = client.post("/marks", data=sent, headers=LOCAL)
    return answer


HOSTILE = '"><script>x</script>'


def test_a_view_is_saved_shown_used_and_deleted(own: tuple[httpx2.Client, Path]) -> None:
    client, path = own
    query = "polarity=good&source=examplewire&max_age=12&min_price=1&sort=-change&apart=1"
    answer = post_view(client, "save_view", " my  view ", f"?day={DAY}&page=3&{query}")
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"/?day={DAY}&")
    assert post_view(client, "save_view", HOSTILE, "side=up").status_code == 303
    page = client.get("/").text
    assert "<bdi>my view</bdi>" in page and "<script>x" not in page and "&lt;script&gt;x" in page
    assert client.get(f"/?{query}").text.count('aria-current="true"><bdi>my view') == 1
    ran = CliRunner().invoke(
        cli, ["today", "@my view", "--as-of", f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}", "--format", "json", "--db", str(path)]
    )
    shown = client.get(f"/list.json?{query}&as_of={AS_OF:%Y-%m-%dT%H:%M:%SZ}").json()
    assert [r["ticker"] for r in shown] == [r["ticker"] for r in json.loads(ran.stdout)] != []
    post_view(client, "save_view", "my view", "side=down")  # in place of the one of this name
    with open_store(path, readonly=True) as store:
        assert store.views.all()["my view"] == RowFilter(side=("down",), sort="rank")
    for name in ("my view", HOSTILE, "never was"):
        assert post_view(client, "drop_view", name).status_code == 303
    assert client.get("/").text.count("<bdi>kept</bdi>") == 1 and "drop_view" not in client.get("/").text


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", ""), ("x" * 41, ""), ("@x", ""), ("--db", ""), ("\u202e", ""), ("kept", ""), ("new", "sort=sideways"),
        ("new", "max_cap=lots"),
    ],
)  # fmt: skip
def test_a_view_that_is_not_taken(own: tuple[httpx2.Client, Path], name: str, query: str) -> None:
    client, path = own
    assert post_view(client, "save_view", name, query).status_code == 400
    with open_store(path, readonly=True) as store:
        assert store.views.all() == {}


def test_views_have_an_end_and_need_the_token(own: tuple[httpx2.Client, Path]) -> None:
    client, path = own
    assert post_view(client, "save_view", "new", token="").status_code == 403
    with open_store(path) as store:
        with store.transaction():
            for n in range(MOST_VIEWS):
                store.views.save(f"v{n}", RowFilter(), AS_OF)
        assert post_view(client, "save_view", "one more").status_code == 400
        assert post_view(client, "save_view", "v0", "side=up").status_code == 303
        with store.transaction():
            for n in range(MOST_VIEWS):
                store.views.drop(f"v{n}")


def test_a_writer_who_does_not_end_is_said(own: tuple[httpx2.Client, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = own
    given = token(client, "QPHA")

    def busy(*_: object) -> Never:
        raise StoreError("the database is locked: another screener is writing")

    monkeypatch.setattr(marking, "open_store", busy)
    sent = {"token": given, "action": "save_view", "view": "late", "query": ""}
    answer = client.post("/marks", data=sent, headers=LOCAL)
    assert answer.status_code == 503 and "another screener is writing" in answer.text
    assert client.get("/?side=down").status_code == 200


def test_a_source_is_named_as_it_is(http: httpx2.Client) -> None:
    for path in ("/", "/stream"):
        assert http.get(path, params={"source": 'Wire "Plus" <b> & Co'}).status_code == 200, path


def test_nothing_is_written_without_a_password(http: httpx2.Client) -> None:
    assert http.post("/marks", data={"ticker": "QPHA", "action": "pin"}, headers=LOCAL).status_code == 405
    assert 'action="/marks"' not in http.get("/ticker/QPHA").text


def test_other_posts_stay_refused(own: tuple[httpx2.Client, Path]) -> None:
    client, _ = own
    for path in ("/", "/marks/", "/desk", "/data", "/-/permissions"):
        assert client.post(path, headers=LOCAL).status_code == 405, path


def test_the_brief_is_the_one_of_the_command(own: tuple[httpx2.Client, Path]) -> None:
    client, path = own
    with open_store(path, readonly=True) as store:
        title, text = day_brief(store, config.Settings(), DAY, None)
    page = client.get("/desk/brief").text
    assert title in page and text.splitlines()[0] in page


def test_what_changed_since_a_moment(http: httpx2.Client) -> None:
    text = http.get("/desk?since=10:00").text
    part = text.partition('id="changed-h"')[2].partition("</section>")[0]
    assert part.count(">new</b>") == 4 and "QBLA" in part and "12 Mar 10:00 ET" in part


def test_the_stream_is_in_order_and_filters(http: httpx2.Client) -> None:
    def ids(query: str) -> list[str]:
        text = http.get("/stream" + query).text
        return [x.partition('"')[0] for x in text.split('<li id="s-')[1:]]

    every = ids("")
    assert every == sorted(every, key=lambda i: int(i, 16))  # the story of n hours ago has the number n
    assert ids("?ticker=QBLA") == [f"{8:016x}", f"{30:016x}"]
    assert ids("?catalyst=reverse_split") == [f"{9:016x}"]
    assert ids("?q=harbour&ticker=QBLA&catalyst=government_contract") == [f"{8:016x}"]
    assert ids("?source=badwire") == [f"{4:016x}"]
    assert set(ids("?own=1")) == {f"{8:016x}", f"{30:016x}"}
    assert ids("?as_of=2026-03-12T13:30:00Z") == [f"{9:016x}", f"{30:016x}"]
    assert 'href="/#row-QBLA"' in http.get("/stream").text


def test_rows_outside_the_universe_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "out.db"
    with open_store(path) as store:
        told = stories()[:3]
        rows = [row(s, c, n, score, outside="too large" if n == 2 else "") for n, (s, c, score) in enumerate(told, 1)]
        run = Run(id="run-2", started=AS_OF, as_of=AS_OF, day=DAY)
        with store.transaction():
            store.runs.start(run)
            store.lists.save(run, rows)
    with running(path) as (address, _), httpx2.Client(base_url=address, timeout=60, trust_env=False) as client:
        assert [(r["rank"], r["ticker"]) for r in client.get("/list.json").json()] == [(1, "QBLA"), (2, "QPHA")]
        assert [r["ticker"] for r in client.get("/list.json?all=1").json()] == ["QBLA", "ZORN", "QPHA"]
        answer = client.get("/api/today").json()
        assert (answer["total"], answer["outside"]) == (2, 1)
        assert "outside the universe: too large" in client.get("/ticker/ZORN").text


def test_an_entry_moves_when_its_row_does(tmp_path: Path) -> None:
    path = tmp_path / "feed.db"
    with open_store(path) as store:
        fill(store)
        with running(path) as (address, _), httpx2.Client(base_url=address, timeout=60, trust_env=False) as client:

            def moments() -> dict[str, str]:
                feed = feedparser.parse(client.get("/feed.atom").text)
                return {e.tags[0].term: e.updated for e in feed.entries}

            before = moments()
            later = AS_OF + dt.timedelta(minutes=7)
            run = Run(id="run-3", started=later, as_of=later, day=DAY)
            rows = [row(s, c, n, score - (20 if n == 1 else 0)) for n, (s, c, score) in enumerate(stories(), 1)]
            with store.transaction():
                store.runs.start(run)
                store.lists.save(run, [replaced(r, n, run.id, DAY, later) for n, r in enumerate(rows, 1)])
            time.sleep(FRESH_SECONDS + 0.05)
            after = moments()
            assert after["QBLA"] == "2026-03-12T22:17:00Z" and before["QBLA"] != after["QBLA"]
            assert {t: m for t, m in after.items() if t != "QBLA"} == {t: m for t, m in before.items() if t != "QBLA"}


def test_a_server_started_again_says_the_same_of_when_rows_changed(tmp_path: Path) -> None:
    """With more lists on the day than are looked at twice, and one that came late for an earlier moment."""
    path = tmp_path / "long.db"
    with open_store(path) as store:
        fill(store)
        told = stories()

        def save(minute: int, change: float) -> None:
            at = AS_OF + dt.timedelta(minutes=minute)
            run = Run(id=f"long-{minute}", started=at, as_of=at, day=DAY)
            rows = [row(s, c, n, score + (change if n == 2 else minute if n == 1 else 0))
                    for n, (s, c, score) in enumerate(told, 1)]  # fmt: skip
            store.runs.start(run)
            store.lists.save(run, [replaced(r, n, run.id, DAY, at) for n, r in enumerate(rows, 1)])

        with store.transaction():
            for n in range(2, 160, 2):
                save(n, 9.0)
        running_on = Changed()
        before = running_on.moments(store, DAY)
        assert before == Changed().moments(store, DAY) == running_on.moments(store, DAY)
        second = key_of(row(told[1][0], told[1][1], 2, 0.0))
        assert before[second] == AS_OF + dt.timedelta(minutes=2)  # of the first list that said so, not of the last ones
        with store.transaction():
            save(1, 9.0)
        again = running_on.moments(store, DAY)
        assert again == Changed().moments(store, DAY) and again[second] == AS_OF + dt.timedelta(minutes=1)


def test_the_feed_stands_still_while_nothing_changes(http: httpx2.Client) -> None:
    first = http.get("/feed.atom").text
    time.sleep(FRESH_SECONDS + 0.05)
    assert http.get("/feed.atom").text == first


def test_saved_views_are_those_of_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "screener.toml"
    file.write_text(
        '[filters.gappers]\nmin_change = 10\nmax_cap = "300M"\nsort = "change"\n[filters.bad]\nside = ["sideways"]\n'
    )
    views = SavedViews(config.load(file, {}))
    assert views() == (("gappers", Filters(min_change=10.0, max_cap=3e8, sort="change")),)
    file.write_text(snippet(Filters(catalyst=("earnings",), max_price=4.5, own=True), "cheap"))
    assert views() == (("cheap", Filters(catalyst=("earnings",), max_price=4.5, own=True)),)


def test_the_line_on_top_says_what_is_wrong(store_path: Path, tmp_path: Path) -> None:
    def told(path: Path, now: dt.datetime) -> dict[str, tuple[str, str]]:
        with open_store(path, readonly=True) as store:
            return {p.key: (p.text, p.tone) for p in status.parts(store, {}, ["QBLA"], now)}

    soon = told(store_path, AS_OF + dt.timedelta(minutes=2))
    assert soon["list"] == ("list of 12 Mar 18:10 ET", "ok")
    assert soon["feeds"] == ("1 of 2 feeds work", "bad")
    assert soon["prices"] == ("prices to the close of 12 Mar", "ok")
    assert told(store_path, AS_OF + dt.timedelta(hours=1))["list"][1] == "bad"
    next_day = told(store_path, AS_OF + dt.timedelta(hours=16))
    assert next_day["list"][1] == "bad" and next_day["prices"][1] == "ok"
    assert told(store_path, AS_OF + dt.timedelta(days=4))["prices"][1] == "bad"
    empty = tmp_path / "empty.db"
    with open_store(empty) as store, store.transaction():
        store.bars.save_quotes([Quote(ticker="QBLA", as_of=EARLIER, last=3.0, source="x")])
    quoted = told(empty, EARLIER + dt.timedelta(minutes=5))
    assert quoted["prices"] == ("prices of 12 Mar 10:00 ET", "ok") and quoted["list"] == ("no list yet", "bad")
    assert told(empty, EARLIER + dt.timedelta(minutes=30))["prices"][1] == "bad"

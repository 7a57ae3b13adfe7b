"""What readers may take: memory and time of a query, connections, guesses, and what other sites ask for."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from screener import limits
from screener.store import open_store
from screener.web.guard import is_foreign
from screener.web.throttle import Throttle, key_of
from tests.web.conftest import fill, serving

ENDLESS = "with recursive c(n) as (select 1 union all select n+1 from c limit 3000000) select "
TOO_MUCH = {
    "zeroblob": "select zeroblob(300000000)",
    "randomblob": "select randomblob(100000000)",
    "printf": "select printf('%.*c', 300000000, 'x')",
    "printf of digits": "select printf('%300000000d', 1)",
    "format": "select format('%*d', 300000000, 1)",
    "replace": "select replace(hex(zeroblob(900000)), '0', 'aaaaaaaaaaaaaaaaaaaaaaaa')",
    "doubling": "with recursive c(x) as (select 'a' union all select x||x from c limit 40) select x from c",
    "group_concat": ENDLESS + "group_concat(hex(randomblob(200))) from c",
    "json_group_array": ENDLESS + "json_group_array(n || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxx') from c",
    "many rows of much": ENDLESS + "hex(zeroblob(200000)) from c",
    "much sorted": ENDLESS + "hex(randomblob(5000)) as x from c order by x",
    "many columns": ENDLESS + ", ".join(["hex(zeroblob(100000))"] * 30) + " from c",
    "a cross join": "select count(*) from stories a, stories b, stories c, bars d, bars e, bars f, bars g",
    "no end": "with recursive c(n) as (select 1 union all select n+1 from c) select count(*) from c",
    "a long pattern": "select hex(zeroblob(900000)) like '%" + "0" * 400 + "1'",
}


@pytest.mark.parametrize("name", TOO_MUCH)
@pytest.mark.parametrize("kind", [".json", ".csv", ""])
def test_query_that_takes_too_much_is_refused_in_little_memory(http: httpx2.Client, name: str, kind: str) -> None:
    tracemalloc.start()
    began = time.monotonic()
    answer = http.get(f"/data{kind}", params={"sql": TOO_MUCH[name]})
    took, peak = time.monotonic() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 400, answer.text[:300]
    assert took < 20 and peak < 80_000_000
    assert http.get("/data.json", params={"sql": "select 1 as one", "_shape": "array"}).json() == [{"one": 1}]


def test_ordinary_queries_and_pages_are_answered(http: httpx2.Client) -> None:
    def rows(sql: str) -> object:
        return http.get("/data.json", params={"sql": sql, "_shape": "array"}).json()

    assert rows("select printf('%.2f %s', 1.5, 'x') as p, length(zeroblob(1000000)) as n") == [
        {"p": "1.50 x", "n": 1000000}
    ]
    assert len(http.get("/data/stories.json?_shape=array&_size=max").json()) == 7
    assert len(http.get("/data/stories.csv?_stream=on").text.splitlines()) > 7
    assert http.get("/data/stories?_facet=form").status_code == 200


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u200b=1", "\uff1d1"]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/data/runs.csv?_stream=on", "/data/runs.csv", "/data.csv?sql=select model_id as p from runs"]
)
def test_csv_of_the_tables_holds_no_formula(tmp_path: Path, path: str) -> None:
    db = tmp_path / "rules.db"
    with open_store(db) as store:
        fill(store)
        with store.transaction():
            for n, text in enumerate(FORMULAS):
                store.connection.execute("UPDATE runs SET model_id = ? WHERE id = 'run-2'", (text,))
                store.connection.execute(
                    "INSERT INTO runs SELECT ?||id, started, finished, as_of, day, replayed, rules_digest, model_id, list_id, "
                    "counts FROM runs WHERE id = 'run-2'", (f"={n}",),
                )  # fmt: skip
    with serving(db) as address:
        answer = httpx2.get(address + path.replace(" ", "+"), trust_env=False, timeout=30)
    assert answer.status_code == 200
    cells = [c for line in csv.reader(io.StringIO(answer.text, newline="")) for c in line]
    assert len(cells) > len(FORMULAS)
    assert not [c for c in cells if c.strip("\u200b \t\r\n")[:1] in tuple("=+-@\uff1d") and c.strip()]


# ---- other sites ----


OWN = "127.0.0.1:8001"
OTHERS = {
    "a script": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    "a picture": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    "another port": {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "origin": "http://127.0.0.1:3000"},
    "a frame": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    "an unknown word": {"sec-fetch-site": "elsewhere"},
    "an origin": {"origin": "https://evil.example"},
    "no origin": {"origin": "null"},
    "an origin that begins alike": {"origin": f"http://{OWN}.evil.example"},
    "a referer": {"referer": "https://evil.example/127.0.0.1:8001/"},
    "a referer with our name as user": {"referer": f"http://{OWN}@evil.example/"},
}


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("path", ["/", "/data.json?sql=select+1", "/events", "/api/today", "/-/screener/page.js"])
def test_other_sites_get_nothing(site: str, headers: dict[str, str], path: str) -> None:
    own = site.partition("://")[2]
    given = {name: value.replace(OWN, own) for name, value in headers.items()}
    answer = httpx2.get(site + path, headers=given, trust_env=False, timeout=30)
    assert answer.status_code == 403 and "QBLA" not in answer.text


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, "/data.json?sql=select+1", 200),
        ({"sec-fetch-site": "same-origin"}, "/api/today", 200),
        ({"origin": "{site}"}, "/api/today", 200),
        ({"referer": "{site}/rules"}, "/data.json?sql=select+1", 200),
        (
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
            "/ticker/QBLA",
            200,
        ),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, "/data", 403),
        (
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
            "/api/today",
            403,
        ),
        ({}, "/data.json?sql=select+1", 200),
    ],
)
def test_the_page_itself_programs_and_links_in_mails_are_answered(
    site: str, headers: dict[str, str], path: str, status: int
) -> None:
    given = {name: value.format(site=site) for name, value in headers.items()}
    assert httpx2.get(site + path, headers=given, trust_env=False, timeout=30).status_code == status


def test_own_names_are_compared_without_case() -> None:
    assert not is_foreign({b"origin": b"http://LocalHost:80", b"host": b"localhost:80"}, linked=False)


# ---- passwords ----


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"me:{password}".encode()).decode()


MALFORMED = [
    b"Basic \xe9", b"Basic \xc3\xa9", b"\xff\xfe", b"Basic", b"Basic =", b"Basic ====", b"Bearer \xe9\x80", b"Basic YQ==",
    b"Basic " + b"A" * 9001, b"Digest username=\"\xe9\"", b"Basic \x00", b"basic\tbWU6d29yZA==",
]  # fmt: skip


@pytest.mark.parametrize("value", MALFORMED)
def test_malformed_authorization_is_refused(store_path: Path, value: bytes) -> None:
    with serving(store_path, host="0.0.0.0", password="word") as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
            link.sendall(
                b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: " + value + b"\r\n\r\n"
            )
            assert link.recv(4000).split(b" ")[1] in (b"400", b"401")


def test_guesses_end_and_the_right_password_from_another_client_passes(store_path: Path) -> None:
    with serving(store_path, host="0.0.0.0", password="word") as address, ExitStack() as stack:
        other = httpx2.HTTPTransport(local_address="127.0.0.2")
        friend = stack.enter_context(httpx2.Client(base_url=address, transport=other, trust_env=False, timeout=30))
        thief = stack.enter_context(httpx2.Client(base_url=address, trust_env=False, timeout=30))
        seen = [thief.get("/", headers={"authorization": basic(f"wrong{n}")}).status_code for n in range(30)]
        assert seen[0] == 401 and seen.count(401) <= limits.WRONG_FREE + 3 and 429 in seen
        refused = thief.get("/", headers={"authorization": basic("word"), "x-forwarded-for": "9.9.9.9"})
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
        assert friend.get("/", headers={"authorization": basic("word")}).status_code == 200
        assert friend.get("/").status_code == 401  # no password is no guess
        assert friend.get("/", headers={"authorization": basic("word")}).status_code == 200


class Time:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def guessed(throttle: Throttle, clock: Time, address: str, seconds: float) -> int:
    """How many guesses of one client are looked at in a span, when it tries all the time."""
    looked, end = 0, clock.at + seconds
    while clock.at < end:
        wait = throttle.wait(address)
        if wait:
            clock.at += wait
            continue
        looked += 1
        clock.at += throttle.wrong(address)
    return looked


def test_a_client_guesses_less_and_less() -> None:
    clock = Time()
    throttle = Throttle(clock)
    first, later = guessed(throttle, clock, "9.9.9.9", 3600), guessed(throttle, clock, "9.9.9.9", 3600)
    assert first < 20 and later <= 5


@pytest.mark.parametrize("address", ["10.{}.{}.1", "2001:db8:{:x}:{:x}::1"])
def test_many_clients_together_are_held_to_a_pace_and_known_ones_pass(address: str) -> None:
    clock = Time()
    throttle = Throttle(clock)
    throttle.right("7.7.7.7")
    looked = 0
    for n in range(50_000):
        clock.at += 0.01
        stranger = address.format(n // 250, n % 250)
        if not throttle.wait(stranger):
            throttle.wrong(stranger)
            looked += 1
    assert looked <= limits.WRONG_PER_MINUTE * (500 / 60 + 2)
    assert throttle.wait("7.7.7.7") == 0.0
    assert len(throttle._clients) <= limits.WRONG_CLIENTS


def test_one_machine_is_one_client() -> None:
    assert key_of("2001:db8::1") == key_of("2001:db8::ffff:1") != key_of("2001:db8:0:1::1")
    assert key_of("::ffff:9.9.9.9") == key_of("9.9.9.9") and key_of("fe80::1%eth0") == key_of("fe80::2")


# ---- connections ----


@pytest.fixture
def hasty(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that waits half a second for a request."""
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(limits, "STALLED_SECONDS", 0.5)
    with serving(store_path) as address:
        yield int(address.rpartition(":")[2])


HALVES = {
    "nothing": (b"", b""),
    "half a line": (b"GET / HT", b""),
    "a header byte by byte": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"y"),
    "headers without end": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"),
    "a body that does not come": (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", b"x"),
    "chunks that do not end": (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\nx\r\n",
    ),
    "empty lines": (b"", b"\r\n"),
}


@pytest.mark.parametrize(("start", "drop"), HALVES.values(), ids=HALVES.keys())
def test_half_a_request_is_not_held(hasty: int, start: bytes, drop: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=0.1) as link:
        link.sendall(start)
        end, gone = time.monotonic() + 15, False
        while not gone and time.monotonic() < end:
            try:
                gone = link.recv(65536) == b""
                link.sendall(drop)
            except TimeoutError:
                link.sendall(drop)
            except OSError:
                gone = True
        assert gone


def test_many_half_requests_leave_room_for_whole_ones(store_path: Path) -> None:
    with serving(store_path) as address, ExitStack() as stack:
        port = int(address.rpartition(":")[2])
        for _ in range(limits.WAITING_CONNECTIONS * 3):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            link.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert httpx2.get(address + "/", trust_env=False, timeout=30).status_code == 200


def test_a_reader_that_takes_nothing_is_let_go(hasty: int) -> None:
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.settimeout(10)
        link.connect(("127.0.0.1", hasty))
        ask = (
            b"GET /data.json?sql=select+hex(zeroblob(900000)),hex(zeroblob(900000)),hex(zeroblob(900000)) HTTP/1.1\r\n"
        )
        link.sendall(ask + b"Host: localhost\r\n\r\n")
        time.sleep(4)
        got = 0
        try:
            while part := link.recv(1 << 20):
                got += len(part)
        except OSError:
            pass
        assert got < 5_000_000


def test_a_request_after_another_has_its_own_time(hasty: int) -> None:
    with httpx2.Client(base_url=f"http://127.0.0.1:{hasty}", trust_env=False, timeout=30) as client:
        for _ in range(4):
            assert client.get("/api/days").status_code == 200
            time.sleep(0.3)


def test_event_streams_outlive_the_deadline(hasty: int) -> None:
    with httpx2.stream("GET", f"http://127.0.0.1:{hasty}/events", trust_env=False, timeout=30) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        time.sleep(1.5)
        assert next(line for line in lines if line.startswith("data:"))


def test_queries_beyond_the_line_are_told_to_come_back(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TABLE_TURNS", 1)
    monkeypatch.setattr(limits, "TABLE_WAITING", 1)

    async def ask(address: str) -> list[int]:
        async with httpx2.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
            answers = await asyncio.gather(
                *(client.get("/data.json", params={"sql": TOO_MUCH["no end"]}) for _ in range(8))
            )
        return [a.status_code for a in answers]

    with serving(store_path) as address:
        seen = asyncio.run(ask(address))
        assert set(seen) == {400, 503}
        assert httpx2.get(address + "/data.json?sql=select+1", trust_env=False, timeout=30).status_code == 200


def test_the_first_page_waits_for_no_language_library() -> None:
    asked = "import screener.web.plugin, screener.pipeline.workspace, sys; print('spacy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.strip() == "False"

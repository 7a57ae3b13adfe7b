"""Every page over real HTTP."""

from __future__ import annotations

import html
import re
from pathlib import Path

import httpx2
import pytest

from screener.store import open_store
from screener.web import search
from tests.web.conftest import AS_OF, EARLIER, JAVASCRIPT, SCRIPT, fill, serving

STORY = f"{8:016x}"
PAGES = [
    "/", "/?sort=-change", "/?day=2026-03-11", f"/?as_of={EARLIER:%Y-%m-%dT%H:%M:%SZ}", "/?day=2026-03-12&at=10:00",
    "/ticker/QBLA", "/ticker/zorn", "/ticker/QBLA?day=2026-03-11", "/ticker/QBLA/feed.atom", "/ticker/QBLA/feed.json",
    f"/story/{STORY}", "/catalysts", "/catalysts/reverse_split", "/catalysts/reverse_split/feed.atom", "/calendar",
    f"/calendar?as_of={AS_OF:%Y-%m-%dT%H:%M:%SZ}&kind=pdufa_date", "/feeds", "/rules", "/rules/reverse_split",
    "/search", "/search?q=order", "/search?q=%22(*", "/feed.atom", "/feed.json", "/openapi.json", "/data", "/data/stories",
    "/data/watchlist.json", "/data/watchlist.csv", "/-/screener/style.css", "/-/screener/page.js",
    "/-/screener/list.js", "/-/screener/follow.js", "/stream", "/stream?ticker=QBLA&q=order",
    "/stream?catalyst=reverse_split&source=edgar",
    "/stream?own=1", "/desk", "/desk?since=10:00", "/desk/outcomes", "/desk/outcomes?day=2026-03-12", "/desk/movers", "/?page=2",
    "/ticker/QPHA", "/list.csv", "/list.tsv", "/list.json?polarity=bad", "/-/screener/icon.svg",
    "/api/today", "/api/days", "/api/ticker/QBLA", f"/api/story/{STORY}", "/api/calendar", "/api/feeds", "/api/rules",
    "/api/search?q=order",
]  # fmt: skip


def shown(http: httpx2.Client, path: str) -> str:
    answer = http.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:400])
    return answer.text


def listed(text: str) -> list[str]:
    return re.findall(r'id="row-([A-Z]+)"', text)


@pytest.mark.parametrize("path", PAGES)
def test_answers(http: httpx2.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200, answer.text[:600]
    assert len(answer.content) < 200_000
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [p for p in PAGES if "/data" not in p])
def test_pages_carry_no_inline_script_or_style(http: httpx2.Client, path: str) -> None:
    text = shown(http, path)
    assert "unsafe-inline" not in http.get(path).headers["content-security-policy"]
    if text.startswith("<!doctype"):
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert "<style" not in text and not re.search(r"<[^>]+\sstyle=", text)
        assert not re.search(r"<[a-z][^>]*\son[a-z]+=", text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ticker/NOPE", 404), ("/story/none", 404), ("/catalysts/nothing", 404), ("/rules/nothing", 404), ("/elsewhere", 404),
        ("/api/ticker/NOPE", 404), ("/api/elsewhere", 404), ("/?day=yesterday", 400), ("/?as_of=2026-03-12T10:00", 400),
        ("/?sort=luck", 400), ("/?min_score=nan", 400), ("/?page=0", 400), ("/?catalyst=%3Cb%3E", 400), ("/ticker/%3Cb%3E", 400),
        ("/?day=0001-01-01", 400), ("/?as_of=9999-12-31T23:59:59-12:00", 400), ("/api/search", 400), ("/-/screener/app.py", 404),
        ("/search?q=" + "x" * 300, 400),
    ],
)  # fmt: skip
def test_refuses_in_words(http: httpx2.Client, path: str, status: int) -> None:
    answer = http.get(path)
    assert answer.status_code == status
    assert "<b>" not in answer.text
    if path.startswith("/api/"):
        assert answer.json()["error"]
    else:
        assert "<h1>" in answer.text


def test_today_shows_the_list_in_order(http: httpx2.Client) -> None:
    text = shown(http, "/")
    assert listed(text) == ["QBLA", "ZORN", "QPHA", "QEVL", "QLNG", "QRTL"]
    assert "Thursday 12 March 2026" in text
    for word in (
        "Reduce",
        "Wait",
        "government contract",
        "no filing or agency record confirms it yet",
        "examplewire",
        "pinned",
    ):
        assert word in text
    assert 'title="+79 reverse split, +12 volume confirms, −3 unconfirmed"' in text
    assert "another day&#39;s list" in text or "another day's list" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("catalyst=reverse_split", ["ZORN"]),
        ("catalyst=reverse_split&catalyst=government_contract", ["QBLA", "ZORN"]),
        ("polarity=bad", ["ZORN"]),
        ("polarity=bad&polarity=mixed", ["ZORN", "QLNG"]),
        ("min_score=60", ["QBLA", "ZORN"]),
        ("max_cap=50e6", ["QBLA"]),
        ("source=badwire", ["QEVL"]),
        ("session=after", []),
        ("action=avoid", ["ZORN"]),
        ("min_rvol=4", ["QBLA", "ZORN"]),
        ("sort=change", ["QBLA", "ZORN", "QPHA", "QEVL", "QLNG", "QRTL"]),
        ("sort=-change", ["QRTL", "QLNG", "QEVL", "QPHA", "ZORN", "QBLA"]),
        ("sort=ticker", ["QBLA", "QEVL", "QLNG", "QPHA", "QRTL", "ZORN"]),
        ("sort=age", ["QPHA", "QEVL", "QLNG", "QRTL", "QBLA", "ZORN"]),
        ("page=2", []),
    ],
)
def test_filters_and_order(http: httpx2.Client, query: str, expected: list[str]) -> None:
    assert listed(shown(http, f"/?{query}")) == expected
    assert [r["ticker"] for r in http.get(f"/api/today?{query}").json()["rows"]] == expected


def test_the_list_as_of_a_moment(http: httpx2.Client) -> None:
    early = f"{EARLIER:%Y-%m-%dT%H:%M:%SZ}"
    assert listed(shown(http, f"/?as_of={early}")) == ["ZORN", "QPHA"]
    assert listed(shown(http, "/?day=2026-03-12&at=10:00")) == ["ZORN", "QPHA"]
    text = shown(http, "/?as_of=2026-03-12T13:00:00Z")
    assert listed(text) == [] and "No list was stored for this day by then" in text
    assert listed(shown(http, "/?day=2026-03-11")) == ["QBLA", "ZORN"]
    assert 'rel="next"' in shown(http, "/?day=2026-03-11") and 'rel="prev"' in shown(http, "/")


def test_sources_as_of_a_moment(http: httpx2.Client) -> None:
    # ZORN's filing came 40 minutes after the wire.
    before = (AS_OF.replace(hour=14, minute=0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = re.search(r'<tr role="row"[^>]*id="row-ZORN".*?</tr>', shown(http, f"/?as_of={before}"), re.S)
    assert line and "edgar" in line[0]
    line = re.search(r'<tr role="row"[^>]*id="row-QPHA".*?</tr>', shown(http, f"/?as_of={before}"), re.S)
    assert line and "examplewire" not in line[0]


def test_hostile_text_stays_text(http: httpx2.Client) -> None:
    for path in (
        "/",
        "/ticker/QEVL",
        f"/story/{4:016x}",
        "/search?q=wins",
        "/catalysts/commercial_contract",
        "/feed.atom",
    ):
        text = shown(http, path)
        assert SCRIPT not in text and "<img src=x" not in text, path
        assert not re.search(r"""(?:href|src)=["']?\s*javascript:""", text), path
    page = shown(http, f"/story/{4:016x}")
    assert html.escape(SCRIPT, quote=False)[:30] in page.replace("&#34;", '"')
    assert html.escape(JAVASCRIPT)[:20] in page
    for path in ("/", "/ticker/QRTL", f"/story/{6:016x}", "/feed.json", "/feed.atom"):
        assert not set("\u202e\u202c\u2066\u2069\u200b") & set(shown(http, path)), path


def test_long_titles_are_cut(http: httpx2.Client) -> None:
    line = re.search(r'<tr role="row"[^>]*id="row-QLNG".*?</tr>', shown(http, "/"), re.S)
    assert line and len(line[0]) < 4000
    assert len(shown(http, f"/story/{5:016x}")) < 60_000


def test_outside_links_tell_nothing(http: httpx2.Client) -> None:
    text = shown(http, "/")
    links = re.findall(r'<a [^>]*href="https?://[^>]*>', text)
    assert links and all('rel="noopener noreferrer"' in link for link in links)
    assert http.get("/").headers["referrer-policy"] == "no-referrer"


def test_ticker_page(http: httpx2.Client) -> None:
    text = shown(http, "/ticker/QBLA")
    for word in (
        "<svg",
        "424B5",
        "Your notes",
        "watch the harbour &lt;b&gt;order&lt;/b&gt;",
        "$9M",
        "sponsorship",
        "Volume confirms",
    ):
        assert word in text, word
    assert '<mark title="government contract">Wins $9 Million Order</mark>' in text
    assert "not resumed as far as known" in shown(http, "/ticker/ZORN")
    assert 'class="m-halt"' not in text


def test_the_dilution_panel(http: httpx2.Client) -> None:
    text = http.get("/ticker/QBLA").text
    panel = text[text.index('id="dilution"') : text.index("</section>", text.index('id="dilution"'))]
    for words in (
        "Overall risk",
        "$25M ATM",
        "14.2M warrants at $0.80 in the money",
        "among the filings since",
        "0009000008-25-000000",
    ):
        assert words in panel, panel
    assert "<script>" not in panel
    assert "$25M" not in http.get("/ticker/QBLA?as_of=2025-11-01T00:00:00Z").text
    other = http.get("/ticker/ZORN").text
    assert "among the filings since" in other and "screener dilution fetch" in other


def test_story_calendar_feeds_rules(http: httpx2.Client) -> None:
    text = shown(http, f"/story/{STORY}")
    assert "first" in text and "+40 min" in text and "https://filings.example/8" in text
    calendar = shown(http, f"/calendar?as_of={AS_OF:%Y-%m-%dT%H:%M:%SZ}")
    assert calendar.index("ZORN") < calendar.index("QPHA") and "FDA decision (PDUFA)" in calendar
    assert "QPHA" not in shown(http, f"/calendar?as_of={AS_OF:%Y-%m-%dT%H:%M:%SZ}&kind=effective_date")
    feeds = shown(http, "/feeds")
    assert feeds.index("badwire") < feeds.index("examplewire") and "3 failures in a row: answered 503" in feeds
    rule = shown(http, "/rules/reverse_split")
    assert "textbook case" in rule and "ZORN" in rule
    assert "not computed yet" in shown(http, "/catalysts").lower()


def test_search_finds_words_and_tickers(http: httpx2.Client) -> None:
    text = shown(http, "/search?q=harbour")
    assert "Harbour Authority" in text and "Zorna" not in text
    assert "<mark>Harbour</mark>" in text and "best match first" in text
    answer = http.get("/search?q=zorn")
    assert answer.status_code == 302 and answer.headers["location"] == "/ticker/ZORN?searched=1"
    assert "/search?q=ZORN&amp;words=1" in shown(http, "/ticker/ZORN?searched=1")
    assert 'href="/ticker/ZORN"' in shown(http, "/search?q=zorn&words=1")


def test_tables_are_datasettes_own_and_only_read(http: httpx2.Client) -> None:
    found = http.get(
        "/data.json", params={"sql": "select ticker from watchlist where day = :d order by rank", "d": "2026-03-12"}
    )
    assert found.json()["rows"][0] == ["QBLA"]
    for sql in (
        "delete from stories",
        "insert into marks values (9,'A','add','','')",
        "attach ':memory:' as x",
        "pragma journal_mode=delete",
    ):
        assert http.get("/data.json", params={"sql": sql}).status_code in (400, 403)
    slow = "with recursive n(x) as (select 1 union all select x+1 from n) select count(*) from n"
    assert http.get("/data.json", params={"sql": slow}).status_code == 400
    assert http.get("/data.db").status_code in (403, 404)
    assert "script-src 'self' 'sha256-" in http.get("/data").headers["content-security-policy"]


def test_reading_only(http: httpx2.Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = http.request(method, "/")
        assert answer.status_code == 405 and answer.headers["allow"] == "GET, HEAD"
    head = http.head("/")
    assert head.status_code == 200 and head.content == b""


def test_unchanged_is_not_sent_again(http: httpx2.Client) -> None:
    first = http.get("/?as_of=2026-03-12T14:00:00Z")
    again = http.get("/?as_of=2026-03-12T14:00:00Z", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    assert first.headers["content-encoding"] == "gzip"
    assert http.get("/", headers={"accept-encoding": "identity"}).headers.get("content-encoding") is None
    assert "immutable" in http.get("/-/screener/style.css").headers["cache-control"]


def test_no_open_redirect(http: httpx2.Client) -> None:
    for path in (
        "//evil.example/",
        "/%2F%2Fevil.example",
        "/\\evil.example",
        "/search?next=//evil.example",
        "//evil.example/%2e%2e/",
    ):
        answer = http.get(path)
        location = answer.headers.get("location", "/")
        assert location.startswith("/") and not location.startswith(("//", "/\\")), (path, location)


def test_rule_verdicts(http: httpx2.Client) -> None:
    text = shown(http, "/ticker/QBLA/rules")
    assert "Did not fire" in text


def test_the_sector_is_a_column_a_filter_and_an_order(http: httpx2.Client) -> None:
    def listed(address: str) -> list[str]:
        return [r["ticker"] for r in http.get("/list.json" + address).json()]

    page = http.get("/").text
    assert 'title="Health Care"' in page and 'name="sector" value="Consumer Non-Durables"' in page
    assert listed("?sector=Health+Care&sector=Industrials") == ["QBLA", "QPHA"]
    assert listed("?sector=consumer&sort=-sector") == ["QRTL"]
    assert listed("?sort=sector")[-2:] == ["ZORN", "QLNG"]  # unknown ones last
    assert "No row passes" in http.get("/?sector=Mining").text
    assert http.get("/api/today?sector=Health+Care").json()["kept"] == 1
    hostile = httpx2.QueryParams({"sector": SCRIPT[:60]})
    assert listed(f"?{hostile}") == ["QEVL"] and "<script>doc" not in http.get(f"/?{hostile}").text
    for wrong in ("a%00b", "%E2%80%AE", "x" * 201):
        assert http.get(f"/?sector={wrong}").status_code == 400


def test_no_sector_known_is_no_column(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    with open_store(path) as store:
        fill(store)
        with store.transaction():
            store.connection.execute("DELETE FROM sectors")
    with serving(path) as address, httpx2.Client(base_url=address, trust_env=False, timeout=30) as client:
        page = client.get("/?apart=1").text
    assert "h-sector" not in page and 'name="sector"' not in page and 'colspan="11"' in page


def test_a_common_word_gives_the_newest_and_says_so(
    store_path: Path, http: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "best match first" in shown(http, "/search?q=order+wins&words=1")
    monkeypatch.setattr(search, "FEW", 1)
    assert "newest stored first" in shown(http, "/search?q=order&words=1")
    with open_store(store_path, readonly=True) as store:
        assert store.outlines.common("order", 1) and not store.outlines.common("order", 9)
        assert not store.outlines.common("  ", 0) and not store.outlines.common('"(*', 0)

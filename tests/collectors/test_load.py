"""Feed files: strictness, the user's settings on top, and the tests that stand inside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from screener.collectors.load import load_feeds, read_file
from screener.collectors.samples import run_feed_tests
from screener.errors import ConfigError, YamlError

RULES = Path(__file__).resolve().parents[2] / "rules" / "feeds"
GOOD = """title: A wire
kind: feed
url: https://wire.example/feed
sample: |
  <rss><channel><title>W</title><item><guid>1</guid><title>A</title>
  <pubDate>Thu, 12 Mar 2026 13:00 GMT</pubDate></item></channel></rss>
expect:
  - {source_id: "1", title: A, published: "2026-03-12T09:00:00-04:00", subjects: []}
"""


def write(folder: Path, text: str, name: str = "wire.yml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_built_in_feeds_load_and_pass_their_own_tests() -> None:
    feeds = load_feeds(RULES)
    assert {"globenewswire", "prnewswire", "businesswire", "edgar"} <= set(feeds)
    assert all(f.title and f.url.startswith("https://") for f in feeds.values() if f.kind not in ("file", "folder"))
    assert list(run_feed_tests(RULES)) == []


def test_a_good_file(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + "every: 30\nenabled: false\noptions: {ticker: ON, cik: 7}\n")
    spec = load_feeds(tmp_path)["wire"]
    assert (spec.kind, spec.every, spec.enabled, spec.path) == ("feed", 30, False, str(path))
    assert spec.options == {"ticker": "ON", "cik": 7} and type(spec.options) is dict


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("kind: feed\nurll: x\n", 2, "did you mean url?"),
        ("kind: feed\nurl: https://x.example\nevery: often\n", 3, "every: must be a number"),
        ("kind: feed\nurl: https://x.example\nevery: 0\n", 3, "at least"),
        ("kind: feed\nurl: https://x.example\nenabled: yes\n", 3, "true or false"),
        ("title: x\nkind: fed\nurl: https://x.example\n", 2, "did you mean feed?"),
        ("title: x\nkind: feed\nurl: ftp://x.example\n", 3, "http or https"),
        ("title: x\nkind: feed\n", 1, "url"),
        ("title: x\n", 1, "kind: is missing"),
        ("- a\n", 1, "mapping"),
        ("kind: feed\nkind: feed\n", 2, "twice"),
        ("kind: feed\noptions: [1]\n", 2, "options: must be a mapping"),
    ],
)
def test_mistakes_have_a_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(YamlError, match=r"wire\.yml") as caught:
        load_feeds(tmp_path, kinds=["feed", "edgar"])
    assert caught.value.line == line and says in str(caught.value) and caught.value.path == str(path)


def test_a_later_folder_replaces(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    write(tmp_path, GOOD)
    write(tmp_path / "own", GOOD.replace("A wire", "Mine"))
    assert load_feeds([tmp_path, tmp_path / "own", tmp_path / "none"])["wire"].title == "Mine"


def test_settings_on_top(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "options: {a: 1, b: 2}\n")
    changes: dict[str, dict[str, Any]] = {
        "wire": {"url": "http://127.0.0.1:1/x", "every": None, "enabled": False, "options": {"b": 3}},
        "mine": {"url": "https://ir.example/rss", "every": 300},
    }
    feeds = load_feeds(tmp_path, changes)
    assert feeds["wire"].url == "http://127.0.0.1:1/x" and feeds["wire"].options == {"a": 1, "b": 3}
    assert not feeds["wire"].enabled and feeds["wire"].every == 60
    assert (feeds["mine"].kind, feeds["mine"].every, feeds["mine"].enabled) == ("feed", 300, True)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"wrie": {"enabled": False}}, "did you mean wire?"),
        ({"wire": {"evry": 3}}, "did you mean every?"),
        ({"wire": {"every": "3"}}, "must be a number"),
        ({"wire": {"url": "nonsense"}}, "http or https"),
        ({"Bad Name": {"url": "https://x.example"}}, "may hold only"),
    ],
)
def test_mistakes_in_settings(tmp_path: Path, changes: dict[str, dict[str, Any]], says: str) -> None:
    write(tmp_path, GOOD)
    with pytest.raises(ConfigError) as caught:
        load_feeds(tmp_path, changes)
    assert says in str(caught.value) and "[feeds." in str(caught.value)


# ---- own tests of feed files -------------------------------------------------------------------------------------


def findings(folder: Path, text: str) -> list[tuple[int, str]]:
    path = write(folder, text)
    found = list(run_feed_tests(folder))
    assert all(p == str(path) for p, _, _ in found)
    return [(line, message) for _, line, message in found]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title: A,", "title: B,", 8, "title: expected 'B', got 'A'"),
        ("09:00:00-04:00", "09:00:01-04:00", 8, "published"),
        ("title: A,", "titel: A,", 8, "did you mean title?"),
        ("subjects: []", "subjects: [x]", 8, "subjects"),
        ("expect:", "sample_time: now\nexpect:", 7, "sample_time"),
        ("  - {source_id", "  - {title: A}\n  - {source_id", 8, "expected 2, got 1"),
        ("<title>A</title>", "", 8, "neither title nor text"),
    ],
)
def test_a_wrong_expectation_is_found(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert findings(tmp_path, GOOD) == []
    ((at, message),) = findings(tmp_path, GOOD.replace(old, new, 1))
    assert at == line and says in message


def test_a_file_with_half_a_test_is_found(tmp_path: Path) -> None:
    head, _, tail = GOOD.partition("sample:")
    assert findings(tmp_path, head) == []  # a feed of the user's own needs no test
    ((_, message),) = findings(tmp_path, head + "sample:" + tail.partition("expect:")[0])
    assert message.startswith("expect: is missing")
    ((_, message),) = findings(tmp_path, head + "expect: []\n")
    assert message.startswith("sample: is missing")


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yml")), ids=lambda p: p.stem)
def test_every_built_in_feed_carries_its_own_test(path: Path) -> None:
    data = read_file(path)
    assert data.get("title") and data.get("sample") and data.get("expect") is not None


def test_other_lists_can_be_expected(tmp_path: Path) -> None:
    head, _, _ = GOOD.partition("expect:")
    assert findings(tmp_path, head + "expect:\n  problems: []\n  filings: []\n") == []
    ((line, message),) = findings(tmp_path, head + "expect:\n  problems: [gap]\n")
    assert line == 8 and "expected ['gap'], got []" in message
    ((_, message),) = findings(tmp_path, head + "expect:\n  itmes: []\n")
    assert "did you mean items?" in message


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "kind: fed\n", "a.yml")
    write(tmp_path, GOOD.replace("title: A,", "title: B,"), "b.yml")
    assert [Path(p).name for p, _, _ in run_feed_tests(tmp_path)] == ["a.yml", "b.yml"]

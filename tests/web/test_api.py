"""The JSON paths against their own description, and the feeds against readers of feeds."""

from __future__ import annotations

import warnings
from typing import Any

import feedparser
import httpx2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from screener.web.api import PATHS, description

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis


@pytest.fixture(scope="module")
def schema() -> Any:
    """The description; cases are made of it when the test runs, for ``parametrize`` makes many whenever tests are listed."""
    return schemathesis.openapi.from_dict(msgspec.json.decode(description()))


def operations() -> list[tuple[str, schemathesis.GenerationMode]]:
    """(path, kind of data); a path without arguments has no wrong data."""
    paths, modes = msgspec.json.decode(description())["paths"], schemathesis.GenerationMode
    return [(p, m) for p, told in paths.items() for m in modes if m == modes.POSITIVE or told["get"].get("parameters")]


@pytest.mark.parametrize(("path", "mode"), operations(), ids=str)
def test_the_description_holds(site: str, schema: Any, path: str, mode: schemathesis.GenerationMode) -> None:
    @given(schema[path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=25, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(case: Any) -> None:
        # Forms send fields that were left empty, so an empty value means none and is no error.
        case.call_and_validate(base_url=site, excluded_checks=[schemathesis.checks.negative_data_rejection])

    holds()


def test_every_path_is_described(http: httpx2.Client) -> None:
    described = set(http.get("/openapi.json").json()["paths"])
    assert {p.partition("/")[0] for p, _ in PATHS} == {p.removeprefix("/api/").partition("/")[0] for p in described}


@pytest.mark.parametrize(
    ("path", "tags"),
    [("/feed", 6), ("/ticker/QBLA/feed", 1), ("/catalysts/reverse_split/feed", 1), ("/feed?polarity=bad", 1)],
)
def test_feeds_are_feeds(http: httpx2.Client, site: str, path: str, tags: int) -> None:
    name, _, query = path.partition("?")
    atom = feedparser.parse(http.get(f"{name}.atom?{query}").text)
    assert not atom.bozo and atom.version == "atom10" and len(atom.entries) == tags
    assert all(e.id and e.link.startswith(site + "/story/") and e.updated_parsed for e in atom.entries)
    feed = http.get(f"{name}.json?{query}")
    assert feed.headers["content-type"] == "application/feed+json"
    items = feed.json()["items"]
    assert [i["id"] for i in items] == [e.id for e in atom.entries]
    assert all(i["url"].startswith(site) and i["date_published"].endswith("Z") for i in items)
    assert "HARBOUR TOWN" not in feed.text  # the text stays with its owner


def test_feed_links_are_safe(http: httpx2.Client) -> None:
    items = {i["tags"][0]: i for i in http.get("/feed.json").json()["items"]}
    assert "external_url" not in items["QEVL"]
    assert items["QBLA"]["external_url"] == "https://wire.example/8"

"""A story that no source dates is listed at its receipt, and every page and feed says that its time is unknown."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import httpx2
import msgspec

from screener.store import open_store
from screener.types import Classified
from tests.web.conftest import AS_OF, catalyst, serving, story


def test_pages_and_feeds_say_unknown(tmp_path: Path) -> None:
    path = tmp_path / "u.db"
    made = story(1, "QUND", "Quillon Undated Announces 1-for-20 Reverse Split", "Reverse Split")
    refs = tuple(
        msgspec.structs.replace(r, published=None, received=AS_OF + dt.timedelta(microseconds=417))
        for r in made.sources
    )
    bare = msgspec.structs.replace(made, published=AS_OF, first_seen=AS_OF, sources=refs)
    with open_store(path) as store, store.transaction():
        store.stories.save(bare, AS_OF + dt.timedelta(microseconds=417))
        found = catalyst(bare, "reverse_split", "-", "Reverse Split")
        store.catalysts.save(Classified(story_id=bare.id, catalysts=(found,)), bare, AS_OF, "m")
    stamp = AS_OF.strftime("%Y-%m-%dT%H:%M")
    with serving(path) as site, httpx2.Client(base_url=site, timeout=30) as http:
        for page in ("/ticker/QUND", f"/story/{bare.id}", "/catalysts/reverse_split", "/search?q=Undated"):
            assert "time unknown" in http.get(page).text, page
        for feed in ("/catalysts/reverse_split", "/ticker/QUND"):
            assert (
                "<published>" not in http.get(f"{feed}/feed.atom").text and stamp in http.get(f"{feed}/feed.atom").text
            )
            (entry,) = json.loads(http.get(f"{feed}/feed.json").text)["items"]
            assert "date_published" not in entry and entry["date_modified"].startswith(stamp)
        assert http.get(f"/api/story/{bare.id}").json()["published"] is None
        assert http.get("/api/ticker/QUND").json()["catalysts"][0]["published"] is None

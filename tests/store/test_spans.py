"""Stories loaded in bulk: found by their words like any other, and the database's own statements stay as they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from screener.errors import StoreError
from screener.store import Store, open_store
from screener.store.spans import Past
from screener.types import Catalyst, Classified, Item, Noise, SourceRef, Story

T0 = dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC)
MAY = dt.date(2026, 5, 1)
EVER = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def past(n: int, word: str = "crane", **changes: object) -> Past:
    """An invented story with a catalyst, and an earlier version of it."""
    at = T0 + dt.timedelta(minutes=n)
    ref = SourceRef(source="wire", source_id=str(n), received=at, published=at)
    story = Story(
        id=f"s{n}", title=f"Qbkr Corp orders its {word} number {n}", text=f"The {word} is new.", published=at,
        first_seen=at, sources=(ref,), tickers=("QBKR", "ZVRN"),
    )  # fmt: skip
    dated = Catalyst(
        story_id=story.id, ticker="QBKR", type="approval", confidence=0.9, facts={"pdufa_date": "2026-05-01"}
    )
    values: dict[str, object] = {
        "story": story, "known_at": at + dt.timedelta(minutes=5), "model_id": "m",
        "versions": ((at, replace(story, text="")),),
        "items": (Item(source="wire", source_id=str(n), title=story.title, published=at, received=at),),
        "found": Classified(story_id=story.id, catalysts=(dated,), noise=(Noise(story_id=story.id, kind="law_firm"),)),
    }  # fmt: skip
    return Past(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.db") as opened:
        yield opened


def schema(store: Store) -> list[tuple[str, str]]:
    return sorted(store.connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())


def sound(store: Store) -> None:
    """The words' index against the stories it was made of."""
    with store.transaction():
        store.connection.execute("INSERT INTO stories_fts(stories_fts, rank) VALUES ('integrity-check', 1)")


def test_what_is_loaded_is_found_by_word_date_and_version(store: Store) -> None:
    before, many = schema(store), [past(n) for n in range(40)]
    with store.spans.much_memory(), store.transaction():
        assert store.spans.load(many) == many
    assert list(store.spans.first_seen(*EVER)) == many
    assert len(store.search.stories("crane")) == 40
    assert len(store.calendar.dates(MAY, MAY, T0 + dt.timedelta(days=1))) == 1
    assert not store.stories.unclassified(5)
    assert schema(store) == before
    sound(store)


def test_a_second_load_adds_only_what_is_new_and_later_news_is_indexed_as_ever(store: Store) -> None:
    with store.transaction():
        store.spans.load([past(1)])
    with store.transaction():
        assert len(store.spans.load([past(1), past(2, "valve"), past(3, found=None, model_id="")])) == 2
    with store.transaction():
        store.stories.save(replace(past(1).story, title="Qbkr Corp sells a turbine"), T0 + dt.timedelta(days=1))
    assert [s.id for s in store.search.stories("valve")] == ["s2"]
    assert [s.id for s in store.search.stories("turbine")] == ["s1"]
    assert {s.id for s in store.stories.unclassified(5)} == {"s1", "s3"}
    sound(store)


def test_a_load_that_fails_leaves_no_word_and_the_same_statements(store: Store) -> None:
    before = schema(store)
    twice = past(2, story=replace(past(1).story, title="Another with the same id"))
    with pytest.raises(Exception, match="UNIQUE"), store.transaction():
        store.spans.load([past(1), twice])
    assert schema(store) == before and not store.search.stories("crane")
    sound(store)


def test_a_load_needs_no_index_of_words(store: Store) -> None:
    store.spans.without_search()
    with store.transaction():
        assert len(store.spans.load([past(1)])) == 1
    with pytest.raises(StoreError, match="damaged"):
        sound(store)

"""An import that was stopped at any point is as if undisturbed once it has been run again, however old its news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from screener import config
from screener.clock import Clock
from screener.pipeline.cycle import new_run
from screener.pipeline.intake.taking import BATCH, TAG_BATCH, Intake
from screener.pipeline.run import Plan, run_once
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.types import Classified, Item, Story
from tests.pipeline.make import DAY, WordClassifier, at, item, workspace_on

TABLES = {
    "items": "SELECT source, source_id, story_id FROM items ORDER BY 1, 2",
    "stories": "SELECT id, title, published, known_at, novelty, repeats, model_id FROM stories ORDER BY 1",
    "catalysts": "SELECT story_id, position, ticker, type, stage, polarity, facts, known_at FROM catalysts ORDER BY 1, 2",
    "versions": "SELECT story_id, known_at FROM story_versions ORDER BY 1, 2",
}


class Stopping(WordClassifier):
    """Stops the process after so many stories."""

    def __init__(self, after: int) -> None:
        self.left = after

    def classify_many(self, stories: Iterable[Story]) -> Iterator[Classified]:
        for answer in super().classify_many(list(stories)):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            yield answer


def old_news(count: int, years: int = 2) -> list[Item]:
    first = at(9) - dt.timedelta(days=365 * years)
    names = [f"Z{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(40)]
    return [
        item(names[n % 40], f"{names[n % 40]} wins $4{n} million contract number {n}", first + dt.timedelta(hours=n))
        for n in range(count)
    ]


def shown(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(r) for r in store.connection.execute(query)] for name, query in TABLES.items()}


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, list[tuple[object, ...]]]:
    with open_store(tmp_path / "whole.db") as store:
        Intake(workspace_on(store, at(12))).take(old_news(90))
        return shown(store)


@pytest.mark.parametrize("after", [0, 1, TAG_BATCH, TAG_BATCH + 7, 89])
def test_a_stopped_import_of_old_news_is_finished_by_the_next(
    after: int, undisturbed: dict[str, list[tuple[object, ...]]], tmp_path: Path
) -> None:
    with open_store(tmp_path / "s.db") as store:
        stopping = Workspace(
            settings=config.Settings(),
            store=store,
            clock=Clock(at(12)),
            classifier=Stopping(after),  # type: ignore[arg-type]
        )
        with pytest.raises(KeyboardInterrupt):
            Intake(stopping).take(old_news(90))
        assert shown(store)["catalysts"] != undisturbed["catalysts"]
        again = Intake(workspace_on(store, at(12))).take(old_news(90))
        assert shown(store) == undisturbed and again.known == 90 - again.items


@pytest.mark.parametrize("items", [(), ("one",)], ids=["nothing new", "something new"])
def test_any_later_intake_takes_up_what_was_left(items: tuple[str, ...], tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        Intake(workspace_on(store)).store(old_news(3 * TAG_BATCH, years=9))
        new = [item("ZORB", f"ZORB wins $9 million contract {n}", at(10)) for n in items]
        taken = Intake(workspace_on(store, at(12))).take(new)
        assert store.stories.unclassified(10) == []
        assert taken.tagged == 3 * TAG_BATCH + len(items)


def test_news_that_just_came_is_classified_before_what_was_left(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        Intake(workspace_on(store)).store(old_news(TAG_BATCH))
        intake = Intake(workspace_on(store, at(12)))
        intake.store([item("ZORB", "ZORB wins $9 million contract", at(10))])
        assert [store.stories.get(i).tickers for i in intake.tag().touched] == [("ZORB",)]  # type: ignore[union-attr]


def test_a_story_that_changed_and_was_not_read_again_is_read_by_the_next(tmp_path: Path) -> None:
    first = item("ZORB", "ZORB wins $40 million contract from Harbour Authority", at(9))
    copy = item(
        "ZORB", "ZORB wins $40 million contract from Harbour Authority", at(9), source="relay",
        body="ZORB wins it. " * 40, received=at(9, 5),
    )  # fmt: skip
    with open_store(tmp_path / "s.db") as store:
        Intake(workspace_on(store, at(12))).take([first])
        Intake(workspace_on(store, at(12))).store([copy])  # killed before it is classified
        (story,) = store.stories.unclassified(5)
        assert len(story.sources) == 2
        Intake(workspace_on(store, at(12))).take([])
        assert store.stories.unclassified(5) == []


def test_memory_does_not_grow_with_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(tmp_path / "s.db") as store:
        Intake(workspace_on(store)).store(old_news(200))
        asked: list[int] = []
        read = store.stories.unclassified
        monkeypatch.setattr(store.stories, "unclassified", lambda limit: asked.append(limit) or read(limit))
        Intake(workspace_on(store, at(12))).take([])
        assert max(asked) <= TAG_BATCH < BATCH


def test_a_stopped_run_says_what_it_kept(tmp_path: Path) -> None:
    import msgspec

    file = tmp_path / "items.jsonl"
    file.write_bytes(b"\n".join(msgspec.json.encode(i) for i in old_news(30)))
    with open_store(tmp_path / "s.db") as store:
        workspace = Workspace(
            settings=config.Settings(),
            store=store,
            clock=Clock(at(12)),
            classifier=Stopping(5),  # type: ignore[arg-type]
        )
        with pytest.raises(KeyboardInterrupt):
            run_once(workspace, Plan(items=(file,)))
        (run,) = store.runs.newest()
        assert run.finished and run.counts["new_items"] == 30 and run.problems[0].kind == "stopped"
        assert new_run(workspace).day == DAY

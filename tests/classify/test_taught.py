"""What teaches: first labels win, differing second readings count half, small wires go whole, the locked set never."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from screener import config
from screener.classify import locked, taught
from screener.classify.learn import Reader
from screener.classify.rulefile import load_folder
from screener.classify.taught import Sources
from screener.errors import InputError
from tests.classify.conftest import RULES

INVENTED = config.built_in("data") / "labels" / "invented.jsonl"


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    items = [
        {"id": "a", "title": "Qorvex Prices Offering", "tickers": ["QRVX"], "wire": "Bigwire"},
        {"id": "b", "title": "Lakewood Names Chief Executive", "tickers": ["LKWD"], "wire": "Smallwire"},
        {"id": "c", "title": "Halden Expands", "tickers": ["HLDN"], "wire": "Smallwire"},
        {"id": "d", "title": "Zorexa Splits", "tickers": ["ZORX", "ZORXW"], "wire": "Bigwire"},
        {"id": "e", "title": "Fernhill Splits", "tickers": ["FRNH"], "wire": "Closedwire"},
    ] + [{"id": f"x{i}", "title": f"Firm{i} Reports", "wire": "Bigwire"} for i in range(taught.SMALL_WIRE)]
    labels = [{"id": row["id"], "types": ["earnings"], "sure": 3} for row in items if row["id"] != "b"]
    return Sources(
        labels=write(tmp_path / "labels.jsonl", labels),
        items=(write(tmp_path / "items.jsonl", items),),
        more=(
            write(
                tmp_path / "types_more.jsonl",
                [{"id": "a", "types": ["buyback"]}, {"id": "b", "types": ["management_change"], "sure": 2}],
            ),
        ),
        second=write(tmp_path / "second.jsonl", [{"id": "c", "noise": ["recap"]}, {"id": "a", "types": ["earnings"]}]),
    )


def test_first_labels_win_and_quick_readings_weigh_less(sources: Sources) -> None:
    items = {item.label.id: item for item in taught.read(sources, locked.Locked())}
    assert items["a"].label.types == ("earnings",)
    assert items["a"].weight == 1.0
    assert items["b"].weight == pytest.approx(taught.MORE_WEIGHT * taught.SURE_WEIGHT[2])


def test_where_readings_differ_both_count_half(sources: Sources) -> None:
    items = taught.read(sources, locked.Locked())
    unsure = next(item for item in items if item.label.id == "c")
    assert (unsure.label.sure, unsure.weight) == (1, taught.SURE_WEIGHT[1])
    reader = Reader(RULES)
    row = reader.wanted([unsure])[0]
    assert (row[reader.column["earnings"]], row[reader.column["recap"]], row.sum()) == (0.5, 0.5, 1.0)


def test_companies_of_a_small_wire_are_one_group(sources: Sources) -> None:
    groups = {item.label.id: item.group for item in taught.read(sources, locked.Locked())}
    assert groups["b"] == groups["c"] == "wire Smallwire"
    assert groups["a"] == "QRVX"


@pytest.mark.parametrize(
    ("closed", "gone"),
    [
        (locked.Locked(ids=frozenset({"a"})), {"a"}),
        (locked.Locked(companies=frozenset({"ZORXW", "QRVX"})), {"a", "d"}),
        (locked.Locked(wires=frozenset({"Smallwire", "Closedwire"})), {"b", "c", "e"}),
    ],
)
def test_nothing_locked_teaches(sources: Sources, closed: locked.Locked, gone: set[str]) -> None:
    everything = {item.label.id for item in taught.read(sources, locked.Locked())}
    assert everything - {item.label.id for item in taught.read(sources, closed)} == gone


def test_the_projects_locked_set_is_found_and_closed() -> None:
    found = locked.read(RULES.parents[1] / "data" / "labels")
    assert len(found.ids) >= 600
    assert found.companies
    assert found.wires
    assert found.has([next(iter(found.ids))])
    assert not found.has(["none of them"])


def test_a_folder_without_a_locked_set_locks_nothing(tmp_path: Path) -> None:
    assert locked.read(tmp_path) == locked.Locked()
    (tmp_path / locked.LABELS).write_text("{}\n")
    with pytest.raises(InputError, match=r"locked\.jsonl"):
        locked.read(tmp_path)


def test_labels_read_after_the_wordings_are_fresh(sources: Sources, tmp_path: Path) -> None:
    later = write(tmp_path / "read_later.jsonl", [{"id": "d", "types": ["reverse_split"]}])
    labels = write(tmp_path / "labels.jsonl", [{"id": "c", "types": ["earnings"]}])
    given = msgspec.structs.replace(sources, labels=labels, more=(later, *sources.more))
    fresh = {item.label.id: item.fresh for item in taught.read(given, locked.Locked())}
    assert fresh == {"c": False, "d": True, "a": False, "b": False}


def test_invented_items_of_the_project_fit_the_catalyst_files() -> None:
    items = list(taught.invented(INVENTED))
    known = {rule.id for rule in load_folder(RULES)}
    assert len({item.label.id for item in items}) == len(items) > 2_000
    assert {name for item in items for name in (*item.label.types, *item.label.noise)} == known
    assert all(item.label.types or item.label.noise for item in items)
    assert {item.label.polarity for item in items} <= {"+", "-", "±", "0"}


def test_an_invented_item_without_a_label_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "invented.jsonl"
    path.write_text('{"id": "i", "title": "Orrin Ships", "types": ["earnings"]}\n{"title": "Two"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"invented\.jsonl:2"):
        list(taught.invented(path))

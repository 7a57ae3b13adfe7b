"""The stored study on the page of catalysts."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

import httpx2
import msgspec

from screener.pipeline.study import records
from screener.store import open_store
from screener.web import study
from tests.web.conftest import AS_OF, DAY, fill, serving


def group(by: str, kind: str, value: str = "", median: float = 3.0) -> records.StudyGroup:
    estimate = records.Estimate(value=median, low=median - 2, high=median + 2)
    spread = records.Spread(n=40, companies=20, median=estimate, mean=estimate, beyond=records.Estimate(value=0.4))
    return records.StudyGroup(
        by=by, type=kind, value=value, n=40, companies=20, moves=dict.fromkeys(("0", "1", "5", "20"), spread), rvol=4.0
    )


def stored_study() -> str:
    found = records.Study(
        made=AS_OF, since=None, until=None, first=DAY, last=DAY, benchmark="IWM", events=80, companies=40,
        groups=(group("all", ""), group("type", "reverse_split", median=-7.0), group("polarity", "reverse_split", "-")),
    )  # fmt: skip
    return msgspec.json.encode(found).decode()


def test_the_page_shows_what_the_command_stored(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with open_store(path) as store:
        fill(store)
        with store.transaction():
            store.set_setting(records.KEY, stored_study())
    with serving(path) as address, httpx2.Client(base_url=address, trust_env=False, timeout=30) as client:
        text = client.get("/catalysts").text
        assert (
            "−7.0% (−9.0 to −5.0)" in text
            and "all news" in text
            and "survivorship" in text
            and 'class="chart study"' in text
        )
        text = client.get("/catalysts/reverse_split").text
        assert "polarity -" in text and "40%" in text


def test_a_study_of_another_form_is_none(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        for text in ("{", "[]", '{"made": 1}'):
            with store.transaction():
                store.set_setting(records.KEY, text)
            assert records.load(store) is None


def test_the_chart_is_whole() -> None:
    drawn = study.chart([("<b>", records.Estimate(value=4.0, low=1.0, high=9.0)), ("b", records.Estimate())], "x")
    root = Xml.fromstring(str(drawn))
    assert len(root.findall(".//circle")) == 1 and root.find(".//circle").attrib["class"] == "dot up"  # type: ignore[union-attr]
    assert study.chart([("a", records.Estimate())], "x") == ""

"""Submissions from folders, tars and EDGAR's own days; every pick of files gives the same archive."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import shutil
import tarfile
from collections import Counter
from pathlib import Path

import anyio
import msgspec
import pytest

from screener.config import Edgar, Http, Settings
from screener.errors import InputError
from screener.pipeline.history.archive import months, read_filings, read_pasts
from screener.pipeline.history.edgardays import fetch_days
from screener.pipeline.history.filingfiles import read_submissions
from screener.pipeline.history.sources import BackfillSources, units_of
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from screener.types import Filing, Item, Problem
from tests.pipeline.history.making import bytes_of, filled
from tests.server.app import Reply, Request, WireServer
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
DAY = dt.date(2025, 3, 11)
INDEX = """Description: Daily Index
CIK|Company Name|Form Type|Date Filed|File Name
--------------------------------------------------------------------------------
9990000|Qbkr Corp|8-K|20250311|edgar/data/9990000/0009990000-25-000003.txt
9990001|Zvrn Corp|8-K|20250311|edgar/data/9990001/0009990000-25-000004.txt
9990002|Lmvr Corp|144|20250311|edgar/data/9990002/0009990000-25-000005.txt
"""


def submission(number: int, day: str = "20250311", name: str = "Qbkr Corp", cik: int = 9_990_000) -> bytes:
    """An invented 8-K."""
    return f"""<SEC-DOCUMENT>0009990000-25-{number:06d}.txt : {day}
<SEC-HEADER>0009990000-25-{number:06d}.hdr.sgml : {day}
<ACCEPTANCE-DATETIME>{day}160{number % 6}01
ACCESSION NUMBER:		0009990000-25-{number:06d}
CONFORMED SUBMISSION TYPE:	8-K
ITEM INFORMATION:		Material Modification to Rights of Security Holders
FILED AS OF DATE:		{day}

FILER:
	COMPANY DATA:
		COMPANY CONFORMED NAME:			{name}
		CENTRAL INDEX KEY:			{cik:010d}
</SEC-HEADER>
<DOCUMENT>
<TYPE>8-K
<SEQUENCE>1
<FILENAME>a.htm
<TEXT>
<html><body><p>Item 5.03. Amendments to Articles.</p><p>{name} effected a 1-for-{number + 10} reverse stock split of its
common stock.</p></body></html>
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
""".encode()


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return path


MEMBERS = {f"{n}.nc": submission(n) for n in range(1, 7)} | {"7.txt": submission(7, "20250402")}


def test_a_folder_and_a_tar_of_the_same_filings_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "deep"
    folder.mkdir(parents=True)
    for name, body in MEMBERS.items():
        (folder / name).write_bytes(body)
    filled(tmp_path / "a", tmp_path / "folder")
    filled(tmp_path / "b", tarred(tmp_path / "day.tar.gz", dict(reversed(MEMBERS.items()))))
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    found = {m.month: [f for part in read_filings(tmp_path / "a", m) for f in part] for m in months(tmp_path / "a")}
    assert {m: len(f) for m, f in found.items()} == {"2025-03": 6, "2025-04": 1}
    first = found["2025-03"][0]
    assert first.company == "Qbkr Corp" and first.role == "Filer" and first.accepted.tzinfo is not None
    pasts = [p for m in months(tmp_path / "a") for part in read_pasts(tmp_path / "a", m) for p in part]
    assert {c.type for p in pasts if p.found for c in p.found.catalysts} == {"reverse_split"}
    assert {p.story.tickers for p in pasts} == {("QBKR",)}


@pytest.mark.parametrize("part", [40, 70, 99])
def test_a_tar_that_breaks_off_gives_what_stands_before_and_a_problem(tmp_path: Path, part: int) -> None:
    noise = bytes(range(256)) * 4 + os.urandom(60_000)
    tar = tarred(tmp_path / "day.tar.gz", {**MEMBERS, "big.txt": noise, "late.txt": submission(9)})
    whole = tar.read_bytes()
    tar.write_bytes(whole[: len(whole) * part // 100])
    found = list(read_submissions([tar], NOW))
    assert [p.subject for p in found if isinstance(p, Problem)][-1] == str(tar)
    assert sum(isinstance(f, Filing) for f in found) == 7


def test_what_is_no_submission_is_a_problem_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"no submission at all")
    (tmp_path / "b.txt.gz").write_bytes(b"\x1f\x8bbroken")
    (tmp_path / "c.txt").write_bytes(submission(3))
    found = list(read_submissions(sorted(tmp_path.iterdir()), NOW))
    told = [p for p in found if isinstance(p, Problem)]
    assert [p.subject for p in told] == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt.gz")]
    assert "accession number" in told[0].message
    assert sum(isinstance(i, Item) for i in found) == 1


def test_an_index_tells_of_what_does_not_stand_in_full(tmp_path: Path) -> None:
    tar = tarred(tmp_path / "day.tar", {"3.txt": submission(3), "2025-03-11.idx": INDEX.encode()})
    found = list(read_submissions([tar], NOW))
    filings = [f for f in found if isinstance(f, Filing)]
    assert Counter(f.accession[-2:] for f in filings) == {"03": 1, "04": 1, "05": 1}
    assert {i.source_id[-2:] for i in found if isinstance(i, Item)} == {"03", "04"}  # a 144 is no news
    assert {f.accession[-2:]: bool(f.role) for f in filings} == {"03": True, "04": False, "05": False}


def test_an_empty_folder_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no submission"):
        units_of(BackfillSources(filings=(tmp_path,)))


def test_every_recorded_submission_is_a_filing(shared: Path) -> None:
    folder = shared / "edgar" / "submissions"
    with (folder / "index.csv").open(encoding="utf-8") as lines:
        expected = {r["accession"]: r for r in csv.DictReader(lines)}
    found = list(read_submissions(sorted(folder.rglob("*.gz")), NOW))
    filings = {f.accession: f for f in found if isinstance(f, Filing)}
    assert filings.keys() <= expected.keys()
    assert len(filings) >= len(expected) * 0.95
    wrong = [a for a, f in filings.items() if f.form != expected[a]["form"]]
    assert not wrong
    placed = [p for p in found if isinstance(p, Problem) and not p.subject]
    assert not placed


class Days:
    """A server of one day's index and its filings; ``down`` answers 500 to filings."""

    def __init__(self, server: WireServer) -> None:
        self.asked: list[str] = []
        self.down = False
        server.route("/Archives/edgar/", self)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request.path.rpartition("/")[2])
        if request.path.endswith(f"master.{DAY:%Y%m%d}.idx"):
            return Reply(INDEX.encode(), content_type="text/plain")
        if request.path.endswith(".txt") and not self.down:
            number = int(request.path[-10:-4])
            return Reply(submission(number), content_type="text/plain")
        return Reply(b"", 403 if request.path.endswith(".txt") else 404, etag=False)


def fetched(server: WireServer, archive: Path, first: dt.date, last: dt.date) -> tuple[list[Path], list[Problem]]:
    settings = Settings(
        edgar=Edgar(base_url=server.url, contact="Test test@example.com"), http=Http(pace={"127.0.0.1": 1000.0})
    )
    with open_store(archive.parent / "own.db") as store:
        workspace = Workspace(settings=settings, store=store)
        return anyio.run(fetch_days, workspace, archive, first, last, lambda _w, _n: None)


def test_edgars_days_are_fetched_once_and_read(fault_server: WireServer, tmp_path: Path) -> None:
    days, archive = Days(fault_server), tmp_path / "archive"
    tars, problems = fetched(fault_server, archive, DAY - dt.timedelta(days=1), DAY)
    assert not problems and [t.name for t in tars] == [f"{DAY}.tar.gz"]
    assert sorted(days.asked) == [
        "0009990000-25-000003.txt", "0009990000-25-000004.txt", "master.20250310.idx", "master.20250311.idx",
    ]  # fmt: skip
    days.asked.clear()
    again, _ = fetched(fault_server, archive, DAY, DAY)
    assert again == tars and not days.asked
    found = list(read_submissions(tars, NOW))
    assert {f.accession[-2:] for f in found if isinstance(f, Filing)} == {"03", "04", "05"}


def test_a_filing_that_is_refused_is_told_and_its_entry_kept(fault_server: WireServer, tmp_path: Path) -> None:
    days = Days(fault_server)
    days.down = True
    tars, problems = fetched(fault_server, tmp_path / "archive", DAY, DAY)
    assert {p.kind for p in problems} == {"http_403"} and len(problems) == 2
    found = list(read_submissions(tars, NOW))
    assert {i.source_id[-2:] for i in found if isinstance(i, Item)} == {"03", "04"}


def test_a_shared_folder_may_move_with_its_archive(tmp_path: Path) -> None:
    """The bytes follow from the filings, not from where they lay."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "3.txt").write_bytes(submission(3))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    filled(tmp_path / "a", tmp_path / "one")
    filled(tmp_path / "b", tmp_path / "two")
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    assert msgspec.json.decode((tmp_path / "a" / "archive.json").read_bytes())["schema"] == 1

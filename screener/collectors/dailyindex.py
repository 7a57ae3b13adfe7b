"""EDGAR's daily index: what was filed on a day, for the time that the current-filings list no longer reaches.

Three dialects of ``{base}/Archives/edgar/daily-index/YYYY/QTRn/NAME.YYYYMMDD.idx`` are read: ``master`` (fields parted by
``|``), ``form`` and ``company`` (columns, whose places the header tells). A row has no acceptance time and no role: the
time is taken as 22:00 Eastern of the day of filing, when EDGAR closes, so never earlier than it was.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from screener.clock import NEW_YORK, UTC
from screener.collectors.getcurrent import IndexEntry, Page
from screener.limits import FIRST_YEAR, LAST_YEAR
from screener.types import Problem

_ROW = re.compile(r"\s(\d{1,10})\s+(\d{8}|\d{4}-\d\d-\d\d)\s+(edgar/data/\S+)\s*$")
_ACCESSION = re.compile(r"(\d{10}-\d{2}-\d{6})\.txt$")
CLOSES = dt.time(22)


def index_url(base: str, day: dt.date) -> str:
    """The address of a day's master index."""
    quarter = (day.month + 2) // 3
    return f"{base.rstrip('/')}/Archives/edgar/daily-index/{day.year}/QTR{quarter}/master.{day:%Y%m%d}.idx"


def index_days(after: dt.datetime, until: dt.datetime) -> Iterator[dt.date]:
    """The weekdays, in New York, from the day of ``after`` to the day of ``until``, both included."""
    day, last = after.astimezone(NEW_YORK).date(), until.astimezone(NEW_YORK).date()
    while day <= last:
        if day.weekday() < 5:
            yield day
        day += dt.timedelta(days=1)


def parse_index(body: bytes, base: str = "https://www.sec.gov", subject: str = "edgar") -> Page:
    """Read one index. Never raises; rows that cannot be read become one Problem with the number of the first."""
    lines = body.decode("latin-1").splitlines()
    head = next((i for i, line in enumerate(lines) if "Form Type" in line and "Company Name" in line), None)
    if head is None:
        message = "not an index of filings: no line names its columns"
        return Page(problems=(Problem(stage="collect", subject=subject, kind="not_an_index", message=message),))
    columns = (lines[head].index("Form Type"), lines[head].index("Company Name"), lines[head].find("CIK"))
    entries, bad = [], []
    for number, line in enumerate(lines[head + 1 :], head + 2):
        if "edgar/data/" not in line:
            if line.strip(" -") and line.strip() not in ("CIK", "Date Filed  File Name"):
                bad.append(number)
            continue
        try:
            entries.append(_entry(_piped(line) if "|" in line else _columns(line, columns), base))
        except ValueError:
            bad.append(number)
    message = f"{len(bad)} rows of the index cannot be read, the first on line {bad[0] if bad else 0}; left out"
    problem = Problem(stage="collect", subject=subject, kind="bad_entry", message=message)
    return Page(entries=tuple(entries), problems=(problem,) if bad else ())


def _piped(line: str) -> tuple[str, str, str, str, str]:
    cik, company, form, day, name = line.split("|")
    return form, company, cik, day, name


def _columns(line: str, columns: tuple[int, int, int]) -> tuple[str, str, str, str, str]:
    found = _ROW.search(line)
    if found is None:
        raise ValueError(line)
    form_at, company_at, _ = columns
    first, second = sorted((form_at, company_at))
    left, right = line[first:second].strip(), line[second : found.start()].strip()
    form, company = (left, right) if form_at < company_at else (right, left)
    return form, company, found[1], found[2], found[3]


def _entry(row: tuple[str, str, str, str, str], base: str) -> IndexEntry:
    form, company, cik, day, name = (part.strip() for part in row)
    accession = _ACCESSION.search(name)
    if accession is None or not form:
        raise ValueError(name)
    filed = dt.date.fromisoformat(day)
    if not FIRST_YEAR <= filed.year <= LAST_YEAR or not (cik.isascii() and cik.isdigit() and len(cik) <= 10):
        raise ValueError(day)
    folder = f"{base.rstrip('/')}/Archives/edgar/data/{int(cik)}/{accession[1].replace('-', '')}"
    return IndexEntry(
        accession=accession[1],
        form=form,
        name=" ".join(company.split()),
        cik=int(cik),
        role="",
        accepted=dt.datetime.combine(filed, CLOSES, NEW_YORK).astimezone(UTC),
        link=f"{folder}/{accession[1]}-index.htm",
    )

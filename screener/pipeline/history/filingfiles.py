"""EDGAR submissions (SGML) from files and tars: every one a Filing, those of the forms that are news an Item too.

A file is one submission, gzip when its name ends in ``.gz``; a tar (``.tar``, ``.tar.gz``, ``.tgz``) holds many, as
EDGAR's own daily feed does; a daily index (``.idx``) in it tells of the filings that do not stand before it. A
submission without an acceptance time counts as accepted at 22:00 Eastern of its day.
"""

from __future__ import annotations

import datetime as dt
import gzip
import tarfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from screener.clock import NEW_YORK
from screener.collectors.dailyindex import CLOSES, parse_index
from screener.collectors.edgar import filings_and_items
from screener.collectors.filings import Wanted, read_filing
from screener.collectors.sgml import Submission, parse_submission
from screener.errors import InputError
from screener.limits import SUBMISSION_BYTES
from screener.pipeline.boundary import attempt_now
from screener.sec.forms import NEWS, Choice
from screener.types import FeedSpec, Filing, Item, Problem

INDEX = ".idx"
UNSEEN = dt.datetime.min.replace(tzinfo=dt.UTC)  # of a replay: receipt is the acceptance
TARS = (".tar", ".tar.gz", ".tgz")
SUBMISSIONS = (".txt", ".nc", ".sgml", ".txt.gz", ".nc.gz", ".sgml.gz", ".gz")


def is_tar(path: Path) -> bool:
    """Whether a file is a tar of submissions, by its name."""
    return path.name.lower().endswith(TARS)


def read_submissions(paths: Sequence[Path], now: dt.datetime) -> Iterator[Filing | Item | Problem]:
    """Read files and tars of submissions; one that cannot be read is a Problem that names it."""
    for path in paths:
        seen: set[str] = set()
        for name, body in _tar(path) if is_tar(path) else _file(path):
            if isinstance(body, Problem):
                yield body
                continue
            read = partial(_index, body, seen) if name.endswith(INDEX) else partial(_read, body, now)
            answer = attempt_now("collect", name, read)
            found: list[Filing | Item | Problem] = [answer] if isinstance(answer, Problem) else answer
            seen.update(one.accession for one in found if isinstance(one, Filing))
            yield from (_placed(one, name) if isinstance(one, Problem) else one for one in found)


def _index(body: bytes, seen: Collection[str]) -> list[Filing | Item | Problem]:
    """The filings of a daily index that do not stand in full before it, with their entries of the forms that are news."""
    page = parse_index(body)
    spec = FeedSpec(name="edgar", kind="edgar")
    filings, items = filings_and_items(page.entries, spec, UNSEEN, replayed=True)
    found: list[Filing | Item | Problem] = [*page.problems]
    found += [f for f in filings if f.accession not in seen]
    found += [i for i in items if i.source_id not in seen]
    return found


def _placed(problem: Problem, name: str) -> Problem:
    told = problem.message if problem.message.startswith(name) else f"{name}: {problem.message}"
    return Problem(stage="collect", subject=name, message=told, kind=problem.kind)


def _file(path: Path) -> Iterator[tuple[str, bytes | Problem]]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            yield str(path), stream.read(SUBMISSION_BYTES + 1)
    except (OSError, EOFError, zlib.error) as e:
        yield str(path), _unreadable(str(path), e)


def _tar(path: Path) -> Iterator[tuple[str, bytes | Problem]]:
    """The members of a tar one after the other; a tar that breaks off gives what stands before."""
    try:
        # Through gzip itself, which tells when a file breaks off; tarfile takes the end of its input for the end.
        with (
            gzip.open(path, "rb") if _packed(path) else path.open("rb") as stream,
            tarfile.open(fileobj=stream, mode="r|") as tar,
        ):
            for member in tar:
                inside = tar.extractfile(member) if member.isfile() else None
                if inside is not None:
                    body = inside.read(SUBMISSION_BYTES + 1)
                    yield f"{path}:{member.name}", _inflated(body) if member.name.endswith(".gz") else body
    except (OSError, EOFError, zlib.error, tarfile.TarError) as e:
        yield str(path), _unreadable(str(path), e)


def _packed(path: Path) -> bool:
    """Whether a file is gzip, by its first bytes: names do not always tell."""
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _inflated(body: bytes) -> bytes:
    """A gzip member, to the limit; what is none is left as it is and will not parse."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        return inflater.decompress(body, SUBMISSION_BYTES + 1)
    except zlib.error:
        return body


def _unreadable(name: str, error: Exception) -> Problem:
    message = f"{name}: cannot be read or breaks off ({error}); what stands before it is kept"
    return Problem(stage="collect", subject=name, message=message, kind="file")


def _read(body: bytes, now: dt.datetime) -> list[Filing | Item | Problem]:
    submission = parse_submission(body)
    filing = filing_of(submission)
    if isinstance(filing, Problem):
        return [filing]
    if filing.accepted >= now:
        return [_problem(filing.accession, f"states a time to come, {filing.accepted:%Y-%m-%d}", "bad_time")]
    found: list[Filing | Item | Problem] = [filing]
    if Choice(NEWS).has(filing.form):
        read = read_filing(body, filing, Wanted())
        found += [x for x in (read.item, read.problem) if x is not None]
    return found


def filing_of(submission: Submission) -> Filing | Problem:
    """The accession of a submission as EDGAR's own list would give it; a Problem when its header does not say enough."""
    accepted = submission.accepted
    if accepted is None and submission.filed is not None:
        accepted = dt.datetime.combine(submission.filed, CLOSES, NEW_YORK).astimezone(dt.UTC)
    lead = next((p for p in submission.parties if p.cik == submission.cik), None)
    if not submission.accession or not submission.form or accepted is None or submission.cik is None:
        missing = [
            what
            for what, value in (
                ("accession number", submission.accession), ("form", submission.form), ("date", accepted),
                ("filer", submission.cik),
            )
            if not value
        ]  # fmt: skip
        return _problem(submission.accession, f"no submission: its header states no {', no '.join(missing)}", "header")
    plain = submission.accession.replace("-", "")
    return Filing(
        accession=submission.accession,
        form=submission.form,
        company=submission.company,
        cik=submission.cik,
        role=lead.role if lead else "",
        accepted=accepted,
        items=submission.items,
        link=f"https://www.sec.gov/Archives/edgar/data/{submission.cik}/{plain}/{submission.accession}-index.htm",
        parties=submission.parties,
        received=accepted,
        replayed=True,
    )


def _problem(subject: str, message: str, kind: str) -> Problem:
    return Problem(stage="collect", subject=subject, message=message, kind=kind)


def folder_files(folder: Path) -> list[Path]:
    """The submissions and tars below a folder, in order of their paths. Raises InputError."""
    try:
        found = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    except OSError as e:
        raise InputError(f"{folder}: cannot be listed ({e.strerror})") from e
    return [p for p in found if is_tar(p) or p.name.lower().endswith(SUBMISSIONS)]

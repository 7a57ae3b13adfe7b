"""The recorded submissions from EDGAR's list to the store: each accession, each EX-99 and each item number."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from pathlib import Path
from xml.sax.saxutils import escape

from tests.cli.conftest import Run
from tests.server.app import Reply, Request, WireServer

AS_OF = "2026-07-01T00:00:00Z"
HEAD = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Latest Filings</title>'


class Archive:
    """Serves every recorded submission where EDGAR has it, and lists them as EDGAR lists filings, newest first."""

    def __init__(self, shared: Path, server: WireServer) -> None:
        folder = shared / "edgar" / "submissions"
        with (folder / "index.csv").open(encoding="utf-8") as lines:
            self.rows = sorted(csv.DictReader(lines), key=moment, reverse=True)
        for row in self.rows:
            body = gzip.decompress((folder / f"{row['file'].partition('/')[2]}.gz").read_bytes())
            server.route(f"{place(row)}/{row['accession']}.txt", lambda _, body=body: Reply(body, etag=False))  # type: ignore[misc]
        self.url = server.url
        server.route("/cgi-bin/browse-edgar", self.listing)

    def listing(self, request: Request) -> Reply:
        start = int(request.query["start"])
        shown = self.rows[start : start + int(request.query["count"])]
        if not shown:
            return Reply(b"", 503, etag=False)
        return Reply((HEAD + "".join(map(entry, shown)) + "</feed>").encode("latin-1", "xmlcharrefreplace"))

    def settings(self, folder: Path) -> str:
        """Every form of the recording is listed as news and fetched whole."""
        forms = json.dumps(sorted({r["form"].removesuffix("/A") for r in self.rows}))
        path = folder / "screener.toml"
        path.write_text(
            f'[edgar]\nbase_url = "{self.url}"\nlookback_days = 20000\nforms = {forms}\nwhole_forms = {forms}\n'
            '[http]\npace = {"*" = 0}\n'
        )
        return str(path)


def place(row: dict[str, str]) -> str:
    return f"/Archives/edgar/data/{int(row['cik'] or 1)}/{row['accession'].replace('-', '')}"


def moment(row: dict[str, str]) -> str:
    """When it was accepted; old headers tell the day of filing alone."""
    return row["accepted"] or f"{row['filed']}220000"


def entry(row: dict[str, str]) -> str:
    t = moment(row)
    when = f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:14]}-05:00"
    title = escape(f"{row['form']} - {row['company'] or 'Nobody'} ({int(row['cik'] or 1):010d}) (Filer)")
    return (
        f'<entry><title>{title}</title><link rel="alternate" href="https://www.sec.gov{place(row)}/{row["accession"]}-index.htm"/>'
        f'<summary type="html">x</summary><updated>{when}</updated><category term="{row["form"]}"/>'
        f"<id>urn:tag:sec.gov,2008:accession-number={row['accession']}</id></entry>"
    )


def test_every_recorded_submission_through_a_run(run: Run, shared: Path, tmp_path: Path) -> None:
    db = tmp_path / "s.db"
    with WireServer() as server:
        archive = Archive(shared, server)
        command = ("--config", archive.settings(tmp_path), "run", "--feeds", "edgar", "--as-of", AS_OF, "--db", str(db))
        done = run(*command)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    connection = sqlite3.connect(db)
    filings = {r[0] for r in connection.execute("SELECT accession FROM filings")}
    items = {r[0]: json.loads(r[1]) for r in connection.execute("SELECT source_id, record FROM items")}
    connection.close()
    assert filings == {r["accession"] for r in archive.rows} and len(filings) == 67
    with_release = {r["accession"] for r in archive.rows if r["has_ex99"] == "True"}
    assert len(with_release) > 5
    found = {a: [e for e in items[a]["exhibits"] if e["kind"].startswith("EX-99")] for a in with_release}
    assert all(found.values())
    # one recording holds the exhibit's frame and none of its words
    assert sum(not any(e["text"] for e in exhibits) for exhibits in found.values()) <= 1
    # old headers leave the headings of some items blank; those rows tell nothing to compare with
    numbered = [r for r in archive.rows if r["form"].startswith("8-K") and all(r["items"].split("|"))]
    for row in numbered:
        # an index row names the items by number or by heading, whose wording has changed over the years
        got, wanted = items[row["accession"]]["items"], row["items"].split("|")
        assert len(got) == len(wanted), row["accession"]
        assert not wanted[0][0].isdigit() or got == wanted, row["accession"]
    assert len(numbered) > 15

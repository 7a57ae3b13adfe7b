"""The filing itself: an accession of EDGAR's listing fetched whole and read.

``fetch_filing`` gets the submission file, parses it, and gives an item whose body is the main document and its EX-99
exhibits as text, whose title is the headline of the press release it carries (else a readable form title), and whose
``items`` are the 8-K item numbers. A Form 4 gives an item only when it reports an open-market purchase; a Schedule 13D
filed as XML gives holder, percent of class and purpose as facts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from urllib.parse import urlsplit, urlunsplit

import anyio
from msgspec import Struct, structs

from screener.addresses import mask_text
from screener.collectors.answers import error_kind
from screener.collectors.apart import apart
from screener.collectors.base import Context
from screener.collectors.getcurrent import companies
from screener.collectors.headline import headline, is_release
from screener.collectors.ownership import Purchase, read_purchase
from screener.collectors.sgml import Submission, filing_text, parse_submission
from screener.collectors.text import one_line
from screener.collectors.xmlforms import Stake, read_stake
from screener.errors import FetchError, ReaderEnded
from screener.limits import EXHIBIT_TEXT_CHARS, FILING_TEXT_CHARS
from screener.sec import forms, items8k
from screener.types import Exhibit, FactValue, Filing, Item, Problem

_LINK = re.compile(r"\A(.*/data/\d{1,10}/)(\d{18})/(\d{10}-\d{2}-\d{6})-index(?:-headers)?\.html?$")
_TEXT_LINK = re.compile(r"\A.*/data/\d{1,10}/(?:\d{18}/)?\d{10}-\d{2}-\d{6}\.txt$")


def submission_url(filing: Filing, base_url: str = "") -> str:
    """Where the submission file of a listed filing stands; ``base_url`` replaces scheme and host when given.

    Raises ValueError when the filing's link is none of EDGAR's.
    """
    link, m = filing.link, _LINK.match(filing.link)
    if m:
        link = f"{m.group(1)}{m.group(2)}/{m.group(3)}.txt"
    elif not _TEXT_LINK.match(link):
        raise ValueError(f"{link or 'an empty link'} is not the address of an EDGAR filing index")
    if not base_url:
        return link
    base, path = urlsplit(base_url), urlsplit(link).path
    return urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + path, "", ""))


async def fetch_filing(
    filing: Filing, context: Context, reading: anyio.CapacityLimiter | None = None
) -> Item | Problem | None:
    """Fetch and read one filing. None for a Form 4 without a purchase; never raises for what EDGAR does.

    ``reading`` limits how many are read at the same time.

    Options of the context: ``base_url`` (a server standing in for EDGAR), ``max_body`` and ``max_exhibit`` in characters.
    """
    try:
        response = await context.fetcher.get(submission_url(filing, str(context.options.get("base_url") or "")))
    except ValueError as e:
        return _problem(filing, str(e), "bad_link")
    except FetchError as e:
        return _problem(filing, str(e), error_kind(e))
    wanted = Wanted(
        source=context.state.name or "edgar",
        max_body=_positive(context.options.get("max_body"), FILING_TEXT_CHARS),
        max_exhibit=_positive(context.options.get("max_exhibit"), EXHIBIT_TEXT_CHARS),
    )
    # a submission takes two milliseconds to read, some a hundred, and a hostile one any time
    try:
        async with reading or nullcontext():
            read = await apart(context.limits, len(response.body), read_filing, response.body, filing, wanted)
    except ReaderEnded as e:
        return _problem(filing, f"the submission file {e}", e.kind)
    return read.problem or read.item


def _positive(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) and value > 0 else otherwise


class Wanted(Struct, frozen=True, kw_only=True):
    """What an item shall hold: the name of its source, and at most so many characters of body and of each exhibit."""

    source: str = "edgar"
    max_body: int = FILING_TEXT_CHARS
    max_exhibit: int = EXHIBIT_TEXT_CHARS


class FilingRead(Struct, frozen=True, kw_only=True):
    """A submission read: an item, or why there is none; neither for a Form 4 without a purchase."""

    item: Item | None = None
    problem: Problem | None = None


def read_filing(body: bytes, filing: Filing, wanted: Wanted) -> FilingRead:
    """Read a submission file, here and now."""
    found = filing_item(filing, parse_submission(body), wanted)
    return FilingRead(problem=found) if isinstance(found, Problem) else FilingRead(item=found)


def filing_item(filing: Filing, submission: Submission, wanted: Wanted) -> Item | Problem | None:
    """The item of a parsed submission; a Problem when it is not the filing's own or holds no text."""
    if submission.accession != filing.accession:
        found = submission.accession or "no accession number"
        return _problem(filing, f"the submission file holds {found}: {'; '.join(submission.notes)}", "not_the_filing")
    if forms.of_family(filing.form, "insider"):
        return _insider_item(filing, submission, wanted)
    main, exhibits = filing_text(submission)
    if not main and not exhibits:
        return _problem(filing, f"holds no readable text: {'; '.join(submission.notes)}", "no_text")
    return _news_item(filing, submission, main, exhibits, wanted)


def _news_item(
    filing: Filing, submission: Submission, main: str, exhibits: tuple[Exhibit, ...], wanted: Wanted
) -> Item:
    exhibits = tuple(Exhibit(kind=e.kind, name=e.name, text=e.text[: wanted.max_exhibit]) for e in exhibits)
    parts = items8k.split_items(main) if forms.of_family(filing.form, "current_report") else {}
    numbers = submission.items or filing.items or tuple(parts)
    stake = _stake(submission) if forms.of_family(filing.form, "stake") else None
    title = _stake_title(filing, stake) if stake else _release_title(filing, main, exhibits)
    lead = "\n\n".join(f"Item {number}. {text}" for number, text in parts.items()) or main
    return structs.replace(
        _bare_item(filing, submission, wanted),
        title=one_line(title) or form_title(filing, numbers),
        body="\n\n".join([lead, *(e.text for e in exhibits)])[: wanted.max_body].strip(),
        items=numbers,
        exhibits=exhibits,
        facts=_stake_facts(stake) if stake else {},
    )


def _release_title(filing: Filing, main: str, exhibits: Sequence[Exhibit]) -> str:
    """The headline of the first exhibit that is a release; a 6-K may be the release itself."""
    title = next((h for h in (headline(e.text) for e in exhibits if is_release(e.text)) if h), "")
    if not title and not exhibits and forms.of_family(filing.form, "foreign_report") and is_release(main):
        title = headline(main)
    return title


def form_title(filing: Filing, items: Sequence[str] = ()) -> str:
    """A title in plain words: "S-3: Acme Corp - Shelf registration statement"."""
    told = [n for n in items if n not in items8k.EXHIBITS] or list(items)
    titles = [items8k.title(n) for n in told] or [forms.form_title(filing.form)]
    name = filing.company or str(filing.cik)
    return one_line(f"{filing.form}: {name} - {'; '.join(titles)}".removesuffix(" - "), 400)


def _insider_item(filing: Filing, submission: Submission, wanted: Wanted) -> Item | Problem | None:
    ownership = next((d.text_raw for d in submission.documents if "<ownershipDocument" in d.text_raw), "")
    try:
        purchase = read_purchase(ownership)
    except ValueError as e:
        return _problem(filing, f"the ownership document {e}", "no_ownership_document")
    if purchase is None:
        return None
    shares, company = f"{purchase.shares:,.0f} shares", purchase.issuer or filing.company
    at = f" at ${purchase.price:,.2f}" if purchase.price is not None else ""
    who = f"{purchase.insider_name} ({purchase.role})" if purchase.role else purchase.insider_name
    bare = _bare_item(filing, submission, wanted)
    return structs.replace(
        bare,
        title=one_line(f"Form {filing.form}: {who} bought {shares} of {company}{at}"),
        cik=purchase.issuer_cik or bare.cik,
        company=purchase.issuer or bare.company,
        ticker_hints=(purchase.ticker,) if purchase.ticker else (),
        facts=_insider_facts(purchase),
    )


def _insider_facts(purchase: Purchase) -> dict[str, FactValue]:
    facts: dict[str, FactValue | None] = {
        "insider_name": purchase.insider_name,
        "role": purchase.role,
        "shares": purchase.shares,
        "price": purchase.price,
        "amount_usd": purchase.amount_usd,
        "shares_after": purchase.shares_after,
        "first_day": purchase.first_day.isoformat() if purchase.first_day else None,
        "last_day": purchase.last_day.isoformat() if purchase.last_day else None,
        "planned": purchase.planned,
    }
    return _known(facts)


def _stake(submission: Submission) -> Stake | None:
    return next(
        (
            s
            for s in (read_stake(d.text_raw) for d in submission.documents if "<reportingPersonInfo" in d.text_raw)
            if s
        ),
        None,
    )


def _stake_title(filing: Filing, stake: Stake) -> str:
    others = f" and {stake.holders - 1} more" if stake.holders > 1 else ""
    share = f"{stake.percent:g} % of " if stake.percent is not None else "a stake in "
    return f"{filing.form}: {stake.holder or 'A holder'}{others} reports {share}{filing.company or filing.cik}"


def _stake_facts(stake: Stake) -> dict[str, FactValue]:
    facts: dict[str, FactValue | None] = {
        "holder": stake.holder,
        "percent_of_class": stake.percent,
        "shares": stake.shares,
        "event_date": stake.event_date,
        "purpose": stake.purpose[:1000],
    }
    return _known(facts)


def _known(facts: dict[str, FactValue | None]) -> dict[str, FactValue]:
    return {name: value for name, value in facts.items() if value is not None and value != ""}


def _bare_item(filing: Filing, submission: Submission, wanted: Wanted) -> Item:
    """The item with what the listing says; its source is the feed's name."""
    return Item(
        source=wanted.source,
        source_id=filing.accession,
        url=filing.link,
        title=filing.form,
        published=filing.accepted,
        received=filing.received,
        form=filing.form,
        cik=filing.cik,
        ciks=companies(filing),
        company=filing.company or submission.company,
        replayed=filing.replayed,
    )


def _problem(filing: Filing, message: str, kind: str) -> Problem:
    return Problem(stage="collect", subject=f"{filing.form} {filing.accession}", message=mask_text(message), kind=kind)

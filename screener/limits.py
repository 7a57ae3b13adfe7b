"""Every limit on what is read from outside: bytes, seconds, entries and problems, each with its reason.

``Limits`` are those a user may change (``[limits]`` in screener.toml); the constants below them are not settings,
because a sound answer never comes near them. Code that reads something open imports its limit from here and names
none of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[limits]``: what one answer may cost. All must be greater than zero.

    ``body_bytes``: one answer, decompressed. The largest feed measured has 1.2 MB, a prospectus 9 MB.
    ``fetch_seconds``: one exchange from request to last byte; a server that drips must not hold a feed's turn.
    ``parse_seconds``: processor time for reading one answer, and as much again for each ``PARSE_BYTES`` of it. A feed
    takes 20 milliseconds; what needs a second is made to.
    ``parse_megabytes``: memory of the process that reads answers.
    ``entries``: of one feed answer. The busiest wire sends 100, a whole day of EDGAR is 5,000.
    ``problems``: of one answer or file that are told one by one; a list of more says nothing that a count does not.
    """

    body_bytes: int = 10_000_000
    fetch_seconds: float = 60.0
    parse_seconds: float = 1.0
    parse_megabytes: int = 1_000
    entries: int = 20_000
    problems: int = 50


DEFAULT = Limits()

# ---- HTTP ------------------------------------------------------------------------------------------------------------

REDIRECTS = 5  # browsers follow 20; no feed needs more than two
READ_SECONDS = 20.0  # between two reads of one answer
REPLY_BYTES = 64_000  # an answer of which only the status counts (webhooks): enough for its message
REPLY_SECONDS = 15.0  # the same from request to last byte
RETRY_AFTER_SECONDS = 30.0  # the longest wait that a host may impose inside one call
VALIDATOR_CHARS = 512  # an ETag or date longer than that is not sent back: servers refuse large headers with 400

# ---- reading answers -------------------------------------------------------------------------------------------------

PARSE_BYTES = 500_000  # how much each further ``parse_seconds`` must be enough for: feedparser's slowest sound feed
PARSE_WALL = 20.0  # times the processor time, when a reader neither ends nor works; a machine may have much else to do
READER_START_SECONDS = 60.0  # for a reader's process to be there: 0.3 on an idle machine
SMALL_BYTES = 200_000  # a sound answer up to this size is read in place, which costs less than handing it over
SMALL_MARKS = 20_000  # unless it holds more tags and entities: each may cost 6 microseconds
FEED_TEXT_CHARS = 200_000  # summary or body of an entry
INDEX_BYTES = 50_000_000  # a daily index of EDGAR: 1 to 3 MB, more at quarter ends

SUBMISSION_BYTES = 100_000_000  # a full submission of EDGAR, with exhibits and pictures
DOCUMENT_BYTES = 12_000_000  # one document of it: what is longer is read to there
DOCUMENTS = 5_000  # of one submission
HEADER_BYTES = 2_000_000  # what stands before its first document
FILING_TEXT_CHARS, EXHIBIT_TEXT_CHARS = 200_000, 100_000  # of a filing and of an exhibit that are kept
HTML_CHARS = 5_000_000  # of one text that is freed of its markup
LENIENT_BYTES, LENIENT_MARKS = 2_000_000, 40_000  # of a broken feed that is mended: the mender's time goes with both
MENDED_BYTES = 5_000_000  # of a JSON answer whose wrong characters are taken out: a second of work
SEEN_IDS = 5_000  # of one feed that are remembered to tell what is new

FIRST_YEAR, LAST_YEAR = 1990, 2199  # a date outside is none: EDGAR begins in 1993, and 9999 cannot be moved by a zone
ROWS = 10_000  # objects in one JSON answer; collectors ask for 100 a page

LEDGER_TEXT_CHARS = 600_000  # of a filing read for its ledger: a long prospectus has 400,000
COMPANY_FILINGS = (
    600  # of one company read for its dilution ledger, newest first: the busiest small cap had 180 in three years
)
COMPANY_FACTS_BYTES = 60_000_000  # of one company; small ones have 1 to 4 MB, the largest measured 15
FACT_ROWS = 5_000  # values of one concept; twenty years of quarters, each stated four times, are 400

# ---- files -----------------------------------------------------------------------------------------------------------

YAML_BYTES = 2_000_000  # the largest rule file has 60 kB
YAML_NODES = 200_000  # of a document after its aliases are followed: ten times the largest file
NESTING = 100  # of YAML, TOML and JSON values: the deepest file in use has 9
DIGITS = 40  # of a number: a float64 holds 17, Python refuses 4,300
TOML_BYTES = 1_000_000
LINE_BYTES = 5_000_000  # one JSON line: an item with a whole prospectus in it
BROKEN_LINES = 10_000  # one after the other: a file of which nothing can be read is not read to its end
SAVED_BYTES = 50_000_000  # a saved answer, decompressed

HELD_ITEMS = 20_000  # of one feed, that could not be stored and are tried again: as many as one answer may bring
UNEXPECTED_TRIES = 6  # of an item that cannot be stored, over 15 seconds, before it is the item's fault


def at_most(rows: Sequence[T], most: int, more: Callable[[int], T]) -> tuple[T, ...]:
    """The first of ``rows``; when there are more than ``most``, the last of those kept is ``more(how many are left out)``."""
    if len(rows) <= most:
        return tuple(rows)
    return (*rows[: most - 1], more(len(rows) - most + 1))


# ---- alerts ----------------------------------------------------------------------------------------------------------

ASKED_SECONDS = 3600.0  # the longest a receiver may hold its channel by Retry-After: yesterday's alert is of no use
REPLY_DRAIN_BYTES, REPLY_DRAIN_SECONDS = 16_384, 0.5  # of a webhook's body: enough to find the end of a short one
SENDER_BYTES = 192 * 1024 * 1024  # of the process that sends through Apprise, which itself takes 40 MB
SENDER_REQUESTS = 3  # requests of ``[alerts] timeout`` that one message through a service may need
SENDER_LINE_BYTES = 65_536  # what that process may answer
STDERR_BYTES = 4_096  # of what a program of the user's says

# ---- the page --------------------------------------------------------------------------------------------------------

SQL_VALUE_BYTES = 2_000_000  # one value of a reader's own query, made up or stored
SQL_ANSWER_BYTES = 10_000_000  # all values of one answer; as JSON it may be six times as long
SQL_HEAP_BYTES = 512 * 1024 * 1024  # SQLite's own memory in the serving process; four ordinary queries use 20 MB
SQL_PATTERN_CHARS = 200  # of LIKE and GLOB: their time is pattern times text, and nothing interrupts them
SQL_MS = 1_500  # of one query
SQL_ROWS = 2_000  # of one answer; more come page by page
CSV_MEGABYTES = 100  # of one streamed table
SQL_THREADS = 4
TABLE_TURNS, TABLE_WAITING = (
    3,
    40,
)  # one thread is left for the page: answers from the tables being made at once, and waiting for their turn
CONNECTIONS = 650  # open at once, event streams included; a process has 1,024 files by default
WAITING_CONNECTIONS = 100  # that have not sent a whole request yet; the one that waits longest goes first
REQUEST_SECONDS = 10.0  # from a connection's beginning, or the last answer on it, to the end of the next request
REQUEST_HEAD_BYTES = 32_768
STALLED_SECONDS = 30.0  # a reader that takes nothing of its answer for so long is gone
WRONG_FREE = 5  # wrong passwords of one client before it is not heard for a while: people mistype
WRONG_SECONDS, WRONG_MOST_SECONDS = 0.3, 900.0  # a refusal takes so long, then doubles, as does the time unheard
WRONG_CLIENTS = 2_000  # clients remembered
WRONG_PER_MINUTE = 60  # of all clients together; beyond it strangers wait for each other

# When a jump between two closes is no trading but a split of which nothing is listed; ``prices.splits`` says why.
JUMP_UNSEEN = 1.45
"""Up to this factor the close that a source's change compares with counts as the stored one."""
JUMP_UP, JUMP_EVER = 3.0, 20.0
"""A gain of this factor needs the volume below; one of the second is believed on none."""
JUMP_CONFIRMS = 2.0
"""Times the usual volume that make a gain believable."""

"""The schema, as named migrations: appended, never edited, each in a transaction.

Times are text ``2025-12-12T23:10:00.000Z`` (UTC, milliseconds, fixed width, so that text order is time order); days are
``2025-12-12`` in New York; lists and mappings are JSON text. NULL means unknown, never zero.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from screener.language.symbols import plain_ticker

migration = Migrations("screener")


def _run(db: Database, *statements: str) -> None:
    # executescript would commit the migration's own transaction, so statements go one by one.
    for statement in statements:
        db.execute(statement)


@migration()
def m001_sources(db: Database) -> None:
    """What sources said: tickers, feeds, filings, items, halts."""
    _run(
        db,
        """CREATE TABLE settings (  -- small values kept between runs: ETag of the ticker table and the like
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE listings (  -- the ticker table of SEC (or the demo's), newest copy
            ticker TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            exchange TEXT NOT NULL,
            cik INTEGER,             -- NULL: the table gave none
            received TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX listings_cik ON listings(cik)  -- filer to ticker",
        """CREATE TABLE feeds (     -- one row a feed: what the last poll left behind, and its health
            name TEXT PRIMARY KEY,
            etag TEXT NOT NULL DEFAULT '',
            last_modified TEXT NOT NULL DEFAULT '',
            last_success TEXT,       -- NULL: never
            last_error TEXT NOT NULL DEFAULT '',
            last_error_at TEXT,
            failures INTEGER NOT NULL DEFAULT 0,
            last_item TEXT,          -- newest publication time seen
            seen TEXT NOT NULL DEFAULT '[]',
            gaps INTEGER NOT NULL DEFAULT 0,
            disabled TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID""",
        """CREATE TABLE filings (   -- every accession seen on EDGAR, whatever its form
            accession TEXT PRIMARY KEY,
            form TEXT NOT NULL,
            company TEXT NOT NULL,
            cik INTEGER NOT NULL,
            role TEXT NOT NULL,
            accepted TEXT NOT NULL,  -- acceptance time, the publication of a filing
            items TEXT NOT NULL,     -- 8-K item numbers, JSON
            link TEXT NOT NULL,
            parties TEXT NOT NULL,   -- all roles, JSON
            received TEXT NOT NULL,
            replayed INTEGER NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX filings_cik ON filings(cik, accepted)  -- a company's dilution history",
        "CREATE INDEX filings_accepted ON filings(accepted)  -- browsing by time",
        """CREATE TABLE halts (     -- trading halts as the exchange listed them
            ticker TEXT NOT NULL,
            halted TEXT NOT NULL,
            code TEXT NOT NULL,
            name TEXT NOT NULL,
            market TEXT NOT NULL,
            resumed TEXT,            -- NULL: not resumed as far as known
            pause_price REAL,
            received TEXT NOT NULL,
            resumed_received TEXT,   -- when the resumption was first known
            PRIMARY KEY (ticker, halted, code)
        ) WITHOUT ROWID""",
    )


@migration()
def m002_stories(db: Database) -> None:
    """What we made of it: stories with their sources and versions, catalysts, noise, full text."""
    _run(
        db,
        """CREATE TABLE stories (   -- one event from however many sources, newest version
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            text TEXT NOT NULL,
            form TEXT NOT NULL,
            published TEXT NOT NULL,
            first_seen TEXT NOT NULL,
            known_at TEXT NOT NULL,  -- since when this version is known
            company TEXT NOT NULL,
            cik INTEGER,
            tickers TEXT NOT NULL,   -- JSON, issuer first
            items TEXT NOT NULL,
            subjects TEXT NOT NULL,
            sources TEXT NOT NULL,   -- JSON, first source first
            novelty REAL,            -- NULL: nothing stored to compare with
            repeats TEXT NOT NULL,
            confirmed_by TEXT NOT NULL,
            source_facts TEXT NOT NULL,
            replayed INTEGER NOT NULL,
            model_id TEXT NOT NULL DEFAULT ''  -- which classifier made its catalysts
        )""",
        "CREATE INDEX stories_published ON stories(published)  -- a day's window",
        """CREATE TABLE story_versions (  -- superseded versions, so that any past moment can be read back
            story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
            known_at TEXT NOT NULL,
            record TEXT NOT NULL,    -- the whole Story, JSON
            PRIMARY KEY (story_id, known_at)
        ) WITHOUT ROWID""",
        """CREATE TABLE story_tickers (   -- which tickers a story is about
            ticker TEXT NOT NULL,
            published TEXT NOT NULL,
            story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
            position INTEGER NOT NULL,  -- 0 is the issuer
            PRIMARY KEY (ticker, published, story_id)
        ) WITHOUT ROWID""",
        "CREATE INDEX story_tickers_story ON story_tickers(story_id)  -- replacing a story's tickers",
        "CREATE INDEX stories_cik ON stories(cik, published) WHERE cik IS NOT NULL  -- joining a filing to its release",
        """CREATE TABLE items (     -- every piece of news as each source gave it
            source TEXT NOT NULL,
            source_id TEXT NOT NULL,
            story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
            url TEXT NOT NULL,
            title TEXT NOT NULL,
            published TEXT,          -- NULL: the source gave no usable time
            received TEXT NOT NULL,
            form TEXT NOT NULL,
            record TEXT NOT NULL,    -- the whole Item, JSON
            PRIMARY KEY (source, source_id)
        ) WITHOUT ROWID""",
        "CREATE INDEX items_story ON items(story_id)  -- a story's sources in full",
        "CREATE INDEX items_received ON items(source, received)  -- items an hour and lag of a feed",
        """CREATE TABLE catalysts (  -- what the classifier found, best first
            story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
            position INTEGER NOT NULL,  -- 0 is the best
            ticker TEXT NOT NULL,
            type TEXT NOT NULL,
            stage TEXT NOT NULL,
            polarity TEXT NOT NULL,
            confidence REAL NOT NULL,
            evidence TEXT NOT NULL,
            facts TEXT NOT NULL,
            made_by TEXT NOT NULL,
            published TEXT NOT NULL,
            known_at TEXT NOT NULL,
            PRIMARY KEY (story_id, position)
        ) WITHOUT ROWID""",
        "CREATE INDEX catalysts_ticker ON catalysts(ticker, type, published)  -- nth raise, open deficiency",
        "CREATE INDEX catalysts_type ON catalysts(type, published)  -- all of one type",
        """CREATE TABLE noise (      -- noise classes of a story
            story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            evidence TEXT NOT NULL,
            PRIMARY KEY (story_id, kind)
        ) WITHOUT ROWID""",
        "CREATE VIRTUAL TABLE stories_fts USING fts5(title, text, content='stories', tokenize='porter unicode61')",
        """CREATE TRIGGER stories_ai AFTER INSERT ON stories BEGIN
            INSERT INTO stories_fts(rowid, title, text) VALUES (new.rowid, new.title, new.text); END""",
        """CREATE TRIGGER stories_ad AFTER DELETE ON stories BEGIN
            INSERT INTO stories_fts(stories_fts, rowid, title, text)
            VALUES ('delete', old.rowid, old.title, old.text); END""",
        """CREATE TRIGGER stories_au AFTER UPDATE OF title, text ON stories BEGIN
            INSERT INTO stories_fts(stories_fts, rowid, title, text)
            VALUES ('delete', old.rowid, old.title, old.text);
            INSERT INTO stories_fts(rowid, title, text) VALUES (new.rowid, new.title, new.text); END""",
    )


@migration()
def m003_prices(db: Database) -> None:
    """Daily bars as traded, quotes, splits."""
    _run(
        db,
        """CREATE TABLE bars (      -- one ticker-day of one source; the key is day first because days are appended
            day TEXT NOT NULL,
            ticker TEXT NOT NULL,
            source TEXT NOT NULL,
            open REAL, high REAL, low REAL, close REAL, volume REAL,
            change_pct REAL,         -- the source's own change, right across splits
            market_cap REAL,
            float_shares REAL,
            exchange TEXT NOT NULL,
            known_at TEXT NOT NULL,
            PRIMARY KEY (day, ticker, source)
        ) WITHOUT ROWID""",
        "CREATE INDEX bars_ticker ON bars(ticker, day)  -- one ticker's history",
        """CREATE TABLE bars_revised (   -- what a bar said before a source corrected it
            day TEXT NOT NULL, ticker TEXT NOT NULL, source TEXT NOT NULL,
            open REAL, high REAL, low REAL, close REAL, volume REAL,
            change_pct REAL, market_cap REAL, float_shares REAL, exchange TEXT NOT NULL,
            known_at TEXT NOT NULL,
            replaced_at TEXT NOT NULL
        )""",
        "CREATE INDEX bars_revised_key ON bars_revised(day, ticker, source)  -- reading a corrected bar as of before",
        """CREATE TRIGGER bars_au AFTER UPDATE ON bars BEGIN
            INSERT INTO bars_revised VALUES (old.day, old.ticker, old.source, old.open, old.high, old.low, old.close,
                old.volume, old.change_pct, old.market_cap, old.float_shares, old.exchange, old.known_at, new.known_at);
        END""",
        """CREATE TABLE quotes (    -- prices inside the day
            ticker TEXT NOT NULL,
            as_of TEXT NOT NULL,
            source TEXT NOT NULL,
            open REAL, high REAL, low REAL, close REAL, volume REAL, bid REAL, ask REAL, last REAL,
            change_pct REAL, market_cap REAL,
            session TEXT NOT NULL,
            PRIMARY KEY (ticker, as_of, source)
        ) WITHOUT ROWID""",
        """CREATE TABLE splits (    -- splits and reverse splits that took effect
            ticker TEXT NOT NULL,
            day TEXT NOT NULL,
            ratio REAL NOT NULL,     -- old shares for one new share: 20 for a 1-for-20, 0.5 for a 2-for-1
            source TEXT NOT NULL,
            known_at TEXT NOT NULL,
            PRIMARY KEY (ticker, day)
        ) WITHOUT ROWID""",
    )


@migration()
def m004_lists(db: Database) -> None:
    """Runs, watchlists, regimes and the user's own marks."""
    _run(
        db,
        """CREATE TABLE runs (       -- one row a pass of the pipeline
            id TEXT PRIMARY KEY,
            started TEXT NOT NULL,
            finished TEXT,           -- NULL: still running, or killed
            as_of TEXT NOT NULL,
            day TEXT NOT NULL,
            replayed INTEGER NOT NULL,
            rules_digest TEXT NOT NULL,
            model_id TEXT NOT NULL,
            list_id TEXT,            -- the run whose stored list this run confirmed; NULL: no list
            counts TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX runs_started ON runs(started)  -- newest runs",
        """CREATE TABLE problems (  -- what went wrong in a run without stopping it
            run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            stage TEXT NOT NULL, subject TEXT NOT NULL, message TEXT NOT NULL, kind TEXT NOT NULL,
            PRIMARY KEY (run_id, n)
        ) WITHOUT ROWID""",
        """CREATE TABLE lists (     -- every watchlist that differed from the one before it, whole, for as-of queries
            day TEXT NOT NULL,
            as_of TEXT NOT NULL,
            run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
            digest TEXT NOT NULL,    -- of the rows without their as-of time
            rules_digest TEXT NOT NULL,
            model_id TEXT NOT NULL,
            rows BLOB NOT NULL,      -- zlib of the JSON rows
            PRIMARY KEY (day, as_of, run_id)
        ) WITHOUT ROWID""",
        """CREATE TABLE watchlist ( -- the newest list of each day, a row each, for SQL and the page
            day TEXT NOT NULL,
            rank INTEGER NOT NULL,
            ticker TEXT NOT NULL,
            company TEXT NOT NULL,
            score REAL NOT NULL,
            bullish REAL NOT NULL,
            bearish REAL NOT NULL,
            action TEXT NOT NULL,
            catalyst TEXT NOT NULL,
            stage TEXT NOT NULL,
            polarity TEXT NOT NULL,
            headline TEXT NOT NULL,
            url TEXT NOT NULL,
            story_id TEXT NOT NULL,
            published TEXT,
            price REAL, change_pct REAL, rvol REAL, dollar_volume REAL, market_cap REAL, materiality_pct REAL,
            warnings TEXT NOT NULL,
            as_of TEXT NOT NULL,
            run_id TEXT NOT NULL,
            PRIMARY KEY (day, rank)
        ) WITHOUT ROWID""",
        "CREATE INDEX watchlist_ticker ON watchlist(ticker, day)  -- a ticker's history across days",
        """CREATE TABLE regimes (   -- the state of the market as it was known at a moment
            day TEXT NOT NULL,
            as_of TEXT NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (day, as_of)
        ) WITHOUT ROWID""",
        """CREATE TABLE marks (     -- the user's own watchlist: one row an action, the newest of each kind counts
            id INTEGER PRIMARY KEY,
            ticker TEXT NOT NULL,
            action TEXT NOT NULL,    -- add, remove, pin, unpin, mute, unmute, note
            note TEXT NOT NULL,
            made TEXT NOT NULL
        )""",
        "CREATE INDEX marks_ticker ON marks(ticker, id)  -- the marks of a ticker",
    )


@migration()
def m005_dates(db: Database) -> None:
    """The calendar of known dates."""
    _run(
        db,
        "CREATE INDEX catalysts_dated ON catalysts(published) WHERE instr(facts, '_date\"') > 0  -- the calendar",
    )


@migration()
def m006_alerts(db: Database) -> None:
    """The outbox: what alerts tell of, what was decided, what each channel is owed. No address and no secret."""
    _run(
        db,
        """CREATE TABLE alert_events (  -- what a ticker's alerts belong to, so that a later piece is an update
            id TEXT PRIMARY KEY,     -- from ticker, first story and catalyst
            ticker TEXT NOT NULL,
            catalyst TEXT NOT NULL,
            stories TEXT NOT NULL,   -- JSON, first story first
            told TEXT NOT NULL,      -- pieces already told, JSON
            opened TEXT NOT NULL,
            last_at TEXT NOT NULL,
            updates INTEGER NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX alert_events_ticker ON alert_events(ticker, last_at)  -- a row's event",
        """CREATE TABLE alerts (        -- one row a decision, held back ones with the reason
            id TEXT PRIMARY KEY,     -- from event and update number
            event TEXT NOT NULL,
            ticker TEXT NOT NULL,
            day TEXT NOT NULL,       -- the session day of the list it came from
            update_no INTEGER NOT NULL,
            state TEXT NOT NULL,     -- pending, or muted: owed to nobody
            reason TEXT NOT NULL,
            created TEXT NOT NULL,
            rank INTEGER NOT NULL,   -- on the list it came from: the better first among those of one moment
            record TEXT NOT NULL     -- the whole Alert, JSON
        ) WITHOUT ROWID""",
        "CREATE INDEX alerts_created ON alerts(created)  -- newest alerts, the daily cap",
        "CREATE INDEX alerts_ticker ON alerts(ticker, created)  -- a ticker's alerts",
        """CREATE TABLE deliveries (    -- what each channel is owed
            alert_id TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE,
            channel TEXT NOT NULL,   -- the channel's name
            state TEXT NOT NULL,     -- pending, sent, failed (tried again), dead (given up)
            attempts INTEGER NOT NULL DEFAULT 0,
            batch TEXT NOT NULL DEFAULT '',  -- the digest it is bound to; empty: goes alone
            not_before TEXT NOT NULL,
            sent TEXT,               -- NULL: not sent
            error TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (alert_id, channel)
        ) WITHOUT ROWID""",
        "CREATE INDEX deliveries_due ON deliveries(channel, state, not_before)  -- what a sender may hand over now",
        """CREATE TABLE alert_channels (  -- channels by name, and how they are doing
            name TEXT PRIMARY KEY,
            shown TEXT NOT NULL,     -- the address without its secrets
            hold_until TEXT,         -- NULL: free
            last_sent TEXT,
            failures INTEGER NOT NULL DEFAULT 0,
            last_error TEXT NOT NULL DEFAULT '',
            last_error_at TEXT
        ) WITHOUT ROWID""",
    )


@migration()
def m007_outcomes(db: Database) -> None:
    """What listed tickers did later, each number with the moment it became known."""
    _run(
        db,
        """CREATE TABLE outcomes (   -- one row a ticker and day, from its first listing that day
            day TEXT NOT NULL,
            ticker TEXT NOT NULL,
            listed TEXT NOT NULL,
            price REAL,              -- of that day's trading when listed; NULL: before the open, or unknown
            close_pct REAL, close_known TEXT,  -- percent to the close of the day; NULL: not known, or cannot be told
            next_pct REAL, next_known TEXT,    -- percent to the close one session later
            week_pct REAL, week_known TEXT,    -- percent to the close five sessions later
            PRIMARY KEY (day, ticker)
        ) WITHOUT ROWID""",
        "CREATE INDEX outcomes_ticker ON outcomes(ticker, day)  -- a ticker's history",
        "CREATE INDEX outcomes_open ON outcomes(day) WHERE week_known IS NULL  -- what is still to be filled",
        """INSERT OR IGNORE INTO outcomes(day, ticker, listed, price)
            SELECT day, ticker, as_of, CASE WHEN change_pct IS NULL THEN NULL ELSE price END FROM watchlist""",
    )


@migration()
def m008_changed(db: Database) -> None:
    """What changed after a moment, for reading a day back as of then."""
    _run(db, "CREATE INDEX stories_known ON stories(known_at)  -- has any story changed since a moment?")


@migration()
def m009_table_order(db: Database) -> None:
    """The order of the ticker table, which ranks a company's own lines; and halts under the normal form of their ticker."""
    _run(
        db,
        "ALTER TABLE listings ADD COLUMN position INTEGER NOT NULL DEFAULT 0",
        # The order of a copy stored before is lost, so the next run fetches the table again though it has not changed.
        "DELETE FROM settings WHERE key IN ('table_checked', 'table_etag')",
    )
    for ticker, halted, code in db.execute("SELECT ticker, halted, code FROM halts").fetchall():
        if plain_ticker(ticker) != ticker:
            db.execute(
                "UPDATE OR REPLACE halts SET ticker = ? WHERE ticker = ? AND halted = ? AND code = ?",
                (plain_ticker(ticker), ticker, halted, code),
            )


@migration()
def m010_resume(db: Database) -> None:
    """Where a feed reads on gets a column of its own; and finding what no classifier has seen, whatever its age."""
    _run(
        db,
        "ALTER TABLE feeds ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0",
        """UPDATE feeds SET unfinished = 1, seen = '[]' WHERE seen = '["unfinished"]'""",
        "CREATE INDEX stories_unclassified ON stories(published) WHERE model_id = ''  -- what is still to be classified",
    )


@migration()
def m011_item_versions(db: Database) -> None:
    """The earlier wordings of items that their source edited, so that stories can be made anew as they came."""
    _run(
        db,
        """CREATE TABLE item_versions ( -- superseded wordings of items, each as it was received
            source TEXT NOT NULL,
            source_id TEXT NOT NULL,
            received TEXT NOT NULL,
            story_id TEXT NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
            record TEXT NOT NULL,    -- the whole Item, JSON
            PRIMARY KEY (source, source_id, received)
        ) WITHOUT ROWID""",
        "CREATE INDEX item_versions_story ON item_versions(story_id)  -- a story's sources in full",
    )


@migration()
def m012_known_dates(db: Database) -> None:
    """The dates that news named, by day: the calendar reads the days it shows, however long the history is."""
    named = (
        "INSERT OR IGNORE INTO known_dates(day, kind, place, type, story_id, position, published, known_at) "
        "SELECT substr(f.value, 1, 10), f.key, CASE c.ticker WHEN '' THEN c.story_id ELSE c.ticker END, c.type, "
        "c.story_id, c.position, c.published, c.known_at FROM {} c, json_each(c.facts) f "
        "WHERE f.key LIKE '%\\_date' ESCAPE '\\' AND f.value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
    )
    _run(
        db,
        """CREATE TABLE known_dates ( -- one row a date that a catalyst's facts hold
            day TEXT NOT NULL,
            kind TEXT NOT NULL,      -- the fact's name
            place TEXT NOT NULL,     -- the ticker, else the story: the newest news of a place, type and kind counts
            type TEXT NOT NULL,
            story_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            published TEXT NOT NULL,
            known_at TEXT NOT NULL,
            PRIMARY KEY (day, kind, story_id, position)
        ) WITHOUT ROWID""",
        "CREATE INDEX known_dates_place ON known_dates(place, type, kind, published)  -- was the date moved since",
        "CREATE INDEX known_dates_catalyst ON known_dates(story_id, position)  -- dropping a catalyst's dates",
        named.format("catalysts"),
        """CREATE TRIGGER known_dates_ai AFTER INSERT ON catalysts WHEN instr(new.facts, '_date"') > 0 BEGIN """
        + named.format(
            "(SELECT new.story_id AS story_id, new.position AS position, new.ticker AS ticker, new.type AS type, "
            "new.published AS published, new.known_at AS known_at, new.facts AS facts)"
        )
        + "; END",
        """CREATE TRIGGER known_dates_ad AFTER DELETE ON catalysts WHEN instr(old.facts, '_date"') > 0 BEGIN
            DELETE FROM known_dates WHERE story_id = old.story_id AND position = old.position; END""",
        "DROP INDEX catalysts_dated",
    )


@migration()
def m013_dilution(db: Database) -> None:
    """What companies can sell: documents read for the dilution ledger, their entries, company facts, how far back."""
    _run(
        db,
        """CREATE TABLE dilution_documents (  -- filings and releases read for the ledger, those that say nothing too
            id TEXT NOT NULL,        -- accession number, or source and id of a release
            known TEXT NOT NULL,     -- from when this reading counts
            cik INTEGER,             -- NULL: only the ticker is known
            ticker TEXT NOT NULL,
            form TEXT NOT NULL,
            url TEXT NOT NULL,
            published TEXT,          -- NULL: the source gave no usable time
            PRIMARY KEY (id, known)
        ) WITHOUT ROWID""",
        "CREATE INDEX dilution_documents_cik ON dilution_documents(cik, known)  -- a company's documents",
        "CREATE INDEX dilution_documents_ticker ON dilution_documents(ticker, known)  -- the same without a CIK",
        """CREATE TABLE dilution_entries (    -- what one document says of one thing that can become shares
            document TEXT NOT NULL,
            known TEXT NOT NULL,
            n INTEGER NOT NULL,      -- in the order of the document
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            amount_usd REAL,         -- NULL: not stated
            shares REAL,             -- NULL: not stated
            price REAL,              -- NULL: not stated
            record TEXT NOT NULL,    -- the whole Entry, JSON
            PRIMARY KEY (document, known, n),
            FOREIGN KEY (document, known) REFERENCES dilution_documents(id, known) ON DELETE CASCADE
        ) WITHOUT ROWID""",
        """CREATE TABLE company_facts (       -- SEC's XBRL company facts, the concepts that are used
            cik INTEGER PRIMARY KEY,
            received TEXT NOT NULL,
            record TEXT NOT NULL     -- CompanyFacts, JSON
        )""",
        """CREATE TABLE company_reads (       -- how far a company's list of filings has been read
            cik INTEGER PRIMARY KEY,
            since TEXT NOT NULL,     -- every filing that matters from here ...
            until TEXT NOT NULL,     -- ... to here has been read
            etag TEXT NOT NULL,
            last_modified TEXT NOT NULL,
            newest_report TEXT NOT NULL  -- the periodic report that the stored facts go up to
        )""",
    )


@migration()
def m014_sectors(db: Database) -> None:
    """Which sector a ticker is of, from securities lists; kept apart from SEC's table, which replaces itself daily."""
    _run(
        db,
        """CREATE TABLE sectors (    -- the newest word of each ticker
            ticker TEXT PRIMARY KEY,
            sector TEXT NOT NULL,    -- "Health Care"
            industry TEXT NOT NULL,  -- empty: the list names none
            source TEXT NOT NULL,    -- a price source's name, or the file
            received TEXT NOT NULL   -- when this word came first
        ) WITHOUT ROWID""",
    )


@migration()
def m015_views(db: Database) -> None:
    """Filters that were saved on the page, beside those of the settings."""
    _run(
        db,
        """CREATE TABLE views (      -- filters of the list, saved on the page
            name TEXT PRIMARY KEY,
            filter TEXT NOT NULL,    -- as [filters.NAME] of the settings has it, JSON
            made TEXT NOT NULL
        ) WITHOUT ROWID""",
    )


@migration()
def m016_known_dates_in_order(db: Database) -> None:
    """The days in the order they are shown: the calendar stops at the last one it shows."""
    _run(
        db,
        "CREATE INDEX known_dates_day ON known_dates(day, place, kind, type, published, known_at)  -- the soonest ones",
    )

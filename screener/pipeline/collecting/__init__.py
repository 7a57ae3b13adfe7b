"""Asking the feeds: polls, the queue of filings, and the administration of feeds."""

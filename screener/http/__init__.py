"""One polite way to the web: declared user agent, pace per host, conditional GET, retries, limits, checked redirects.

``Fetcher`` is the only thing in the screener that opens an HTTP connection for feeds, filings and prices:

* every request says who asks (``contact``), and waits for its host's slot (``paces``: requests a second by domain, all
  hosts below a domain together; SEC allows ten a second over all its hosts);
* ETag and Last-Modified are sent back when they are plain text, and a 304 comes out as ``not_modified``; a server that
  chokes on them is asked once more without;
* 408, 425, 429, 5xx, timeouts and broken connections are tried again with growing waits, Retry-After honoured;
* bodies are decompressed here, in steps, so that neither a huge body nor a gzip bomb passes ``max_bytes``; a body that
  drips for ever meets ``total_timeout``;
* cookies are neither kept nor sent;
* redirects are followed by hand. A private, loopback or link-local target is refused unless it is configured, that is
  named in ``allowed_hosts`` or the origin of the (trusted) first address. Names are resolved and the connected peer is
  checked too, so that a public name for a private address does not help.

Errors are ``FetchError`` and its children; addresses in them have their secrets masked (``screener.addresses``).
"""

from __future__ import annotations

from screener.addresses import mask
from screener.fetching import Response
from screener.http.client import Fetcher
from screener.http.guard import host_port
from screener.http.pace import PACES, Pace, Paces

__all__ = ["PACES", "Fetcher", "Pace", "Paces", "Response", "host_port", "mask"]

"""Which addresses may be fetched, and how they may be shown."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SECRET = re.compile(r"(?i)(key|token|secret|passw|auth|signature|sig$)")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def mask(url: str) -> str:
    """The address without what must not be printed: user, password and the values of key-like parameters."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    netloc = parts.netloc.rpartition("@")[2]
    if "@" in parts.netloc:
        netloc = f"***@{netloc}"
    query = parts.query
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(_SECRET.search(name) for name, _ in pairs):
        query = urlencode([(n, "***" if _SECRET.search(n) else v) for n, v in pairs], safe="*,/:")
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def is_private(address: str) -> bool:
    """True for an address in digits that is not a public unicast one, also when wrapped in an IPv6 form."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return not ip.is_global or ip.is_multicast


def literal(host: str) -> str:
    """The host when it is an address in digits, else nothing."""
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        return ""


def host_port(url: str) -> str:
    """``host:port`` of an address, the port filled in: the form that ``allowed_hosts`` holds."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"

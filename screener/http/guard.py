"""Which addresses may be fetched: the public ones, in whatever notation they stand."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from urllib.parse import urlsplit

_HERE = ("localhost", "localdomain", "local", "internal", "home.arpa")
# IPv6 forms that carry an IPv4 address in their last 32 bits: compatible, mapped, translated, NAT64
_CARRIERS = tuple(ipaddress.IPv6Network(n) for n in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
_GLOBAL = ipaddress.IPv6Network("2000::/3")  # all of IPv6 that is handed out for public use
_ISATAP = (0x00005EFE, 0x02005EFE)
_NUMBERS = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)(?:\.(?:0[xX][0-9a-fA-F]*|[0-9]+)){0,3}")


def is_private(address: str) -> bool:
    """True for an address in digits that is not a public unicast one, also when wrapped in an IPv6 form."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return not ip.is_global or ip.is_multicast
    inner = _carried(ip)
    if inner is not None:
        return is_private(str(inner))
    return ip not in _GLOBAL or not ip.is_global or ip.is_multicast or ip.is_site_local


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(ip in net for net in _CARRIERS):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def literal(host: str) -> str:
    """The host as an address in digits when it is one in any notation that resolvers take, else nothing.

    Besides the usual forms: full-width digits, a trailing dot, and IPv4 in one to four decimal, octal or hexadecimal
    numbers ("2130706433", "0x7f.1", "0177.0.0.1").
    """
    host = unicodedata.normalize("NFKC", host).strip("[]").partition("%")[0].rstrip(".")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not _NUMBERS.fullmatch(host) or len(host) > 60:
        return ""
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(host)))
    except (OSError, ValueError):
        return ""


def is_here(host: str) -> bool:
    """True for the names that stand for this machine or its own network, whatever they resolve to."""
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    return host in ("localhost", "ip6-localhost", "ip6-loopback") or host.endswith(tuple(f".{h}" for h in _HERE))


def host_port(url: str) -> str:
    """``host:port`` of an address, the port filled in: the form that ``allowed_hosts`` holds."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"

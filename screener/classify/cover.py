"""The catalyst type of what the cover page of a prospectus offers; reading the cover is ``sec.cover``."""

from __future__ import annotations

from screener.sec.cover import Kind, Offer, is_prospectus, offer, read

__all__ = ["Kind", "Offer", "is_prospectus", "offer", "read", "type_of"]

#: A sale is named by its security.
_SALE = {"stock": "equity_offering", "convertible": "equity_line_convertible", "notes": "debt_financing"}


def type_of(offer: Offer) -> str:
    """The catalyst type of an offer."""
    return _SALE[offer.security] if offer.kind == "sale" else "shelf_or_atm"

"""XML from strangers: no entities, no network, no huge trees, and a limit on how much can be wrong."""

from __future__ import annotations

from lxml import etree

MAX_BROKEN_MARKS = 500_000  # each stray mark costs libxml2 an error report of about a microsecond


def parse_xml(body: bytes, recover: bool = False, encoding: str | None = None) -> etree._Element | None:
    """The root element; None for what is not well-formed, or with ``recover`` when nothing can be recovered."""
    if recover and body.count(b"<") > MAX_BROKEN_MARKS:
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
        encoding=encoding,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None

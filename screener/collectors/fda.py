"""FDA's own news (kind ``fda_press``): the press and drug feeds, kept to decisions on a drug, biologic or device.

FDA publishes far more than decisions (guidances, meetings, food, tobacco, warnings), so an entry stays only when its
title or text names a decision (approval, clearance, authorisation, complete response, clinical hold, withdrawal) and a
medical product. The decision stands in ``facts``; the sponsor does too, where the words name one ("granted approval of
X to Acme Therapeutics"). Resolving the sponsor to a ticker is left to the entities stage. All options of the kind
``feed`` hold; ``all: true`` keeps every entry.
"""

from __future__ import annotations

import re

import msgspec

from screener.collectors.base import Context
from screener.collectors.feed import FeedCollector
from screener.types import Collected, FactValue, FeedSpec, Item

# first match wins: the rarer wordings stand before the plain "approval"
DECISIONS = (
    (
        "complete_response",
        r"complete response letter|declin\w{1,5} to approve|refus\w{1,5} to (?:file|approve)|reject(?:s|ed)\b",
    ),
    ("clinical_hold", r"clinical hold"),
    ("withdrawal", r"withdr(?:aw|ew)\w*|revok\w+|revocation"),
    ("emergency_use", r"emergency use authoriz\w+|\bEUA\b"),
    ("accelerated_approval", r"accelerated approval"),
    ("tentative_approval", r"tentative(?:ly)? approv\w+"),
    ("clearance", r"\bclear(?:s|ed|ance)\b|510\(k\)"),
    (
        "authorization",
        r"(?:grants?|granted|issu\w{1,5}) (?:de novo|marketing|authoriz\w+)|\bauthoriz(?:es|ed)\b|de novo",
    ),
    ("designation", r"(?:breakthrough|fast track|orphan|priority review)\b.{0,40}\b(?:designation|voucher)s?"),
    ("approval", r"\bapprov(?:es|ed|al)\b|\blicens(?:es|ed|ure)\b"),
)
_DECISIONS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in DECISIONS)
_PRODUCT = re.compile(
    r"\b(?:drugs?|treatments?|therap(?:y|ies)|vaccines?|biologics?|biosimilars?|devices?|tests?|diagnostics?|tablets?|"
    r"capsules?|injections?|implants?|generics?|inhibitors?|antibod(?:y|ies)|gene|cell|insulin|medicines?|medication|"
    r"patients|indication|plasma|blood|products?|doses?|infusion|inhalers?|system|software|NDA|BLA|ANDA|PMA|to treat|used to)\b",
    re.IGNORECASE,
)
_NOT_A_DECISION = re.compile(
    r"\b(?:draft guidance|guidance for industry|warning letters?|public meeting|advisory committee meeting|tobacco|"
    r"vap(?:e|es|ing)|e-cigarettes?|food additives?|color additives?|infant formula|approval process(?:es)?|roundup|recalls?)\b",
    re.IGNORECASE,
)
_NAME = r"((?:[A-Z][\w&.'’-]*|&)(?:,? (?:[A-Z][\w&.'’-]*|&|of|and)){0,6})"
_SPONSORS = (
    re.compile(rf"\b(?:approval|clearance|authorization|designation)\b[^.]{{0,160}}? to (?:the )?{_NAME}"),
    re.compile(rf"\b(?:manufactured|marketed|made|developed|sponsored) by {_NAME}"),
    re.compile(rf"\b(?:letter|hold)\b[^.]{{0,80}}? (?:to|on) {_NAME}"),
)
_COMPANY = re.compile(
    r"(?:\b(?:Inc|Corp|Corporation|Ltd|Limited|LLC|L\.L\.C|plc|PLC|N\.V|S\.A|SE|AG|A/S|GmbH|Co|Company|LP|L\.P)\b\.?|"
    r"(?:Therapeutics|Pharma\w{0,20}|Biopharma\w{0,20}|Bio\w{0,20}|Medical|Sciences|Laboratories|Genetics|Oncology|Diagnostics|Vaccines))$"
)


class FdaPress:
    """Reads an FDA feed; see the module's text."""

    name = "fda_press"

    def __init__(self) -> None:
        self._feed = FeedCollector()

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One poll of the feed, then the filter."""
        got = await self._feed.collect(feed, context)
        keep_all = feed.options.get("all") is True
        kept = (decided(item, keep_all) for item in got.items)
        return msgspec.structs.replace(got, items=tuple(item for item in kept if item is not None))


def decided(item: Item, keep_all: bool = False) -> Item | None:
    """The item with its decision and sponsor as facts, None when it is no decision on a medical product."""
    text = f"{item.title}. {item.summary} {item.body}"[:20_000]
    decision = decision_of(item.title) or decision_of(text)
    if not (decision and _PRODUCT.search(text) and not _NOT_A_DECISION.search(item.title)):
        if not keep_all:
            return None
        decision = ""
    facts: dict[str, FactValue] = {"agency": "FDA"}
    if decision:
        facts["decision"] = decision
    sponsor = sponsor_of(text) if decision else ""
    if sponsor:
        facts["sponsor"] = sponsor
    return msgspec.structs.replace(item, form="FDA", company=sponsor or item.company, facts={**item.facts, **facts})


def decision_of(text: str) -> str:
    """The name of the first decision that the words carry; empty when they carry none."""
    return next((name for name, pattern in _DECISIONS if pattern.search(text)), "")


def sponsor_of(text: str) -> str:
    """The company that the words name as the decision's receiver; empty when none is named for certain."""
    for pattern in _SPONSORS:
        for m in pattern.finditer(text):
            parts = m.group(1).split(" ")
            for end in range(len(parts), 0, -1):  # "Acme Medical, Inc. of Ohio": up to the word that makes it a company
                name = " ".join(parts[:end]).rstrip(",")
                for spelled in (name, name.rstrip(".")):
                    if _COMPANY.search(spelled):
                        return spelled
    return ""


PLUGIN = FdaPress()

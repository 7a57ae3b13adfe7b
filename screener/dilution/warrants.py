"""Warrants: how many shares they buy, at what strike, until when; pre-funded ones apart.

A strike of a cent or less, or a "nominal" one, makes a warrant pre-funded whatever its name. Groups that one sentence
lists are kept apart; what a later sentence says of a group ("Each Common Warrant …") completes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, structs

from screener.dilution import quantity, units
from screener.dilution.base import entry
from screener.dilution.records import Document, Entry
from screener.dilution.term import ending, expires, term_years
from screener.dilution.text import TextPart, clauses
from screener.dilution.warrant_names import CLASS, NAMED, NamedWarrants, defined, mentions, names
from screener.language import money
from screener.language.numbers import DIGITS, scaled

_TO_BUY = re.compile(
    r"[Ww]arrants?\b(?:(?!arrants?\b)[^;]){0,160}?\b(?:to (?:purchase|acquire|buy)|exercisable (?:for|to purchase|into)"
    r"|exercised?[^;]{0,14}to purchase)\s(?:from us )?(?:an? )?(?:up to )?(?:an? )?(?:additional |aggregate |total |maximum )*"
    r"(?:of |number of )*(?:up to )?$"
)
_UPON = re.compile(
    r"^(?:[^;]{0,230}?\b(?:issuable|issued|issue|exercisable|underlying|purchasable|upon))?[^;$]{0,60}?\b(?:exercise of"
    r"|underlying)\b"
    r"[^;$]{0,90}?[Ww]arrants?\b"
)
_SHARES_OF = re.compile(r"[^;]{0,260}?\bWarrant Shares?[”\"]?\)? at an exercise price")
_TOGETHER = re.compile(r",?\sand,?\s(?:collectively|together|with)\b[^()]{0,400}?(?=\))")
_LOCKED = re.compile(r"\b(?:not sell|transfer|lock-?up|pledge)\b", re.I)
_PREFUNDED_PRICE = re.compile(
    r"(?<!exercise )\bprice (?:for|of|per) (?:each )?pre-?\s?funded warrants?[^$;.]{0,60}?(?=\$)", re.I
)
_OPTIONS = re.compile(r"\b(?:options?|restricted stock units|RSUs?|conversion)\b", re.I)
_NUMBERED = re.compile(
    rf"(?<![\w.,$-])(?P<n>{DIGITS})(?:\s(?P<mag>million|billion|thousand))?\s"
    r"(?P<of>(?:outstanding |unexercised |common |public |private |placement |existing |[Pp]re-?[Ff]unded |whole "
    r"|redeemable )*[Ww]arrants)\b"
)
_PREFUNDED = re.compile(r"pre-?\s?funded", re.I)
_EXERCISED = re.compile(
    r"\b(?:has|have|had|were|was|been|holders?|investors?|purchasers?)\s(?:since\s|fully\s|cashlessly\s)?exercised\b"
    r"|\bupon the exercise of (?:pre-funded )?warrants related\b",
    re.I,
)
_SUPPOSED = re.compile(r"\b(?:exclud|assum|not includ)", re.I)
_MAY = re.compile(
    r"\b(?:not been|until|if|may be|can be|to be|unless|being|when|been|assum\w+)\s(?:all of the\s|[\w-]+\s){0,6}?exercised",
    re.I,
)
_SEVERAL = re.compile(r"\bvarious (?:exercise )?prices\b", re.I)
_LISTED = re.compile(r"\bwarrants?, (?:with )?each (?:whole )?(?:warrant )?[\w\s,]{0,30}exercisable for", re.I)
_OTHERS = re.compile(r"Existing|Placement Agent|Representative|Underwriter|Public|Lender|Outstanding|Prior|Original")
_DESCRIBES = re.compile(
    rf"(?:[\w -]{{3,30}}\. )?(?:Each|The|Our|All) (?:{CLASS})? ?warrants?\b[^.;]{{0,60}}\bexercise price\b", re.I
)
_OLD = re.compile(r"\b(?:existing|prior|original|old)\s(?:\w+\s){0,2}warrants?", re.I)


class Group(Struct, frozen=True, kw_only=True):
    """Warrants of one kind in one place of a text."""

    part: TextPart
    names: frozenset[str]
    prefunded: bool
    shares: float | None
    strike: float | None = None
    price: float | None = None
    term_years: float | None = None
    expires: str | None = None
    weighted: bool = False
    exercised: bool = False
    unit: bool = False  # comes with a unit; no count is stated


def read(
    document: Document, parts: Iterable[TextPart], *, outstanding: bool = False, later: Iterable[TextPart] = ()
) -> list[Entry]:
    """The warrants that sentences speak of; ``outstanding`` says that they are a count of what exists.

    ``later`` sentences only complete: what they say of the same number of shares fills what is not known yet.
    """
    parts = _with_pronouns(parts)
    groups = list[Group]()
    for part in parts:
        groups = _joined(groups, _of(part))
    if not any(g.shares and not g.prefunded and not g.exercised for g in groups):
        groups += _of_units(parts, groups)
    for part in parts:
        groups = _completed(groups, part)
    for part in later:
        if "arrant" in part.text and any(g.strike is None and g.shares for g in groups):
            for told in _of(part):
                groups = [_filled(g, told) if g.strike is None and _same(g, told) else g for g in groups]
            if _DESCRIBES.match(part.text):
                groups = _completed(groups, part)
    return [
        _entry(document, g, outstanding=outstanding)
        for g in groups
        if g.shares is not None or g.strike is not None or g.unit
    ]


def _of_units(parts: list[TextPart], groups: list[Group]) -> list[Group]:
    """Warrants that come with units, when no count of warrants is stated."""
    known = {g.strike for g in groups if g.strike is not None}
    return [
        Group(part=u.part, names=u.names, prefunded=False, shares=None, strike=u.strike, term_years=u.term_years,
              expires=u.expires, unit=True)
        for u in units.read(parts)
        if u.strike not in known
    ]  # fmt: skip


def _with_pronouns(parts: Iterable[TextPart]) -> list[TextPart]:
    """The sentences about warrants, and those that go on about them as "they"."""
    out = list[TextPart]()
    last = ""
    for part in parts:
        if "arrant" in part.text:
            out.append(part)
            found = NAMED.search(part.text)
            last = found.group() if found else ""
        elif last and part.text.startswith("They "):
            out.append(TextPart(part.start, part.end, last + part.text[4:]))
        else:
            last = ""
    return out


def _entry(document: Document, group: Group, *, outstanding: bool) -> Entry:
    prefunded = group.prefunded or (group.strike is not None and group.strike <= quantity.PENNY)
    if group.exercised:
        about = "pre-funded" if prefunded else ""
        return entry(document, "exercise", "closed", group.part, shares=group.shares, about=about, strike=group.strike)
    return entry(
        document,
        "prefunded_warrants" if prefunded else "warrants",
        "outstanding" if outstanding or group.weighted else "announced",
        group.part,
        shares=group.shares,
        strike=group.strike,
        price=group.price if prefunded else None,
        term_years=group.term_years,
        expires=group.expires,
        about=_about(group),
    )


def _about(group: Group) -> str:
    if group.weighted:
        return "all"
    named = sorted((n for n in group.names if n.strip().lower() not in ("", "the", "each")), key=len)
    return named[0].strip() if named else ""


def _of(part: TextPart) -> list[Group]:
    if _LISTED.search(part.text) and next(quantity.shares(part.text), None) is None:
        return [_group(part, part.text, None)]
    out, inherited = list[Group](), frozenset[str]()
    exercised = _EXERCISED.search(part.text) and not _MAY.search(part.text)
    for clause in clauses(part):
        if _SEVERAL.search(clause.text):
            inherited = names(clause.text)
        found = _clause(clause, part.text, bool(exercised))
        out += [structs.replace(g, names=g.names | inherited) if "arrants" not in clause.text else g for g in found]
    return out


def _clause(clause: TextPart, whole: str, exercised: bool) -> list[Group]:
    text, out = _TOGETHER.sub("", clause.text), list[Group]()
    counts = [c for c in quantity.shares(text) if not c.preferred]
    for i, count in enumerate(counts):
        low = counts[i - 1].end if i else 0
        high = counts[i + 1].start if i + 1 < len(counts) else len(text)
        before, behind = text[max(low, count.start - 260) : count.start], text[count.end : high]
        near = _near(count.of, before, behind, whole)
        if near is None or _OLD.search(near) or (_SEVERAL.search(behind) and "as follows" in behind):
            continue
        out.append(_group(clause, near + behind, count.value, exercised=exercised, local=near))
    for found in _NUMBERED.finditer(text) if not (exercised and out) else ():
        value = scaled(found["n"], found["mag"])
        if value > 100 and not _OLD.search(found["of"]):
            rest = text[found.end() : found.end() + 260]
            out.append(_group(clause, found["of"] + rest, value, exercised=exercised, local=found["of"]))
    return _once(out)


def _once(groups: list[Group]) -> list[Group]:
    """A clause that names a number twice ("100 shares upon exercise of warrants to buy 100 shares") means one thing."""
    out = list[Group]()
    for group in groups:
        same = next((i for i, g in enumerate(out) if g.shares == group.shares and _one(g, group)), None)
        if same is None:
            out.append(group)
        else:
            both = _filled(out[same], group)
            out[same] = structs.replace(both, prefunded=both.prefunded or group.prefunded)
    return out


def _one(a: Group, b: Group) -> bool:
    """Whether two groups of the same number can be one: no different names, no different strikes."""
    if a.names and b.names and a.names.isdisjoint(b.names):
        return False
    return a.exercised == b.exercised and (a.strike is None or b.strike is None or a.strike == b.strike)


def _near(of: str, before: str, behind: str, whole: str) -> str | None:
    """The words that make a count one of warrant shares, None when none do."""
    if re.search(r"\boption\b[^;]{0,70}$", before, re.I) and "additional" in before + of:
        return None
    bought = _TO_BUY.search(before)
    if bought:
        lead = re.search(r"(?:[\w.’“-]{1,40}\s){0,3}$", before[: bought.start()])
        return (lead.group() if lead else "") + bought.group()
    upon = _UPON.match(behind)
    if upon and not _OPTIONS.search(upon.group()) and not _SUPPOSED.search(upon.group()):
        return upon.group()
    if of.endswith("Warrant Shares"):
        return of
    if _SHARES_OF.match(behind):
        return "Warrant Shares"
    if re.match(r"\s?(?:of \w+(?:\s\w+){0,3} )?at an exercise price", behind) and "arrant" in whole:
        return of
    return None


def _group(part: TextPart, words: str, count: float | None, *, exercised: bool = False, local: str = "") -> Group:
    strike = quantity.strike(words)
    nominal = bool(quantity.NOMINAL.search(words))
    return Group(
        part=part,
        names=names(local) | defined(words.removeprefix(local)),
        prefunded=bool(_PREFUNDED.search(local or words)) or nominal,
        shares=count,
        strike=strike,
        term_years=term_years(words),
        expires=expires(words),
        weighted=quantity.is_weighted(words),
        exercised=exercised,
    )


def _joined(groups: list[Group], more: list[Group]) -> list[Group]:
    """A sentence's groups beside those of the sentences before: what is told again completes, it does not repeat."""
    out, free = list(groups), list(range(len(groups)))
    for group in more:
        same = next((i for i in free if _same(out[i], group)), None)
        if same is None:
            out.append(group)
        else:
            free.remove(same)
            out[same] = _filled(out[same], group)
    return out


def _same(a: Group, b: Group) -> bool:
    if a.exercised != b.exercised or a.prefunded != b.prefunded or a.shares is None or b.shares is None:
        return False
    return a.shares == b.shares and (a.strike is None or b.strike is None or a.strike == b.strike)


def _filled(group: Group, other: Group) -> Group:
    return structs.replace(
        group,
        names=group.names | other.names,
        strike=other.strike if group.strike is None else group.strike,
        price=other.price if group.price is None else group.price,
        term_years=other.term_years if group.term_years is None else group.term_years,
        expires=other.expires if group.expires is None else group.expires,
    )


def _completed(groups: list[Group], part: TextPart) -> list[Group]:
    """What a sentence says of warrants that it names: strike, term, expiry, price of a pre-funded one."""
    if _LOCKED.search(part.text) or _LISTED.search(part.text):
        return groups
    for mention in mentions(part.text):
        several = len(mention.names) > 1 and "respectively" in mention.words
        strikes = _prices(mention.words, len(mention.names)) if several else None
        terms = [n.years for n in ending(mention.words)] if several else []
        for i, name in enumerate(mention.names):
            told = _told(part, mention, name)
            if strikes:
                told = structs.replace(told, strike=strikes[i])
            if len(terms) == len(mention.names):
                told = structs.replace(told, term_years=terms[i])
            groups = _given(groups, name, told)
    return groups


def _prices(words: str, count: int) -> list[float] | None:
    """As many US dollar amounts as names they belong to, in order."""
    found = [a.value for a in money.find(words) if a.currency == "USD"]
    return found if len(found) == count else None


def _told(part: TextPart, mention: NamedWarrants, name: str) -> Group:
    if _PREFUNDED.search(name):
        strike = quantity.strike(mention.words) or _remainder(part.text)
        price = _per(part.text, mention.start, mention.end)
        return Group(part=part, names=frozenset(), prefunded=True, shares=None, strike=strike, price=price,
                     term_years=term_years(mention.words), expires=expires(mention.words))  # fmt: skip
    until = expires(mention.words)
    if until is None and re.search(r"\bexpir\w+ date of (?:the |our )?$", part.text[: mention.start]):
        until = expires(part.text[max(0, mention.start - 50) : mention.end + len(mention.words)])
    return Group(
        part=part,
        names=frozenset(),
        prefunded=False,
        shares=None,
        strike=quantity.strike(mention.words),
        term_years=_term(part.text, mention),
        expires=until,
    )


def _term(text: str, mention: NamedWarrants) -> float | None:
    """The term that is said of warrants: behind their name ("exercise period of the Warrants is …"), else right before it."""
    low = max(0, mention.start - 50)
    around = text[low : mention.end + len(mention.words)]
    behind = (n.years for n in ending(around) if n.start >= mention.end - low)
    return next(behind, None) or term_years(text[max(0, mention.start - 24) : mention.end])


def _given(groups: list[Group], name: str, told: Group) -> list[Group]:
    """The groups that a name means, completed with what is told of it."""
    if told.prefunded:
        return [_filled(g, told) if g.prefunded and not g.exercised else g for g in groups]
    if told.strike is None and told.term_years is None and told.expires is None:
        return groups
    lone = [i for i, g in enumerate(groups) if not g.prefunded and not g.weighted and not g.exercised]
    if not lone:  # warrants at a nominal strike are not always called pre-funded
        lone = [i for i, g in enumerate(groups) if not g.weighted and not g.exercised and "Pre-Funded" not in g.names]
    chosen = [k for k in lone if name and name in groups[k].names]
    if not chosen and (not name or (len(lone) == 1 and not _OTHERS.match(name))):
        chosen = lone
    return [_filled(g, told) if k in chosen and not g.weighted else g for k, g in enumerate(groups)]


def _remainder(text: str) -> float | None:
    """What is left to pay: "the price per share minus $0.001"."""
    found = re.search(r"\b(?:minus|less)\s(?:the )?(?=\$0?\.0\d)", text)
    return quantity.dollars_at(text, found.end()) if found else None


def _per(text: str, start: int, end: int) -> float | None:
    """ "… and $3.4899 per Pre-funded Warrant": the price before the name that stands there, or behind "price of each"."""
    stated = _PREFUNDED_PRICE.search(text, max(0, start - 20))
    if stated and stated.start() < end:
        return quantity.dollars_at(text, stated.end())
    if re.search(r"exercise price of \$[\d.]+ per $", text[max(0, start - 40) : start]):
        return None
    before = re.search(r"(?=\$[\d.]+ (?:per|for each) $)", text[max(0, start - 24) : start])
    at = max(0, start - 24) + before.start() if before else -1
    return quantity.dollars_at(text, at) if before else None

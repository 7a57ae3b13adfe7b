"""Catalyst files: ``rules/catalysts/NAME.yml``, one per catalyst type or noise class, with everything about it.

Wording, what turns the polarity, stages, facts, sentences of filings, 8-K items and forms, and the type's own tests stand
in its file; the engines in this package know no type by name. ``rules/README.md`` describes the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from screener import yamlfile
from screener.classify.factnames import FACT_NAMES
from screener.classify.section import Section
from screener.errors import YamlError
from screener.language.phrases import Phrases
from screener.language.wording import Wording
from screener.types.words import POLARITIES, STAGES, Polarity, Stage

ToneName = Literal["results", "readout"]
KINDS = ("type", "noise")
NO_STAGE = "none"
TONES = ("results", "readout")
AGENCIES = ("named", "regulator", "public_body", "patent_office", "exchange")
RATIOS = ("reverse", "forward")
CUES = ("with", "from", "for", "sale_to", "by", "against", "acquire", "deal", "and", "partners", "first")
PROOFS = ("open_market_purchase", "news_halt", "common_stock")
DEEPEST = 6_000  # characters of a text that words may be looked for in
_GROUPS: dict[str, tuple[str, ...]] = {
    "money": ("amount_usd", "amount_high_usd", "amount", "currency", "amount_is_max", "amount_is_min"),
    "offer": ("price", "discount_pct", "premium_pct", "shares", "warrants", "warrant_coverage_pct", "agent"),
    "split": ("ratio", "ratio_range", "ratio_min", "ratio_max"),
    "listing": ("rule", "agency", "cure_date"),
    "trial": ("phase", "drug", "indication", "agency"),
}  # fmt: skip


class Sample(Struct, frozen=True, kw_only=True):
    """A test that stands in a catalyst file: ``must`` says whether the type has to be found in it.

    ``expect`` are the stage, polarity and facts that it has to be found with.
    """

    must: bool
    title: str
    text: str = ""
    form: str = "PR"
    items: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    facts: dict[str, Any] = {}
    expect: dict[str, Any] = {}
    line: int = 0


class Turn(Struct, frozen=True):
    """Words that make the polarity ``to``: in the headline, and in the first ``depth`` characters of the text."""

    to: Polarity
    phrases: Phrases
    depth: int = 0


class StageWords(Struct, frozen=True):
    """Words of a headline that mean a stage; "" for none."""

    stage: Stage
    phrases: Phrases


class ToneRule(Struct, frozen=True):
    """The polarity is the tone of headline and opening; ``otherwise`` without any."""

    words: ToneName
    depth: int
    otherwise: Polarity


class AmountWords(Struct, frozen=True):
    """Which amount is the type's own: what it is ``called``, what stands ``near`` it in a text, what is another's."""

    called: Phrases = Phrases()
    near: Phrases = Phrases()
    other: Phrases = Phrases()


class Reports(Struct, frozen=True):
    """How reports tell the type in a sentence, and what headline wordings find wrongly in that sentence."""

    phrases: Phrases = Phrases()
    instead_of: tuple[str, ...] = ()


class CatalystRule(Struct, frozen=True, kw_only=True):
    """One catalyst file, read.

    ``patterns`` decide in a headline, ``hints`` need company; an exclusion cancels the matches it overlaps, a veto
    cancels all matches in the headline. ``forms`` and ``items`` map an SEC form or 8-K item to how much it proves
    (0 to 1); ``subjects`` are wire subject codes that support the type.
    """

    id: str
    kind: str
    enabled: bool = True
    title: str
    description: str
    polarity: Polarity
    turns: tuple[Turn, ...] = ()
    beside: dict[str, Polarity] = {}
    tone: ToneRule | None = None
    stages: tuple[StageWords, ...] = ()
    stage: Stage = ""
    stage_with_price: Stage = ""
    filing_stages: dict[str, Stage] = {}
    facts: tuple[str, ...] = ()
    amount: AmountWords = AmountWords()
    counterparty: tuple[str, ...] = ()
    organisation: bool = False
    agency: str = "named"
    ratio: str = ""
    roles: dict[str, str] = {}
    reports: Reports = Reports()
    only_items: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    proof: str = ""
    patterns: tuple[Wording, ...]
    hints: tuple[Wording, ...]
    exclusions: tuple[Wording, ...]
    vetoes: tuple[Wording, ...]
    forms: dict[str, float]
    items: dict[str, float]
    subjects: tuple[str, ...]
    falsepositives: tuple[str, ...]
    samples: tuple[Sample, ...]
    path: str
    lines: dict[str, int] = {}

    def others(self) -> Iterator[tuple[str, str]]:
        """The other types that the file names, each with the key that names it."""
        yield from (("beside", name) for name in self.beside)
        yield from (("roles", name) for name in self.roles.values())
        yield from (("reports", name) for name in self.reports.instead_of)
        yield from (("yields_to", name) for name in self.yields_to)


def load_folders(folders: Sequence[Path]) -> tuple[CatalystRule, ...]:
    """All catalyst files of the folders in order of their ids; a later folder's file replaces an earlier one's.

    A file with only ``id`` and ``enabled: false`` switches a type off. Raises YamlError with file and line for what is
    wrong, a type that another file names and that is not there included.
    """
    found: dict[str, CatalystRule] = {}
    seen = False
    for path in (path for folder in folders for path in yamlfile.walk(folder)):
        seen = True
        rule = load_rule(path)
        found[rule.id] = rule
        if not rule.enabled:
            del found[rule.id]
    if not seen:
        places = ", ".join(map(str, folders))
        raise YamlError(places, 0, "", "holds no catalyst file (*.yml); point to the rules/catalysts folder")
    return tuple(sorted(found.values(), key=lambda rule: Path(rule.path).stem))


def load_folder(folder: Path) -> tuple[CatalystRule, ...]:
    """The same for one folder."""
    return load_folders((folder,))


def _name(path: Path) -> str:
    return path.stem.removeprefix("noise_")


def load_rule(path: Path) -> CatalystRule:
    """One catalyst file. Raises YamlError with file and line."""
    data = yamlfile.load(path)
    if not isinstance(data, yamlfile.LineDict):
        raise YamlError(str(path), 1, "", "must be a mapping with id, kind, title, patterns and tests")
    top = Section(str(path), "", data)
    name = _name(path)
    if data.get("id") != name:
        raise top.error("id", f"must be the file's name, {name!r}")
    top.known(_KNOWN)
    return CatalystRule(
        id=name,
        kind=top.choice("kind", KINDS, "type"),
        enabled=top.flag("enabled", True) and top.text("status") != "off",
        title=top.text("title", name),
        description=top.text("description"),
        polarity=top.choice("polarity", POLARITIES, "0"),
        turns=tuple(map(_turn, top.rows("turns"))),
        beside=top.mapping("beside", POLARITIES),
        tone=_tone(top),
        stages=tuple(map(_stage, top.rows("stages"))),
        stage=top.choice("stage", STAGES, ""),
        stage_with_price=top.choice("stage_with_price", STAGES, ""),
        filing_stages=top.mapping("filing_stages", STAGES),
        facts=_facts(top),
        amount=_amount(top),
        counterparty=tuple(top.words_of("counterparty", CUES)),
        organisation=top.flag("organisation"),
        agency=top.choice("agency", AGENCIES, "named"),
        ratio=top.choice("ratio", RATIOS, ""),
        roles=top.mapping("roles", None),
        reports=_reports(top),
        only_items=top.texts("only_items"),
        yields_to=top.texts("yields_to"),
        proof=top.choice("proof", PROOFS, ""),
        patterns=top.wordings("patterns"),
        hints=top.wordings("hints"),
        exclusions=top.wordings("exclusions"),
        vetoes=top.wordings("vetoes"),
        forms=top.proofs("forms"),
        items=top.proofs("items"),
        subjects=top.texts("subjects"),
        falsepositives=top.texts("falsepositives"),
        samples=tuple(_samples(top)),
        path=str(path),
        lines=dict(data.lines),
    )


_KNOWN = (
    "id",
    "kind",
    "enabled",
    "status",
    *(n for n in CatalystRule.__struct_fields__ if n not in ("samples", "path")),
    "tests",
)


def _turn(row: Section) -> Turn:
    row.known(("to", "words", "unless", "depth"))
    return Turn(row.choice("to", POLARITIES, None), row.phrases(), row.number("depth", DEEPEST))


def _stage(row: Section) -> StageWords:
    names = [key for key in row.data if key != "unless"]
    if len(names) != 1 or names[0] not in (*STAGES, NO_STAGE):
        raise row.error(
            next(iter(names), ""), f"a row is one stage with its words, and unless; {row.nearest(names, STAGES)}"
        )
    stage: Stage = next((s for s in STAGES if s == names[0]), "")
    return StageWords(stage, row.phrases(names[0]))


def _tone(top: Section) -> ToneRule | None:
    row = top.section("tone", ("words", "depth", "otherwise"))
    if row is None:
        return None
    return ToneRule(
        row.choice("words", TONES, None), row.number("depth", DEEPEST), row.choice("otherwise", POLARITIES, "0")
    )


def _facts(top: Section) -> tuple[str, ...]:
    names = top.words_of("facts", (*FACT_NAMES, *_GROUPS))
    return tuple(dict.fromkeys(fact for name in names for fact in _GROUPS.get(name, (name,))))


def _amount(top: Section) -> AmountWords:
    row = top.section("amount", ("called", "near", "other"))
    if row is None:
        return AmountWords()
    return AmountWords(*(Phrases(row.wordings(key, gated=False)) for key in ("called", "near", "other")))


def _reports(top: Section) -> Reports:
    row = top.section("reports", ("words", "unless", "instead_of"))
    if row is None:
        return Reports()
    return Reports(Phrases(row.wordings("words"), row.wordings("unless")), row.texts("instead_of"))


def _samples(top: Section) -> Iterator[Sample]:
    tests = top.section("tests", ("must", "must_not"))
    for key in ("must", "must_not") if tests else ():
        assert tests is not None
        for row in tests.rows(key, "title"):
            row.known((*Sample.__struct_fields__[1:-1],))
            if not row.text("title"):
                raise row.error("title", "a test needs a title")
            yield Sample(
                must=key == "must",
                line=row.data.line,
                title=row.text("title"),
                text=row.text("text"),
                form=row.text("form", "PR"),
                items=row.texts("items"),
                subjects=row.texts("subjects"),
                facts=dict(row.data.get("facts") or {}),
                expect=dict(row.data.get("expect") or {}),
            )


def unknown_names(rules: Iterable[CatalystRule], known: Iterable[str]) -> Iterator[tuple[CatalystRule, str, str]]:
    """Types that a file names and that no file describes: (rule, key, name)."""
    names = set(known)
    for rule in rules:
        yield from ((rule, key, name) for key, name in rule.others() if name not in names)

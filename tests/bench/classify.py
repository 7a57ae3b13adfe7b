"""The classifier against a keyword list, and its speed: ``python -m tests.bench.classify``.

The comparison reads the recorded labels and releases (``SCREENER_TEST_DATA``, else ``../shared/data``); ``--speed``
leaves it out. The filing is invented.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from screener.classify.evaluate import Evaluation, evaluate, read_stories, summary
from screener.classify.pipeline import Classifier
from screener.types import Catalyst, Classified, Story
from tests.conftest import SHARED

ROOT = Path(__file__).resolve().parents[2]
RULES, MODEL = ROOT / "rules" / "catalysts", ROOT / "data" / "model"
WIRES = SHARED / "wires"
NOW = dt.datetime(2027, 3, 1, 17, tzinfo=dt.UTC)
KEYWORDS = {
    "reverse_split": ("reverse split", "reverse stock split", "share consolidation"),
    "equity_offering": ("public offering", "registered direct", "common stock offering"),
    "private_placement": ("private placement", "pipe"),
    "shelf_or_atm": ("at-the-market", "shelf registration"),
    "equity_line_convertible": ("convertible", "equity line"),
    "warrant_exercise": ("warrant",),
    "debt_financing": ("notes", "loan", "credit facility"),
    "buyback": ("repurchase", "buyback"),
    "dividend": ("dividend",),
    "insider_buying": ("insider",),
    "listing_deficiency": ("deficiency", "non-compliance", "minimum bid"),
    "compliance_regained": ("regains compliance", "regained compliance"),
    "delisting": ("delist",),
    "uplisting": ("uplist", "transfer listing"),
    "trading_halt": ("halted",),
    "index_change": ("russell", "s&p"),
    "clinical_readout": ("topline", "phase 2", "phase 3", "clinical data"),
    "regulatory_approval": ("fda approv", "clearance", "approval"),
    "regulatory_rejection": ("complete response letter",),
    "clinical_hold": ("clinical hold",),
    "regulatory_designation": ("designation",),
    "regulatory_submission": ("submits", "acceptance", "pdufa"),
    "trial_progress": ("first patient", "enrollment", "initiates"),
    "preclinical_data": ("preclinical",),
    "government_contract": ("army", "navy", "nasa", "department of", "government"),
    "commercial_contract": ("contract", "order", "supply agreement"),
    "partnership": ("partner", "collaboration"),
    "licensing": ("license",),
    "product_launch": ("launch",),
    "patent": ("patent",),
    "takeover_target": ("to be acquired", "take-private"),
    "acquisition": ("acquire", "acquisition"),
    "divestiture": ("sale of", "divest"),
    "strategic_review": ("strategic alternatives", "restructuring"),
    "spac_reverse_merger": ("business combination", "merger"),
    "earnings": ("results", "revenue"),
    "guidance": ("guidance", "outlook"),
    "bankruptcy": ("chapter 11", "bankruptcy"),
    "management_change": ("appoints", "ceo", "chief"),
    "litigation": ("lawsuit", "settlement", "court"),
    "mining_result": ("drill", "gold", "uranium"),
    "crypto_ai_treasury": ("bitcoin", "crypto", "treasury"),
    "shareholder_rights": ("rights offering", "rights plan"),
}


class Keywords:
    """The usual news scanner: a type is tagged when one of its words stands in the headline."""

    def classify_many(self, stories: Iterable[Story], threshold: float = 0.5) -> Iterator[Classified]:
        """One answer per story; ``threshold`` means nothing here."""
        for story in stories:
            title = story.title.lower()
            types = [name for name, words in KEYWORDS.items() if any(word in title for word in words)]
            found = tuple(Catalyst(story_id=story.id, type=name, confidence=1.0) for name in types)
            yield Classified(story_id=story.id, catalysts=found)


def filing(words: int = 2_500) -> Story:
    """An invented 8-K of that many words."""
    sentence = (
        "The company announced that it entered into an agreement with its lender and that the board approved it. "
    )
    text = "Item 1.01. Entry into a Material Definitive Agreement\n\n" + sentence * (words // 19)
    return Story(
        id="f", title="8-K - Example Corp (0001999999) (Filer)", text=text, form="8-K", published=NOW, first_seen=NOW
    )


def rate(classifier: Classifier, stories: list[Story]) -> float:
    """Stories per second of one process, the better of two passes after a warm-up."""
    list(classifier.classify_many(stories[:500]))
    best = 0.0
    for _ in range(2):
        start = time.process_time()
        for _answer in classifier.classify_many(stories):
            pass
        best = max(best, len(stories) / (time.process_time() - start))
    return best


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def show(name: str, report: Evaluation) -> None:
    """One line of figures."""
    figures = summary(report)
    keys = ("micro_f1", "macro_f1", "false_alarm_rate", "calibration_error")
    cells = "  ".join(f"{key} {_shown(figures[key])}" for key in keys)
    print(f"{name:<34} {cells}")


def compare_methods(shipped: Classifier) -> None:
    """The shipped model, its wordings alone and the keyword list on the labels of the wires.

    The model was taught with these labels: what it does on companies it never saw stands in its card.
    """
    methods = {"shipped model, on its lessons": shipped, "wordings alone": Classifier(RULES, None)}
    for name, method in (*methods.items(), ("keyword list", Keywords())):
        show(name, evaluate(WIRES / "labels.jsonl", WIRES / "releases.jsonl.gz", method))


def main() -> None:
    """Print figures and speed."""
    start = time.perf_counter()
    classifier = Classifier(RULES, MODEL)
    print(f"classifier ready                   {time.perf_counter() - start:10.2f} s, imports included in the process")
    stories = [
        Story(id=str(i), title=f"Example {i} Prices $5 Million Offering", published=NOW, first_seen=NOW)
        for i in range(2000)
    ]
    if WIRES.is_dir():
        stories = list(read_stories(WIRES / "releases.jsonl.gz"))[:4000]
    print(f"headline and summary               {rate(classifier, stories):10,.0f} documents/s")
    print(f"filing of 2,500 words              {rate(classifier, [filing()] * 500):10,.0f} documents/s")
    print(f"peak memory                        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:10,.0f} MB")
    if WIRES.is_dir() and "--speed" not in sys.argv:
        compare_methods(classifier)


if __name__ == "__main__":
    main()

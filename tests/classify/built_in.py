"""The built-in catalyst files, and their details engine, for the tests."""

from __future__ import annotations

from pathlib import Path

from screener.classify.details import Describer
from screener.classify.rulefile import load_folder

FOLDER = Path(__file__).resolve().parents[2] / "rules" / "catalysts"
RULES = load_folder(FOLDER)
FACTS_OF = {rule.id: rule.facts for rule in RULES if rule.kind == "type"}
describe = Describer(RULES).describe

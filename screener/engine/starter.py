"""The starting text of a new rule file; it loads and its tests pass as it stands."""

from __future__ import annotations

import re

from screener.errors import InputError

_ID = re.compile(r"[a-z][a-z0-9_]{1,60}\Z")
_TEXT = """\
title: {title}
id: {id}
status: experimental     # experimental | test | stable | deprecated: earned, not declared
description: What this rule looks for, and why it matters to a holder of the shares.
level: medium            # decides where an alert goes; it is not the score
# kind: catalyst         # catalyst picks the row's lead | booster adds | warning takes away | default: types without a rule
# side: bullish          # bullish | bearish | neutral; the catalyst's polarity decides when left out
when:                    # named selections; keys inside one are joined by "and"; see the facts in rules/README.md
  kind:  {{catalyst: commercial_contract}}
  large: {{materiality_pct|gte: 10}}
  old:   {{age_hours|gte: 24}}
  condition: kind and large and not old
score:
  base: 40
  add:
    - {{if: {{rvol|gte: 3}}, points: 10, why: "volume {{rvol}} times its usual"}}
card: {{action: Watch, recommendation: Watch, timeframe: Short-Term, risk: High}}
falsepositives:
  - What this rule is known to get wrong
noise_budget: 5          # matches allowed per 1,000 ordinary news items
facts: {{catalyst: commercial_contract, materiality_pct: 20, age_hours: 1, rvol: 4}}
tests:                   # each changes one thing
  - {{name: textbook case,      given: {{}},                    expect: {{match: true, score: 50}}}}
  - {{name: ordinary volume,    given: {{rvol: 1}},             expect: {{match: true, score: 40}}}}
  - {{name: small contract,     given: {{materiality_pct: 2}},  expect: {{match: false}}}}
  - {{name: value not stated,   without: [materiality_pct],   expect: {{match: false}}}}
  - {{name: last week,          given: {{age_hours: 100}},      expect: {{match: false}}}}
  - {{name: another catalyst,   given: {{catalyst: patent}},    expect: {{match: false}}}}
"""


def new_rule_text(rule_id: str) -> str:
    """The text of ``rule_id.yml``. Raises InputError when the id cannot name a rule."""
    if not _ID.match(rule_id):
        raise InputError(f"{rule_id!r} cannot name a rule: use small letters, digits and _, and begin with a letter")
    return _TEXT.format(id=rule_id, title=rule_id.replace("_", " ").capitalize())

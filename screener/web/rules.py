"""Rules: each ranking rule with its condition, its tests, and the rows it made lately."""

from __future__ import annotations

from collections.abc import Mapping

import yaml
from msgspec import Struct

from screener.types import WatchRow
from screener.web.site import Answer, PageView

_DAYS = 10
_KINDS = ("catalyst", "default", "booster", "warning")


class RuleHit(Struct, frozen=True, kw_only=True):
    """A row a rule gave points to."""

    row: WatchRow
    points: float


def recent_hits(view: PageView) -> dict[str, list[RuleHit]]:
    """Rows of the last days' newest lists by the rules that stand in their reasons, newest first."""
    found: dict[str, list[RuleHit]] = {}
    store = view.store
    for day in store.lists.days(_DAYS):
        run_id = store.lists.list_id(day)
        for row in view.site.rows(store, day, run_id) if run_id else ():
            points: dict[str, float] = {}
            for reason in row.reasons:
                if reason.rule_id:
                    points[reason.rule_id] = points.get(reason.rule_id, 0.0) + reason.points
            for rule_id, value in points.items():
                found.setdefault(rule_id, []).append(RuleHit(row=row, points=value))
    return found


def page(view: PageView) -> Answer:
    """The page ``/rules``."""
    hits = recent_hits(view)
    rules = view.site.rules
    groups = [(k, [r for r in rules.rules if r.kind == k]) for k in _KINDS]
    return view.render(
        "rules.html", nav="rules", groups=groups, hits=hits, digest=rules.digest, off=rules.off, days=_DAYS
    )


def rule_page(view: PageView) -> Answer:
    """The page ``/rules/ID``."""
    rule = next((r for r in view.site.rules.rules if r.id == view.names["rule"]), None)
    if rule is None:
        raise LookupError(f"There is no ranking rule {view.names['rule']}.")
    return view.render(
        "rule.html",
        nav="rules",
        rule=rule,
        when=_text({**rule.selections, "condition": rule.condition}),
        score=_text(rule.score),
        facts=_text(rule.facts),
        tests=[_test(t) for t in rule.tests],
        hits=recent_hits(view).get(rule.id, [])[:60],
        days=_DAYS,
    )


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _text(value: object) -> str:
    return yaml.safe_dump(
        _plain(value), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    ).strip()


def _test(test: dict[str, object]) -> tuple[str, str, str]:
    """(name, what it changes, what it expects)."""
    changed = {k: v for k, v in test.items() if k in ("given", "without") and v}
    return str(test.get("name", "")), _text(changed) if changed else "nothing", _text(test.get("expect", {}))

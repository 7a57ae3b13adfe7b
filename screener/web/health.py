"""Whether a feed works, in a word and a reason."""

from __future__ import annotations

import datetime as dt

from screener.types import FeedSpec, FeedState


def judge(spec: FeedSpec | None, state: FeedState | None, now: dt.datetime) -> tuple[str, str]:
    """A feed's state and its reason in words."""
    if state is not None and state.disabled:
        return "failing", f"switched itself off: {state.disabled}"
    if state is not None and state.failures:
        return "failing", f"{state.failures} failures in a row: {state.last_error}"
    if spec is not None and not spec.enabled:
        return "off", "not enabled"
    if state is None or state.last_success is None:
        return "new", "never polled"
    if now - state.last_success > dt.timedelta(days=1):
        return "silent", "not polled for more than a day: is `screener run --watch` running?"
    return "ok", "answers"

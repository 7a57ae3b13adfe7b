"""Invented rows and stories, a clock that is set by hand, and receivers as strict as real ones."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec

from screener.config import Alerts, Settings
from screener.pipeline.alerts.decision import Arrival, queue_alerts
from screener.store import Store, open_store
from screener.types import Alert, Catalyst, Classified, Reason, SourceRef, Span, Story, WatchRow
from tests.server.app import Reply, Request

T0 = dt.datetime(2026, 3, 12, 14, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 12)
MINUTE = dt.timedelta(minutes=1)
SECRET = "s3cret-for-signing"


def row(ticker: str = "ZORB", **changes: Any) -> WatchRow:
    """A row that passes the default filters; its news came a minute before."""
    reasons = (
        Reason(part="catalyst", text="Human trial result, good: ...", points=40, side="+", rule_id="good_readout"),
        Reason(part="confirmation", text="volume 6.0 times its usual", points=10, side="+", rule_id="volume_confirms"),
    )
    fields: dict[str, Any] = {
        "run_id": "r1", "day": DAY, "rank": 1, "ticker": ticker, "company": f"{ticker.title()} Works, Inc.",
        "exchange": "Nasdaq", "score": 75.0, "catalyst": "clinical_readout", "polarity": "+", "confidence": 0.97,
        "story_id": f"s-{ticker}", "headline": f"{ticker} Trial Met Its Primary Endpoint", "source": "wire",
        "url": f"https://wire.example/{ticker}", "published": T0 - MINUTE, "price": 3.1, "change_pct": 12.0, "rvol": 3.0,
        "market_cap": 45e6, "level": "high", "session": "regular", "reasons": reasons, "as_of": T0,
        "first_seen": T0 - MINUTE, "action": "Alert", "unknown": ("float_shares",),
    }  # fmt: skip
    return WatchRow(**{**fields, **changes})


def save_story(store: Store, of: WatchRow, **changes: Any) -> None:
    """The story of a row with its evidence, stored."""
    fields: dict[str, Any] = {
        "id": of.story_id, "title": of.headline, "published": T0 - MINUTE, "first_seen": T0 - MINUTE,
        "sources": (SourceRef(source="wire", received=T0 - MINUTE, published=T0 - MINUTE),), "tickers": (of.ticker,),
    }  # fmt: skip
    story = Story(**{**fields, **changes})
    span = Span(field="title", start=0, end=8, text="Met Its Primary Endpoint")
    found = Catalyst(story_id=story.id, ticker=of.ticker, type=of.catalyst, confidence=0.97, evidence=(span,))
    with store.transaction():
        store.stories.save(story, T0)
        store.catalysts.save(Classified(story_id=story.id, catalysts=(found,)), story, T0, "m")


def settings(*urls: str, **changes: Any) -> Settings:
    """Settings with these channels."""
    return Settings(alerts=Alerts(**{"urls": urls or ("jsonl:-",), "secret": SECRET, **changes}))


def queue(
    store: Store, rows: Sequence[WatchRow], now: dt.datetime = T0, arrival: Arrival | None = None, **changes: Any
) -> list[Alert]:
    """Decide on rows in a transaction of their own."""
    given = changes.pop("given", None) or settings(**changes)
    with store.transaction():
        return queue_alerts(store, given, rows, arrival or Arrival(), now)


def fresh(folder: Path) -> Store:
    """An empty store."""
    return open_store(folder / "alerts.db")


@dataclass
class Clock:
    """Time that passes only when told to, or when somebody sleeps."""

    at: dt.datetime = T0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> dt.datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += dt.timedelta(seconds=seconds)


class Hook:
    """A webhook receiver that verifies the signature and takes each key once; ``script`` answers before it does.

    A script's entry is a Reply, or a function of the request; when it is used up the receiver answers 204.
    """

    def __init__(self, *script: Reply | Callable[[Hook, Request], Reply], secret: str = SECRET) -> None:
        self.script = list(script)
        self.secret = secret
        self.calls: list[Request] = []
        self.shown: dict[str, list[dict[str, Any]]] = {}
        self.again = 0
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self.calls.append(request)
            step = self.script.pop(0) if self.script else None
        if isinstance(step, Reply):
            return step
        return step(self, request) if step is not None else self.take(request)

    def take(self, request: Request) -> Reply:
        """Accept a message as a careful receiver would."""
        if not self.signed(request):
            return Reply(status=401, etag=False)
        body = json.loads(request.body)
        key = request.headers["idempotency-key"]
        assert key == body["key"]
        if key in self.shown:
            self.again += 1
        else:
            self.shown[key] = body["alerts"]
        return Reply(status=204, etag=False)

    def signed(self, request: Request) -> bool:
        """Whether the signature header is that of the body under the secret."""
        parts = dict(p.split("=", 1) for p in request.headers.get("x-screener-signature", "t=,v1=").split(","))
        wanted = hmac.new(self.secret.encode(), f"{parts['t']}.".encode() + request.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, parts["v1"])

    @property
    def ids(self) -> list[str]:
        """The ids of all alerts shown, in order."""
        return [a["id"] for alerts in self.shown.values() for a in alerts]


def taken_but_500(hook: Hook, request: Request) -> Reply:
    """Accepts, then answers as if it had not."""
    hook.take(request)
    return Reply(status=500, etag=False)


class Mailbox:
    """What aiosmtpd received."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"


def smtp() -> Iterator[tuple[str, Mailbox]]:
    """A mail server on loopback: (Apprise address, mailbox)."""
    from aiosmtpd.controller import Controller

    box = Mailbox()
    # Port 0 cannot be asked for: the controller connects to the port it was given.
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"mailto://127.0.0.1:{port}?to=desk@example.com&from=screener@example.com&mode=insecure", box
    finally:
        controller.stop()


def plain_part(mail: EmailMessage) -> str:
    """The text of a mail for readers without HTML."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_part(mail: EmailMessage) -> str:
    """The HTML of a mail."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def states(store: Store) -> dict[str, int]:
    """Deliveries by state, empty ones left out."""
    return {state: n for state, n in store.outbox.counts().items() if n}


def changed(of: WatchRow, **changes: Any) -> WatchRow:
    """A row with other values."""
    return msgspec.structs.replace(of, **changes)

"""Faults between outbox and receiver: ``python -m tests.bench.delivery [kills]``.

Real receivers over loopback, a clock set by hand for what takes minutes, and a sender killed at random moments. Prints,
for each fault: how many alerts were owed, how many arrived, how many a receiver that takes each key once showed twice,
how many messages it recognized as repeats, and the minutes it took.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from screener.outputs.alerts.courier import Courier, drain
from screener.outputs.alerts.open import open_channel
from screener.store.channels import channels
from tests.alerts.making import SECRET, T0, Clock, Hook, fresh, queue, row, settings, smtp, states, taken_but_500
from tests.cli.conftest import ROOT, call
from tests.server.app import Reply, Request, WireServer

ALERTS, A_ROUND = 30, 25
Script = Callable[[Clock], Callable[[Hook, Request], Reply]]


def down(clock: Clock) -> Callable[[Hook, Request], Reply]:
    """Answers 502 for ten minutes."""

    def answer(hook: Hook, request: Request) -> Reply:
        return hook.take(request) if clock.at >= T0 + dt.timedelta(minutes=10) else Reply(status=502, etag=False)

    return answer


def busy(clock: Clock) -> Callable[[Hook, Request], Reply]:
    """Takes one message a minute, and says so."""
    taken = [T0 - dt.timedelta(hours=1)]

    def answer(hook: Hook, request: Request) -> Reply:
        if clock.at - taken[0] < dt.timedelta(seconds=60):
            return Reply(status=429, headers={"Retry-After": "60"}, etag=False)
        taken[0] = clock.at
        return hook.take(request)

    return answer


def slow(_: Clock) -> Callable[[Hook, Request], Reply]:
    """Takes the message, and answers every other one too late."""
    turns: list[int] = []

    def answer(hook: Hook, request: Request) -> Reply:
        turns.append(1)
        reply = hook.take(request)
        if len(turns) % 2:
            time.sleep(0.4)
        return reply

    return answer


def confused(_: Clock) -> Callable[[Hook, Request], Reply]:
    """Takes every message and answers 500 two times of three."""
    turns: list[int] = []

    def answer(hook: Hook, request: Request) -> Reply:
        turns.append(1)
        return hook.take(request) if len(turns) % 3 == 0 else taken_but_500(hook, request)

    return answer


def answering(hook: Hook, answer: Callable[[Hook, Request], Reply]) -> Callable[[Request], Reply]:
    """A route of a receiver that answers as scripted, and counts its calls."""

    def route(request: Request) -> Reply:
        hook.calls.append(request)
        return answer(hook, request)

    return route


def fault(name: str, script: Script, folder: Path) -> None:
    """One fault, alerts one by one and folded."""
    for digest in (1000, 3):
        clock = Clock()
        with WireServer() as server:
            hook = Hook()
            server.route("/hook", answering(hook, script(clock)))
            given = settings(f"webhook+{server.url}/hook", timeout=0.2, digest_after=digest)
            where = folder / f"{name}{digest}".replace(" ", "_")
            where.mkdir()
            with fresh(where) as store:
                made = queue(store, [row(f"Z{i:02}") for i in range(ALERTS)], given=given)
                one = Courier(store, channels(given.alerts.urls)[0], given.alerts, open_channel, clock)
                drain(one, 1e6, clock.sleep)
                one.close()
                left = {k: v for k, v in states(store).items() if k != "sent"}
            shown = f"{name}, {'digests' if digest == 3 else 'one by one'}"
            tell(shown, len(made), hook, (clock.at - T0).total_seconds() / 60, str(left or ""))


def tell(name: str, owed: int, hook: Hook, minutes: float, left: str = "") -> None:
    """One line of the table."""
    twice = len(hook.ids) - len(set(hook.ids))
    print(f"   {name:<36}{owed:>5} owed {len(set(hook.ids)):>5} arrived {twice:>3} shown twice {hook.again:>4} repeats "
          f"{len(hook.calls):>5} calls {minutes:>7.1f} min  {left}")  # fmt: skip


def killed(kills: int, folder: Path) -> None:
    """A sender killed at random moments, with new alerts each time; then one that is let finish."""
    choose, hook, file, made = random.Random(11), Hook(), folder / "alerts.jsonl", []
    struck, mails = 0, smtp()
    address, box = next(mails)
    with WireServer() as server, fresh(folder) as store:
        server.route("/hook", hook)
        urls = (f"webhook+{server.url}/hook", f"jsonl:{file}", address)
        env = {
            "SCREENER_ALERTS__URLS": " ".join(urls),
            "SCREENER_ALERTS__SECRET": SECRET,
            "SCREENER_ALERTS__DIGEST_AFTER": "1000",
            "SCREENER_ALERTS__MIN_INTERVAL": "0",
            "PYTHONPATH": str(ROOT),
        }
        given, began = settings(*urls, daily_cap=10_000), time.monotonic()
        for n in range(kills):
            made += queue(store, [row(f"Z{n:02}{i:02}") for i in range(A_ROUND)], given=given)
            command = [sys.executable, "-m", "screener", "alerts", "send", "--db", str(store.path)]
            with subprocess.Popen(command, env={**os.environ, **env}, stderr=subprocess.DEVNULL) as sender:
                time.sleep(choose.uniform(0.25, 0.9))
                sender.send_signal(signal.SIGKILL)
            struck += sender.returncode == -signal.SIGKILL
        last = call("alerts", "send", "--db", str(store.path), env=env)
        assert last.returncode == 0, last.stderr
        left = {k: v for k, v in states(store).items() if k != "sent"}
        tell(f"killed {struck} of {kills} times", len(made), hook, (time.monotonic() - began) / 60, str(left or ""))
        keys = [json.loads(line)["key"] for line in file.read_text().splitlines()]
        print(
            f"   {'  its file':<36}{len(made):>5} owed {len(set(keys)):>5} arrived {len(keys) - len(set(keys)):>3} shown twice"
        )
        heads = [m["X-Screener-Key"] for m in box.mails]
        print(
            f"   {'  its mailbox':<36}{len(box.mails):>5} mails, {len(heads) - len(set(heads))} with a key that came before"
        )
    next(mails, None)


def main() -> None:
    """All faults."""
    given = [int(a) for a in sys.argv[1:] if a.isdigit()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, script in (
            ("down for ten minutes", down),
            ("429, one a minute", busy),
            ("slow, every other", slow),
            ("taken, then 500", confused),
        ):
            fault(title, script, folder)
        killed(given[0] if given else 20, folder)


if __name__ == "__main__":
    main()

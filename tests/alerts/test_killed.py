"""A sender killed while it delivers: everything arrives, and a receiver that honours the key shows nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.alerts.making import SECRET, Hook, queue, row, settings, states
from tests.cli.conftest import ROOT, call
from tests.server.app import Reply, Request, WireServer

ALERTS, KILLS = 24, 5


class Killer(Hook):
    """Kills the sender at one chosen request, before or after it has taken the message."""

    process: subprocess.Popen[str] | None = None
    at, after = 0, False

    def __call__(self, request: Request) -> Reply:
        self.at -= 1
        if self.at or self.process is None:
            return self.take(request)
        if self.after:
            self.take(request)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return Reply(status=204, etag=False)


def test_killed_five_times(tmp_path: Path, server: WireServer) -> None:
    from tests.alerts.making import fresh

    choose, hook, file = random.Random(7), Killer(), tmp_path / "alerts.jsonl"
    server.route("/hook", hook)
    urls = (f"webhook+{server.url}/hook", f"jsonl:{file}")
    env = {
        "SCREENER_ALERTS__URLS": " ".join(urls),
        "SCREENER_ALERTS__SECRET": SECRET,
        "SCREENER_ALERTS__DIGEST_AFTER": "1000",
        "PYTHONPATH": str(ROOT),
    }
    with fresh(tmp_path) as store:
        made = queue(store, [row(f"Z{i:02}") for i in range(ALERTS)], given=settings(*urls, digest_after=1000))
        command = [sys.executable, "-m", "screener", "alerts", "send", "--db", str(store.path)]
        for n in range(KILLS):
            hook.at, hook.after = choose.randint(1, 4), n % 2 == 0
            with subprocess.Popen(
                command, env={**os.environ, **env}, stderr=subprocess.PIPE, text=True
            ) as hook.process:
                hook.process.communicate()
                assert hook.process.returncode == -signal.SIGKILL
        hook.process = None
        last = call("alerts", "send", "--db", str(store.path), env=env)
        assert last.returncode == 0, last.stderr
        assert states(store) == {"sent": 2 * ALERTS}
    ids = sorted(a.id for a in made)
    assert sorted(hook.ids) == ids and hook.again == sum(n % 2 == 0 for n in range(KILLS))
    assert sorted(json.loads(line)["id"] for line in file.read_text().splitlines()) == ids

"""Real receivers: a mail server, a webhook that verifies signatures, a file and standard output, well and unwell."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest

from screener.errors import AlertError, ConfigError
from screener.outputs.alerts.courier import Courier, drain
from screener.outputs.alerts.open import open_channel
from screener.store import Store
from screener.store.channels import channels
from tests.alerts.making import (
    T0,
    Clock,
    Hook,
    Mailbox,
    fresh,
    html_part,
    plain_part,
    queue,
    row,
    settings,
    states,
    taken_but_500,
)
from tests.cli.conftest import ROOT, Run
from tests.server.app import Reply, Request, WireServer


def deliver(store: Store, url: str, clock: Clock, rounds: int = 1, **changes: object) -> Courier:
    """Queue nothing, deliver all that is owed to one address, sleeping on the given clock."""
    given = settings(url, **changes)  # type: ignore[arg-type]
    (channel,) = channels(given.alerts.urls)
    one = Courier(store, channel, given.alerts, open_channel, clock, lambda *_: 1.0)
    drain(one, 1e6, clock.sleep)
    one.close()
    return one


def hooked(server: WireServer, hook: Hook) -> str:
    server.route("/hook", hook)
    return f"webhook+{server.url}/hook"


def test_webhook_signs_and_carries_the_key(store: Store, server: WireServer) -> None:
    hook, clock = Hook(), Clock()
    url = hooked(server, hook)
    (made,) = queue(store, [row()], given=settings(url))
    deliver(store, url, clock)
    assert hook.ids == [made.id] and hook.signed(hook.calls[0])
    assert not Hook(secret="another").signed(hook.calls[0])
    (alert,) = next(iter(hook.shown.values()))
    assert alert["ticker"] == "ZORB" and alert["numbers"]["change_pct"] == 12.0


def test_webhook_without_a_secret_sends_no_signature(store: Store, server: WireServer) -> None:
    hook = Hook(Reply(status=204, etag=False))
    url = hooked(server, hook)
    queue(store, [row()], given=settings(url, secret=""))
    deliver(store, url, Clock(), secret="")
    assert "x-screener-signature" not in hook.calls[0].headers and states(store) == {"sent": 1}


@pytest.mark.parametrize(
    ("script", "again"),
    [
        ([Reply(status=500, etag=False)] * 3, 0),
        ([Reply(status=429, headers={"Retry-After": "120"}, etag=False)], 0),
        ([Reply(status=503, headers={"Retry-After": "Thu, 12 Mar 2026 14:10:00 GMT"}, etag=False)], 0),
        ([Reply(status=302, headers={"Location": "/elsewhere"}, etag=False)], 0),
        ([taken_but_500], 1),
        ([taken_but_500, taken_but_500], 2),
    ],
)
def test_webhook_in_trouble_gets_every_alert_and_shows_none_twice(
    store: Store, server: WireServer, script: list[Reply], again: int
) -> None:
    hook, clock = Hook(*script), Clock()
    url = hooked(server, hook)
    made = queue(store, [row(f"Z{i}", rank=i) for i in range(3)], given=settings(url))
    deliver(store, url, clock)
    assert sorted(hook.ids) == sorted(a.id for a in made) and hook.again == again
    assert states(store) == {"sent": 3} and not any("elsewhere" in r.path for r in server.log)


def test_retry_after_is_waited_for(store: Store, server: WireServer) -> None:
    hook, clock = Hook(Reply(status=429, headers={"Retry-After": "120"}, etag=False)), Clock()
    url = hooked(server, hook)
    queue(store, [row()], given=settings(url))
    deliver(store, url, clock)
    assert max(clock.slept) == 120.0 and store.outbox.alerts()[0].attempts == 1


def test_webhook_digest_after_a_500_has_the_same_key_and_alerts(store: Store, server: WireServer) -> None:
    hook, clock = Hook(taken_but_500), Clock()
    url = hooked(server, hook)
    made = queue(store, [row(f"Z{i}") for i in range(8)], given=settings(url))
    deliver(store, url, clock)
    assert len(hook.shown) == 1 and hook.again == 1 and sorted(hook.ids) == sorted(a.id for a in made)


def test_slow_webhook_times_out_and_is_tried_again(store: Store, server: WireServer) -> None:
    release = threading.Event()

    def slow(hook: Hook, request: Request) -> Reply:
        release.wait(10)
        return hook.take(request)

    hook, clock = Hook(slow), Clock()
    url = hooked(server, hook)
    (made,) = queue(store, [row()], given=settings(url))
    deliver(store, url, clock, timeout=0.2)
    release.set()
    assert hook.ids == [made.id] and states(store) == {"sent": 1} and len(hook.calls) == 2


def test_webhook_down_is_tried_again(store: Store, server: WireServer) -> None:
    hook, clock = Hook(), Clock()
    url = hooked(server, hook)
    queue(store, [row()], given=settings(url))
    server.stop()
    given = settings(url, timeout=1.0, max_attempts=3)
    one = Courier(store, channels(given.alerts.urls)[0], given.alerts, open_channel, clock, lambda *_: 1.0)
    drain(one, 1e6, clock.sleep)
    one.close()
    assert states(store) == {"dead": 1} and "no answer" in store.outbox.alerts()[0].error
    server._thread.join()
    server.stop = lambda: None  # type: ignore[method-assign]


def test_mail_has_both_parts_and_the_id(store: Store, mail: tuple[str, Mailbox]) -> None:
    url, box = mail
    (made,) = queue(store, [row(headline="A <b>bold</b> claim & more")], given=settings(url))
    deliver(store, url, Clock())
    (letter,) = box.mails
    assert letter["Subject"] == "ZORB +12.0 %: clinical readout, score 75" and letter["To"] == "desk@example.com"
    assert made.id in plain_part(letter) and "A <b>bold</b> claim & more" in plain_part(letter)
    assert "A &lt;b&gt;bold&lt;/b&gt; claim &amp; more" in html_part(letter)
    assert letter["X-Screener-Key"].startswith(made.id) and made.event in letter["References"]


def test_mail_updates_stand_under_their_event(store: Store, mail: tuple[str, Mailbox]) -> None:
    url, box = mail
    queue(store, [row()], given=settings(url))
    queue(store, [row(others=("h trading_halt",))], T0, given=settings(url))
    deliver(store, url, Clock())
    assert len(box.mails) == 2 and box.mails[0]["References"] == box.mails[1]["References"]
    assert "(update 1)" in box.mails[1]["Subject"]


def test_burst_is_one_mail(store: Store, mail: tuple[str, Mailbox]) -> None:
    url, box = mail
    made = queue(store, [row(f"Z{i:02}") for i in range(40)], given=settings(url))
    deliver(store, url, Clock())
    (letter,) = box.mails
    assert letter["Subject"].startswith("40 alerts:") and all(a.id in plain_part(letter) for a in made)


def test_mail_server_down_says_so_without_the_address(store: Store) -> None:
    url = "mailto://carol:hunter2secret@127.0.0.1:9?to=desk@example.com&from=a@example.com&mode=insecure"
    queue(store, [row()], given=settings(url))
    deliver(store, url, Clock(), max_attempts=2)
    (alert,) = store.outbox.alerts()
    assert alert.state == "dead" and alert.error and "hunter2secret" not in alert.error and "carol" not in alert.error


def test_file_takes_each_alert_once_even_when_marking_was_lost(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out" / "alerts.jsonl"
    url = f"jsonl:{path}"
    made = queue(store, [row("ZAAA"), row("ZBBB")], given=settings(url))
    deliver(store, url, Clock())
    with store.transaction():
        store.connection.execute("UPDATE deliveries SET state = 'pending'")
    deliver(store, url, Clock())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert sorted(line["id"] for line in lines) == sorted(a.id for a in made)


def test_half_a_line_left_by_a_kill_costs_only_itself(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"key":"broken')
    queue(store, [row()], given=settings(f"jsonl:{path}"))
    deliver(store, f"jsonl:{path}", Clock())
    assert json.loads(path.read_text().splitlines()[1])["ticker"] == "ZORB"


def test_file_that_cannot_be_written_is_a_failure(store: Store, tmp_path: Path) -> None:
    url = f"jsonl:{tmp_path}"
    queue(store, [row()], given=settings(url))
    deliver(store, url, Clock(), max_attempts=1)
    assert states(store) == {"dead": 1} and "cannot be written" in store.outbox.alerts()[0].error


@pytest.mark.parametrize("url", ["webhook+https://", "nosuchservice://token1234", "hunter2secret", "jsonl:"])
def test_address_that_cannot_be_used_is_refused_masked(url: str) -> None:
    given = settings(url)
    with pytest.raises(ConfigError) as caught:
        open_channel(channels([url])[0], given.alerts)
    assert "hunter2secret" not in str(caught.value) and "token1234" not in str(caught.value)


def test_a_service_that_says_no_is_an_error(server: WireServer) -> None:
    from screener.outputs.alerts.base import Message
    from screener.outputs.alerts.listing import sample

    server.route("/alerts", lambda _: Reply(status=403, etag=False))
    url = f"json://user:hunter2secret@{server.host}/alerts"
    out = open_channel(channels([url])[0], settings(url).alerts)
    with closing(out), pytest.raises(AlertError) as caught:
        out.send(Message(key="k.1", alerts=(sample(T0),), test=True))
    assert "hunter2secret" not in str(caught.value)
    (request,) = server.log
    assert request.headers["idempotency-key"] == "k.1" and "[TEST]" in json.loads(request.body)["title"]


@pytest.mark.parametrize(
    ("url", "form", "least"),
    [
        ("discord://12345678901234567/abcdefghijklmnopqrstuvwxyz0123456789", "markdown", 8),
        ("tgram://123456789:abcdefg_hijklmnop/12345", "html", 17),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "markdown", 100),
        ("ntfy://topic", "text", 33),
        ("pover://user@token", "text", 4),
    ],
)
def test_each_service_gets_its_form_and_its_share(url: str, form: str, least: int) -> None:
    from screener.outputs.alerts.service import Service

    with closing(Service(channels([url])[0], 1.0)) as service:
        assert (service.form, service.capacity) == (form, least)


def test_digest_fits_the_smallest_service() -> None:
    from screener.outputs.alerts import forms
    from screener.outputs.alerts.content import content
    from screener.outputs.alerts.listing import sample
    from screener.outputs.alerts.service import Service

    told = content(sample(T0), "https://page.example")
    with closing(Service(channels(["pover://user@token"])[0], 1.0)) as service:
        assert len(forms.body([told] * service.capacity, "text", 1000)) <= 1000


def readme_program() -> str:
    """The program that the README tells to save."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.partition("**Your own channel**")[2].partition("```python\n")[2].partition("```")[0]


def test_own_channel_by_the_readme_alone(run: Run, tmp_path: Path) -> None:
    pager, program = tmp_path / "pager.txt", tmp_path / "page-me"
    program.write_text(readme_program().replace("/tmp/pager.txt", str(pager)))
    program.chmod(0o755)
    (tmp_path / "screener.toml").write_text(f'[alerts]\nurls = ["program:{program}"]\n')
    with fresh(tmp_path) as store:
        (made,) = queue(store, [row(headline="Zorb Wins Its Trial")], given=settings(f"program:{program}"))
        path = str(store.path)
    config = ("--config", str(tmp_path / "screener.toml"))
    tested, sent = run(*config, "alerts", "test"), run(*config, "alerts", "send", "--db", path)
    assert (tested.returncode, sent.returncode) == (0, 0), tested.stderr + sent.stderr
    first, second = pager.read_text().splitlines()
    assert " TEST 81 " in first and second.startswith(made.id) and second.endswith("ZORB 75 Zorb Wins Its Trial")


@pytest.mark.parametrize("most", [1, 7, 100])
def test_file_that_takes_few_bytes_at_a_time_gets_whole_lines(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    import os

    whole = os.write
    monkeypatch.setattr("os.write", lambda handle, data: whole(handle, bytes(data[:most])))
    path = tmp_path / "alerts.jsonl"
    queue(store, [row("ZAAA"), row("ZBBB")], given=settings(f"jsonl:{path}"))
    deliver(store, f"jsonl:{path}", Clock())
    assert {json.loads(line)["ticker"] for line in path.read_text().splitlines()} == {"ZAAA", "ZBBB"}


def test_disk_that_fills_in_the_middle_of_a_line_costs_that_line_only(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    whole, left = os.write, [300]

    def full(handle: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = whole(handle, bytes(data[: left[0]]))
        left[0] -= done
        return done

    path, clock = tmp_path / "alerts.jsonl", Clock()
    queue(store, [row("ZAAA")], given=settings(f"jsonl:{path}"))
    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        deliver(store, f"jsonl:{path}", clock, max_attempts=1)
    assert states(store) == {"dead": 1} and "No space" in store.outbox.alerts()[0].error
    with store.transaction():
        store.outbox.revive(clock.at)
    deliver(store, f"jsonl:{path}", clock)
    broken, good = path.read_text().splitlines()
    assert len(broken) == 300 and json.loads(good)["ticker"] == "ZAAA"

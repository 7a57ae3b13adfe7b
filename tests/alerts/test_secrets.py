"""No token and no password reaches the database, standard output or standard error."""

from __future__ import annotations

from pathlib import Path

from tests.alerts.making import fresh, queue, row, settings
from tests.cli.conftest import Run
from tests.server.app import Reply, WireServer

TOKENS = ("hunter2mailpw", "T0KENinPATH77", "qu3ryS3cret99", "s1gningS3cret55", "b0tT0k3n", "c4rolUser")


def test_grep_for_secrets(run: Run, tmp_path: Path, server: WireServer) -> None:
    server.route("/hooks/", lambda _: Reply(body=b"bad token T0KENinPATH77", status=500, etag=False))
    urls = (
        f"mailto://{TOKENS[5]}:{TOKENS[0]}@127.0.0.1:9?to=desk@example.com&from=a@example.com&mode=insecure",
        f"webhook+{server.url}/hooks/{TOKENS[1]}?key={TOKENS[2]}",
        f"webhook+http://127.0.0.1:9/{TOKENS[1]}",
        f"json://u:{TOKENS[4]}@{server.host}/hooks/{TOKENS[1]}",
        f"tgram://123456789:{TOKENS[4]}_abcdefghijklmnop@127.0.0.1:9/12345678",
    )
    env = {"SCREENER_ALERTS__URLS": " ".join(urls[:4]), "SCREENER_ALERTS__SECRET": TOKENS[3]}
    with fresh(tmp_path) as store:
        queue(store, [row()], given=settings(*urls[:4]))
        path = str(store.path)
    outputs = [
        run("alerts", "send", "--wait", "0", "--db", path, env=env),
        run("alerts", "test", env=env),
        run("alerts", "list", "--db", path, env=env),
        run("alerts", "list", "--format", "json", "--db", path, env=env),
        run("alerts", "why-not", "ZORB", "--db", path, env=env),
        run("alerts", "send", "--db", path, env={**env, "SCREENER_ALERTS__URLS": f"nosuch://{TOKENS[1]}"}),
        run("alerts", "send", "--db", path, env={**env, "SCREENER_ALERTS__URLS": TOKENS[1]}),
    ]
    assert outputs[0].returncode == 1 and outputs[5].returncode == 2
    assert "webhook+" in outputs[2].stdout and "failed" in outputs[2].stdout
    everything = "".join(o.stdout + o.stderr for o in outputs).encode()
    everything += b"".join(f.read_bytes() for f in tmp_path.iterdir() if f.is_file())
    assert b"ZORB" in everything and b"Traceback" not in everything
    for token in TOKENS:
        assert token.encode() not in everything, token

"""Host names, passwords, and starting on other interfaces."""

from __future__ import annotations

import base64
import re
import socket
import subprocess
import sys
from pathlib import Path

import datasette.app
import httpx2
import pytest

from screener.config import Settings
from screener.errors import ConfigError, StoreError
from screener.web.app import build
from screener.web.guard import host_name, is_loopback, tables_policy
from screener.web.serving import listening
from tests.web.conftest import serving


@pytest.mark.parametrize(
    "name", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "a.localhost", "localhost."]
)
def test_loopback_names(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name", ["", "evil.example", "127.0.0.1.evil.example", "0.0.0.0", "192.168.0.2", "localhost.evil.example", "[::]"]
)
def test_other_names(name: str) -> None:
    assert not is_loopback(name)


def test_host_header() -> None:
    assert [host_name(h) for h in ("a:80", "a", "[::1]:80", "[::1]")] == ["a", "a", "[::1]", "[::1]"]


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", ""])
def test_a_rebound_name_gets_nothing(site: str, name: str) -> None:
    answer = httpx2.get(site + "/", headers={"host": name}, trust_env=False, timeout=30)
    assert answer.status_code == 421 and "QBLA" not in answer.text


def test_the_password(store_path: Path) -> None:
    with (
        serving(store_path, host="0.0.0.0", password="sésame 1") as address,
        httpx2.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        for path in ("/", "/data", "/events", "/-/screener/style.css", "/api/today", "/elsewhere"):
            answer = client.get(path)
            assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Basic")
        right = base64.b64encode("me:sésame 1".encode()).decode()
        assert client.get("/", headers={"authorization": f"Basic {right}"}).status_code == 200
        assert client.get("/", headers={"authorization": f"Basic {right}", "host": "box.example"}).status_code == 200
        for wrong in (
            "Basic bWU6d3Jvbmc=",
            "Basic ???",
            "Basic",
            "Bearer wrong",
            "Digest x",
            f"Basic {right[:-4]}",
        ):
            assert client.get("/", headers={"authorization": wrong}).status_code == 401, wrong
    with serving(store_path, host="0.0.0.0", password="word") as address:
        assert (
            httpx2.get(address + "/", headers={"authorization": "Bearer word"}, trust_env=False, timeout=30).status_code
            == 200
        )


def test_no_other_interface_without_a_password(store_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs a password"):
        build(Settings(), store_path, host="0.0.0.0")


def test_a_store_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database there yet"):
        build(Settings(), tmp_path / "none.db")


def test_a_taken_port_is_said() -> None:
    with listening("127.0.0.1", 0) as taken, pytest.raises(ConfigError, match="choose another --port"):
        listening("127.0.0.1", taken.getsockname()[1])


def test_only_fixed_scripts_of_datasette_may_run() -> None:
    folder = Path(datasette.app.__file__).parent / "templates"
    policy = tables_policy(folder)
    assert "script-src 'self' 'sha256-" in policy and "script-src 'self' 'unsafe-inline'" not in policy
    assert len(re.findall("sha256-", policy)) >= 3


def test_the_command_refuses_and_serves(store_path: Path) -> None:
    command = [sys.executable, "-m", "screener", "serve", "--db", str(store_path), "--port", "0"]
    refused = subprocess.run([*command, "--host", "0.0.0.0"], capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2 and "needs a password" in refused.stderr
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            address = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
            assert address is not None
            answer = httpx2.get(address[0] + "/api/days", trust_env=False, timeout=30)
            assert answer.json() == {"days": ["2026-03-12", "2026-03-11"]}
        finally:
            server.terminate()
        assert server.wait(20) in (0, -15, 130, 143)


def test_only_the_mcp_endpoint_takes_more_than_get(site: str) -> None:
    def status(path: str, **headers: str) -> int:
        return httpx2.post(site + path, json={}, headers=headers, trust_env=False, timeout=30).status_code

    assert status("/-/mcp") == 404  # the plug-in is not installed here
    assert status("/-/mcp", origin=site) == 404
    assert status("/-/mcp", origin="https://evil.example") == 403
    assert [status(p) for p in ("/", "/data", "/-/messages", "/-/mcp/x")] == [405] * 4


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://evil.example/ HTTP/1.1",
        b"GET / HTTP/1.1\r\nCookie: \xff=1",
        b"GET /\xc3\xa9 HTTP/1.1",
        b"GET /ticker/%ff%00 HTTP/1.1",
    ],
)
def test_garbled_requests_are_refused(site: str, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(site.rpartition(":")[2])), timeout=10) as link:
        link.sendall(head + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert link.recv(4000).startswith(b"HTTP/1.1 400")

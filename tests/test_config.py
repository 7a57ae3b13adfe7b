"""Settings: defaults, file, environment, and errors that name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener import config
from screener.errors import ConfigError


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "screener.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_without_a_file() -> None:
    settings = config.load(environ={})
    assert settings.edgar.base_url == "https://www.sec.gov"
    assert settings.feeds == {} and settings.path == ""


def test_file_then_environment(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '[edgar]\ncontact = "Desk desk@example.org"\n[feeds.globenewswire]\nenabled = false\nevery = 5\n'
        '[prices]\nsource = ["file", "yahoo"]\n[prices.yahoo]\nbase_url = "http://127.0.0.1:9"\n',
    )
    settings = config.load(
        file,
        environ={
            "SCREENER_EDGAR__BASE_URL": "http://127.0.0.1:8",
            "SCREENER_FEEDS__GLOBENEWSWIRE__URL": "http://127.0.0.1:8/gnw.xml",
            "SCREENER_FEEDS__MINE__URL": "http://127.0.0.1:8/mine.xml",
            "SCREENER_ALERTS__URLS": "json://a.example jsonl:-",
        },
    )
    assert settings.edgar.base_url == "http://127.0.0.1:8" and settings.edgar.contact == "Desk desk@example.org"
    feed = settings.feeds["globenewswire"]
    assert (feed.url, feed.enabled, feed.every) == ("http://127.0.0.1:8/gnw.xml", False, 5.0)
    assert settings.feeds["mine"].url == "http://127.0.0.1:8/mine.xml"
    assert settings.prices.source == ("file", "yahoo")
    assert settings.prices.sources["yahoo"].base_url == "http://127.0.0.1:9"
    assert settings.alerts.urls == ("json://a.example", "jsonl:-")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[egdar]\n", "did you mean edgar"),
        ("[edgar]\nbaseurl = 'x'\n", "did you mean base_url"),
        ("[edgar]\nenabled = 'maybe'\n", "enabled"),
        ("[edgar\n", "not valid TOML"),
        ("[feeds.a]\nevrey = 3\n", "did you mean every"),
        ("edgar = 3\n", "must be a section"),
    ],
)
def test_errors_name_file_key_and_nearest(tmp_path: Path, text: str, expected: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError, match=expected) as caught:
        config.load(file, environ={})
    assert str(file) in str(caught.value)


def test_environment_error_names_the_variable() -> None:
    with pytest.raises(ConfigError, match="SCREENER_EDGAR__BASEURL"):
        config.load(environ={"SCREENER_EDGAR__BASEURL": "x"})


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such settings file"):
        config.load(tmp_path / "nothing.toml", environ={})


def test_database_path_order(tmp_path: Path) -> None:
    settings = config.load(environ={"SCREENER_DATABASE__PATH": str(tmp_path / "a.db")})
    assert config.database_path(settings) == tmp_path / "a.db"
    assert config.database_path(settings, tmp_path / "b.db") == tmp_path / "b.db"
    assert config.database_path(config.load(environ={})).name == "screener.db"


def test_built_in_rules_are_found() -> None:
    assert (config.built_in("rules") / "catalysts").is_dir()

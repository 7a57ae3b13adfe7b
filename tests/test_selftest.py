"""The tests inside the files that ship all pass, and a broken file is found with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener import selftest
from screener.errors import InputError

RULES = Path(__file__).resolve().parents[1] / "rules"
REGIME = """\
title: Calm
id: calm
when:
  quiet: {vix|lt: 18}
  condition: quiet
score: {base: 10}
facts: {vix: 14}
tests:
  - {name: calm, expect: {match: true, score: 10}}
  - {name: fear, given: {vix: 30}, expect: {match: false}}
"""


def test_ranking_rules_pass() -> None:
    report = selftest.test_ranking([RULES / "ranking"], ())
    assert (report.lines, report.advice) == ((), ())
    assert report.files >= 80
    assert report.tests >= 4 * 80 * 0.9
    assert report.summary == f"ranking: {report.files} files, {report.tests} tests, all passed"


def test_feed_files_pass() -> None:
    report = selftest.test_feeds([RULES / "feeds"], ())
    assert report.lines == ()
    assert report.files >= 5


def test_catalyst_files_are_read_by_the_classifier(tmp_path: Path) -> None:
    from screener.classify.pipeline import Classifier

    text = (RULES / "catalysts" / "buyback.yml").read_text(encoding="utf-8")
    (tmp_path / "buyback.yml").write_text(text, encoding="utf-8")
    classifier = Classifier(tmp_path, None)
    assert selftest.test_catalysts([tmp_path], classifier, ()).lines == ()
    turned = text.replace("must_not:", "was_not:").replace("must:", "must_not:").replace("was_not:", "must:")
    (tmp_path / "buyback.yml").write_text(turned, encoding="utf-8")
    wrong = selftest.test_catalysts([tmp_path], classifier, ["buyback"])
    assert wrong.lines
    assert all(line.startswith(f"{tmp_path / 'buyback.yml'}:") for line in wrong.lines)


def test_one_rule_of_many() -> None:
    report = selftest.test_ranking([RULES / "ranking"], ["buyback"])
    assert (report.files, report.passed) == (1, True)
    with pytest.raises(InputError, match="did you mean 'buyback'"):
        selftest.test_ranking([RULES / "ranking"], ["buybak"])
    with pytest.raises(InputError, match="no feeds file 'nothing'"):
        selftest.test_feeds([RULES / "feeds"], ["nothing"])


def test_a_broken_rule_is_a_line(tmp_path: Path) -> None:
    good = (RULES / "ranking" / "buyback.yml").read_text(encoding="utf-8")
    (tmp_path / "buyback.yml").write_text(good.replace("catalyst: buyback", "catalist: buyback", 1), encoding="utf-8")
    report = selftest.test_ranking([RULES / "ranking", tmp_path], ())
    assert not report.passed
    assert report.lines[0].startswith(f"{tmp_path / 'buyback.yml'}:7: catalist: 'catalist' is no fact; did you mean")
    assert report.summary.endswith("1 problem")


def test_a_wrong_score_is_a_line_with_its_reasons(tmp_path: Path) -> None:
    good = (RULES / "ranking" / "buyback.yml").read_text(encoding="utf-8")
    (tmp_path / "buyback.yml").write_text(good.replace("base: 25", "base: 26"), encoding="utf-8")
    report = selftest.test_ranking([RULES / "ranking", tmp_path], ["buyback"])
    assert len(report.lines) == 2
    assert "expected score 31, got 32 = 26 catalyst (Share buyback), 6" in report.lines[0]


def test_regime_rules_ask_for_the_markets_measures(tmp_path: Path) -> None:
    (tmp_path / "calm.yml").write_text(REGIME, encoding="utf-8")
    report = selftest.test_regime([tmp_path], {"vix": "volatility index"}, ())
    assert (report.lines, report.tests) == ((), 2)
    assert report.advice
    wrong = selftest.test_regime([tmp_path], {"breadth": "share of stocks above their mean"}, ())
    assert "'vix' is no fact" in wrong.lines[0]


def test_a_feed_that_reads_otherwise_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("title: Broken\nkind: nothing\n", encoding="utf-8")
    report = selftest.test_feeds([tmp_path], ())
    assert len(report.lines) == 1
    assert report.lines[0].startswith(f"{tmp_path / 'broken.yml'}:2: kind")


def test_one_file_stands_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "buyback.yml"
    path.write_text((RULES / "ranking" / "buyback.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "other.yml").write_text("title: [", encoding="utf-8")
    report = selftest.test_ranking([path], ())
    assert (report.files, report.lines) == (1, ())
    path.write_text("title: [", encoding="utf-8")
    assert selftest.test_ranking([path], ()).files == 1

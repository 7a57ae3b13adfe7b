"""HTML to paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.text import html_to_text, one_line, tidy


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("", ""),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div><p>One</p>tail<p>Two &amp; <b>bo</b>ld</p>", "One\n\ntail\n\nTwo & bold"),
        ("line<br/>next", "line\nnext"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
        ("<script>x()</script>a<style>b{}</style><!-- c -->d", "ad"),
        ("<html><head><title>T</title></head><body>B</body></html>", "B"),
        ("&nbsp;5&#8217;s &euro;", "5’s €"),
        ("<pre>a\n b</pre>c\nd", "a\nb\n\nc d"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("<!-- only a comment -->", ""),
        ("x\x00<p>y\x07z", "x\n\nyz"),
    ],
)
def test_html_to_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


def test_tidy_keeps_paragraphs() -> None:
    assert tidy(" a  b \r\n\r\n\r\n\r\n c\td ") == "a b\n\nc d"


def test_deep_nesting_ends() -> None:
    assert "deep" in html_to_text("<div>" * 200 + "deep")
    assert isinstance(html_to_text("<div>" * 50_000 + "deep"), str)


def test_titles_are_cut() -> None:
    assert len(one_line("word " * 1000, 100)) <= 100


@given(st.text(max_size=200))
def test_any_text_survives(text: str) -> None:
    html_to_text(text).encode("utf-8")
    line = one_line(text)
    line.encode("utf-8")
    assert "\n" not in line and line == line.strip()


@given(st.lists(st.text("abc &<é", min_size=1, max_size=20), min_size=1, max_size=5))
def test_escaped_words_come_back_as_paragraphs(words: list[str]) -> None:
    escaped = [w.replace("&", "&amp;").replace("<", "&lt;") for w in words]
    found = html_to_text("".join(f"<p>{w}</p>" for w in escaped))
    assert found.split("\n\n") == ([" ".join(w.split()) for w in words if w.strip()] or [""])

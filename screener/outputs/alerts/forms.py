"""An alert or a digest as plain text, HTML or Markdown, escaped for each and cut to a channel's size."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

from screener.format import DISCLAIMER, on_one_line
from screener.outputs.alerts.content import Content

TEXT, HTML, MARKDOWN = "text", "html", "markdown"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#~|!])")
# Dropped one after the other when a channel's size leaves no room; the rest is what an alert is about.
_DISPENSABLE = ("Card", "Unknown", "Times", "Numbers", "Why")


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is; a mention (@everyone) is broken by a space without width."""
    return _MARKDOWN.sub(r"\\\1", text).replace("@", "@\u200b")


def escape_text(text: str) -> str:
    """Text for chats that read no markup but mentions."""
    return text.replace("@", "@\u200b").replace("<", "‹").replace(">", "›")


def subject(contents: Sequence[Content], limit: int = 0) -> str:
    """The title: the alert's own, or how many and which."""
    if len(contents) == 1:
        return on_one_line(contents[0].subject, limit)
    names = list(dict.fromkeys(c.subject.removeprefix("[TEST] ").split(" ")[0].rstrip(":") for c in contents))
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return on_one_line(f"{len(contents)} alerts: {', '.join(names[:6])}{more}", limit)


def body(contents: Sequence[Content], form: str, limit: int = 0, *, chat: bool = False) -> str:
    """The message in a form, at most ``limit`` characters (0: any). ``chat`` breaks mentions in plain text."""
    escape = _escape(form, chat)
    if len(contents) > 1:
        return _digest(contents, form, escape, limit)
    only = contents[0]
    lines = list(only.lines)
    text = _single(only, lines, form, escape)
    for name in _DISPENSABLE:
        if not limit or len(text) <= limit:
            break
        lines = [line for line in lines if line[0] != name]
        text = _single(only, lines, form, escape)
    if limit and len(text) > limit:
        text = _single(_shortened(only), [(n, on_one_line(t, 60)) for n, t in lines[:2]], form, escape)
    return text


def _escape(form: str, chat: bool) -> Callable[[str], str]:
    if form == HTML:
        return html.escape
    if form == MARKDOWN:
        return escape_markdown
    return escape_text if chat else str


def _shortened(content: Content) -> Content:
    import msgspec

    return msgspec.structs.replace(
        content, head=on_one_line(content.head, 120), headline=on_one_line(content.headline, 120)
    )


def _single(content: Content, lines: Sequence[tuple[str, str]], form: str, escape: Callable[[str], str]) -> str:
    strong = _strong(form)
    parts = [strong(escape(content.head)), escape(content.headline)]
    parts += [f"{strong(escape(name))}: {escape(text)}" for name, text in lines]
    parts += [f"{strong(escape(name))}: {_link(url, form)}" for name, url in content.links]
    parts.append(escape(f"id {content.id}. {DISCLAIMER}"))
    return _lines(parts, form)


def _digest(contents: Sequence[Content], form: str, escape: Callable[[str], str], limit: int) -> str:
    size = limit // len(contents) if limit else 0
    parts = [_entry(c, form, escape, size) for c in contents]
    return _lines([*parts, escape(DISCLAIMER)], form)


def _entry(content: Content, form: str, escape: Callable[[str], str], size: int) -> str:
    """One alert in one line; the headline and then the link give way to the room there is."""
    fixed = f"{_strong(form)(escape(content.brief))} {escape(f'[{content.id}]')}"
    shown = [f" {_link(url, form)}" for _, url in content.links]
    link = next((x for x in shown if not size or len(fixed) + len(x) + 40 <= size), "")
    room = size - len(fixed) - len(link) - 30 if size else 200
    headline = (
        f" {escape(on_one_line(content.headline, max(1, room // 2 if form != TEXT else room)))}" if room > 20 else ""
    )
    return f"{fixed}{headline}{link}"


def _strong(form: str) -> Callable[[str], str]:
    return {HTML: lambda t: f"<b>{t}</b>", MARKDOWN: lambda t: f"**{t}**"}.get(form, lambda t: t)


def _link(url: str, form: str) -> str:
    if form == HTML:
        safe = html.escape(url, quote=True)
        return f'<a href="{safe}">{safe}</a>'
    return f"<{url}>" if form == MARKDOWN else url


def _lines(parts: Sequence[str], form: str) -> str:
    kept = [p for p in parts if p]
    if form == HTML:
        return "".join(f"<p>{p}</p>\n" for p in kept)
    return ("  \n" if form == MARKDOWN else "\n").join(kept) + "\n"


__all__ = ["HTML", "MARKDOWN", "TEXT", "body", "escape_markdown", "escape_text", "subject"]

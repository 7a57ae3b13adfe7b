"""Time and memory of each known attack: ``python -m tests.bench.attacks [NAME...]``.

Each runs in a process of its own; shown are the processor seconds and the peak of memory of that process and of what it
started, and what is more than an ordinary answer of its kind needs (the first).
"""

from __future__ import annotations

import gzip
import itertools
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import anyio

from tests.fuzzing import NOW, all_collectors
from tests.server.faults import rss

NESTED = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]\n" for p, n in itertools.pairwise("abcdefghijkl")
)
Attack = Callable[[Path], object]


def _feed(body: bytes) -> Attack:
    async def poll() -> None:
        from screener.collectors.base import Context
        from screener.collectors.saved import SavedAnswers
        from screener.types import FeedSpec, FeedState

        state = FeedState(name="w")
        given = Context(fetcher=SavedAnswers([body] * 3, NOW), now=lambda: NOW, state=state, as_of=None, options={})
        await all_collectors()["feed"].collect(FeedSpec(name="w", kind="feed", url="https://x.example/f"), given)

    return lambda _: anyio.run(poll)


def _entry(words: bytes) -> Attack:
    return _feed(rss(20).replace(b"</title><link>", b"</title>" + words + b"<link>", 1))


def _items(body: bytes) -> Attack:
    def read(folder: Path) -> object:
        from screener.collectors.file import read_items

        path = folder / "items.jsonl.gz"
        path.write_bytes(body)
        return len(list(read_items(path, NOW)))

    return read


def _yaml(text: str) -> Attack:
    def read(folder: Path) -> object:
        from screener import yamlfile
        from screener.errors import YamlError

        path = folder / "rule.yml"
        path.write_text(text)
        try:
            return yamlfile.load(path)
        except YamlError as e:
            return str(e)

    return read


def _query(sql: str) -> Attack:
    def ask(folder: Path) -> object:
        import httpx2

        from screener.store import open_store
        from tests.web.conftest import fill, serving

        path = folder / "s.db"
        with open_store(path) as store:
            fill(store)
        with serving(path) as url:
            return httpx2.get(f"{url}/data.json", params={"sql": sql}, timeout=60).status_code

    return ask


ATTACKS: dict[str, Attack] = {
    "nothing": _feed(rss(20)),
    "240 HTML comments": _feed(b"<!-- down for maintenance -->\n" * 240 + b"<p>back soon</p>"),
    "100 kB of dc:creator": _entry(b"<dc:creator>" + b"(" * 100_000 + b"</dc:creator>"),
    "40 kB author": _entry(b"<author>" + b"a (" * 13_000 + b"</author>"),
    "a reference of 20 digits": _feed(rss(20).replace(b"order 7<", b"&#99999999999999999999; order 7<")),
    "half an emoji": _feed(rss(20).replace(b"order 7<", b"&#xD83D; order 7<")),
    "2 kB of gzip, a million bad lines": _items(gzip.compress(b"x\n" * 1_000_000)),
    "YAML alias bomb": _yaml(NESTED),
    "YAML nested 50,000 deep": _yaml("x: 1\ny: " + "[" * 50_000),
    "a number of 5,000 digits": _yaml("y: " + "9" * 5_000),
}
QUERIES = {
    "a page of SQL": "select 1",
    "zeroblob(300000000)": "select zeroblob(300000000)",
    "a text doubled 40 times": "with recursive c(x) as (select 'a' union all select x||x from c limit 40) select x from c",
}


def run_one(name: str) -> None:
    """The attack in this process; prints processor seconds and megabytes."""
    attack = ATTACKS[name] if name in ATTACKS else _query(QUERIES[name])
    with tempfile.TemporaryDirectory() as folder:
        attack(Path(folder))
    from screener.collectors.apart import _readers

    _readers.end_all()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(u.ru_utime + u.ru_stime for u in used), max(u.ru_maxrss for u in used) / 1000)


def main(*names: str) -> None:
    """All, or those named."""
    base: dict[bool, tuple[float, float]] = {}
    for name in names or (*ATTACKS, *QUERIES):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.attacks", "--one", name], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{name}: failed: {done.stderr[-300:]}", flush=True)
            continue
        seconds, megabytes = map(float, done.stdout.split()[-2:])
        less = base.setdefault(name in QUERIES, (seconds, megabytes))
        more = f"({seconds - less[0]:+.2f} s, {megabytes - less[1]:+.0f} MB)"
        print(f"{name:36} {seconds:5.2f} s  {megabytes:4.0f} MB  {more}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run_one(sys.argv[2])
    else:
        main(*sys.argv[1:])

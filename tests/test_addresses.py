"""Addresses as they may be shown: no secret stays, and the rest does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.addresses import is_random, mask, mask_text

SECRETS = [
    ("https://w.example/rss?k={}", "hunter2"),
    ("https://w.example/rss?sid={}", "77aa"),
    ("https://w.example/rss?a=1&access={}&b=2", "open"),
    ("https://w.example/rss?API_KEY={}", "x9x"),
    ("https://w.example/rss?apikey={}", "abc"),
    ("https://w.example/rss?auth_token={}", "abc"),
    ("https://w.example/rss;jsessionid={}", "4F2A"),
    ("https://w.example/rss?x-amz-signature={}", "00ff"),
    ("https://w.example/rss?client_secret={}", "zz"),
    ("https://w.example/rss?pw={}", "qq"),
    ("https://w.example/rss?token%5B%5D={}", "s%26t"),
    ("https://w.example/rss?feed={}", "d41d8cd98f00b204e9800998ecf8427e"),
    ("https://w.example/rss?feed={}", "AKIAIOSFODNN7EXAMPLE4x"),
    ("https://w.example/rss?{}", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ("https://w.example/private/{}/feed.xml", "a7Xq-secret9"),
    ("https://w.example/token/{}/feed.xml", "q7w8e9"),
    ("https://w.example/u/{}/rss", "tG7kQ2mZ9pLw4RvX"),
    ("https://w.example/{}/rss.xml", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"),
    ("https://api.example/bot{}/feed", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"),
    ("https://w.example/{}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
    ("https://w.example/hooks/{}", "xoxb-2f4g6h8j1k3l5m7n"),
    ("https://user:{}@w.example/rss", "p%40ss"),
    ("https://{}@w.example/rss", "ghp_abcdef"),
]


@pytest.mark.parametrize(("address", "secret"), SECRETS)
def test_secrets_are_hidden(address: str, secret: str) -> None:
    shown = mask(address.format(secret))
    assert secret not in shown and "***" in shown and ".example" in shown
    told = mask_text(f"{address.format(secret)}: answered 503; check {address.format(secret)}.")
    assert secret not in told and told.endswith(".")


PLAIN = [
    "https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent&type=&owner=include&start=0&count=100&output=atom",
    "https://www.sec.gov/Archives/edgar/data/320193/000032019325000001/0000320193-25-000001-index.htm",
    "https://www.globenewswire.com/RssFeed/subjectcode/19-Earnings%20Releases/feedTitle/GlobeNewswire%20-%20Earnings",
    "https://www.prnewswire.com/rss/health-latest-news/health-latest-news-list.rss",
    "https://www.fda.gov/about-fda/contact-fda/stay-informed/rss-feeds/press-releases/rss.xml",
    "https://w.example/2025/12/12/zephyra-announces-1-for-20-reverse-split-of-its-common-stock.html",
    "https://w.example/feed?lang=en&category=biotech&since=2025-12-12&limit=100&t=2",
    "https://clinicaltrials.gov/api/v2/studies?query.term=AREA[LastUpdatePostDate]RANGE[2025-12-01,MAX]&pageSize=100",
    "http://127.0.0.1:8000/feeds/company_tickers_exchange.json",
    "https://www.nasdaqtrader.com/rss.aspx?feed=tradehalts",
]


@pytest.mark.parametrize("address", PLAIN)
def test_ordinary_addresses_stay_as_they_are(address: str) -> None:
    assert mask(address) == address


@given(st.text(max_size=200))
def test_masking_never_raises(text: str) -> None:
    mask(text)
    mask_text(f"see https://{text} and {text}")


def test_hostile_addresses_take_linear_time() -> None:
    for part in ("a1", "&k=", ";", "/", "Aa", "https://", "%", "a-"):
        mask(f"https://w.example/{part * 50_000}?{part * 50_000}")
        mask_text(part * 50_000)


@pytest.mark.parametrize(
    "word", ["announcements", "earnings-releases-2025", "0000320193-25-000001", "company_tickers_exchange"]
)
def test_words_are_not_random(word: str) -> None:
    assert not is_random(word)

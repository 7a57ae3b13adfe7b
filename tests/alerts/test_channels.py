"""Names of channels give nothing away, whatever the address holds."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.store.channels import channels, masked, scrub

TOKEN = st.text(string.ascii_letters + string.digits + "_-", min_size=8, max_size=30).map(lambda t: "k3" + t)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("jsonl:-", "jsonl:-"),
        ("jsonl:/var/log/a.jsonl", "jsonl:/var/log/a.jsonl"),
        ("bell:", "bell:"),
        ("webhook+https://u:pw@hooks.example.com:8443/T0/B0?key=1", "webhook+https://hooks.example.com:8443/***"),
        ("mailto://me:p%40ss@smtp.example.com:587?to=a@b.example", "mailto://smtp.example.com:587/***"),
        ("mailto://me:pa/ss@smtp.example.com", "mailto://***/***"),
        ("discord://1234/token", "discord://***"),
        ("ntfys://private-topic", "ntfys://***"),
        ("hunter2", "unknown://***"),
    ],
)
def test_what_is_shown(url: str, shown: str) -> None:
    assert masked(url)[1] == shown


def test_channels_alike_are_numbered_and_a_new_token_keeps_the_name() -> None:
    one, two = channels(["discord://1/a", "discord://2/b"])
    assert (one.shown, two.shown) == ("discord://***", "discord://*** (2)") and one.name != two.name
    assert channels(["discord://1/rotated"])[0].name == one.name
    assert len(channels(["bell:", "bell:"])) == 1


@given(token=TOKEN, template=st.sampled_from([
    "webhook+https://hooks.example.com/{}/x", "webhook+https://u:{}@hooks.example.com/", "mailto://u:{}@smtp.example.com",
    "mailto://smtp.example.com?to={}@x.example", "tgram://{}/123456", "slack://{}/B/C", "json://host.example/?key={}", "{}",
]))  # fmt: skip
def test_no_secret_in_name_mask_repr_or_scrubbed_text(token: str, template: str) -> None:
    url = template.format(token)
    (channel,) = channels([url])
    said = scrub(f"could not reach {url}: bad token {token} for {url!r}", [url])
    for text in (channel.name, channel.shown, repr(channel), said):
        assert token not in text

"""The stack: it finds which part to trust, keeps rare classes with the rest, and lets the fast part decide when sure."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from screener.classify import stack, stacking
from screener.errors import ModelError

CLASSES = ("formulaic", "free", "rare")


@pytest.fixture(scope="module")
def seen() -> stacking.Seen:
    """The fast part knows the first class, the encoder the second; of the third there are three examples."""
    rng = np.random.default_rng(5)
    count = 3000
    truth = rng.normal(-1.5, 2.5, (count, 3))
    truth[:, 2] = -6
    truth[:3, 2] = 6
    wanted = (rng.random((count, 3)) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    fast, encoded = rng.normal(0, 1, (2, count, 3)).astype(np.float32)
    fast[:, 0], encoded[:, 1] = truth[:, 0], truth[:, 1]
    fast[:, 2], encoded[:, 2] = truth[:, 2], truth[:, 2]
    return stacking.Seen(
        fast=fast,
        encoded=encoded,
        kind=rng.integers(0, 3, count),
        wanted=wanted,
        weight=np.ones(count, np.float32),
    )


@pytest.fixture(scope="module")
def joined(seen: stacking.Seen) -> stack.Stack:
    return stacking.fit(seen, CLASSES, np.full(3, 500, np.float32))


def test_both_parts_are_equal_witnesses(joined: stack.Stack) -> None:
    for kind, share in enumerate(stacking.SHARES):
        assert joined.encoded[kind] / (joined.fast[kind] + joined.encoded[kind]) == pytest.approx(share)
    assert len(np.unique(joined.bias)) == 1


def test_a_rare_class_stays_with_its_wordings_in_headlines(seen: stacking.Seen) -> None:
    rare = stacking.fit(seen, CLASSES, np.array([500, 500, 3], np.float32))
    assert rare.fast[0, 2] > 0
    assert rare.encoded[0, 2] == 0
    assert rare.encoded[1, 2] != 0, "in a release the encoder has its say"


def test_the_stretch_makes_scores_as_likely_as_they_say(seen: stacking.Seen) -> None:
    """Witnesses that say twice, or half, of what they know are brought back to it."""
    for factor in (0.5, 2.0):
        loud = msgspec.structs.replace(seen, fast=seen.fast * factor, encoded=seen.encoded * factor)
        many = np.full(3, 500, np.float32)
        ratio = stacking.fit(seen, CLASSES, many).fast / stacking.fit(loud, CLASSES, many).fast
        assert ratio == pytest.approx(factor, rel=0.25)


def test_the_fast_part_settles_only_headlines_it_is_sure_of(joined: stack.Stack) -> None:
    sure = np.array([9.0, -9.0, -9.0], np.float32)
    one = stack.Stack(**{f: getattr(joined, f) for f in ("classes", "fast", "encoded", "bias")}, sure=3.0, clear=-2.0)
    assert one.settled(0, sure)
    assert not one.settled(1, sure), "a release is always read"
    assert not one.settled(0, np.array([9.0, -1.0, -9.0], np.float32)), "another class is open"
    assert not one.settled(0, np.array([-9.0, -9.0, -9.0], np.float32)), "nothing is there"


def test_saved_and_read_again_it_is_the_same(joined: stack.Stack, tmp_path: Path) -> None:
    stack.save(joined, tmp_path)
    again = stack.load(tmp_path)
    assert again.classes == joined.classes
    assert (again.sure, again.clear) == pytest.approx((joined.sure, joined.clear))
    assert np.array_equal(again.fast, joined.fast)
    data = (tmp_path / stack.FILE).read_bytes()
    (tmp_path / stack.FILE).write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError, match="make train"):
        stack.load(tmp_path)

"""The stack: it finds which part to trust, keeps rare classes with the rest, and lets the fast part decide when sure."""

from __future__ import annotations

from pathlib import Path

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
        group=[f"G{i}" for i in range(count)],
    )


@pytest.fixture(scope="module")
def joined(seen: stacking.Seen) -> stack.Stack:
    return stacking.fit(seen, CLASSES, np.full(3, 500, np.float32))


def test_each_class_trusts_the_part_that_knows_it(joined: stack.Stack) -> None:
    assert (joined.fast[:, 0] > 3 * np.abs(joined.encoded[:, 0])).all()
    assert (joined.encoded[:, 1] > 3 * np.abs(joined.fast[:, 1])).all()
    assert (joined.fast[:, 2] > 0.2).all()


def test_a_rare_class_stays_with_its_wordings_in_headlines(seen: stacking.Seen) -> None:
    rare = stacking.fit(seen, CLASSES, np.array([500, 500, 3], np.float32))
    assert (rare.fast[0, 2], rare.encoded[0, 2], rare.bias[0, 2]) == (1, 0, 0)
    assert rare.encoded[1, 2] != 0, "in a release the encoder has its say"


def test_a_kind_with_few_held_out_documents_is_left_to_the_fast_part(seen: stacking.Seen) -> None:
    few = seen.take([*np.flatnonzero(seen.kind != 2), *np.flatnonzero(seen.kind == 2)[: stacking.LEAST - 1]])
    joined = stacking.fit(few, CLASSES, np.full(3, 500, np.float32))
    assert not joined.encoded[2].any()
    assert joined.settled(2, np.zeros(3, np.float32))
    assert not joined.settled(1, np.zeros(3, np.float32))


def test_joined_scores_are_fair(seen: stacking.Seen, joined: stack.Stack) -> None:
    chance = 1 / (1 + np.exp(-stacking.scores(joined, seen)))
    for low in (0.1, 0.3, 0.5, 0.7):
        near = (chance >= low) & (chance < low + 0.2)
        assert seen.wanted[near].mean() == pytest.approx(chance[near].mean(), abs=0.06)


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

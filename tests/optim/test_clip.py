"""Limits for gradients."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.optim.clip import Pair


def limited(clip: Callable[[Sequence[Pair]], list[Pair]], *values: Any) -> list[Any]:
    """Give gradients of these values behind a limit."""
    pairs = []
    for value in values:
        array = np.asarray(value)
        pairs.append((gn.constant(array), gn.Variable(np.zeros_like(array))))
    found = clip(pairs)
    assert [variable for _, variable in found] == [variable for _, variable in pairs]
    return list(gn.evaluate([gradient for gradient, _ in found]))


def test_by_value() -> None:
    """Each element on its own."""
    (found,) = limited(gn.optim.ClipByValue(2), [-5.0, -1.0, 0.0, 2.0, 7.0])
    np.testing.assert_array_equal(found, [-2.0, -1.0, 0.0, 2.0, 2.0])


def test_by_norm() -> None:
    """Each gradient on its own; short ones, and zero, stay as they are."""
    found = limited(gn.optim.ClipByNorm(2.5), [3.0, 4.0], [0.1, 0.2], [[0.0]], -10.0)
    wanted: list[Any] = [[1.5, 2.0], [0.1, 0.2], [[0.0]], -2.5]
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-15)


def test_by_global_norm() -> None:
    """All by one factor, whatever their dtypes."""
    values: list[Any] = [np.array([3.0, 4.0], np.float32), np.float64(12.0)]
    found = limited(gn.optim.ClipByGlobalNorm(6.5), *values)
    for ours, theirs in zip(found, values, strict=True):
        np.testing.assert_allclose(ours, theirs / 2, rtol=1e-7)
    for ours, theirs in zip(limited(gn.optim.ClipByGlobalNorm(14), *values), values, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("clip", [gn.optim.ClipByNorm(1.0), gn.optim.ClipByGlobalNorm(1.0)])
def test_what_is_no_number_stays_visible(clip: Callable[[Sequence[Pair]], list[Pair]]) -> None:
    """A gradient that has gone wrong is not made harmless."""
    (found,) = limited(clip, [np.nan, 1.0])
    assert np.isnan(found).all()


def test_an_optimizer_limits_before_its_rule() -> None:
    """As an argument, it does what is done by hand between the two halves."""
    x, y = gn.Variable([3.0, 4.0]), gn.Variable(12.0)
    loss = ((x * x).sum() + y * y) / 2
    clip = gn.optim.ClipByGlobalNorm(1.3)
    optimizer = gn.optim.Momentum(1.0, clip=clip)
    by_hand = gn.optim.Momentum(1.0)
    step = optimizer.minimize(loss)
    other = by_hand.apply_gradients(clip(by_hand.compute_gradients(loss)))
    results = []
    for each in (step, other):
        with gn.Session() as session:
            session.run_steps(each, [{}] * 3)
            results.append(session.run([x, y]))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_any_function_of_pairs_will_do() -> None:
    """As one that leaves out a variable."""
    x, y = gn.Variable(1.0, name="x"), gn.Variable(1.0, name="y")
    optimizer = gn.optim.SGD(1.0, clip=lambda pairs: [(3 * slope, v) for slope, v in pairs[:1]])
    with gn.Session() as session:
        session.run(optimizer.minimize(x + y))
        assert session.run([x, y]) == [-2.0, 1.0]


@pytest.mark.parametrize("limit", [0, -1.0, float("nan"), float("inf"), "1", True])
def test_a_limit_is_positive(limit: object) -> None:
    """Nothing else is."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.ClipByNorm(limit)  # type: ignore[arg-type]  # the mistake
    assert caught.value.headline == f"ClipByNorm: {limit!r} is not a limit"
    assert "test_clip.py" in str(caught.value.at)


def test_a_number_is_no_way_to_clip() -> None:
    """It does not say what is limited."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.SGD(0.1, clip=1.0)  # type: ignore[arg-type]  # the mistake
    assert caught.value.headline == "sgd: 1.0 is no way to clip gradients"
    assert caught.value.hint is not None
    assert "ClipByGlobalNorm(limit)" in caught.value.hint


def test_limits_say_what_they_are() -> None:
    """As a description shows them."""
    assert repr(gn.optim.ClipByValue(1)) == "ClipByValue(1.0)"


def test_a_function_that_gives_nothing_is_refused() -> None:
    """As one that changes a list, and does not return it."""
    x = gn.Variable(1.0)
    with pytest.raises(gn.errors.GraphError, match="sgd: None is no list of pairs"):
        gn.optim.SGD(1.0, clip=lambda _: None).minimize(x)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("clip", [gn.optim.ClipByNorm(1.0), gn.optim.ClipByGlobalNorm(1.0)])
@pytest.mark.parametrize("size", [1.0, 1e-3, 1e4])
def test_norms_of_float16_are_computed_in_float32(
    clip: Callable[[Sequence[Pair]], list[Pair]], size: float
) -> None:
    """Squares of it are neither too large nor too small."""
    gradient = np.array([3, 4], np.float16) * np.float16(size)
    (found,) = limited(clip, gradient)
    assert found.dtype == np.float16
    wanted = gradient / max(5 * size, 1.0)
    np.testing.assert_allclose(found, wanted, rtol=2e-3)
    many = np.full(10_000, 60_000, np.float16)
    (found,) = limited(clip, many)
    np.testing.assert_allclose(found, np.float16(0.01), rtol=2e-3)

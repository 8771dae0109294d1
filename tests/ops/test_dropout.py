"""Dropout."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import GraphError

MANY = (200, 100)


def test_dropout_keeps_the_mean() -> None:
    """A share is zero, and the others are scaled up."""
    y = gn.evaluate(gn.dropout(np.full(MANY, 3.0), rate=0.25))
    assert sorted(set(y.ravel())) == [0, 4]
    assert abs((y == 0).mean() - 0.25) < 4 * np.sqrt(0.25 * 0.75 / y.size)


def test_dropout_of_nothing_is_the_operand() -> None:
    """With a rate of 0 nothing is declared."""
    x = gn.placeholder((3,))
    assert gn.dropout(x, 0) is x


def test_the_gradient_meets_the_same_mask() -> None:
    """What was dropped has no gradient, and what was kept has the scale."""
    x = gn.placeholder((None,), name="x")
    y = gn.dropout(x, 0.5)
    (dx,) = gn.gradients(y, [x])
    with gn.Session() as session:
        for _ in range(3):
            value, slope = session.run([y, dx], {x: np.full(50, 3.0, np.float32)})
            assert set(slope) == {0, 2}
            assert value.tolist() == (3 * slope).tolist()


def test_dropout_names_its_result_and_its_mask() -> None:
    """The name decides about the numbers, and two dropouts drop different elements."""
    x = gn.constant(np.ones(50))
    first, second = gn.dropout(x, 0.5), gn.dropout(x, 0.5, name="last")
    assert [first.name, second.name] == ["dropout", "last"]
    assert [y.node.inputs[1].name for y in (first, second)] == ["dropout/mask", "last/mask"]
    rows = gn.evaluate([first, second])
    assert rows[0].tolist() != rows[1].tolist()


@pytest.mark.parametrize("dtype", [gn.float16, gn.float32, gn.float64], ids=str)
def test_dropout_keeps_the_dtype(dtype: np.dtype[np.floating]) -> None:
    """Floats stay as they are, and integers become float32."""
    assert gn.evaluate(gn.dropout(np.ones(3, dtype), 0.5)).dtype == dtype
    assert gn.dropout([1, 2], 0.5).dtype == gn.dropout([1, 2], 0).dtype == np.float32


@pytest.mark.parametrize("rate", [1.0, -0.1, 50, float("nan")])
def test_a_rate_is_a_share(rate: float) -> None:
    """At least 0 and below 1: with nothing kept, nothing could keep the mean."""
    with pytest.raises(GraphError, match=f"dropout: a rate of {rate} is not from 0 to below 1"):
        gn.dropout([1.0], rate)

"""``Dropout``: in training as the op, in use nothing."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops.attach import attached


def test_elements_are_dropped_in_training() -> None:
    """About as many as the rate says, the others scaled up; others in each run and each call."""
    layer = gn.nn.Dropout(0.25)
    x = gn.constant(np.full(10_000, 3.0, np.float32))
    calls = [layer(x, training=True) for _ in range(2)]
    with gn.Session(seed=0) as session:
        first, second = session.run(calls)
        (again, _) = session.run(calls)
    assert set(np.unique(first)) == {0.0, 4.0}
    assert np.mean(first == 0) == pytest.approx(0.25, abs=0.02)
    assert np.any(first != second)
    assert np.any(first != again)


def test_the_gradient_meets_the_same_elements() -> None:
    """It is dropped where the element is."""
    x = gn.Variable(np.ones(50, np.float32))
    y = gn.nn.Dropout(0.5)(x, training=True)
    np.testing.assert_array_equal(*gn.evaluate([y, *gn.gradients(y, [x])]))


def test_nothing_is_declared_in_use() -> None:
    """The layer gives its input."""
    x = gn.placeholder((3,))
    assert gn.nn.Dropout(0.5)(x, training=False) is x


def test_without_a_rate_the_forms_are_one() -> None:
    """So that nobody has to say which is meant."""
    x = gn.placeholder((3,))
    layer = gn.nn.Dropout(0)
    assert layer(x) is layer(x, training=True) is x
    assert not attached(layer(x)).unsaid


@pytest.mark.parametrize("training", [True, False, None])
def test_integers_become_floats(training: bool | None) -> None:
    """In both forms."""
    assert gn.nn.Dropout(0.5)([1, 2], training=training).dtype == gn.float32


@pytest.mark.parametrize("rate", [1.0, -0.1, "half", None, np.nan])
def test_rates_out_of_range(rate: object) -> None:
    """Refused where the layer is made."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.nn.Dropout(rate)  # type: ignore[arg-type]  # the mistake
    assert str(caught.value).startswith(f"dropout: a rate of {rate!r} is not from 0 to below 1\n")
    assert caught.value.hint == "the rate is the share of the elements that are dropped, as 0.1"

"""Initializers: the distributions that they promise."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn import initializers
from graphnet.nn.initializers import Initializer

SHAPE = (300, 500)
SCALED = {
    "glorot_uniform": (initializers.glorot_uniform(), 2 / 800),
    "glorot_uniform with gain": (initializers.glorot_uniform(gain=2.0), 8 / 800),
    "glorot_normal": (initializers.glorot_normal(), 2 / 800),
    "glorot_normal with gain": (initializers.glorot_normal(gain=2.0), 8 / 800),
    "he_uniform": (initializers.he_uniform(), 2 / 300),
    "he_normal": (initializers.he_normal(), 2 / 300),
    "lecun_normal": (initializers.lecun_normal(), 1 / 300),
    "uniform": (initializers.uniform(-0.3, 0.3), 0.03),
    "normal": (initializers.normal(0.2), 0.04),
}


def drawn(initializer: Initializer, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """Draw once, in float64."""
    values: np.ndarray = gn.evaluate(initializer(shape, gn.float64))
    assert values.shape == shape
    assert values.dtype == np.float64
    return values


@pytest.mark.parametrize("name", SCALED)
def test_mean_and_variance(name: str) -> None:
    """150 000 numbers have the mean 0 and the variance of the paper, to five deviations."""
    initializer, variance = SCALED[name]
    values = drawn(initializer)
    assert abs(values.mean()) < 5 * np.sqrt(variance / values.size)
    assert abs(values.var() / variance - 1) < 5 * np.sqrt(2 / values.size)


@pytest.mark.parametrize("name", SCALED)
def test_the_form_of_the_distribution(name: str) -> None:
    """Bounded by sqrt(3) deviations where it is uniform, and far beyond where it is normal."""
    initializer, variance = SCALED[name]
    largest = np.abs(drawn(initializer)).max() / np.sqrt(variance)
    if "uniform" in name:
        assert 1.73 < largest <= np.sqrt(3)
    else:
        assert largest > 4


def test_a_window_counts_for_both_fans() -> None:
    """As for a convolution of 3 x 3 from 10 to 20 channels."""
    values = drawn(initializers.he_normal(), (3, 3, 10, 2000))
    assert abs(values.var() * 90 / 2 - 1) < 5 * np.sqrt(2 / values.size)


def test_a_mean_moves_the_normal_distribution() -> None:
    """The second parameter of ``normal``."""
    assert abs(drawn(initializers.normal(0.1, mean=3.0)).mean() - 3.0) < 1e-3


def test_constants_are_repeated() -> None:
    """A number for all, or an array that broadcasts."""
    np.testing.assert_array_equal(drawn(initializers.zeros(), (2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(drawn(initializers.constant(0.5), (2,)), [0.5, 0.5])
    row = drawn(initializers.constant([1.0, 2.0]), (3, 2))
    np.testing.assert_array_equal(row, [[1.0, 2.0]] * 3)


def test_half_precision_is_drawn_in_single() -> None:
    """The random ops have no float16."""
    values = gn.evaluate(initializers.he_normal()((20, 30), gn.float16))
    assert values.dtype == np.float16
    assert 0.05 < values.var() < 0.15


def test_a_vector_has_no_fans() -> None:
    """The message says what to use."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        initializers.glorot_uniform()((3,), gn.float32)
    assert str(caught.value) == (
        "a variable of shape [3] has neither fan in nor fan out\n"
        "hint: use uniform, normal, constant or zeros of gn.nn.initializers"
    )

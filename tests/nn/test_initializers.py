"""Initializers: the distributions that they promise."""

from collections.abc import Callable
from functools import partial
from math import inf, sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

import graphnet as gn
from graphnet.errors import ArgumentError, DefinitionError
from graphnet.nn import initializers
from graphnet.nn.initializers import Initializer, gain

SHAPE = (300, 500)
SCALED = {
    "glorot_uniform": (initializers.glorot_uniform(), 2 / 800),
    "glorot_uniform with gain": (initializers.glorot_uniform(gain=2.0), 8 / 800),
    "glorot_normal": (initializers.glorot_normal(), 2 / 800),
    "glorot_normal with gain": (initializers.glorot_normal(gain=2.0), 8 / 800),
    "he_uniform": (initializers.he_uniform(), 2 / 300),
    "he_normal": (initializers.he_normal(), 2 / 300),
    "he_uniform with gain": (initializers.he_uniform(gain=1.0), 1 / 300),
    "he_normal of tanh": (initializers.he_normal(gn.tanh), 25 / 9 / 300),
    "lecun_normal": (initializers.lecun_normal(), 1 / 300),
    "lecun_uniform": (initializers.lecun_uniform(), 1 / 300),
    "fan_in_uniform": (initializers.fan_in_uniform(), 1 / 900),
    "normal of fan out": (initializers.variance_scaling(3.0, "fan_out", "normal"), 3 / 500),
    "truncated": (initializers.variance_scaling(3.0), 3 / 300),
    "truncated_normal": (initializers.truncated_normal(0.2), 0.04 * 0.7737413),
    "uniform of other fans": (initializers.he_uniform(fans=(50, 7)), 2 / 50),
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
    """Bounded by sqrt(3) deviations where it is uniform, by 2 / 0.88 where it is truncated."""
    initializer, variance = SCALED[name]
    largest = np.abs(drawn(initializer)).max() / np.sqrt(variance)
    if "uniform" in name:
        assert 1.73 < largest <= np.sqrt(3)
    elif "truncated" in name:
        assert 2.27 < largest <= 2 / 0.8796256
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


def test_names_of_the_same_initializer() -> None:
    """Those of the authors' family names and of their given names."""
    for one, other in (("glorot", "xavier"), ("he", "kaiming")):
        for distribution in ("normal", "uniform"):
            mine = getattr(initializers, f"{one}_{distribution}")
            assert getattr(initializers, f"{other}_{distribution}") is mine


def test_a_variable_without_inputs_has_a_finite_variance() -> None:
    """A fan of 0 counts as 1."""
    assert drawn(initializers.he_normal(), (0, 3)).size == 0


# Biases


def test_a_bias_is_drawn_like_its_weight() -> None:
    """With the fans of the weight, and by the same rule."""
    bias = drawn(initializers.glorot_normal("relu", fans=(300, 500)), (150_000,))
    assert abs(bias.var() / (4 / 800) - 1) < 5 * np.sqrt(2 / bias.size)


def test_a_vector_has_no_fans() -> None:
    """The message says what to use."""
    with pytest.raises(DefinitionError) as caught:
        initializers.glorot_uniform()((3,), gn.float32)
    assert caught.value.headline == "a variable of shape [3] has neither fan in nor fan out"
    assert caught.value.hint == (
        "give those of the weight, as in he_normal(fans=(784, 100)), "
        "or use uniform, normal, constant or zeros of gn.nn.initializers"
    )
    assert caught.value.at is not None
    assert "test_initializers.py" in caught.value.at


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.variance_scaling(0.0), "variance_scaling: the scale is 0.0"),
        (lambda: initializers.variance_scaling(inf), "variance_scaling: the scale is inf"),
        (
            lambda: initializers.variance_scaling(1.0, "fan"),  # type: ignore[arg-type]
            "there is no mode 'fan'\n.*\nhint: use one of 'fan_in', 'fan_out', 'fan_average'",
        ),
        (
            lambda: initializers.variance_scaling(1.0, distribution="even"),  # type: ignore[arg-type]
            "no distribution 'even'\n.*\nhint: use one of 'normal', 'truncated_normal', 'uniform'",
        ),
    ],
    ids=["zero", "infinite", "mode", "distribution"],
)
def test_variances_that_mean_nothing(make: Callable[[], Initializer], message: str) -> None:
    """They are refused before anything is drawn."""
    with pytest.raises(ArgumentError, match=message):
        make()


# Matrices


def test_identity() -> None:
    """Ones on the diagonal, or another number."""
    np.testing.assert_array_equal(drawn(initializers.identity(), (3, 2)), np.eye(3, 2))
    np.testing.assert_array_equal(drawn(initializers.identity(0.5), (2, 2)), np.eye(2) / 2)


@pytest.mark.parametrize("shape", [(40, 40), (60, 20), (20, 60), (3, 2, 5, 40), (5, 2)])
@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_orthogonal(shape: tuple[int, ...], factor: float) -> None:
    """All singular values are the gain; axes before the last count as one."""
    matrix = drawn(initializers.orthogonal(factor), shape).reshape(-1, shape[-1])
    np.testing.assert_allclose(np.linalg.svd(matrix, compute_uv=False), factor, rtol=1e-12)


@pytest.mark.parametrize("make", [initializers.identity, initializers.orthogonal])
def test_a_vector_is_no_matrix(make: Callable[[], Initializer]) -> None:
    """The message names the shape."""
    with pytest.raises(DefinitionError, match=r"a variable of shape \[3\] is no matrix") as caught:
        make()((3,), gn.float32)
    assert caught.value.hint
    assert caught.value.at


def test_orthogonal_depends_on_seed_and_name() -> None:
    """Two layers differ, and two sessions of one seed agree."""
    start = initializers.orthogonal()
    layers = [gn.nn.Dense(4, name=name, weight_initializer=start) for name in ("first", "second")]
    for layer in layers:
        layer(gn.placeholder((None, 4)))
    weights = [layer.weight for layer in layers]
    with gn.Session(seed=5) as one, gn.Session(seed=5) as again:
        first, second = one.run(weights)
        np.testing.assert_array_equal(again.run(weights), [first, second])
    assert not np.allclose(first, second)


# Gains

NONLINEARITIES: dict[str, Callable[[float], float]] = {
    "linear": lambda z: z,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else float(np.expm1(z)),
    "gelu": lambda z: float(z * special.ndtr(z)),
    "silu": lambda z: float(z * special.expit(z)),
    "softplus": lambda z: float(np.logaddexp(0.0, z)),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * np.expm1(z)),
}


def size_after(function: Callable[[float], float]) -> float:
    """Give the root of E[f(z)²] for a standard normal z, by quadrature on both sides of 0."""
    halves = [
        integrate.quad(lambda z: function(z) ** 2 * stats.norm.pdf(z), *bounds, epsabs=1e-13)[0]
        for bounds in ((-12, 0), (0, 12))
    ]
    return sqrt(sum(halves))


@pytest.mark.parametrize("name", NONLINEARITIES)
def test_gains_keep_the_size_of_a_signal(name: str) -> None:
    """The gain is one over the size that a standard normal signal has after the nonlinearity."""
    assert gain(name) * size_after(NONLINEARITIES[name]) == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.3, 1.0, 2.0])
def test_gains_for_a_parameter(alpha: float) -> None:
    """Of leaky_relu the formula of He et al., of elu the integral."""
    assert gain("leaky_relu", alpha) == pytest.approx(sqrt(2 / (1 + alpha**2)))
    size = size_after(lambda z: z if z > 0 else alpha * float(np.expm1(z)))
    assert gain(partial(gn.elu, alpha=alpha)) == pytest.approx(1 / size, rel=1e-9)


def test_customary_gains() -> None:
    """Sigmoid and tanh have those of convention, the identity has none."""
    assert [gain(name) for name in ("sigmoid", "tanh", None)] == [1.0, 5 / 3, 1.0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (gn.relu, sqrt(2)),
        (gn.tanh, 5 / 3),
        (np.tanh, 5 / 3),
        (gn.identity, 1.0),
        (partial(gn.leaky_relu, alpha=0.5), sqrt(1.6)),
        (partial(gn.gelu), gain("gelu")),
        (gn.nn.LeakyReLU(0.5), sqrt(1.6)),
        (gn.nn.LeakyReLU(), sqrt(2 / 1.0001)),
        (gn.nn.ELU(), gain("elu")),
        (gn.nn.GELU(), gain("gelu")),
        (gn.nn.Lambda(gn.leaky_relu, alpha=0.5), sqrt(1.6)),
        (gn.nn.SiLU(), gain("silu")),
        (gn.nn.ReLU, sqrt(2)),
    ],
    ids=[
        "relu",
        "tanh",
        "numpy",
        "identity",
        "partial",
        "unbound",
        "layer",
        "default",
        "elu",
        "gelu",
        "lambda",
        "silu",
        "class",
    ],
)
def test_gains_of_functions(given: Any, expected: float) -> None:
    """A function, a partial or a layer serves as well as its name."""
    assert gain(given) == pytest.approx(expected)


def test_a_slope_given_outranks_that_of_a_layer() -> None:
    """What the call says counts."""
    assert gain(gn.nn.LeakyReLU(0.5), slope=1.0) == 1.0


@pytest.mark.parametrize(
    ("given", "headline", "hint"),
    [
        ("rellu", "there is no gain for the nonlinearity 'rellu'", "did you mean 'relu'"),
        (lambda x: x, "nonlinearity '<lambda>'", "give the factor itself as a number; known are"),
        (SimpleNamespace(), "nonlinearity 'SimpleNamespace'", "give the factor itself"),
        (partial(gn.gelu, approximate=True), "gelu with approximate=True", "give the factor"),
    ],
    ids=["misspelled", "lambda", "object", "parameter"],
)
def test_nonlinearities_without_a_gain(given: Any, headline: str, hint: str) -> None:
    """The message names the nonlinearity and the way out."""
    with pytest.raises(ArgumentError) as caught:
        gain(given)
    assert headline in caught.value.headline
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["relu", "elu"])
def test_other_nonlinearities_have_no_slope(name: str) -> None:
    """It is not ignored."""
    with pytest.raises(ArgumentError, match=rf"there is no gain for {name} with slope=0\.1"):
        gain(name, slope=0.1)

"""Losses: one per example, and nothing broadcast by mistake."""

import re

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops import cross_entropy

P = np.array([[1.0, 2.0], [0.0, -3.0], [4.0, 4.0]], np.float32)
T = np.array([[1.0, 0.0], [1.0, 1.0], [4.0, 4.0]], np.float32)


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


def test_cross_entropies_are_the_ops() -> None:
    """What the namespace of layers offers is what ``ops`` defines."""
    for name in cross_entropy.__all__:
        assert getattr(gn.nn, name) is getattr(cross_entropy, name)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_mean_squared_error_averages_the_last_axis(axes: int) -> None:
    """Against the formula."""
    p, t = (array[(np.newaxis,) * max(axes - 2, 0)] for array in (P, T))
    p, t = (p[0], t[0]) if axes == 1 else (p, t)
    losses = gn.evaluate(gn.nn.mean_squared_error(p, t))
    np.testing.assert_allclose(losses, ((p - t) ** 2).mean(-1), rtol=1e-6)


def test_mean_squared_error_has_its_gradient() -> None:
    """2 (p - t) / n for the mean over all elements."""
    p, t = gn.placeholder((None, 2)), gn.placeholder((None, 2))
    gradients = gn.gradients(gn.nn.mean_squared_error(p, t).mean(), [p, t])
    with gn.Session() as session:
        d_p, d_t = session.run(gradients, {p: P, t: T})
    np.testing.assert_allclose(d_p, 2 * (P - T) / P.size, rtol=1e-6)
    np.testing.assert_allclose(d_t, -d_p)


@pytest.mark.parametrize("dtype", [gn.int64, gn.uint8, gn.bool_])
def test_integer_targets_are_converted(dtype: np.dtype[np.generic]) -> None:
    """One-hot labels do not make the loss float64."""
    loss = gn.nn.mean_squared_error(P, gn.constant([[1, 0], [0, 1], [1, 0]], dtype))
    assert loss.dtype == gn.float32
    np.testing.assert_allclose(gn.evaluate(loss), [2.0, 8.0, 12.5])


@pytest.mark.parametrize("shape", [("batch",), ("batch", 2), (1, "batch", 1), ()])
def test_mean_squared_error_broadcasts_nothing(shape: tuple[int | str, ...]) -> None:
    """The message shows both shapes."""
    p = gn.placeholder(("batch", 1), name="p")
    t = gn.placeholder(shape, name="t")
    with pytest.raises(gn.errors.ShapeError) as caught:
        gn.nn.mean_squared_error(p, t)
    head, at, _, second, hint = message(caught.value).split("\n")
    assert head == (
        "mean_squared_error: predictions and targets need one shape, with at least one axis"
    )
    assert at == "  at FILE:LINE"
    assert second.split() == ["targets", *str(t.spec).split(), "placeholder", "'t'", "FILE:LINE"]
    assert hint == "hint: gn.reshape, gn.expand_dims or gn.squeeze makes the shapes equal"


def test_mean_squared_error_needs_an_axis() -> None:
    """A scalar is not a list of examples."""
    with pytest.raises(gn.errors.ShapeError, match="at least one axis"):
        gn.nn.mean_squared_error(1.0, 2.0)

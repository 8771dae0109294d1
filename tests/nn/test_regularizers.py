"""Penalties: what they are, where they are attached, and that each counts once."""

import re

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn.initializers import constant
from graphnet.ops.attach import attached

WEIGHT = np.array([[1.0, -2.0], [0.5, 3.0]], np.float32)


def dense(**settings: object) -> gn.nn.Dense:
    """Make a layer of a known weight."""
    return gn.nn.Dense(
        2,
        weight_initializer=constant(WEIGHT),
        **settings,  # type: ignore[arg-type]  # checked by the layer
    )


@pytest.mark.parametrize(
    ("regularizer", "expected"),
    [
        (gn.nn.l1(0.5), 0.5 * np.abs(WEIGHT).sum()),
        (gn.nn.l2(0.5), 0.5 * (WEIGHT**2).sum()),
        (gn.nn.l1_l2(0.5, 0.25), 0.5 * np.abs(WEIGHT).sum() + 0.25 * (WEIGHT**2).sum()),
        (gn.nn.l1_l2(), 0.0),
        (lambda w: w.max(), 3.0),
    ],
)
def test_penalties_are_those_of_the_formulas(
    regularizer: gn.nn.regularizers.Regularizer, expected: float
) -> None:
    """For the regularizers that there are, and for any function."""
    y = dense(weight_regularizer=regularizer)(gn.placeholder((None, 2)))
    assert gn.evaluate(gn.nn.penalties(y.sum())) == pytest.approx(expected)


def test_the_gradient_of_a_penalty() -> None:
    """Sign and twice the weight, with their factors."""
    layer = dense(weight_regularizer=gn.nn.l1_l2(l1=0.5, l2=0.25))
    loss = layer(gn.placeholder((None, 2))).sum()
    (gradient,) = gn.gradients(gn.nn.penalties(loss), [layer.weight])
    np.testing.assert_allclose(gn.evaluate(gradient), 0.5 * np.sign(WEIGHT) + 0.5 * WEIGHT)


def test_a_penalty_counts_once() -> None:
    """A layer called twice, inside of others, has the penalties of its variables."""
    layer = dense(weight_regularizer=gn.nn.l2(1.0), bias_regularizer=gn.nn.l1(1.0))
    x = gn.placeholder((None, 2))
    loss = (gn.nn.Sequential(layer, layer)(x, training=True) + layer(x, training=False)).sum()
    found = attached(loss).penalties
    assert [penalty.name for penalty in found] == [
        "sequential/dense/weight/penalty",
        "sequential/dense/bias/penalty",
    ]
    assert found == list(layer.penalties)


def test_other_layers_have_no_part_in_a_loss() -> None:
    """The penalty of a layer that the loss does not need is no part of it."""
    x = gn.placeholder((None, 2))
    dense(weight_regularizer=gn.nn.l2(1.0))(x)
    assert gn.evaluate(gn.nn.penalties(dense()(x).mean())) == 0


def test_a_result_needs_no_penalty() -> None:
    """The compiled model is that without regularizers, in both modes."""
    x = gn.placeholder((None, 2))
    plans = []
    for settings in ({}, {"weight_regularizer": gn.nn.l2(1.0)}):
        y = dense(**settings)(x)
        with gn.Session() as session:
            model = session.compile(y, [x])
            model(np.ones((3, 2), np.float32))
        plans.append([node.op.name for node in model.plan.graph.nodes])
    assert plans[0] == plans[1]


def test_every_result_carries_the_penalty() -> None:
    """Whichever of several results a loss is made of."""

    class Halves(gn.nn.Layer):
        """A layer of two results."""

        def build(self, x: gn.Tensor) -> None:
            """Make a factor."""
            ones = constant(1.0)
            self.factor = self.variable("factor", x.shape[-1:], ones, regularizer=gn.nn.l2(0.5))

        def call(self, x: gn.Tensor) -> tuple[gn.Tensor, gn.Tensor]:
            """Cut the product."""
            first, second = gn.split(x * self.factor, 2, axis=-1)
            return first, second

    for result in Halves()(gn.placeholder((None, 4))):
        assert gn.evaluate(gn.nn.penalties(result)) == 2.0


def test_penalties_have_the_dtype_of_the_loss() -> None:
    """A loss of more bits stays so."""
    y = dense(weight_regularizer=gn.nn.l2(1.0))(gn.placeholder((None, 2)))
    assert gn.nn.penalties(y.astype(gn.float64).sum()).dtype == gn.float64


UNCALLED = """\
<variable 'dense/weight' float32[2, 2]> is not the strength of a penalty
  at FILE:LINE
hint: call the function that makes the regularizer first, as in gn.nn.l2(0.01)"""
NUMBER = """\
the regularizer of 'dense/weight' is 0.01, not a function
  at FILE:LINE
  variable  float32[2, 2]  variable 'dense/weight'  FILE:LINE
hint: gn.nn.l1, gn.nn.l2 and gn.nn.l1_l2 make regularizers, as in gn.nn.l2(0.01)"""
SQUARES = """\
the regularizer of 'dense/weight' gave <tensor 'dense/weight/square' float32[2, 2]>, \
not a floating scalar
  at FILE:LINE
  variable  float32[2, 2]  variable 'dense/weight'  FILE:LINE
hint: gn.nn.l1, gn.nn.l2 and gn.nn.l1_l2 make regularizers, as in gn.nn.l2(0.01)"""


@pytest.mark.parametrize(
    ("regularizer", "expected"), [(gn.nn.l2, UNCALLED), (0.01, NUMBER), (gn.square, SQUARES)]
)
def test_regularizers_that_are_none(regularizer: object, expected: str) -> None:
    """The message says what would be right."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        dense(weight_regularizer=regularizer)(gn.placeholder((None, 2)))
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == expected


@pytest.mark.parametrize("strength", [-1.0, np.inf, np.nan, "much", None])
def test_strengths_are_numbers_from_0_up(strength: object) -> None:
    """Anything else is refused where the regularizer is made."""
    with pytest.raises(gn.errors.DefinitionError, match="is not the strength of a penalty"):
        gn.nn.l1(strength)  # type: ignore[arg-type]  # the mistake

"""Networks that are not like their twins in float64, or much less precise."""

import numpy as np

import graphnet as gn
from tests.compiler.kit import Declarations, Kit, Script, adam
from tests.compiler.networks import two_layers

__all__ = ["LOOSE_TRAPS", "NARROW_TRAPS", "WILD_TRAPS"]

LOOSE_TRAPS = Declarations()
"""Those whose variables are much less precise than their losses."""

NARROW_TRAPS = Declarations()
"""Those that give something else in a wider dtype, in which they must not be compared."""

WILD_TRAPS = Declarations()
"""Likewise, and some values are not finite."""


@LOOSE_TRAPS.add
def tiny_epsilon(kit: Kit) -> Script:
    """Divide tiny gradients by tiny roots, as Adam does in its first steps."""
    loss, feeds = two_layers(kit)
    return kit.runs([loss, adam(kit.pairs(loss), 0.02, epsilon=1e-7)], *feeds)


@NARROW_TRAPS.add
def random_masks_and_noise(kit: Kit) -> Script:
    """Drop values of hidden layers, and add noise to weights: draws depend on names only."""
    x = kit.input(4)
    h = gn.dropout(gn.relu(kit.dense(x, 12)), 0.3)
    weight = kit.matrix(12, 12)
    noisy = weight + 0.1 * gn.random.normal((12, 12))
    h = gn.dropout(gn.relu(h @ noisy + kit.vector(12)), 0.5)
    start = gn.Variable(gn.random.uniform((12, 3), -0.5, 0.5), name="start")
    loss, labels = kit.classify(h @ start + kit.vector(3))
    return kit.runs([loss, h, kit.train(loss)], x, labels)


@WILD_TRAPS.add
def rows_that_are_not_numbers(kit: Kit) -> Script:
    """Feed NaN and infinities in some examples; what they do not reach stays what it is."""
    x = kit.input(4)
    z = kit.dense(x, 8)
    h = gn.relu(z)
    logits = kit.dense(gn.relu(kit.dense(gn.concat([h, x], axis=1), 8)), 3)
    loss, labels = kit.classify(logits)
    slopes = gn.gradients(loss, [x, z, *loss.graph.variables(trainable=True)])
    runs = kit.runs([z, h, gn.tanh(z), logits, loss, *slopes], x, labels, number=4)
    for run, value in zip(runs, (np.nan, np.inf, -np.inf), strict=False):
        run.feeds[x][0, 1] = value
    return runs


@NARROW_TRAPS.add
def classes_ruled_out(kit: Kit) -> Script:
    """Give classes that cannot be a logit of minus infinity."""
    x, mask = kit.input(4), gn.placeholder(("batch", 3), np.bool_, "mask")
    logits = gn.where(mask, -np.inf, kit.dense(gn.relu(kit.dense(x, 12)), 3))
    loss, labels = kit.classify(logits)
    runs = kit.runs([loss, gn.softmax(logits), kit.train(loss)], x, labels)
    for run in runs:
        run.feeds[mask] = np.zeros((kit.batch, 3), np.bool_)
        run.feeds[mask][:, 2] = True
        run.feeds[labels][...] = np.eye(3, dtype=kit.dtype)[0]
    return runs


@NARROW_TRAPS.add
def huge_and_tiny_factors(kit: Kit) -> Script:
    """Scale by numbers whose product is too small or too large for the dtype."""
    x, tiny = kit.input(4), kit.input(6, "tiny")
    z = x @ kit.matrix(4, 6)
    small = (z * 1e25) * 1e-30 * 1e-30 * 1e30
    large = (z * 1e-20 * 1e-15) * 1e30 * 1e15 * 1e-10
    raised = (tiny * 1e30 * 1e25) * (z * 1e-25)
    h = gn.tanh(small * 1e5 + large * 0.5 + raised)
    loss, targets = kit.match(h @ kit.matrix(6, 2) + kit.vector(2))
    (slope,) = gn.gradients(loss, [x])
    runs = kit.runs([loss, h, slope, kit.train(loss)], x, tiny, targets)
    for run in runs:
        run.feeds[tiny] *= kit.array(1e-30)
    return runs


@WILD_TRAPS.add
def numbers_that_overflow(kit: Kit) -> Script:
    """Let what is fetched become infinite where it does without a compiler."""
    x = kit.input(4)
    z = kit.dense(x, 6) * 1e20
    squares = z * z
    return kit.runs([z, squares, squares * 1e-30, z * (z * 1e-30), squares.sum(1)], x)

"""Cross-entropies from logits."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

import graphnet as gn
from graphnet.compiler.pipeline import compile_graph
from graphnet.errors import ExecutionError, ShapeError
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

LOGITS = np.random.default_rng(0).normal(scale=3, size=(4, 5))
WEIGHTS = np.random.default_rng(1).uniform(size=(4, 5))
LABELS = np.array([0, 4, 2, 2])
ROWS = np.eye(5)[LABELS]


def gradient(loss: Callable[..., Tensor], logits: Array, labels: Array) -> Array:
    """Give the gradient of the sum of losses with respect to the logits."""
    x = gn.constant(logits)
    result: Array = gn.evaluate(gn.gradients(loss(x, labels), [x])[0])
    return result


# One weight per class


def test_weights_need_not_sum_to_one() -> None:
    """The loss is -Σ t log softmax(x), for any rows of weights."""
    weights = WEIGHTS - 0.5
    loss = gn.evaluate(gn.nn.softmax_cross_entropy(LOGITS, weights))
    gn.testing.assert_close(loss, -(weights * special.log_softmax(LOGITS, -1)).sum(-1))


def test_the_gradient_is_the_residual() -> None:
    """It is softmax(x) Σt - t."""
    expected = special.softmax(LOGITS, -1) * WEIGHTS.sum(-1, keepdims=True) - WEIGHTS
    found = gradient(gn.nn.softmax_cross_entropy, LOGITS, WEIGHTS)
    gn.testing.assert_close(found, expected)


def test_a_class_ruled_out_costs_nothing() -> None:
    """0 · log 0 = 0: a logit of minus infinity is fine where the weight is 0, and infinite else."""
    logits = np.array([[1.0, -np.inf, 1.0], [1.0, -np.inf, 1.0]])
    loss = gn.nn.softmax_cross_entropy(logits, [[1, 0, 0], [0, 1, 0]])
    gn.testing.assert_close(gn.evaluate(loss), [np.log(2), np.inf])


def test_the_expansion_rules_out_classes_too() -> None:
    """The simpler ops that the loss can be expanded to agree where a logit is minus infinity."""
    logits = gn.constant([1.0, -np.inf, 1.0])
    labels = gn.constant([1.0, 0.0, 0.0])
    op = gn.nn.softmax_cross_entropy(logits, labels).node.op
    assert op.expand is not None
    gn.testing.assert_close(gn.evaluate(op.expand(logits, labels)), np.float32(np.log(2)))


def test_a_nan_is_not_hidden() -> None:
    """A NaN among the logits makes the loss of its row NaN."""
    with np.errstate(invalid="ignore"):
        loss = gn.evaluate(gn.nn.softmax_cross_entropy([[np.nan, 0.0]], [[0.0, 1.0]]))
    assert np.isnan(loss).all()


def test_whole_numbers_are_weights() -> None:
    """One-hot rows of integers or booleans take the dtype of the logits."""
    logits = gn.constant(LOGITS, gn.float32)
    for labels in (ROWS.astype(np.int64), ROWS.astype(bool)):
        loss = gn.nn.softmax_cross_entropy(logits, labels)
        assert loss.dtype == np.float32
        gn.testing.assert_close(
            gn.evaluate(loss), gn.evaluate(gn.nn.sparse_softmax_cross_entropy(logits, LABELS))
        )


def test_class_indices_are_not_weights() -> None:
    """Indices in place of weights get the name of the function that takes them."""
    logits = gn.placeholder((None, 10), name="logits")
    labels = gn.placeholder((None,), gn.int64, name="labels")
    with pytest.raises(ShapeError) as caught:
        gn.nn.softmax_cross_entropy(logits, labels)
    message = str(caught.value)
    assert "softmax_cross_entropy: labels [None] do not fit logits [None, 10]" in message
    assert "int64[None]        placeholder 'labels'" in message
    assert "for class indices use gn.nn.sparse_softmax_cross_entropy" in message


def test_labels_have_a_gradient() -> None:
    """Gradients are right to the third order with respect to logits and labels."""
    x = gn.placeholder((None, 3), gn.float64)
    t = gn.placeholder((None, 3), gn.float64)
    values = {x: LOGITS[:2, :3], t: WEIGHTS[:2, :3]}
    gn.testing.check_gradients(gn.nn.softmax_cross_entropy(x, t), values, order=3)


# The mean over a batch, which needs no loss of a single example


def mean_and_gradient(logits: Array, weights: Array) -> list[Array]:
    """Give the mean loss and its gradient, optimized, and then as they are declared."""
    x, t = gn.placeholder((None, None), gn.float64), gn.placeholder((None, None), gn.float64)
    loss = gn.nn.softmax_cross_entropy(x, t).mean()
    fetches = [loss, *gn.gradients(loss, [x])]
    results: list[Array] = []
    for optimize in (True, False):
        with gn.Session(optimize=optimize) as session, np.errstate(invalid="ignore"):
            results += session.run(fetches, {x: logits, t: weights})
    return results


def test_the_mean_is_that_of_the_losses() -> None:
    """Losses are added up in parts, for any rows of weights."""
    for weights in (WEIGHTS, ROWS, WEIGHTS - 0.5, WEIGHTS * [[1], [-1], [1], [-2]]):
        loss, slope, *expected = mean_and_gradient(LOGITS, weights)
        gn.testing.assert_close(loss, -(weights * special.log_softmax(LOGITS, -1)).sum() / 4)
        gn.testing.assert_close(loss, expected[0])
        gn.testing.assert_close(slope, expected[1])


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_mean_of_odd_losses(odd: float, weight: float) -> None:
    """A class ruled out costs nothing; anything else that is not finite shows in the mean."""
    logits, weights = LOGITS.copy(), ROWS.copy()
    logits[1, 2], weights[1, 2] = odd, weight
    loss, slope, *expected = mean_and_gradient(logits, weights)
    gn.testing.assert_close(loss, expected[0])
    gn.testing.assert_close(slope, expected[1])
    assert np.isfinite(loss) == (odd == -np.inf and weight == 0)


def test_a_row_that_is_ruled_out_is_nan() -> None:
    """Where no class is left, neither the loss nor its gradient exists."""
    logits = LOGITS.copy()
    logits[2] = -np.inf
    loss, slope, *expected = mean_and_gradient(logits, ROWS)
    assert np.isnan(loss)
    assert np.isnan(slope).all(-1).tolist() == [False, False, True, False]
    gn.testing.assert_close(slope, expected[1])


def test_training_computes_each_part_once() -> None:
    """Loss, gradient and prediction share the largest logits, the exponentials and their sums."""
    x, t = gn.placeholder((8, 5)), gn.placeholder((8, 5))
    loss = gn.nn.softmax_cross_entropy(x, t).mean()
    fetches = [loss, *gn.gradients(loss, [x])]
    counts = {"max": 1, "subtract": 3, "exp": 1, "sum": 2, "log": 1, "divide": 1, "multiply": 3}
    for more, divisions in (([], 1), ([gn.softmax(x)], 2)):
        plan = compile_graph(x.graph.subgraph([*fetches, *more], [x, t]), [x.spec, t.spec])
        computed = Counter(node.op.name for node in plan.graph.nodes)
        assert {name: computed[name] for name in counts} == {**counts, "divide": divisions}


def test_weighted_sums_leave_out_what_has_no_weight() -> None:
    """A weight of 0 counts nothing against an infinity, but does not hide a NaN."""
    weighted_sum = gn.ir.OPS["weighted_sum"]
    values = np.array([[1.0, -np.inf], [2.0, np.inf], [np.nan, 3.0]])
    weights = np.array([[3.0, 0.0], [4.0, 0.0], [0.0, 1.0]])
    assert gn.evaluate(weighted_sum()(weights[:2], values[:2])) == 11
    rows = gn.evaluate(weighted_sum(rows=True)(weights, values))  # type: ignore[call-arg]
    np.testing.assert_array_equal(rows, [[3.0], [8.0], [np.nan]])
    assert np.isnan(gn.evaluate(weighted_sum()(weights, values)))
    assert gn.evaluate(weighted_sum()(weights[:1] + 1, values[:1])) == -np.inf


# One class index


def test_the_loss_is_minus_the_logarithm_of_the_probability() -> None:
    """The loss of each example is -log softmax(x) at its label."""
    loss = gn.evaluate(gn.nn.sparse_softmax_cross_entropy(LOGITS, LABELS))
    gn.testing.assert_close(loss, -special.log_softmax(LOGITS, -1)[range(4), LABELS])


@pytest.mark.parametrize("size", [50.0, 1e4, 1e30], ids=str)
def test_the_loss_is_exact_for_large_logits(size: float) -> None:
    """Where the probability is too small for its dtype, loss and gradient are still right."""
    logits = np.array([[size, 0.0], [-size, 0.0]], np.float32)
    loss = gn.evaluate(gn.nn.sparse_softmax_cross_entropy(logits, [1, 1]))
    gn.testing.assert_close(loss, np.array([size, 0.0], np.float32))
    slope = gradient(gn.nn.sparse_softmax_cross_entropy, logits, np.array([1, 1]))
    gn.testing.assert_close(slope, np.array([[1.0, -1.0], [0.0, 0.0]], np.float32))


def test_the_gradient_is_softmax_less_one_at_the_label() -> None:
    """It is that of the dense form with one-hot rows."""
    expected = special.softmax(LOGITS, -1) - ROWS
    found = gradient(gn.nn.sparse_softmax_cross_entropy, LOGITS, LABELS)
    gn.testing.assert_close(found, expected)


def test_the_gradient_needs_no_loss() -> None:
    """A run that only trains computes no loss, and shares softmax with a prediction."""
    x = gn.placeholder((2, 3))
    (dx,) = gn.gradients(gn.nn.sparse_softmax_cross_entropy(x, [0, 1]).sum(), [x])
    plan = compile_graph(x.graph.subgraph([dx, gn.softmax(x)], [x]), [x.spec])
    computed = [node.op.name for node in plan.graph.nodes]
    assert [computed.count(name) for name in ("max", "exp", "sum", "divide")] == [1] * 4
    assert {"log", "pick_class"}.isdisjoint(computed)


def test_a_label_out_of_range_fails_in_training_too() -> None:
    """The gradient alone checks the labels as well, and names the line of the loss."""
    x = gn.constant(LOGITS)
    labels = gn.placeholder((4,), gn.int64)
    (dx,) = gn.gradients(gn.nn.sparse_softmax_cross_entropy(x, labels), [x])
    with pytest.raises(ExecutionError, match=r"label 5 at position \[2\] is out of range"):
        gn.evaluate(dx, {labels: [0, 0, 5, 0]})


def test_losses_of_sequences() -> None:
    """Axes in front of the last are kept, and one example needs none."""
    logits = LOGITS.reshape(2, 2, 5)
    labels = LABELS.reshape(2, 2)
    loss = gn.evaluate(gn.nn.sparse_softmax_cross_entropy(logits, labels))
    alone = gn.evaluate(gn.nn.sparse_softmax_cross_entropy(LOGITS[0], LABELS[0]))
    gn.testing.assert_close(loss.shape, (2, 2))
    gn.testing.assert_close(loss[0, 0], alone)


def test_the_extents_of_labels_tell_those_of_losses() -> None:
    """What is known of either operand is known of the result."""
    logits = gn.placeholder((None, 10))
    assert gn.nn.sparse_softmax_cross_entropy(logits, np.zeros(32, int)).shape == (32,)
    named = gn.placeholder(("batch", 10))
    assert gn.nn.softmax_cross_entropy(logits, named).shape == ("batch",)


def test_the_sparse_loss_has_a_third_derivative() -> None:
    """Gradients are right to the third order, with unknown extents."""
    x = gn.placeholder((None, None), gn.float64)
    loss = gn.nn.sparse_softmax_cross_entropy(x, [2, 0])
    gn.testing.check_gradients(loss, {x: LOGITS[:2, :3]}, order=3)


# One probability of yes


def test_the_sigmoid_loss_is_that_of_the_probability() -> None:
    """It is -t log p - (1 - t) log (1 - p), elementwise, also for labels between 0 and 1."""
    expected = -WEIGHTS * special.log_expit(LOGITS) - (1 - WEIGHTS) * special.log_expit(-LOGITS)
    gn.testing.assert_close(gn.evaluate(gn.nn.sigmoid_cross_entropy(LOGITS, WEIGHTS)), expected)


def test_a_sure_and_right_answer_keeps_its_small_loss() -> None:
    """The loss is exact to the last digits where it is far below the rounding of the logit."""
    loss = gn.evaluate(gn.nn.sigmoid_cross_entropy(np.array([40.0, -40.0]), [1, 0]))
    np.testing.assert_allclose(loss, np.exp(-40.0), rtol=1e-12)
    loss = gn.evaluate(gn.nn.sigmoid_cross_entropy(np.array([1e5, -1e5]), [0, 1]))
    np.testing.assert_allclose(loss, 1e5)


def test_the_sigmoid_loss_broadcasts_nothing() -> None:
    """Labels [batch] for logits [batch, 1] would give a matrix of losses: they are refused."""
    logits = gn.placeholder((None, 1))
    with pytest.raises(ShapeError, match=r"labels \[32\] do not fit logits \[None, 1\]"):
        gn.nn.sigmoid_cross_entropy(logits, np.zeros(32))


def test_the_sigmoid_loss_has_a_third_derivative() -> None:
    """Gradients are right to the third order with respect to logits and labels."""
    gn.testing.check_gradients(gn.nn.sigmoid_cross_entropy, [LOGITS, WEIGHTS], order=3)

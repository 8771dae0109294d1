"""Losses: what they are, what examples count in them, and nothing broadcast by mistake."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial import distance

import graphnet as gn
from graphnet.errors import (
    ArgumentError,
    DTypeError,
    ExecutionError,
    FeedError,
    GraphError,
    ShapeError,
)
from graphnet.ir.tensor import Tensor
from graphnet.nn import losses
from graphnet.nn.losses.logits import SEEN_THROUGH
from graphnet.ops import cross_entropy
from graphnet.typing import Array

generator = np.random.default_rng(7)
NUMBERS = generator.normal(scale=2, size=(6, 4))
OTHERS = generator.normal(size=(6, 4))
CHANCES = generator.dirichlet([0.7] * 4, size=6)
INDICES = np.array([0, 3, 1, 1, 2, 0])
ANSWERS = generator.uniform(size=(6, 4))
SIDES = generator.choice([-1.0, 1.0], size=(6, 4))
FACTORS = generator.uniform(0.5, 2.0, size=6)
SHOWN = np.array([True, False, True, True, False, True])
for array in (NUMBERS, OTHERS, CHANCES, INDICES, ANSWERS, SIDES, FACTORS, SHOWN):
    array.flags.writeable = False


class Case(NamedTuple):
    """A loss, what it is called on, and the same by other means."""

    loss: Callable[..., Tensor]
    first: Array
    second: Array
    reference: Callable[[Array, Array], Array]
    elementwise: bool = False
    differentiable: tuple[bool, bool] = (True, True)

    def factors(self) -> Array:
        """Give one weight per loss."""
        return FACTORS[:, None] * np.arange(1, 5) if self.elementwise else FACTORS

    def shown(self) -> Array:
        """Give one boolean per loss."""
        return SHOWN[:, None] ^ np.array([False, True, False, False]) if self.elementwise else SHOWN

    def expected(self) -> Array:
        """Give the losses by other means."""
        return self.reference(self.first, self.second)


def rows(function: Callable[[Any, Any], Any]) -> Callable[[Array, Array], Array]:
    """Apply a function of two rows to all of them."""
    return lambda p, t: np.array([function(*pair) for pair in zip(p, t, strict=True)])


def crammer_singer(scores: Array, label: int) -> float:
    """Give the multi-class hinge of one example by its definition."""
    return float(max(0.0, 1 + max(np.delete(scores, label)) - scores[label]))


CASES = {
    "mean_squared_error": Case(
        gn.nn.mean_squared_error, NUMBERS, OTHERS, rows(lambda p, t: np.mean((p - t) ** 2))
    ),
    "mean_absolute_error": Case(
        gn.nn.mean_absolute_error,
        NUMBERS,
        OTHERS,
        rows(lambda p, t: distance.cityblock(p, t) / len(p)),
    ),
    "huber": Case(
        gn.nn.huber, NUMBERS, OTHERS, rows(lambda p, t: np.mean(special.huber(1.0, p - t)))
    ),
    "huber of 0.3": Case(
        lambda p, t, **how: gn.nn.huber(p, t, delta=0.3, **how),
        NUMBERS,
        OTHERS,
        rows(lambda p, t: np.mean(special.huber(0.3, p - t))),
    ),
    "cosine_distance": Case(gn.nn.cosine_distance, NUMBERS, OTHERS, rows(distance.cosine)),
    "softmax_cross_entropy": Case(
        gn.nn.softmax_cross_entropy,
        NUMBERS,
        CHANCES,
        rows(lambda x, t: -t @ special.log_softmax(x)),
    ),
    "sparse_softmax_cross_entropy": Case(
        gn.nn.sparse_softmax_cross_entropy,
        NUMBERS,
        INDICES,
        rows(lambda x, t: -special.log_softmax(x)[t]),
        differentiable=(True, False),
    ),
    "softmax_cross_entropy, smoothed": Case(
        lambda x, t, **how: gn.nn.softmax_cross_entropy(x, t, label_smoothing=0.2, **how),
        NUMBERS,
        CHANCES,
        rows(lambda x, t: -(0.8 * t + 0.05) @ special.log_softmax(x)),
    ),
    "sparse_softmax_cross_entropy, smoothed": Case(
        lambda x, t, **how: gn.nn.sparse_softmax_cross_entropy(x, t, label_smoothing=0.2, **how),
        NUMBERS,
        INDICES,
        rows(lambda x, t: -(0.8 * np.eye(4)[t] + 0.05) @ special.log_softmax(x)),
        differentiable=(True, False),
    ),
    "negative_log_likelihood": Case(
        gn.nn.negative_log_likelihood,
        np.log(CHANCES),
        INDICES,
        rows(lambda x, t: -x[t]),
        differentiable=(True, False),
    ),
    "kl_divergence": Case(
        gn.nn.kl_divergence,
        NUMBERS,
        CHANCES,
        rows(lambda x, t: stats.entropy(t, special.softmax(x))),
    ),
    "sigmoid_cross_entropy": Case(
        gn.nn.sigmoid_cross_entropy,
        NUMBERS,
        ANSWERS,
        lambda x, t: -special.xlogy(t, special.expit(x)) - (1 - t) * special.log_expit(-x),
        elementwise=True,
    ),
    "hinge": Case(
        gn.nn.hinge,
        NUMBERS,
        SIDES,
        lambda x, t: np.maximum(0, 1 - x * t),
        elementwise=True,
        differentiable=(True, False),
    ),
    "hinge of 3": Case(
        lambda x, t, **how: gn.nn.hinge(x, t, margin=3.0, **how),
        NUMBERS,
        SIDES,
        lambda x, t: np.maximum(0, 3 - x * t),
        elementwise=True,
        differentiable=(True, False),
    ),
    "multiclass_hinge": Case(
        gn.nn.multiclass_hinge,
        NUMBERS,
        INDICES,
        rows(crammer_singer),
        differentiable=(True, False),
    ),
}
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
PLAIN = {
    name: getattr(gn.nn, name)
    for name in (
        "softmax_cross_entropy",
        "sparse_softmax_cross_entropy",
        "sigmoid_cross_entropy",
    )
}


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


# What they are


@each
def test_losses_against_a_reference(case: Case) -> None:
    """Each is what NumPy or SciPy make of the same numbers, example by example."""
    gn.testing.assert_close(gn.evaluate(case.loss(case.first, case.second)), case.expected())


@each
@pytest.mark.parametrize("optimize", [True, False])
def test_losses_of_sequences(case: Case, optimize: bool) -> None:
    """Axes in front are kept, and known only when running."""
    first, second = (array.reshape(2, 3, *array.shape[1:]) for array in (case.first, case.second))
    p = gn.placeholder((None, None, 4), gn.float64)
    t = gn.placeholder((None,) * second.ndim, second.dtype)
    loss = case.loss(p, t)
    expected = case.expected()
    with gn.Session(optimize=optimize) as session:
        found = session.run(loss, {p: first, t: second})
    gn.testing.assert_close(found, expected.reshape(2, 3, *expected.shape[1:]))


@each
def test_gradients(case: Case) -> None:
    """Of first and second order, with respect to predictions and, where there is one, targets."""
    values = [case.first, case.second]
    if case.differentiable[1]:
        gn.testing.check_gradients(case.loss, values)
    else:
        gn.testing.check_gradients(lambda p: case.loss(p, case.second), values[:1])


@each
def test_gradients_with_weights_and_mask(case: Case) -> None:
    """The weighted mean has the right gradient, also with respect to the weights."""

    def mean(p: Tensor, w: Tensor) -> Tensor:
        return case.loss(p, case.second, weights=w, mask=case.shown(), reduction="mean")

    gn.testing.check_gradients(mean, [case.first, case.factors()])


@each
@pytest.mark.parametrize("dtype", [gn.float16, gn.float32, gn.float64])
def test_losses_have_the_dtype_of_predictions(case: Case, dtype: np.dtype[Any]) -> None:
    """Whatever numbers the weights and targets are, if these are not wider floats."""
    p = gn.constant(case.first, dtype)
    t = case.second if case.second.dtype.kind == "i" else gn.constant(case.second, dtype)
    for reduction in (None, "sum", "mean"):
        loss = case.loss(p, t, weights=case.factors(), mask=case.shown(), reduction=reduction)
        assert loss.dtype == dtype


@pytest.mark.parametrize("dtype", [gn.int64, gn.uint8, gn.bool_])
@pytest.mark.parametrize(
    "loss",
    [
        gn.nn.mean_squared_error,
        gn.nn.mean_absolute_error,
        gn.nn.huber,
        gn.nn.cosine_distance,
        gn.nn.softmax_cross_entropy,
        gn.nn.kl_divergence,
        gn.nn.sigmoid_cross_entropy,
        gn.nn.hinge,
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_whole_targets_are_converted(
    loss: Callable[..., Tensor], dtype: np.dtype[Any], masked: bool
) -> None:
    """One-hot labels of any kind are the same numbers as floats, and do not widen the loss."""
    p = NUMBERS.astype(np.float32)
    labels = np.eye(4)[INDICES]
    shape = p.shape if loss in (gn.nn.sigmoid_cross_entropy, gn.nn.hinge) else p.shape[:-1]
    mask = np.ones(shape, bool) if masked else None
    found = loss(p, gn.constant(labels.astype(dtype)), mask=mask)
    assert found.dtype == gn.float32
    expected = loss(p, labels.astype(np.float32))
    gn.testing.assert_close(*gn.evaluate([found, expected]))


# Which examples count


@each
def test_weights_multiply(case: Case) -> None:
    """Each loss by its own."""
    found = gn.evaluate(case.loss(case.first, case.second, weights=case.factors()))
    gn.testing.assert_close(found, case.factors() * case.expected())


@each
@pytest.mark.parametrize("reduction", [None, "sum", "mean"])
@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_hidden_is_not_there(case: Case, reduction: str | None, weighted: bool) -> None:
    """With a mask, all is as if the hidden examples were not; one by one, they have loss 0."""
    shown = case.shown()
    factors = case.factors() if weighted else np.ones(shown.shape)
    left = (factors * case.expected())[shown]
    found = gn.evaluate(
        case.loss(
            case.first,
            case.second,
            weights=factors if weighted else None,
            mask=shown,
            reduction=reduction,
        )
    )
    if reduction is None:
        gn.testing.assert_close(found[shown], left)
        assert not found[~shown].any()
    else:
        total = 1 if reduction == "sum" else factors[shown].sum()
        gn.testing.assert_close(found, left.sum() / total)


@each
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("optimize", [True, False])
def test_what_is_hidden_may_be_anything(
    case: Case, odd: float, weighted: bool, optimize: bool
) -> None:
    """Neither loss nor gradients see it, and no label in it is refused."""
    shown = case.shown()
    first, second, factors = (x.copy() for x in (case.first, case.second, case.factors()))
    first[~shown] = odd
    second[~shown] = odd if second.dtype.kind == "f" else -1
    factors[~shown] = odd
    p = gn.placeholder((None, 4), gn.float64)
    t, w = (gn.placeholder((None,) * x.ndim, x.dtype) for x in (second, factors))
    loss = case.loss(p, t, weights=w if weighted else None, mask=shown, reduction="mean")
    fetches = [loss, *gn.gradients(loss, [p])]
    with gn.Session(optimize=optimize) as session:
        found, slope = session.run(fetches, {p: first, t: second, w: factors})
        tame = {p: case.first, t: case.second, w: case.factors()}
        expected, expected_slope = session.run(fetches, tame)
    gn.testing.assert_close(found, expected)
    gn.testing.assert_close(slope, expected_slope)
    assert not slope[~shown].any()


@each
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("how", ["mask", "weights"])
def test_nothing_left_is_zero(case: Case, reduction: str, how: str) -> None:
    """The loss of no example at all is 0, and so is its gradient."""
    p = gn.constant(case.first)
    nothing = np.zeros(case.shown().shape, bool if how == "mask" else float)
    loss = case.loss(p, case.second, reduction=reduction, **{how: nothing})
    found, slope = gn.evaluate([loss, *gn.gradients(loss, [p])])
    assert found == 0
    assert not slope.any()


@each
def test_reductions_of_all(case: Case) -> None:
    """Without weights and mask they are the sum and the mean of what there is without reduction."""
    with gn.Graph() as one:
        case.loss(case.first, case.second, reduction="sum")
        case.loss(case.first, case.second, reduction="mean")
    found = [node.outputs[0] for node in one.nodes if node.op.name in ("sum", "mean")]
    totals = [y for y in found if not y.shape]
    expected = case.expected()
    gn.testing.assert_close(gn.evaluate(totals[-2:]), [expected.sum(), expected.mean()])


@pytest.mark.parametrize("name", PLAIN)
def test_cross_entropies_are_the_ops(name: str) -> None:
    """Declared as plainly as the op, a loss is this one node, and its mean one more."""
    labels = np.zeros(2, int) if "sparse" in name else np.zeros((2, 3), np.float32)
    texts = []
    for function, how in ((PLAIN[name], {"reduction": "mean"}), (getattr(cross_entropy, name), {})):
        with gn.Graph() as graph:
            loss = function(np.zeros((2, 3), np.float32), labels, **how)
            if not how:
                loss.mean()
        texts.append(str(graph))
        assert [node.op.name for node in graph.nodes] == ["constant", "constant", name, "mean"]
    assert texts[0] == texts[1]


def test_a_loss_that_is_a_composition_has_a_scope() -> None:
    """So a plan tells which nodes belong to it."""
    with gn.Graph() as graph:
        gn.nn.mean_squared_error(gn.placeholder(("batch", 3)), gn.placeholder(("batch", 3)))
        known = len(graph.nodes)
        gn.nn.mean_squared_error(gn.placeholder((None, 3)), gn.placeholder((None, 3)))
    words = ("subtract", "square", "mean")
    assert [node.name for node in graph.nodes[2:known]] == [
        f"mean_squared_error/{w}" for w in words
    ]
    looked_at = [f"mean_squared_error/{word}" for word in ("alike", *(f"{w}_1" for w in words))]
    assert [node.name for node in graph.nodes[known + 2 :]] == looked_at


def test_another_name() -> None:
    """The cross-entropy of yes and no is known by two names."""
    assert gn.nn.binary_cross_entropy is gn.nn.sigmoid_cross_entropy
    assert {name for name in losses.__all__ if getattr(gn.nn, name) is getattr(losses, name)} == {
        *losses.__all__
    }


# Extremes

EXTREME = [[1e4, -1e4, 0.0, 1e4], [-1e4, -1e4, -1e4, -1e4], [3e38, 0.0, -3e38, 1.0]]


@pytest.mark.parametrize("dtype", [gn.float32, gn.float64])
@pytest.mark.parametrize(
    "loss",
    [
        gn.nn.softmax_cross_entropy,
        gn.nn.kl_divergence,
        lambda x, t: gn.nn.softmax_cross_entropy(x, t, label_smoothing=0.1),
    ],
    ids=["softmax_cross_entropy", "kl_divergence", "smoothed"],
)
@pytest.mark.parametrize("optimize", [True, False])
def test_large_logits(loss: Callable[..., Tensor], dtype: np.dtype[Any], optimize: bool) -> None:
    """The loss is that of exact arithmetic, and the gradient is bounded."""
    logits = np.array(EXTREME[:2])
    targets = CHANCES[:2]
    x, t = gn.constant(logits, dtype), gn.constant(targets, dtype)
    y = loss(x, t)
    with gn.Session(optimize=optimize) as session:
        found, slope = session.run([y, *gn.gradients(y, [x])])
    expected = loss(gn.constant(logits - logits.max(-1, keepdims=True), gn.float64), targets)
    np.testing.assert_allclose(found, gn.evaluate(expected), rtol=1e-5)
    assert np.isfinite(slope).all()
    assert np.abs(slope).max() <= 1


@pytest.mark.parametrize("optimize", [True, False])
def test_classes_that_are_ruled_out(optimize: bool) -> None:
    """A logit of minus infinity costs nothing where the target is 0, and infinitely much else."""
    x = gn.constant(np.array([[0.0, -np.inf, 0.0], [0.0, -np.inf, 0.0]]))
    t = gn.constant(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    divergence, entropy = gn.nn.kl_divergence(x, t), gn.nn.softmax_cross_entropy(x, t)
    sparse = gn.nn.sparse_softmax_cross_entropy(x, [0, 1])
    smooth = gn.nn.sparse_softmax_cross_entropy(x, [0, 1], label_smoothing=0.1)
    likelihood = gn.nn.negative_log_likelihood(gn.log_softmax(x), [0, 1])
    margin = gn.nn.multiclass_hinge(x, [0, 0])
    (slope,) = gn.gradients(divergence[0] + sparse[0], [x])
    with gn.Session(optimize=optimize) as session:
        *found, smoothed, lead, d_x = session.run(
            [divergence, entropy, sparse, likelihood, smooth, margin, slope]
        )
    for values in found:
        gn.testing.assert_close(values, [np.log(2), np.inf])
    np.testing.assert_array_equal(smoothed, [np.inf, np.inf])
    np.testing.assert_array_equal(lead, [1.0, 1.0])
    gn.testing.assert_close(d_x, [[-1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("optimize", [True, False])
def test_large_numbers_in_other_losses(optimize: bool) -> None:
    """Where the result has room in its dtype, nothing on the way overflows."""
    x = gn.constant(np.array(EXTREME, np.float32))
    yes = gn.constant(np.array([[1, 1, 1, 0]] * 3, np.float32))
    big = gn.constant(np.array([[3e38, 3e38], [1e-30, 0.0], [0.0, 0.0]], np.float32))
    small = gn.constant(np.array([[1e-30, 1e-30], [0.0, 1e30], [1.0, 0.0]], np.float32))
    fetches = [
        gn.nn.sigmoid_cross_entropy(x, yes)[0],
        gn.nn.hinge(x, yes)[0],
        gn.nn.huber(x[2:, :1], gn.zeros_like(x[2:, :1])),
        gn.nn.multiclass_hinge(x[0], 1),
        gn.nn.cosine_distance(big, small),
    ]
    with gn.Session(optimize=optimize) as session:
        entropy, hinge, huber, crammer, angles = session.run(fetches)
    gn.testing.assert_close(entropy, np.array([0, 1e4, np.log(2), 1e4], np.float32))
    gn.testing.assert_close(hinge, np.array([0, 10001, 1, 10001], np.float32))
    gn.testing.assert_close(huber, np.array([3e38], np.float32))
    gn.testing.assert_close(crammer, np.float32(20001))
    np.testing.assert_allclose(angles, [0, 1, 1], atol=1e-6)


def test_distances_do_not_depend_on_lengths() -> None:
    """The gradient of the cosine is across the vector, and grows as that gets shorter."""
    x = gn.constant([[3e30, 0.0], [3e-30, 0.0]])
    loss = gn.nn.cosine_distance(x, [[1.0, 1.0], [1.0, 1.0]])
    found, slope = gn.evaluate([loss, *gn.gradients(loss, [x])])
    np.testing.assert_allclose(found, 1 - np.sqrt(0.5), rtol=1e-6)
    lengths = np.array([3e30, 3e-30])
    np.testing.assert_allclose(slope[:, 0] * lengths, 0, atol=1e-6)
    np.testing.assert_allclose(slope[:, 1] * lengths, -np.sqrt(0.5), rtol=1e-6)


# What single losses promise


def test_labels_of_a_hinge() -> None:
    """Booleans, 0 and 1, and -1 and 1 are the same."""
    for dtype in (bool, int, float):
        found = gn.evaluate(gn.nn.hinge(NUMBERS, (SIDES > 0).astype(dtype)))
        gn.testing.assert_close(found, np.maximum(0, 1 - NUMBERS * SIDES))


def test_a_divergence_is_zero_where_nothing_differs() -> None:
    """And elsewhere positive."""
    found = gn.evaluate(gn.nn.kl_divergence(np.log(CHANCES), CHANCES))
    np.testing.assert_allclose(found, 0, atol=1e-15)
    assert (gn.evaluate(gn.nn.kl_divergence(NUMBERS, CHANCES)) > 0).all()


def test_a_divergence_has_the_gradient_of_the_cross_entropy() -> None:
    """With respect to the logits."""
    x = gn.constant(NUMBERS)
    functions = (gn.nn.kl_divergence, gn.nn.softmax_cross_entropy)
    slopes = [gn.gradients(function(x, CHANCES), [x])[0] for function in functions]
    gn.testing.assert_close(*gn.evaluate(slopes))


def test_smoothing_by_nothing_adds_no_node() -> None:
    """0 is the loss without smoothing."""
    loss = gn.nn.softmax_cross_entropy(NUMBERS, CHANCES, label_smoothing=0.0)
    assert loss.node.op.name == "softmax_cross_entropy"


def test_a_label_out_of_range_is_an_error_when_running() -> None:
    """Where it is not hidden."""
    labels = gn.placeholder((None,), gn.int64)
    for loss in (
        gn.nn.sparse_softmax_cross_entropy,
        gn.nn.negative_log_likelihood,
        gn.nn.multiclass_hinge,
    ):
        y = loss(NUMBERS[:3], labels, mask=[True, False, True])
        complaint = r"label 4 at position \[2\] is out of range"
        with pytest.raises(ExecutionError, match=complaint):
            gn.evaluate(y, {labels: [0, 4, 4]})


# Mistakes


def placed(**specs: Any) -> dict[str, Tensor]:
    """Declare placeholders by name."""
    return {name: gn.placeholder(shape, dtype, name=name) for name, (shape, dtype) in specs.items()}


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber"])
@pytest.mark.parametrize("shape", [("batch",), ("batch", 2), (1, "batch", 1), ()])
def test_nothing_is_broadcast(name: str, shape: tuple[int | str, ...]) -> None:
    """The message shows both shapes, and how [batch] becomes [batch, 1]."""
    p = gn.placeholder(("batch", 1), name="p")
    t = gn.placeholder(shape, name="t")
    with pytest.raises(ShapeError) as caught:
        getattr(gn.nn, name)(p, t)
    head, at, _, second, hint = message(caught.value).split("\n")
    assert head == f"{name}: predictions and targets need one shape, with at least one axis"
    assert at == "  at FILE:LINE"
    assert second.split() == ["targets", *str(t.spec).split(), "placeholder", "'t'", "FILE:LINE"]
    if shape == ("batch",):
        assert hint == "hint: give targets a last axis of 1: gn.expand_dims(targets, -1)"
    else:
        assert hint == "hint: gn.reshape, gn.expand_dims or gn.squeeze makes the shapes equal"


def test_a_mean_needs_an_axis() -> None:
    """A scalar is not a list of examples."""
    with pytest.raises(ShapeError, match="at least one axis"):
        gn.nn.mean_squared_error(1.0, 2.0)


F32, I64 = gn.float32, gn.int64
MISTAKES: dict[str, tuple[Callable[..., Any], dict[str, Any], type[Exception], str]] = {
    "rows against a column": (
        gn.nn.sigmoid_cross_entropy,
        {"logits": (("batch", 1), F32), "labels": (("batch",), F32)},
        ShapeError,
        """\
sigmoid_cross_entropy: labels [batch] do not fit logits [batch, 1]
  at FILE:LINE
  logits  float32[batch, 1]  placeholder 'logits'  FILE:LINE
  labels  float32[batch]     placeholder 'labels'  FILE:LINE
hint: give labels a last axis of 1: gn.expand_dims(labels, -1)""",
    ),
    "indices for weights": (
        gn.nn.softmax_cross_entropy,
        {"logits": ((None, 10), F32), "labels": ((None,), I64)},
        ShapeError,
        """\
softmax_cross_entropy: labels [None] do not fit logits [None, 10]
  at FILE:LINE
  logits  float32[None, 10]  placeholder 'logits'  FILE:LINE
  labels  int64[None]        placeholder 'labels'  FILE:LINE
hint: for class indices use gn.nn.sparse_softmax_cross_entropy""",
    ),
    "a column of indices": (
        gn.nn.softmax_cross_entropy,
        {"logits": ((None, 10), F32), "labels": ((None, 1), I64)},
        ShapeError,
        """\
softmax_cross_entropy: labels [None, 1] do not fit logits [None, 10]
  at FILE:LINE
  logits  float32[None, 10]  placeholder 'logits'  FILE:LINE
  labels  int64[None, 1]     placeholder 'labels'  FILE:LINE
hint: for class indices use gn.nn.sparse_softmax_cross_entropy(logits, gn.squeeze(labels, -1))""",
    ),
    "another width": (
        gn.nn.softmax_cross_entropy,
        {"logits": ((None, 2), F32), "labels": ((None, 10), F32)},
        ShapeError,
        """\
softmax_cross_entropy: labels [None, 10] do not fit logits [None, 2]
  at FILE:LINE
  logits  float32[None, 2]   placeholder 'logits'  FILE:LINE
  labels  float32[None, 10]  placeholder 'labels'  FILE:LINE
hint: give the last layer 10 units, one per class of the labels""",
    ),
    "other axes": (
        gn.nn.kl_divergence,
        {"logits": ((None, 5, 2), F32), "targets": ((None, 2), F32)},
        ShapeError,
        """\
kl_divergence: targets [None, 2] do not fit logits [None, 5, 2]
  at FILE:LINE
  logits   float32[None, 5, 2]  placeholder 'logits'   FILE:LINE
  targets  float32[None, 2]     placeholder 'targets'  FILE:LINE
hint: targets need the shape of the logits, one weight per class""",
    ),
    "one class": (
        gn.nn.sparse_softmax_cross_entropy,
        {"logits": ((None, 1), F32), "labels": ((None,), I64)},
        ShapeError,
        """\
sparse_softmax_cross_entropy: there is only one class in [None, 1], which is always right
  at FILE:LINE
  logits  float32[None, 1]  placeholder 'logits'  FILE:LINE
hint: give the last layer one unit per class; \
with one unit for yes or no, use gn.nn.sigmoid_cross_entropy""",
    ),
    "one score": (
        gn.nn.multiclass_hinge,
        {"scores": ((None, 1), F32), "labels": ((None,), I64)},
        ShapeError,
        """\
multiclass_hinge: there is only one class in [None, 1], which is always right
  at FILE:LINE
  scores  float32[None, 1]  placeholder 'scores'  FILE:LINE
hint: give the last layer one unit per class; with one unit for yes or no, use gn.nn.hinge""",
    ),
    "one-hot for indices": (
        gn.nn.sparse_softmax_cross_entropy,
        {"logits": ((None, 10), F32), "labels": ((None, 10), F32)},
        DTypeError,
        """\
sparse_softmax_cross_entropy: labels must be class indices, not float32
  at FILE:LINE
  logits  float32[None, 10]  placeholder 'logits'  FILE:LINE
  labels  float32[None, 10]  placeholder 'labels'  FILE:LINE
hint: for one weight per class use gn.nn.softmax_cross_entropy""",
    ),
    "whole one-hot for indices": (
        gn.nn.negative_log_likelihood,
        {"log_probabilities": ((None, 10), F32), "labels": ((None, 10), I64)},
        ShapeError,
        """\
negative_log_likelihood: labels [None, 10] do not fit rows of [None, 10]
  at FILE:LINE
  log_probabilities  float32[None, 10]  placeholder 'log_probabilities'  FILE:LINE
  labels             int64[None, 10]    placeholder 'labels'             FILE:LINE
hint: labels.argmax(-1) makes class indices of one-hot labels""",
    ),
    "a column of weights": (
        lambda predictions, targets, weights: gn.nn.huber(predictions, targets, weights=weights),
        {
            "predictions": (("batch", 3), F32),
            "targets": (("batch", 3), F32),
            "weights": (("batch", 1), F32),
        },
        ShapeError,
        """\
huber: weights [batch, 1] do not fit losses [batch]
  at FILE:LINE
  predictions  float32[batch, 3]  placeholder 'predictions'  FILE:LINE
  targets      float32[batch, 3]  placeholder 'targets'      FILE:LINE
  weights      float32[batch, 1]  placeholder 'weights'      FILE:LINE
hint: take the axis of 1 away: gn.squeeze(weights, -1)""",
    ),
    "a mask of rows": (
        lambda scores, labels, mask: gn.nn.hinge(scores, labels, mask=mask),
        {
            "scores": (("batch", 1), F32),
            "labels": (("batch", 1), F32),
            "mask": (("batch",), gn.bool_),
        },
        ShapeError,
        """\
hinge: a mask [batch] does not fit losses [batch, 1]
  at FILE:LINE
  scores  float32[batch, 1]  placeholder 'scores'  FILE:LINE
  labels  float32[batch, 1]  placeholder 'labels'  FILE:LINE
  mask    bool[batch]        placeholder 'mask'    FILE:LINE
hint: give mask a last axis of 1: gn.expand_dims(mask, -1)""",
    ),
    "a mask of another length": (
        lambda predictions, mask: gn.nn.huber(predictions, predictions, mask=mask),
        {"predictions": ((4, 3), F32), "mask": ((5,), gn.bool_)},
        ShapeError,
        """\
huber: a mask [5] does not fit losses [4]
  at FILE:LINE
  predictions  float32[4, 3]  placeholder 'predictions'  FILE:LINE
  targets      float32[4, 3]  placeholder 'predictions'  FILE:LINE
  mask         bool[5]        placeholder 'mask'         FILE:LINE
hint: give one element per loss, in the shape [4]""",
    ),
    "a mask of numbers": (
        lambda predictions, mask: gn.nn.huber(predictions, predictions, mask=mask),
        {"predictions": ((4, 3), F32), "mask": ((4,), F32)},
        DTypeError,
        """\
huber: a mask is boolean, not float32
  at FILE:LINE
  mask  float32[4]  placeholder 'mask'  FILE:LINE
hint: compare it, as in mask != 0, or give it as weights""",
    ),
    "softmax for logits": (
        lambda x, labels: gn.nn.softmax_cross_entropy(gn.softmax(x), labels),
        {"x": ((None, 10), F32), "labels": ((None, 10), F32)},
        GraphError,
        """\
softmax_cross_entropy: the logits are probabilities, the output of softmax
  at FILE:LINE
  logits  float32[None, 10]  softmax 'softmax'  FILE:LINE
hint: give what softmax is applied to: the loss makes probabilities of it itself, \
so that the last layer needs no activation""",
    ),
    "sigmoid for logits": (
        lambda x, labels: gn.nn.binary_cross_entropy(gn.squeeze(gn.sigmoid(x), -1), labels),
        {"x": ((None, 1), F32), "labels": ((None,), F32)},
        GraphError,
        """\
sigmoid_cross_entropy: the logits are probabilities, the output of sigmoid
  at FILE:LINE
  logits   float32[None]     squeeze 'squeeze'  FILE:LINE
  sigmoid  float32[None, 1]  sigmoid 'sigmoid'  FILE:LINE
hint: give what sigmoid is applied to: the loss makes probabilities of it itself, \
so that the last layer needs no activation""",
    ),
    "softmax for logarithms": (
        lambda x, labels: gn.nn.negative_log_likelihood(gn.softmax(x), labels),
        {"x": ((None, 10), F32), "labels": ((None,), I64)},
        GraphError,
        """\
negative_log_likelihood: these are probabilities, the output of softmax, not their logarithms
  at FILE:LINE
  log_probabilities  float32[None, 10]  softmax 'softmax'  FILE:LINE
hint: use gn.log_softmax instead, or gn.nn.sparse_softmax_cross_entropy of the logits""",
    ),
    "a reduction": (
        lambda x: gn.nn.huber(x, x, reduction="average"),  # type: ignore[arg-type]
        {"x": ((4, 3), F32)},
        ArgumentError,
        """\
huber: there is no reduction 'average'
  at FILE:LINE
hint: use 'mean', 'sum', or None for one loss per example""",
    ),
    "smoothing": (
        lambda x, labels: gn.nn.sparse_softmax_cross_entropy(x, labels, label_smoothing=1),
        {"x": ((4, 3), F32), "labels": ((4,), I64)},
        ArgumentError,
        """\
sparse_softmax_cross_entropy: label_smoothing is 1
  at FILE:LINE
hint: use a number from 0 up to, but not including, 1, as 0.1""",
    ),
    "delta": (
        lambda x: gn.nn.huber(x, x, delta=0),
        {"x": ((4, 3), F32)},
        ArgumentError,
        """\
huber: delta is 0
  at FILE:LINE
hint: use a positive number; for any size gn.nn.mean_absolute_error""",
    ),
    "margin": (
        lambda x: gn.nn.hinge(x, x, margin=-1.0),
        {"x": ((4, 3), F32)},
        ArgumentError,
        """\
hinge: the margin is -1.0
  at FILE:LINE
hint: use a positive number, as 1.0""",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    """Each gets a message that says what would be right."""
    mistake, specs, kind, text = MISTAKES[name]
    with pytest.raises(kind) as caught:
        mistake(**placed(**specs))
    assert message(caught.value) == text


@pytest.mark.parametrize(
    "loss",
    [
        gn.nn.softmax_cross_entropy,
        gn.nn.kl_divergence,
        gn.nn.sigmoid_cross_entropy,
    ],
)
@pytest.mark.parametrize("activation", [gn.softmax, gn.sigmoid])
@pytest.mark.parametrize(
    "wrapped",
    [
        gn.identity,
        lambda x: gn.nn.penalize(x, gn.constant(1.0)),
        lambda x: gn.nn.track(x, gn.Variable(0.0, trainable=False), x.mean(), momentum=0.9),
        lambda x: gn.nn.Dropout(0.5)(gn.identity(x)),
        lambda x: gn.nn.Dropout(0.5)(x, training=True),
        lambda x: gn.clip(x, 1e-7, 1.0),
        lambda x: x[:, 2:],
        gn.stop_gradient,
        lambda x: gn.transpose(gn.transpose(x)),
        gn.flatten,
        lambda x: gn.cast(x, gn.float64),
        lambda x: gn.reshape(x, (-1, 2, 5)),
        lambda x: gn.identity(gn.identity(x)),
    ],
    ids=[
        *[
            "identity",
            "penalize",
            "track",
            "unsaid",
            "dropout",
            "clip",
            "slice",
            "stop",
            "transpose",
        ],
        *["flatten", "cast", "reshape", "twice"],
    ],
)
def test_probabilities_are_seen_through_what_changes_little(
    loss: Callable[..., Tensor],
    activation: Callable[[Tensor], Tensor],
    wrapped: Callable[[Tensor], Tensor],
) -> None:
    """Layers may put ops in between that give the same numbers, or some of them."""
    logits = wrapped(activation(gn.placeholder((None, 10))))
    with pytest.raises(GraphError, match="the logits are probabilities, the output of"):
        loss(logits, gn.placeholder(logits.shape))


def test_what_is_seen_through_exists() -> None:
    """The ops are known by their names."""
    assert set(gn.ir.OPS) >= SEEN_THROUGH


def test_labels_may_be_probabilities_of_a_network() -> None:
    """As in distillation: softmax is right on this side."""
    x, y = gn.constant(NUMBERS), gn.constant(OTHERS)
    found = gn.evaluate(gn.nn.kl_divergence(x, gn.softmax(y)))
    expected = [
        stats.entropy(special.softmax(t), special.softmax(p))
        for p, t in zip(NUMBERS, OTHERS, strict=True)
    ]
    gn.testing.assert_close(found, expected)


# Shapes that only a run can show

PAIRED = [
    gn.nn.mean_squared_error,
    gn.nn.mean_absolute_error,
    gn.nn.huber,
    gn.nn.cosine_distance,
    gn.nn.hinge,
    gn.nn.kl_divergence,
    gn.nn.softmax_cross_entropy,
    gn.nn.sigmoid_cross_entropy,
]
LABELED = [
    gn.nn.sparse_softmax_cross_entropy,
    gn.nn.negative_log_likelihood,
    gn.nn.multiclass_hinge,
]


def fed(
    loss: Callable[..., Tensor], first: tuple[int, ...], second: tuple[int, ...], **options: Any
) -> Any:
    """Run a loss of zeros whose extents nobody knew before."""
    dtype = gn.int64 if loss in LABELED else gn.float32
    x, t = gn.placeholder((None,) * len(first)), gn.placeholder((None,) * len(second), dtype)
    feeds = {x: np.zeros(first, x.dtype), t: np.zeros(second, dtype)}
    given = {}
    for role, shape in options.items():
        kind = gn.bool_ if role == "mask" else gn.float32
        given[role] = gn.placeholder((None,) * len(shape), kind)
        feeds[given[role]] = np.ones(shape, kind)
    return gn.evaluate(loss(x, t, **given), feeds)


@pytest.mark.parametrize("masked", [False, True], ids=["all", "masked"])
@pytest.mark.parametrize("loss", [*PAIRED, *LABELED])
def test_nothing_is_broadcast_in_a_run(loss: Callable[..., Tensor], masked: bool) -> None:
    """One example is not six, one number not four, and a row is no column."""
    elementwise = loss in (gn.nn.hinge, gn.nn.sigmoid_cross_entropy)
    mask: dict[str, Any] = {"mask": (6, 4) if elementwise else (6,)} if masked else {}
    label = loss in LABELED
    assert fed(loss, (6, 4), (6,) if label else (6, 4), **mask).shape[0] == 6
    for second in [(1,), (0,)] if label else [(1, 4), (6, 1), (4, 6), (1, 1)]:
        with pytest.raises(FeedError, match=loss.__name__):
            fed(loss, (6, 4), second, **mask)


@pytest.mark.parametrize("role", ["weights", "mask"])
@pytest.mark.parametrize("loss", [*PAIRED, *LABELED])
def test_one_weight_is_not_one_for_each(loss: Callable[..., Tensor], role: str) -> None:
    """Weights and masks fit the losses in a run, too."""
    second = (6,) if loss in LABELED else (6, 4)
    shapes = [(1, 4), (6, 1)] if loss in (gn.nn.hinge, gn.nn.sigmoid_cross_entropy) else [(1,)]
    for shape in shapes:
        with pytest.raises(FeedError, match=f"{loss.__name__}: .*{role}") as caught:
            fed(loss, (6, 4), second, **{role: shape})
        assert caught.value.hint is not None
        assert caught.value.hint.startswith(f"give {role} the shape [6")


@pytest.mark.parametrize("extents", [(6, 4), ("batch", 4)])
@pytest.mark.parametrize("loss", [*PAIRED, *LABELED])
def test_shapes_that_are_known_are_not_looked_at(
    loss: Callable[..., Tensor], extents: tuple[int | str, ...]
) -> None:
    """By numbers or by names, also those of weights and mask."""
    elementwise = loss in (gn.nn.hinge, gn.nn.sigmoid_cross_entropy)
    shape = extents if elementwise else extents[:1]
    with gn.Graph() as graph:
        x = gn.placeholder(extents)
        t = gn.placeholder(extents[:1], gn.int64) if loss in LABELED else gn.placeholder(extents)
        weights, mask = gn.placeholder(shape), gn.placeholder(shape, gn.bool_)
        loss(x, t, weights=weights, mask=mask, reduction="mean")
    assert not [node for node in graph.nodes if node.op.name == "alike"]


# No examples at all


@pytest.mark.parametrize("known", [0, None, "batch"])
@pytest.mark.parametrize("hidden", [False, True])
def test_the_mean_of_no_losses_is_zero(known: int | str | None, hidden: bool) -> None:
    """Without a warning, and without a step."""
    x, t = gn.placeholder((known, 2)), gn.placeholder((known, 3))
    mask = t.sum(-1) > 0 if hidden else None
    layer = gn.nn.Dense(3)
    loss = gn.nn.mean_squared_error(layer(x), t, mask=mask, reduction="mean")
    slopes = gn.gradients(loss, layer.variables)
    feeds = {x: np.zeros((0, 2), np.float32), t: np.zeros((0, 3), np.float32)}
    for optimize in (True, False):
        with gn.Session(optimize=optimize) as session:
            mean, *found = session.run([loss, *slopes], feeds)
        assert mean == 0
        assert not any(slope.any() for slope in found)


def test_the_mean_of_many_losses_of_half_precision() -> None:
    """Neither their sum nor their number need be a float16."""
    x = gn.placeholder((None, 1), gn.float16)
    for mask in (None, x[:, 0] > 1):
        loss = gn.nn.mean_squared_error(x, gn.zeros_like(x), mask=mask, reduction="mean")
        assert gn.evaluate(loss, {x: np.full((70_000, 1), 2, np.float16)}) == 4
        assert loss.dtype == gn.float16


def test_operands_of_two_graphs() -> None:
    """Weights, too, belong to the graph of the predictions."""
    with gn.Graph():
        p = gn.placeholder((4, 3))
    with gn.Graph():
        w = gn.placeholder((4,))
    with pytest.raises(GraphError, match="two graphs"):
        gn.nn.mean_squared_error(p, np.zeros((4, 3), np.float32), weights=w)

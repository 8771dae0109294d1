"""Batch and layer normalization: against the formulas, in both forms, and what steps move."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn.initializers import constant
from graphnet.ops.attach import attached
from graphnet.typing import Array

RNG = np.random.default_rng(7)
X = RNG.normal(3.0, 2.0, (5, 4)).astype(np.float32)
EPSILON = 1e-5


def normalized(x: Array, axes: tuple[int, ...]) -> Array:
    """Give x with mean 0 and variance 1 along axes."""
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return np.asarray((x - mean) / np.sqrt(variance + EPSILON))


def set_to(variable: gn.Variable | None, value: Array) -> gn.Tensor:
    """Declare an assignment to a variable that is there."""
    assert variable is not None
    return gn.assign(variable, value)


LAYOUTS = [((5, 4), -1), ((5, 4), 1), ((2, 3, 4), -1), ((2, 4, 3, 2), 1), ((4, 6), 0)]


@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_training_normalizes_by_the_batch(shape: tuple[int, ...], axis: int) -> None:
    """Over all axes but that of the features, then scales and shifts; with extents unknown, too."""
    x = RNG.normal(-2.0, 5.0, shape).astype(np.float32)
    others = tuple(each for each in range(len(shape)) if each != axis % len(shape))
    per_feature = [extent if each not in others else 1 for each, extent in enumerate(shape)]
    gamma, beta = RNG.normal(size=(2, 4)).astype(np.float32)
    expected = normalized(x, others) * gamma.reshape(per_feature) + beta.reshape(per_feature)
    for known in (shape, [None if each in others else 4 for each in range(len(shape))]):
        with gn.Graph():
            fed = gn.placeholder(known)
            layer = gn.nn.BatchNorm(axis)
            y = layer(fed, training=True)
            assert y.shape == tuple(known)
            with gn.Session() as session:
                session.run([set_to(layer.gamma, gamma), set_to(layer.beta, beta)])
                np.testing.assert_allclose(session.run(y, {fed: x}), expected, atol=2e-5)


@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_in_use_the_averages_normalize(shape: tuple[int, ...], axis: int) -> None:
    """Each example by itself."""
    mean, variance = (
        RNG.normal(size=4).astype(np.float32),
        np.array([0.5, 1.0, 2.0, 3.0], np.float32),
    )
    per_feature = [4 if each == axis % len(shape) else 1 for each in range(len(shape))]
    layer = gn.nn.BatchNorm(axis)
    x = gn.placeholder(shape)
    y = layer(x, training=False)
    data = RNG.normal(size=shape).astype(np.float32)
    with gn.Session() as session:
        session.run([set_to(layer.moving_mean, mean), set_to(layer.moving_variance, variance)])
        found = session.run(y, {x: data})
    deviation = np.sqrt(variance + EPSILON)
    expected = (data - mean.reshape(per_feature)) / deviation.reshape(per_feature)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_at_first_the_averages_change_nothing() -> None:
    """Mean 0 and variance 1, but for epsilon."""
    np.testing.assert_allclose(gn.evaluate(gn.nn.BatchNorm()(X, training=False)), X, rtol=1e-4)


def test_what_a_step_moves() -> None:
    """The mean, and the unbiased variance, of the batch; found from any loss."""
    layer = gn.nn.BatchNorm(momentum=0.8)
    x = gn.placeholder((None, 4))
    loss = gn.square(layer(x, training=True)).sum()
    mean, variance = attached(loss).averages
    assert [mean.variable, variance.variable] == [layer.moving_mean, layer.moving_variance]
    assert mean.momentum == variance.momentum == 0.8
    with gn.Session() as session:
        found = session.run([mean.statistic, variance.statistic], {x: X})
    np.testing.assert_allclose(found, [X.mean(0), X.var(0, ddof=1)], rtol=1e-5)


def test_each_training_call_moves_the_averages() -> None:
    """Two calls in one loss are two moves; a call for use is none."""
    layer = gn.nn.BatchNorm()
    x = gn.placeholder((None, 4))
    y = layer(x, training=True) + layer(2 * x, training=True) + layer(x, training=False)
    assert [item.variable for item in attached(y).averages] == 2 * [
        *(layer.moving_mean, layer.moving_variance)
    ]


@pytest.mark.parametrize("known", [5, None])
def test_gradients_flow_through_the_statistics(known: int | None) -> None:
    """Against central differences, to second order; in training, shifting a feature is nothing."""
    x = gn.placeholder((known, 4))
    layer = gn.nn.BatchNorm()
    y = layer(x, training=True)
    assert layer.gamma is not None
    gn.testing.check_gradients(y * gn.constant(X), {x: X, layer.gamma: np.ones(4)})
    (d_x,) = gn.gradients((y * X).sum(), [x])
    np.testing.assert_allclose(gn.evaluate(d_x, {x: X}).sum(0), np.zeros(4), atol=1e-5)


def test_gradients_in_use() -> None:
    """The averages are constants there."""
    x = gn.placeholder((None, 4))
    layer = gn.nn.BatchNorm()
    y = layer(x, training=False)
    assert layer.beta is not None
    gn.testing.check_gradients(y * y, {x: X, layer.beta: np.ones(4)})


@pytest.mark.parametrize("rows", [0, 1])
def test_batches_without_a_variance(rows: int) -> None:
    """In training an error, at the latest when fed; in use, nothing special."""
    layer = gn.nn.BatchNorm()
    x = gn.placeholder((None, 4))
    trained, used = layer(x, training=True), layer(x, training=False)
    with gn.Session() as session:
        assert session.run(used, {x: X[:rows]}).shape == (rows, 4)
        with pytest.raises(gn.errors.GraphnetError) as caught:
            session.run(trained, {x: X[:rows]})
    assert f"{rows} value{'s' * (rows == 0)} per feature: too few for a variance" in str(
        caught.value
    )
    assert "test_normalization.py" in str(caught.value)
    assert "training=False normalizes by the moving averages" in str(caught.value)
    with pytest.raises(gn.errors.ShapeError):
        layer(gn.placeholder((rows, 4)), training=True)


def test_one_image_has_a_variance() -> None:
    """All its positions are values of each channel."""
    x = RNG.normal(size=(1, 3, 3, 2)).astype(np.float32)
    y = gn.evaluate(gn.nn.BatchNorm()(x, training=True))
    np.testing.assert_allclose(y, normalized(x, (0, 1, 2)), atol=1e-5)


def test_a_constant_feature_becomes_zero() -> None:
    """The variance is 0 then, and epsilon keeps the quotient finite."""
    y = gn.evaluate(gn.nn.BatchNorm()(np.full((3, 2), 7.0, np.float32), training=True))
    np.testing.assert_array_equal(y, np.zeros((3, 2)))


@pytest.mark.parametrize("axis", [-1, (1,), (1, 2), (2, 1), (-1, -2)])
def test_layer_norm_normalizes_each_example(axis: int | tuple[int, ...]) -> None:
    """Over the last axis, or others; then scales and shifts."""
    x = RNG.normal(-2.0, 5.0, (2, 3, 4)).astype(np.float32)
    axes = tuple(sorted(each % 3 for each in ((axis,) if isinstance(axis, int) else axis)))
    sizes = tuple(x.shape[each] for each in axes)
    gamma, beta = RNG.normal(size=(2, *sizes)).astype(np.float32)
    layer = gn.nn.LayerNorm(axis)
    y = layer(gn.placeholder((None, 3, 4)))
    assert layer.gamma is not None
    assert layer.gamma.shape == sizes
    shape = [x.shape[each] if each in axes else 1 for each in range(3)]
    expected = normalized(x, axes) * gamma.reshape(shape) + beta.reshape(shape)
    with gn.Session() as session:
        session.run([set_to(layer.gamma, gamma), set_to(layer.beta, beta)])
        found = session.run(y, {y.graph.placeholders[-1]: x})
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_layer_norm_has_one_form() -> None:
    """Training and use declare the same, and nobody needs to say which is meant."""
    x, layer = gn.placeholder((None, 4)), gn.nn.LayerNorm()
    results = [layer(x, training=said) for said in (None, True, False)]
    assert attached(results[0] + results[1]) == ([], [], [])
    first, *others = (gn.evaluate(result, {x: X}) for result in results)
    for other in others:
        np.testing.assert_array_equal(other, first)


def test_layer_norm_has_its_gradient() -> None:
    """Against central differences, to second order."""
    x, layer = gn.placeholder((None, 4)), gn.nn.LayerNorm()
    y = layer(x)
    assert layer.gamma is not None
    gn.testing.check_gradients(y * gn.constant(X), {x: X, layer.gamma: np.ones(4)})


@pytest.mark.parametrize("kind", [gn.nn.BatchNorm, gn.nn.LayerNorm])
def test_scale_and_shift_can_be_left_out(kind: type[gn.nn.BatchNorm | gn.nn.LayerNorm]) -> None:
    """Then there are no such variables."""
    layer = kind(center=False, scale=False)
    y = layer(X, training=True)
    assert layer.trainable_variables == ()
    axes = (0,) if kind is gn.nn.BatchNorm else (1,)
    np.testing.assert_allclose(gn.evaluate(y), normalized(X, axes), atol=2e-5)


@pytest.mark.parametrize("kind", [gn.nn.BatchNorm, gn.nn.LayerNorm])
def test_integers_become_floats(kind: type[gn.nn.BatchNorm | gn.nn.LayerNorm]) -> None:
    """As in all layers."""
    for training in (True, False):
        assert kind()(np.arange(12).reshape(3, 4), training=training).dtype == gn.float32


def test_other_sizes_are_refused() -> None:
    """By the message that names both."""
    layer = gn.nn.BatchNorm(axis=1)
    layer(gn.placeholder((None, 3, None)), training=True)
    with pytest.raises(gn.errors.ShapeError, match="made for inputs of size 3,"):
        layer(gn.placeholder((None, 4, None)))


MISTAKES = [
    (gn.nn.BatchNorm(), (3,), "batch_norm: the input has no axis besides that of the features"),
    (gn.nn.BatchNorm(), (5, None), "batch_norm: the last axis of the input has no known size"),
    (gn.nn.BatchNorm(axis=2), (5, 4), "batch_norm: the input has no axis 2"),
    (gn.nn.LayerNorm(), (), "layer_norm: the input is a scalar"),
    (gn.nn.LayerNorm(axis=1), (5, 0), "layer_norm: axis 1 of the input has no size"),
]


@pytest.mark.parametrize(("layer", "shape", "headline"), MISTAKES)
def test_inputs_that_do_not_fit(
    layer: gn.nn.Layer, shape: tuple[int | None, ...], headline: str
) -> None:
    """The message says what of the input is wrong."""
    with gn.Graph():
        x = gn.placeholder(shape)
        with pytest.raises(gn.errors.ShapeError) as caught:
            layer(x)
    assert str(caught.value).startswith(f"{headline}\n")
    assert caught.value.hint


@pytest.mark.parametrize(
    "settings",
    [{"momentum": 1.5}, {"momentum": None}, {"epsilon": -1.0}, {"epsilon": np.inf}, {"axis": 1.5}],
)
def test_settings_out_of_range(settings: dict[str, float]) -> None:
    """Refused where the layer is made."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.nn.BatchNorm(**settings)  # type: ignore[arg-type]  # the mistake
    assert str(caught.value).startswith("batch_norm: ")
    assert caught.value.hint


def test_variables_take_the_dtype_of_the_input() -> None:
    """And averages are tracked in it, where a later input has another."""
    layer = gn.nn.BatchNorm()
    layer(gn.placeholder((None, 2)), training=True)
    y = layer(gn.placeholder((None, 2), gn.float64), training=True)
    assert y.dtype == gn.float64
    assert {item.statistic.dtype for item in attached(y).averages} == {np.dtype(np.float32)}


def test_a_model_normalizes_at_every_depth() -> None:
    """The averages of all layers inside are found from one loss."""
    model = gn.nn.Sequential(
        gn.nn.Dense(3, weight_initializer=constant(1.0)),
        gn.nn.Sequential(gn.nn.BatchNorm(), gn.relu, gn.nn.BatchNorm(scale=False)),
        name="model",
    )
    loss = model(gn.placeholder((None, 4)), training=True).mean()
    assert [item.variable.name for item in attached(loss).averages] == [
        "model/sequential/batch_norm/moving_mean",
        "model/sequential/batch_norm/moving_variance",
        "model/sequential/batch_norm_1/moving_mean",
        "model/sequential/batch_norm_1/moving_variance",
    ]


LARGE = np.array([[1000, -1000, 0, 0], [300, -300, 100, -100]], np.float16)


def test_statistics_of_half_precision_do_not_overflow() -> None:
    """Squares of 300 are no float16; the results are."""
    rows = gn.nn.LayerNorm()(LARGE)
    columns = gn.nn.BatchNorm()
    y = columns(np.ascontiguousarray(LARGE.T), training=True)
    for found, axis in ((rows, -1), (y, 0)):
        assert found.dtype == gn.float16
        wide = (LARGE if axis else LARGE.T).astype(np.float64)
        np.testing.assert_allclose(gn.evaluate(found), normalized(wide, (axis,)), atol=2e-3)
    assert columns.gamma is not None
    assert columns.gamma.dtype == gn.float16


def test_averages_of_half_precision_hold_the_variance() -> None:
    """They are float32, and so is what they are moved towards; the form in use gives float16."""
    layer = gn.nn.BatchNorm(momentum=0.0)
    x = gn.constant(LARGE)
    step = gn.optim.SGD(0.1).minimize(layer(x, training=True).sum())
    used = layer(x, training=False)
    assert used.dtype == gn.float16
    with gn.Session() as session:
        session.run(step)
        wide = LARGE.astype(np.float64)
        found = session.run([layer.moving_mean, layer.moving_variance])
        np.testing.assert_allclose(found, [wide.mean(0), wide.var(0, ddof=1)], rtol=1e-3)
        assert np.isfinite(session.run(used)).all()


def test_axes_may_be_integers_of_numpy() -> None:
    """One, or several."""
    assert gn.nn.BatchNorm(np.int64(1)).axes == (1,)  # type: ignore[arg-type]  # as they come
    assert gn.nn.LayerNorm(list(np.arange(1, 3))).axes == (1, 2)
    with pytest.raises(gn.errors.DefinitionError, match="does not name the axes"):
        gn.nn.BatchNorm(axis=True)

"""``Embedding``: rows by id."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn.initializers import constant

WEIGHT = np.arange(6, dtype=np.float32).reshape(3, 2)


def embedding() -> gn.nn.Embedding:
    """Make a layer with known rows."""
    return gn.nn.Embedding(3, 2, initializer=constant(WEIGHT))


@pytest.mark.parametrize("shape", [(), (4,), (0,), (2, 3)])
def test_rows_take_the_place_of_ids(shape: tuple[int, ...]) -> None:
    """For ids of any shape, and of any integer dtype."""
    ids = np.random.default_rng(0).integers(0, 3, shape, np.uint8)
    np.testing.assert_array_equal(gn.evaluate(embedding()(ids)), WEIGHT[ids])


def test_gradients_add_up_by_id() -> None:
    """A row that is asked for twice gets both gradients, one that is not none."""
    layer = embedding()
    rows = layer([2, 0, 2])
    (gradient,) = gn.gradients((rows * [[1.0], [2.0], [3.0]]).sum(), [layer.weight])
    np.testing.assert_array_equal(gn.evaluate(gradient), [[2.0, 2.0], [0.0, 0.0], [4.0, 4.0]])


@pytest.mark.parametrize("wrong", [-1, 3])
def test_ids_out_of_range_stop_the_run(wrong: int) -> None:
    """The message names the layer and the id."""
    ids = gn.placeholder((None,), gn.int64)
    rows = embedding()(ids)
    with pytest.raises(gn.errors.ExecutionError) as caught:
        gn.evaluate(rows, {ids: [0, wrong]})
    assert f"embedding: there is no id {wrong}, they are from 0 to 2" in str(caught.value)
    assert caught.value.hint == "count is the number of ids, and the largest of them less than it"


def test_ids_are_integers() -> None:
    """Floats are refused where the layer is called."""
    with pytest.raises(gn.errors.DTypeError, match="embedding: ids are integers, not float32"):
        embedding()([1.0])


@pytest.mark.parametrize(("count", "size"), [(0, 2), (3, 0), (2.5, 2), (True, 2), (3, None)])
def test_sizes_are_positive_integers(count: object, size: object) -> None:
    """Anything else is refused where the layer is made."""
    with pytest.raises(gn.errors.DefinitionError, match="is not a number of") as caught:
        gn.nn.Embedding(count, size)  # type: ignore[arg-type]  # the mistake
    assert caught.value.hint == "use an integer from 1 up"


def test_sizes_may_be_integers_of_numpy() -> None:
    """As the size of a vocabulary that NumPy has counted."""
    layer = gn.nn.Embedding(np.int64(3), np.uint8(2))  # type: ignore[arg-type]  # as they come
    layer([0])
    assert layer.weight.shape == (3, 2)


def test_initial_vectors_are_normal() -> None:
    """Of standard deviation 1; and can be penalized."""
    layer = gn.nn.Embedding(200, 50, regularizer=gn.nn.l2(1e-4))
    penalty = gn.nn.penalties(layer([0]))
    assert gn.evaluate(penalty) == pytest.approx(1.0, abs=0.05)

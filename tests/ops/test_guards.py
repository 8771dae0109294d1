"""Values looked at while running: shapes alike, ids in range, batches large enough."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops.guards import Alike, alike, counted, enough_values


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("wrong", [-1, 3, 2**40])
def test_ids_out_of_range_stop_the_run(wrong: int, optimize: bool) -> None:
    """Also those that would count from the end; in every run, and not only in the first."""
    ids = gn.placeholder((None,), gn.int64)
    checked = counted(ids, 3, "no {value} in {here}") + 0
    with gn.Session(optimize=optimize) as session:
        np.testing.assert_array_equal(session.run(checked, {ids: [0, 2, 1]}), [0, 2, 1])
        with pytest.raises(gn.errors.ExecutionError, match=f"no {wrong} in {{here}}"):
            session.run(checked, {ids: [0, wrong, 1]})
        np.testing.assert_array_equal(session.run(checked, {ids: [2, 2, 2]}), [2, 2, 2])


def test_ids_must_be_integers() -> None:
    """Anything else is refused where it is declared."""
    with pytest.raises(gn.errors.DTypeError, match="counted: only integers can be"):
        counted([1.0], 3, "no {value}")


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("count", [0, 1])
def test_too_few_values_for_a_variance(count: int, optimize: bool) -> None:
    """Where the extents are known, at once; else when they are."""
    x = gn.placeholder((None, 3))
    checked = enough_values(x, (0,)) * 2
    with gn.Session(optimize=optimize) as session:
        assert session.run(checked, {x: np.ones((2, 3), np.float32)}).shape == (2, 3)
        with pytest.raises(gn.errors.GraphnetError, match=f"{count} values? per feature: too few"):
            session.run(checked, {x: np.ones((count, 3), np.float32)})
    with pytest.raises(gn.errors.ShapeError, match=f"{count} values? per feature: too few"):
        enough_values(gn.placeholder((count, 3)), (0,))


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("shape", [(1,), (2,), (0,)])
def test_what_would_be_broadcast_is_refused(shape: tuple[int, ...], optimize: bool) -> None:
    """Where both shapes are known, and not before; axes that follow do not count."""
    x, like = gn.placeholder((None,)), gn.placeholder((None, 2))
    checked = alike(x, like, "{x} for {like}", "take {wanted}") + 1
    rows = np.zeros((3, 2), np.float32)
    with gn.Session(optimize=optimize) as session:
        assert session.run(checked, {x: rows[:, 0], like: rows}).tolist() == [1, 1, 1]
        with pytest.raises(gn.errors.FeedError) as caught:
            session.run(checked, {x: np.zeros(shape, np.float32), like: rows})
    assert f"[{shape[0]}] for [3, 2]" in str(caught.value)
    assert caught.value.hint == "take [3]"


def test_shapes_that_cannot_be_alike_are_refused_at_once() -> None:
    """More axes, or another number."""
    like = gn.placeholder((None, 2))
    for shape in [(None, 3), (None, 2, 1)]:
        with pytest.raises(gn.errors.ShapeError, match="wrong"):
            alike(gn.placeholder(shape), like, "wrong", "")
    with pytest.raises(gn.errors.ShapeError, match=r"wrong \[1\]"):
        Alike("wrong {x}", "").kernel(np.zeros(1), np.zeros(3))


def test_shapes_known_to_be_alike_need_no_look() -> None:
    """By numbers or by names; None says nothing. What is known of one shape is known of both."""
    x = gn.placeholder(("batch", 3))
    assert alike(x, gn.placeholder(("batch", 3, 5)), "", "") is x
    assert alike(gn.constant(1.0), x, "", "").node.op.name == "constant"
    nobody = gn.placeholder((None, None))
    assert alike(nobody, gn.placeholder((None, None)), "", "") is not nobody
    assert alike(nobody, x, "", "").shape == ("batch", 3)


def test_a_plan_looks_at_no_shapes() -> None:
    """They are known when it is made; the gradient passes."""
    x, like = gn.placeholder((None,)), gn.placeholder((None,))
    y = alike(x, like, "", "") * 3
    (slope,) = gn.gradients(y.sum(), [x])
    with gn.Session() as session:
        function = session.compile([y, slope], [x, like])
        found = function(np.ones(2, np.float32), np.zeros(2, np.float32))
        assert "alike" not in function.source
    np.testing.assert_array_equal(found, [[3, 3], [3, 3]])


def test_a_message_may_have_a_hint() -> None:
    """It is shown as that of the error."""
    ids = gn.placeholder((None,), gn.int64)
    with pytest.raises(gn.errors.ExecutionError) as caught:
        gn.evaluate(counted(ids, 3, "no {value}", "count on"), {ids: [3]})
    assert caught.value.hint == "count on"

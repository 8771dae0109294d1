"""Values looked at while running: ids in range, batches large enough."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops.guards import counted, enough_values


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

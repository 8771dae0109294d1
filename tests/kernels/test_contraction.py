"""Einstein summation against NumPy's, for many subscripts, shapes and dtypes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels.contraction import einsum
from graphnet.typing import Array


@st.composite
def sums(draw: st.DrawFn) -> tuple[str, list[Array]]:
    """Draw subscripts and arrays that fit them; some axes are 1 where others are repeated."""
    terms = draw(st.lists(st.text("abcd", max_size=4), min_size=1, max_size=4))
    extents = {label: draw(st.integers(0, 3)) for label in "abcd"}
    used = sorted(set("".join(terms)))
    output = draw(st.lists(st.sampled_from(used), unique=True)) if used else []
    generator = np.random.default_rng(draw(st.integers(0, 9)))
    arrays = []
    for term in terms:
        once = [label for label in term if term.count(label) == 1]
        ones = draw(st.sets(st.sampled_from(once), max_size=1)) if once else set()
        shape = [1 if label in ones else extents[label] for label in term]
        arrays.append(np.array(generator.standard_normal(shape), order=draw(st.sampled_from("CF"))))
    return f"{','.join(terms)}->{''.join(output)}", arrays


@given(sums())
def test_sums_equal_those_of_numpy(drawn: tuple[str, list[Array]]) -> None:
    """Diagonals, sums, products of two and more operands, in any order of axes."""
    subscripts, arrays = drawn
    expected = np.einsum(subscripts, *arrays)
    out = np.full_like(expected, np.nan, order="C")
    assert einsum(subscripts, *arrays, out=out) is out
    np.testing.assert_allclose(out, expected, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.bool_, np.float16, np.float32])
@pytest.mark.parametrize("subscripts", ["ij,jk->ki", "ij,jk->j", "ij,jk->", "ij,jk->ijk"])
def test_dtypes_are_kept(dtype: type, subscripts: str) -> None:
    """Integers stay small integers, and booleans are combined by `or` of `and`."""
    arrays: list[Array] = [
        (np.arange(12) % 3).reshape(shape).astype(dtype) for shape in ((3, 4), (4, 3))
    ]
    result, expected = einsum(subscripts, *arrays), np.einsum(subscripts, *arrays)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, expected)


def test_a_label_twice_in_the_result() -> None:
    """The result is zero outside of the diagonal, whatever `out` held before."""
    x, y = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)
    out = np.full((3, 4, 3), np.nan)
    einsum("ij,jk->iki", x, y, out=out)
    expected = np.zeros((3, 4, 3))
    for row in range(3):
        expected[row, :, row] = x[row] @ y
    np.testing.assert_array_equal(out, expected)


def test_a_label_with_two_extents() -> None:
    """Only 1 is repeated."""
    with pytest.raises(ValueError, match="label 'j' stands for 3 and 2"):
        einsum("ij,jk->ik", np.zeros((2, 3)), np.zeros((2, 4)))

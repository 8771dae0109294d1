"""Products of matrices and sums over labels: ranks, batches, hints and gradients."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ShapeError
from graphnet.ops.einsum import canonical
from graphnet.ops.linalg import dot_of_all
from graphnet.testing import assert_close, check_gradients
from graphnet.typing import Array

PRODUCTS = [
    ((3,), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((4, 2, 3), (3,)),
    ((3,), (4, 3, 2)),
    ((4, 2, 3), (3, 5)),
    ((2, 3), (4, 3, 5)),
    ((4, 2, 3), (4, 3, 5)),
    ((1, 2, 3), (4, 3, 5)),
    ((4, 1, 2, 3), (6, 3, 5)),
    ((6, 2, 3), (4, 1, 3, 5)),
    ((0, 2, 3), (3, 5)),
    ((2, 2, 0), (0, 5)),
]


def drawn(*shapes: tuple[int, ...]) -> list[Array]:
    """Draw arrays of these shapes."""
    generator = np.random.default_rng(0)
    return [generator.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize(("left", "right"), PRODUCTS)
@pytest.mark.parametrize("known", [True, False])
def test_products(left: Any, right: Any, known: bool) -> None:
    """Vectors, matrices and batches multiply as in NumPy, and have gradients of any order."""
    arrays = drawn(left, right)
    x, y = (
        gn.placeholder(array.shape if known else [None] * array.ndim, gn.float64)
        for array in arrays
    )
    feeds = dict(zip((x, y), arrays, strict=True))
    assert_close(gn.evaluate(x @ y, feeds), arrays[0] @ arrays[1])
    check_gradients(x @ y, feeds)


def test_named_extents() -> None:
    """A product keeps the names of what it does not sum over."""
    x = gn.placeholder(("batch", "time", 3))
    assert (x @ gn.placeholder((3, 5))).shape == ("batch", "time", 5)
    assert (x @ gn.placeholder((3,))).shape == ("batch", "time")
    assert (x @ gn.placeholder(("batch", 3, None))).shape == ("batch", "time", None)
    assert (gn.placeholder((None, 3)) @ gn.placeholder((None, 5))).shape == (None, 5)


def test_the_gradient_of_a_weight_is_one_product() -> None:
    """All rows of a batch are multiplied at once, not matrix by matrix."""
    x, weight = gn.placeholder((None, 7, 3)), gn.placeholder((3, 5))
    (gradient,) = gn.gradients(x @ weight, [weight])
    assert gradient.node.op == gn.ir.OPS["matmul"]()
    assert [tensor.shape for tensor in gradient.node.inputs] == [(3, None), (None, 5)]


def test_integers_and_booleans_multiply() -> None:
    """Operands are promoted to one dtype; booleans stay what they are."""
    x = np.array([[1, 2], [3, 4]], np.int8)
    result = gn.evaluate(gn.matmul(gn.constant(x), np.array([1, 2], np.int32)))
    assert result.dtype == np.int32
    assert result.tolist() == [5, 11]
    flags = gn.evaluate(gn.matmul(gn.constant(x > 1), gn.constant(x < 2)))
    assert flags.tolist() == ((x > 1) @ (x < 2)).tolist()


HINTS = [
    ((2, 784), (512, 10), "the second operand needs shape [784, ...]"),
    ((2, 784), (512, 784), "[784, ...]; did you mean transpose(y)?"),
    ((784, 3), (784, 5), "[3, ...]; did you mean transpose(x)?"),
    ((2, 3), (2,), "[3]; did you mean transpose(x)?"),
    ((3,), (2, 3), "[3, ...]; did you mean transpose(y)?"),
    ((5, 2, 3), (5, 4, 3), "[..., 3, ...]; did you mean y with its last two axes exchanged?"),
    ((2, 4, 3), (5, 3, 4), "all axes before the last two must be equal, or 1"),
    ((), (3,), "use x * y"),
]


@pytest.mark.parametrize(("left", "right", "hint"), HINTS)
def test_hints(left: Any, right: Any, hint: str) -> None:
    """What does not fit is shown, with what would fit."""
    x, y = gn.placeholder(left, name="x"), gn.placeholder(right, name="y")
    with pytest.raises(ShapeError) as caught:
        gn.matmul(x, y)
    message = str(caught.value)
    assert message.startswith("matmul: ")
    assert str(x.spec) in message
    assert str(y.spec) in message
    assert message.endswith(hint)


# Products of tensors as vectors


def test_vdot_multiplies_all_elements() -> None:
    """All products are added up, whatever the order in memory."""
    x, y = drawn((3, 4), (3, 4))
    for left, right in ((x, y), (np.asfortranarray(x), np.asfortranarray(y)), (x, y[::-1])):
        assert_close(gn.evaluate(gn.vdot(gn.constant(left), right)), (left * right).sum())


def test_vdot_copies_no_matrix_by_columns() -> None:
    """Two arrays in the same order, of columns as well as of rows, are multiplied as they lie."""
    x = np.asfortranarray(np.ones((300, 400)))
    tracemalloc.start()
    try:
        dot_of_all(x, x)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < x.nbytes / 10


def test_vdot_promotes() -> None:
    """Operands are promoted to one dtype, that of the result."""
    result = gn.evaluate(gn.vdot(gn.constant([1, 2], gn.int8), gn.constant([100, 100], gn.int32)))
    assert result == 300
    assert result.dtype == np.int32


def test_vdot_takes_equal_shapes() -> None:
    """Nothing is broadcast; what is unknown may be equal."""
    x = gn.placeholder((None, 3))
    assert gn.vdot(x, gn.placeholder((2, 3))).shape == ()
    with pytest.raises(ShapeError, match=r"the shapes \[None, 3\] and \[3\] differ") as caught:
        gn.vdot(x, [1.0, 2.0, 3.0])
    assert caught.value.hint == "nothing is broadcast here; gn.sum(x * y) does that"


# Einstein summation

SUMS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ji", [(2, 3)]),
    ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
    ("bqk,bkd->qbd", [(2, 3, 4), (2, 4, 5)]),
    ("ij,jk,kl->li", [(2, 3), (3, 4), (4, 2)]),
    ("i,j->ij", [(2,), (3,)]),
    ("ij,ij->", [(2, 3), (2, 3)]),
    ("ij->", [(2, 3)]),
    ("ij,k->i", [(2, 3), (4,)]),
    ("ii->i", [(3, 3)]),
    ("ii", [(3, 3)]),
    ("iij,ji->j", [(3, 3, 2), (2, 3)]),
    ("...ij,...jk->...ik", [(2, 2, 3), (3, 4)]),
    ("...ij,...jk->...ik", [(5, 1, 2, 3), (4, 3, 2)]),
    ("i...,i...", [(2, 3), (2, 3)]),
    ("...", [(2, 3)]),
    (" i j , j -> i ", [(2, 3), (3,)]),
    ("ij,ij->ij", [(2, 1), (1, 3)]),
    (",ij->j", [(), (2, 3)]),
    ("ij,jk->ik", [(2, 0), (0, 3)]),
]


@pytest.mark.parametrize(("subscripts", "shapes"), SUMS)
@pytest.mark.parametrize("known", [True, False])
def test_einsum(subscripts: str, shapes: list[tuple[int, ...]], known: bool) -> None:
    """It gives what NumPy gives, and has gradients, also for diagonals and unknown extents."""
    arrays = drawn(*shapes)
    xs = [
        gn.placeholder(array.shape if known else [None] * array.ndim, gn.float64)
        for array in arrays
    ]
    feeds = dict(zip(xs, arrays, strict=True))
    result = gn.einsum(subscripts, *xs)
    assert_close(gn.evaluate(result, feeds), np.einsum(subscripts, *arrays))
    check_gradients(result, feeds)


def test_einsum_infers() -> None:
    """Extents come from whatever operand knows them."""
    x, y = gn.placeholder((None, "batch", 3)), gn.placeholder((7, None, 5))
    assert gn.einsum("abc,abd->bcd", x, y).shape == (None, 3, 5)
    assert gn.einsum("abc,abd->cda", x, y).shape == (3, 5, 7)
    assert gn.einsum("...c->c...", x).shape == (3, None, "batch")
    assert gn.einsum("ii->i", gn.placeholder((None, 4))).shape == (4,)


def test_subscripts_are_made_canonical() -> None:
    """Blanks, dots and implied results are written out, so that equal sums are equal ops."""
    assert canonical("ba", [2]) == "ba->ab"
    assert canonical("...ij, ...jk", [3, 4]) == "bij,abjk->abik"
    assert canonical("i...->...i", [1]) == "i->i"


MISTAKES = [
    ("ij,jk->ik", [(2, 3), (4, 5)], "label 'j' stands for 3 and 4"),
    ("ij,jk->ik", [(2, 1), (4, 5)], "label 'j' stands for 1 and 4"),
    ("ii->i", [(2, 3)], "label 'i' stands for 2 and 3"),
    ("ij,jk->ik", [(2, 3)], "2 terms for 1 operands"),
    ("ijk->i", [(2, 3)], "'ijk' names 3 axes, and operand 0 has 2"),
    ("i->i", [(2, 3)], "'i' names 1 axes, and operand 0 has 2"),
    ("ij->iz", [(2, 3)], "has labels that no operand has"),
    ("ij->ii", [(2, 3)], "has labels that no operand has, or has one twice"),
    ("...j->j", [(2, 3)], "the result lacks the axes"),
    ("i.j->i", [(2, 3)], "is not a term"),
    ("i1->i", [(2, 3)], "is not a term"),
]


@pytest.mark.parametrize(("subscripts", "shapes", "message"), MISTAKES)
def test_einsum_refuses(subscripts: str, shapes: list[Any], message: str) -> None:
    """Malformed subscripts and operands that do not fit are told apart."""
    with pytest.raises(ShapeError, match=message):
        gn.einsum(subscripts, *(gn.placeholder(shape) for shape in shapes))

"""Rules of sums: as few elements as possible are added up, and products by one call."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.passes.simplify import simplify
from graphnet.compiler.rules import sums
from graphnet.compiler.rules.sums import LONGEST_PRODUCT
from tests.compiler.pictures import read
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "drop_reduction",
        """
        a = sum(box, axis=(1,))
        b = max(box, axis=(1,), keepdims=True)
        c = exp(b)
        d = prod(s, axis=())
        e = exp(d)
        return a, c, e
        """,
        """
        a = reshape(box, shape=(2, 3))
        c = exp(box)
        e = exp(s)
        return a, c, e
        """,
    ),
    (
        "mean_as_sum",
        """
        a = mean(x, axis=(1,))
        b = mean(x, axis=(0, 1), keepdims=True)
        return a, b
        """,
        """
        a = sum(x, axis=(1,))
        a_1 = constant(value=float32(0.3333333432674408), name='a')
        a_2 = multiply(a, a_1, name='a')
        b = sum(x, axis=(0, 1))
        b_1 = constant(value=float32(0.1666666716337204), name='b')
        b_2 = multiply(b, b_1, name='b')
        b_3 = reshape(b_2, shape=(1, 1), name='b')
        return a_2, b_3
        """,
    ),
    # Also where the factors are needed anyway: a number costs less than a pass.
    (
        "sum_of_all",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, c)
        b = sum(a, axis=(0, 1))
        d = negative(y)
        e = sum(d, axis=(0, 1))
        return a, b, d, e
        """,
        """
        c = constant(value=float32(0.5))
        a = multiply(x, c)
        b = sum(x, axis=(0, 1))
        b_1 = multiply(b, c, name='b')
        d = negative(y)
        e = sum(y, axis=(0, 1))
        e_1 = negative(e, name='e')
        return a, b_1, d, e_1
        """,
    ),
    # All that only moves elements, also in integers.
    (
        "sum_of_all",
        """
        a = sum(x, axis=(1,))
        b = sum(a, axis=(0,))
        c = reshape(whole, shape=(3, 2))
        d = sum(c, axis=(0, 1))
        e = transpose(y, axes=(1, 0))
        f = expand_dims(e, axis=(0,))
        g = sum(f, axis=(0, 1, 2), keepdims=True)
        return b, d, g
        """,
        """
        b = sum(x, axis=(0, 1))
        d = sum(whole, axis=(0, 1))
        g = sum(y, axis=(0, 1))
        g_1 = reshape(g, shape=(1, 1, 1), name='g')
        return b, d, g_1
        """,
    ),
    (
        "sum_of_all",
        """
        a = multiply(x, y)
        b = sum(a, axis=(0, 1))
        c = square(x)
        d = sum(c, axis=(0, 1))
        e = weighted_sum(x, y, rows=True)
        f = sum(e, axis=(0, 1))
        return b, d, f
        """,
        """
        b = vdot(x, y)
        d = vdot(x, x)
        f = weighted_sum(x, y)
        return b, d, f
        """,
    ),
    (
        "sum_before_factor",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, c)
        b = sum(a, axis=(1,))
        d = negative(y)
        e = sum(d, axis=(0,), keepdims=True)
        return b, e
        """,
        """
        c = constant(value=float32(0.5))
        b = sum(x, axis=(1,))
        b_1 = multiply(b, c, name='b')
        e = sum(y, axis=(0,), keepdims=True)
        e_1 = negative(e, name='e')
        return b_1, e_1
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    (
        "drop_reduction",
        """
        a = sum(box, axis=(0, 1))
        b = any(box, axis=(1,))
        c = reshape(whole, shape=(2, 1, 3))
        d = sum(c, axis=(1,))
        return a, b, d
        """,
    ),
    # Sums of half precision overflow, the mean of nothing is NaN, and an unknown number unknown.
    (
        "mean_as_sum",
        """
        a = mean(half, axis=(1,))
        b = mean(empty, axis=(0,))
        c = mean(unknown, axis=(0,))
        return a, b, c
        """,
    ),
    # Sums that are needed anyway, broadcast products, integers that wrap, and what could cancel.
    (
        "sum_of_all",
        """
        a = sum(x, axis=(1,))
        b = sum(a, axis=(0,))
        c = multiply(x, row)
        d = sum(c, axis=(0, 1))
        e = square(whole)
        f = sum(e, axis=(0, 1))
        g = subtract(x, y)
        h = sum(g, axis=(0, 1))
        i = multiply(x, s)
        j = sum(i, axis=(0, 1))
        k = square(half)
        l = sum(k, axis=(0, 1))
        m = weighted_sum(x, y, rows=True)
        n = sum(m, axis=(0, 1))
        return a, b, d, f, h, j, l, m, n
        """,
    ),
    # The product is needed anyway; smaller integers wrap before they are added up.
    (
        "sum_before_factor",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, c)
        b = sum(a, axis=(1,))
        d = negative(whole)
        e = sum(d, axis=(0,))
        f = multiply(y, s)
        g = sum(f, axis=(0,))
        return a, b, e, g
        """,
    ),
]
"""A rule, and a text in which it does not fit, and no other does."""


@pictures(FITTING)
def test_what_the_rule_makes(rule: str, before: str, after: str) -> None:
    """The rule makes of one text the other, which is not made without it."""
    check_rule(rule, before=before, after=after)


@pictures(UNFITTING)
def test_where_the_rule_does_not_fit(rule: str, before: str) -> None:
    """The text stays as it is."""
    assert rule in rules_of(sums)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(sums)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules


# Long sums


@pytest.mark.parametrize(
    ("dtype", "size", "name"),
    [
        ("float32", LONGEST_PRODUCT, "vdot"),
        ("float32", LONGEST_PRODUCT + 1, "sum"),
        ("float64", LONGEST_PRODUCT + 1, "vdot"),
    ],
)
def test_long_sums_of_floats_are_added_in_pairs(dtype: str, size: int, name: str) -> None:
    """Products become one call only where this adds up as exactly."""
    graph = read(f"""
    x = placeholder(shape=({size},), dtype={dtype})
    y = placeholder(shape=({size},), dtype={dtype})
    a = multiply(x, y)
    b = sum(a, axis=(0,))
    return b
    """)
    assert simplify(graph).nodes[-1].op.name == name


def test_the_mean_of_equal_numbers_is_this_number() -> None:
    """However many there are, up to a hundred units in the last place."""
    fed = gn.placeholder((None,))
    for size in (100, LONGEST_PRODUCT, 1_000_000):
        x = np.full(size, 0.1, np.float32)
        mean = gn.evaluate(gn.mean(gn.square(fed)), {fed: x})
        np.testing.assert_allclose(mean, x[0] * x[0], rtol=1e-5)

"""Rules of scalar factors: second, multiplied by, and as late in a chain of products as can be."""

from graphnet.compiler.rules import scalars
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "scalar_second",
        """
        c = constant(value=float32(2.0))
        a = multiply(c, x)
        b = add(s, x)
        d = multiply(c, s)
        return a, b, d
        """,
        """
        c = constant(value=float32(2.0))
        a = multiply(x, c)
        b = add(x, s)
        d = multiply(s, c)
        return a, b, d
        """,
    ),
    (
        "multiply_by_inverse",
        """
        c = constant(value=float32(4.0))
        d = constant(value=float32(3.0))
        a = divide(x, c)
        b = divide(s, d)
        return a, b
        """,
        """
        a = constant(value=float32(0.25))
        a_1 = multiply(x, a, name='a')
        b = constant(value=float32(0.3333333432674408))
        b_1 = multiply(s, b, name='b')
        return a_1, b_1
        """,
    ),
    (
        "join_factors",
        """
        c = constant(value=float32(2.0))
        d = constant(value=float32(1e+30))
        a = multiply(x, c)
        b = multiply(a, d)
        return b
        """,
        """
        b = constant(value=float32(2.0000000300949324e+30))
        b_1 = multiply(x, b, name='b')
        return b_1
        """,
    ),
    (
        "gather_scalars",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, s)
        b = multiply(a, c)
        d = multiply(x, c)
        e = multiply(d, t)
        return b, e
        """,
        """
        c = constant(value=float32(0.5))
        b = multiply(s, c)
        b_1 = multiply(x, b, name='b')
        e = multiply(t, c)
        e_1 = multiply(x, e, name='e')
        return b_1, e_1
        """,
    ),
    (
        "take_out_factor",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, c)
        b = multiply(y, a)
        d = multiply(x, s)
        e = multiply(d, row)
        return b, e
        """,
        """
        c = constant(value=float32(0.5))
        b = multiply(x, y)
        b_1 = multiply(b, c, name='b')
        e = multiply(x, row)
        e_1 = multiply(e, s, name='e')
        return b_1, e_1
        """,
    ),
    (
        "take_out_common_factor",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, c)
        b = multiply(row, c)
        d = add(a, b)
        e = multiply(s, c)
        f = multiply(t, c)
        g = subtract(e, f)
        return d, g
        """,
        """
        c = constant(value=float32(0.5))
        d = add(x, row)
        d_1 = multiply(d, c, name='d')
        g = subtract(s, t)
        g_1 = multiply(g, c, name='g')
        return d_1, g_1
        """,
    ),
    (
        "twice",
        """
        a = add(x, x)
        return a
        """,
        """
        a = constant(value=float32(2.0))
        a_1 = multiply(x, a, name='a')
        return a_1
        """,
    ),
    (
        "negative_of_product",
        """
        c = constant(value=float32(2.0))
        a = multiply(x, c)
        b = negative(a)
        return b
        """,
        """
        b = constant(value=float32(-2.0))
        b_1 = multiply(x, b, name='b')
        return b_1
        """,
    ),
    (
        "negative_times_number",
        """
        c = constant(value=float32(2.0))
        a = negative(x)
        b = multiply(a, c)
        return b
        """,
        """
        b = constant(value=float32(-2.0))
        b_1 = multiply(x, b, name='b')
        return b_1
        """,
    ),
    (
        "square_by_exponent",
        """
        c = constant(value=float32(2.0))
        d = constant(value=int32(2))
        a = power(x, c)
        b = power(whole, d)
        return a, b
        """,
        """
        a = square(x)
        b = square(whole)
        return a, b
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    # A constant with axes is no scalar, and subtraction does not commute.
    (
        "scalar_second",
        """
        c = constant(value=float32([1.0, 2.0, 3.0]))
        a = multiply(c, x)
        b = subtract(s, x)
        d = multiply(s, t)
        return a, b, d
        """,
    ),
    # Inverses that are infinite, zero or not of all digits, and a dtype without room for them.
    (
        "multiply_by_inverse",
        """
        c = constant(value=float32(0.0))
        d = constant(value=float32(inf))
        e = constant(value=float32(9.99994610111476e-41))
        f = constant(value=float16(4.0))
        a = divide(x, c)
        b = divide(x, d)
        g = divide(x, e)
        h = divide(half, f)
        i = divide(x, s)
        return a, b, g, h, i
        """,
    ),
    # The product would be infinite, or lose digits.
    (
        "join_factors",
        """
        c = constant(value=float32(1.0000000150474662e+30))
        d = constant(value=float32(1.0000000031710769e-30))
        e = constant(value=int32(3))
        a = multiply(x, c)
        b = multiply(a, c)
        f = multiply(x, d)
        g = multiply(f, d)
        h = multiply(whole, e)
        i = multiply(h, e)
        return b, g, i
        """,
    ),
    # Neither scalar is known, or the product in between is needed anyway.
    (
        "gather_scalars",
        """
        c = constant(value=float32(0.5))
        a = multiply(x, s)
        b = multiply(a, t)
        d = multiply(y, s)
        e = multiply(d, c)
        return b, d, e
        """,
    ),
    # Needed anyway, of fewer elements before, or a factor that could overflow.
    (
        "take_out_factor",
        """
        c = constant(value=float32(0.5))
        d = constant(value=float32(1.0000000031710769e-30))
        a = multiply(x, c)
        b = multiply(y, a)
        e = multiply(row, s)
        f = multiply(e, x)
        g = multiply(x, d)
        h = multiply(g, y)
        return a, b, f, h
        """,
    ),
    # Other factors, scalars that may be infinite, terms needed anyway, or of fewer elements.
    (
        "take_out_common_factor",
        """
        c = constant(value=float32(0.5))
        d = constant(value=float32(0.25))
        a = multiply(x, c)
        b = multiply(y, d)
        e = add(a, b)
        f = multiply(x, s)
        g = multiply(y, s)
        h = add(f, g)
        i = multiply(y, c)
        j = add(a, i)
        k = multiply(row, c)
        l = multiply(column, c)
        m = add(k, l)
        return e, h, i, j, m
        """,
    ),
    (
        "twice",
        """
        a = add(x, y)
        b = add(whole, whole)
        c = add(truth, truth)
        return a, b, c
        """,
    ),
    (
        "negative_of_product",
        """
        c = constant(value=int32(2))
        a = multiply(x, s)
        b = negative(a)
        d = multiply(whole, c)
        e = negative(d)
        return b, e
        """,
    ),
    (
        "negative_times_number",
        """
        a = negative(row)
        b = multiply(a, x)
        return b
        """,
    ),
    (
        "square_by_exponent",
        """
        c = constant(value=float32(3.0))
        a = power(x, c)
        b = power(x, s)
        return a, b
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
    assert rule in rules_of(scalars)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(scalars)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules

"""Rules of arithmetic: neutral and absorbing operands, signs, a value and itself."""

from graphnet.compiler.rules import arithmetic
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "drop_identity",
        """
        zero = constant(value=float32(0.0))
        one = constant(value=float32(1.0))
        a = add(x, zero)
        b = multiply(a, one)
        c = subtract(b, zero)
        d = divide(c, one)
        e = power(d, one)
        f = add(zero, e)
        g = tanh(f)
        return g
        """,
        """
        g = tanh(x)
        return g
        """,
    ),
    (
        "absorb",
        """
        zero = constant(value=int32(0))
        a = multiply(whole, zero)
        return a
        """,
        """
        a = constant(value=int32(0))
        a_1 = broadcast_to(a, shape=(2, 3), name='a')
        return a_1
        """,
    ),
    (
        "join_negatives",
        """
        a = negative(x)
        b = negative(a)
        c = exp(b)
        return c
        """,
        """
        c = exp(x)
        return c
        """,
    ),
    (
        "subtract_negative",
        """
        a = negative(y)
        b = add(x, a)
        c = add(a, x)
        return b, c
        """,
        """
        b = subtract(x, y)
        c = subtract(x, y)
        return b, c
        """,
    ),
    (
        "add_negative",
        """
        a = negative(y)
        b = subtract(x, a)
        c = subtract(a, x)
        return b, c
        """,
        """
        b = add(x, y)
        c = add(y, x)
        c_1 = negative(c, name='c')
        return b, c_1
        """,
    ),
    (
        "cancel_signs",
        """
        a = negative(row)
        b = negative(column)
        c = multiply(a, b)
        d = divide(a, b)
        return c, d
        """,
        """
        c = multiply(row, column)
        d = divide(row, column)
        return c, d
        """,
    ),
    (
        "take_out_sign",
        """
        a = negative(x)
        b = multiply(a, y)
        c = multiply(y, a)
        d = divide(a, y)
        e = divide(y, a)
        return b, c, d, e
        """,
        """
        b = multiply(x, y)
        b_1 = negative(b, name='b')
        c = multiply(y, x)
        c_1 = negative(c, name='c')
        d = divide(x, y)
        d_1 = negative(d, name='d')
        e = divide(y, x)
        e_1 = negative(e, name='e')
        return b_1, c_1, d_1, e_1
        """,
    ),
    (
        "square_of",
        """
        a = multiply(x, x)
        b = multiply(whole, whole)
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
    # The result is larger than what would be left, or the neutral operand is the first.
    (
        "drop_identity",
        """
        zeros = constant(value=float32([[0.0], [0.0]]))
        zero = constant(value=float32(0.0))
        a = subtract(row, zeros)
        b = subtract(zero, x)
        return a, b
        """,
    ),
    # A float may be infinite.
    (
        "absorb",
        """
        zero = constant(value=float32(0.0))
        a = multiply(x, zero)
        return a
        """,
    ),
    (
        "join_negatives",
        """
        a = negative(x)
        b = exp(a)
        c = negative(b)
        return c
        """,
    ),
    (
        "subtract_negative",
        """
        a = negative(y)
        b = exp(a)
        c = add(x, b)
        return c
        """,
    ),
    # Fewer signs change before than behind.
    (
        "add_negative",
        """
        a = negative(row)
        b = subtract(a, x)
        return b
        """,
    ),
    (
        "cancel_signs",
        """
        a = negative(row)
        b = negative(column)
        c = maximum(a, b)
        return c
        """,
    ),
    # Fewer signs change before, or the other operand is a number, which takes the sign.
    (
        "take_out_sign",
        """
        a = negative(row)
        b = multiply(a, x)
        c = constant(value=float32(2.0))
        d = negative(y)
        e = divide(c, d)
        return b, e
        """,
    ),
    # Booleans have no square.
    (
        "square_of",
        """
        a = multiply(x, y)
        b = multiply(truth, truth)
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
    assert rule in rules_of(arithmetic)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(arithmetic)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules

"""Rules of repeated values: what they are repeated for is computed before, from fewer elements."""

from graphnet.compiler.rules import broadcasts
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "operate_before_broadcast",
        """
        a = broadcast_to(row, shape=(2, 3))
        b = multiply(x, a)
        c = add(a, s)
        d = broadcast_to(column, shape=(2, 3))
        e = maximum(a, d)
        return b, c, e
        """,
        """
        b = multiply(x, row)
        c = add(row, s)
        c_1 = broadcast_to(c, shape=(2, 3), name='c')
        e = maximum(row, column)
        return b, c_1, e
        """,
    ),
    (
        "apply_before_broadcast",
        """
        a = broadcast_to(row, shape=(2, 3))
        b = tanh(a)
        c = cast(a, dtype=float64)
        return b, c
        """,
        """
        b = tanh(row)
        b_1 = broadcast_to(b, shape=(2, 3), name='b')
        c = cast(row, dtype=float64)
        c_1 = broadcast_to(c, shape=(2, 3), name='c')
        return b_1, c_1
        """,
    ),
    (
        "broadcast_to_shape",
        """
        a = broadcast_to(s, shape=(2, 3))
        b = reshape(a, shape=(3, 2))
        c = expand_dims(a, axis=(0,))
        d = transpose(a, axes=(1, 0))
        return b, c, d
        """,
        """
        b = broadcast_to(s, shape=(3, 2))
        c = broadcast_to(s, shape=(1, 2, 3))
        d = broadcast_to(s, shape=(3, 2))
        return b, c, d
        """,
    ),
    (
        "join_broadcasts",
        """
        a = broadcast_to(row, shape=(2, 3))
        b = broadcast_to(a, shape=(4, 2, 3))
        c = expand_dims(s, axis=(0,))
        d = broadcast_to(c, shape=(2, 3))
        return b, d
        """,
        """
        b = broadcast_to(row, shape=(4, 2, 3))
        d = broadcast_to(s, shape=(2, 3))
        return b, d
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    # Nothing elementwise.
    (
        "operate_before_broadcast",
        """
        a = broadcast_to(row, shape=(4, 3))
        b = matmul(x, row)
        c = concat(x, a)
        return b, c
        """,
    ),
    (
        "apply_before_broadcast",
        """
        a = broadcast_to(row, shape=(2, 3))
        b = cumsum(a, axis=1)
        return b
        """,
    ),
    # The elements are not equal.
    (
        "broadcast_to_shape",
        """
        a = broadcast_to(row, shape=(2, 3))
        b = reshape(a, shape=(3, 2))
        return b
        """,
    ),
    (
        "join_broadcasts",
        """
        a = expand_dims(row, axis=(0,))
        b = broadcast_to(a, shape=(2, 3))
        return b
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
    assert rule in rules_of(broadcasts)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(broadcasts)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules

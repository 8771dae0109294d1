"""Rules of shape: views of views joined, idle views dropped, unknown shapes made fixed."""

from graphnet.compiler.rules import shapes
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "drop_pass_through",
        """
        a = identity(x)
        b = stop_gradient(a)
        c = tanh(b)
        return c
        """,
        """
        c = tanh(x)
        return c
        """,
    ),
    # What belongs to a training step has been heard, too, and needs nothing any more.
    (
        "drop_pass_through",
        """
        a = exp(y)
        b = sum(a, axis=(0, 1))
        c = penalize(x, b)
        d = track(c, t, b, momentum=0.9)
        e = unsaid(d, layer='dropout')
        f = tanh(e)
        return f
        """,
        """
        f = tanh(x)
        return f
        """,
    ),
    (
        "drop_known_to_be_enough",
        """
        a = enough_values(x, axis=(0,))
        b = tanh(a)
        return b
        """,
        """
        b = tanh(x)
        return b
        """,
    ),
    (
        "drop_conversion",
        """
        a = cast(x, dtype=float32)
        b = reshape(a, shape=(2, 3))
        c = sum_like(b, y)
        d = broadcast_like(c, y)
        e = reshape_like(d, y)
        f = broadcast_to(e, shape=(2, 3))
        g = tanh(f)
        return g
        """,
        """
        g = tanh(x)
        return g
        """,
    ),
    (
        "sum_like_known",
        """
        a = sum_like(x, row)
        b = sum_like(x, column)
        c = sum_like(box, row)
        return a, b, c
        """,
        """
        a = sum(x, axis=(0,))
        b = sum(x, axis=(1,), keepdims=True)
        c = sum(box, axis=(0, 1))
        return a, b, c
        """,
    ),
    (
        "broadcast_like_known",
        """
        a = broadcast_like(row, x)
        return a
        """,
        """
        a = broadcast_to(row, shape=(2, 3))
        return a
        """,
    ),
    (
        "reshape_known",
        """
        a = flatten(x)
        b = reshape_like(x, box)
        return a, b
        """,
        """
        a = reshape(x, shape=(6,))
        b = reshape(x, shape=(2, 1, 3))
        return a, b
        """,
    ),
    (
        "full_like_known",
        """
        a = full_like(x, value=2.0)
        return a
        """,
        """
        a = constant(value=float32(2.0))
        a_1 = broadcast_to(a, shape=(2, 3), name='a')
        return a_1
        """,
    ),
    (
        "extents_known",
        """
        a = shape(x)
        b = size(x, axis=(0,))
        c = divisor(x, axis=(1,))
        return a, b, c
        """,
        """
        a = constant(value=int64([2, 3]))
        b = constant(value=int64(2))
        c = constant(value=float32(3.0))
        return a, b, c
        """,
    ),
    (
        "fix_remainder",
        """
        a = reshape(x, shape=(-1, 2))
        return a
        """,
        """
        a = reshape(x, shape=(3, 2))
        return a
        """,
    ),
    (
        "join_reshapes",
        """
        a = reshape(x, shape=(3, 2))
        b = reshape(a, shape=(6,))
        return b
        """,
        """
        b = reshape(x, shape=(6,))
        return b
        """,
    ),
    (
        "join_transposes",
        """
        a = transpose(x, axes=(1, 0))
        b = transpose(a, axes=(1, 0))
        c = exp(b)
        d = transpose(box, axes=(1, 2, 0))
        e = transpose(d, axes=(0, 2, 1))
        return c, e
        """,
        """
        c = exp(x)
        e = transpose(box, axes=(1, 0, 2))
        return c, e
        """,
    ),
    (
        "drop_widening",
        """
        a = cast(x, dtype=float64)
        b = cast(a, dtype=float32)
        c = tanh(b)
        return c
        """,
        """
        c = tanh(x)
        return c
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    # A copy is asked for to have memory of its own.
    (
        "drop_pass_through",
        """
        a = copy(x)
        return a
        """,
    ),
    (
        "drop_known_to_be_enough",
        """
        a = enough_values(unknown, axis=(0,))
        return a
        """,
    ),
    (
        "drop_conversion",
        """
        a = cast(x, dtype=float64)
        b = reshape(x, shape=(3, 2))
        c = broadcast_to(row, shape=(2, 3))
        d = broadcast_to(unknown, shape=(-1, 3))
        return a, b, c, d
        """,
    ),
    (
        "sum_like_known",
        """
        a = sum_like(unknown, row)
        return a
        """,
    ),
    (
        "broadcast_like_known",
        """
        a = broadcast_like(row, unknown)
        return a
        """,
    ),
    (
        "reshape_known",
        """
        a = flatten(unknown)
        b = reshape_like(unknown, unknown)
        return a, b
        """,
    ),
    (
        "full_like_known",
        """
        a = full_like(unknown, value=2.0)
        return a
        """,
    ),
    (
        "extents_known",
        """
        a = shape(unknown)
        b = size(unknown, axis=(0,))
        c = divisor(unknown, axis=(0,))
        return a, b, c
        """,
    ),
    (
        "fix_remainder",
        """
        a = reshape(unknown, shape=(3, -1))
        return a
        """,
    ),
    (
        "join_reshapes",
        """
        a = reshape(x, shape=(3, 2))
        b = exp(a)
        c = reshape(b, shape=(6,))
        return c
        """,
    ),
    (
        "join_transposes",
        """
        a = transpose(x, axes=(1, 0))
        b = exp(a)
        c = transpose(b, axes=(1, 0))
        return c
        """,
    ),
    # Narrower in between, or not able to hold all integers.
    (
        "drop_widening",
        """
        a = cast(x, dtype=float16)
        b = cast(a, dtype=float32)
        c = cast(whole, dtype=float32)
        d = cast(c, dtype=int32)
        return b, d
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
    assert rule in rules_of(shapes)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(shapes)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules

"""Rules of composites: ops taken apart, so that what they have in common is computed once."""

from graphnet.compiler.rules import composites
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "take_apart",
        """
        a = softmax(x, axis=1)
        b = log_softmax(x, axis=0)
        return a, b
        """,
        """
        a = max(x, axis=(1,), keepdims=True)
        a_1 = subtract(x, a, name='a')
        a_2 = exp(a_1, name='a')
        a_3 = sum(a_2, axis=(1,), keepdims=True, name='a')
        a_4 = divide(a_2, a_3, name='a')
        b = max(x, axis=(0,), keepdims=True)
        b_1 = subtract(x, b, name='b')
        b_2 = exp(b_1, name='b')
        b_3 = sum(b_2, axis=(0,), keepdims=True, name='b')
        b_4 = log(b_3, name='b')
        b_5 = subtract(b_1, b_4, name='b')
        return a_4, b_5
        """,
    ),
    (
        "take_apart",
        """
        a = softmax_cross_entropy(x, y)
        return a
        """,
        """
        a = max(x, axis=(1,), keepdims=True)
        a_1 = subtract(x, a, name='a')
        a_2 = exp(a_1, name='a')
        a_3 = sum(a_2, axis=(1,), keepdims=True, name='a')
        a_4 = log(a_3, name='a')
        a_5 = weighted_sum(y, a_1, rows=True, name='a')
        a_6 = sum(y, axis=(1,), keepdims=True, name='a')
        a_7 = multiply(a_6, a_4, name='a')
        a_8 = subtract(a_7, a_5, name='a')
        a_9 = squeeze(a_8, axis=(1,), name='a')
        return a_9
        """,
    ),
    (
        "take_apart",
        """
        a = sparse_softmax_cross_entropy(x, labels)
        return a
        """,
        """
        a = max(x, axis=(1,), keepdims=True)
        a_1 = subtract(x, a, name='a')
        a_2 = exp(a_1, name='a')
        a_3 = sum(a_2, axis=(1,), keepdims=True, name='a')
        a_4 = log(a_3, name='a')
        a_5 = squeeze(a_4, axis=(1,), name='a')
        a_6 = squeeze(a, axis=(1,), name='a')
        a_7 = pick_class(x, labels, name='a')
        a_8 = subtract(a_6, a_7, name='a')
        a_9 = add(a_5, a_8, name='a')
        return a_9
        """,
    ),
    # The mean of all losses needs no loss of a single one.
    (
        "take_apart",
        """
        a = softmax_cross_entropy(x, y)
        b = mean(a, axis=(0,))
        return b
        """,
        """
        a = max(x, axis=(1,), keepdims=True)
        a_1 = subtract(x, a, name='a')
        a_2 = exp(a_1, name='a')
        a_3 = sum(a_2, axis=(1,), keepdims=True, name='a')
        a_4 = log(a_3, name='a')
        a_5 = sum(y, axis=(1,), keepdims=True, name='a')
        b = vdot(a_5, a_4)
        b_1 = weighted_sum(y, a_1, name='b')
        b_2 = subtract(b, b_1, name='b')
        b_3 = constant(value=float32(0.5), name='b')
        b_4 = multiply(b_2, b_3, name='b')
        return b_4
        """,
    ),
    (
        "scale_normalizer",
        """
        a = softmax(x, axis=1)
        b = multiply(a, column)
        c = softmax(y, axis=0)
        d = expand_dims(row, axis=(0,))
        e = multiply(d, c)
        return b, e
        """,
        """
        a = max(x, axis=(1,), keepdims=True)
        a_1 = subtract(x, a, name='a')
        a_2 = exp(a_1, name='a')
        a_3 = sum(a_2, axis=(1,), keepdims=True, name='a')
        b = divide(column, a_3)
        b_1 = multiply(a_2, b, name='b')
        c = max(y, axis=(0,), keepdims=True)
        c_1 = subtract(y, c, name='c')
        c_2 = exp(c_1, name='c')
        c_3 = sum(c_2, axis=(0,), keepdims=True, name='c')
        d = expand_dims(row, axis=(0,))
        e = divide(d, c_3)
        e_1 = multiply(c_2, e, name='e')
        return b_1, e_1
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    # Along an empty or unknown axis, and what has no parts in common with others.
    (
        "take_apart",
        """
        a = softmax(empty, axis=0)
        b = softmax(unknown, axis=1)
        c = softmax_cross_entropy(empty, empty)
        d = sigmoid_cross_entropy(x, y)
        e = sigmoid(x)
        return a, b, c, d, e
        """,
    ),
    # Not a normalizer, not of exponentials up to 1, of another axis, or needed anyway.
    (
        "scale_normalizer",
        """
        a = divide(x, column)
        b = multiply(a, column)
        c = exp(x)
        d = sum(c, axis=(1,), keepdims=True)
        e = divide(c, d)
        f = multiply(e, column)
        g = max(x, axis=(1,), keepdims=True)
        h = subtract(x, g)
        i = exp(h)
        j = sum(i, axis=(1,), keepdims=True)
        k = divide(i, j)
        l = multiply(k, row)
        m = multiply(k, column)
        return b, f, l, m
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
    assert rule in rules_of(composites)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(composites)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules

"""Rules of pieces: what is cut out of a value that was joined, and joined after having been cut."""

from graphnet.compiler.rules import pieces
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "join_places",
        """
        a = index(x, index=(slice(None, None, None), slice(None, 1, None)))
        b = exp(a)
        c = place(b, y, index=(slice(None, None, None), slice(1, 2, None)))
        d = place(column, y, index=(slice(None, None, None), slice(None, 1, None)))
        e = place(a, y, index=(slice(None, None, None), slice(-1, None, None)))
        f = add(c, d)
        g = add(e, f)
        return g
        """,
        """
        a = index(x, index=(slice(None, None, None), slice(None, 1, None)))
        b = exp(a)
        g = concat(column, b, a, axis=1)
        return g
        """,
    ),
    # Single positions.
    (
        "join_places",
        """
        a = place(s, row, index=(-1,))
        b = place(s, row, index=(0,))
        c = place(t, row, index=(1,))
        d = add(a, b)
        e = add(c, d)
        return e
        """,
        """
        e = expand_dims(s, axis=(0,))
        e_1 = expand_dims(t, axis=(0,), name='e')
        e_2 = expand_dims(s, axis=(0,), name='e')
        e_3 = concat(e, e_1, e_2, name='e')
        return e_3
        """,
    ),
    (
        "index_of_concat",
        """
        a = concat(x, column, y, axis=1)
        b = index(a, index=(slice(None, None, None), slice(3, 4, None)))
        c = exp(b)
        d = index(a, index=(slice(None, None, None), slice(-3, None, None)))
        e = exp(d)
        return c, e
        """,
        """
        c = exp(column)
        e = exp(y)
        return c, e
        """,
    ),
    (
        "drop_concat",
        """
        a = concat(x, axis=1)
        b = tanh(a)
        return b
        """,
        """
        b = tanh(x)
        return b
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    # A gap, an overlap, another term, two axes, and a slice back to front.
    (
        "join_places",
        """
        a = place(column, x, index=(slice(None, None, None), slice(1, 2, None)))
        b = place(column, x, index=(slice(None, None, None), slice(None, 1, None)))
        c = add(a, b)
        d = add(c, b)
        e = add(a, y)
        f = index(y, index=(slice(None, 1, None),))
        g = place(f, x, index=(slice(None, 1, None),))
        h = index(y, index=(slice(None, None, None), slice(None, 2, None)))
        i = place(h, x, index=(slice(None, None, None), slice(1, None, None)))
        j = add(g, i)
        k = place(y, x, index=(slice(None, None, -1),))
        l = add(g, k)
        return d, e, j, l
        """,
    ),
    # Parts of several operands, along two axes, a single position, and along another axis.
    (
        "index_of_concat",
        """
        a = concat(x, column, y, axis=1)
        b = index(a, index=(slice(None, None, None), slice(3, 5, None)))
        c = index(a, index=(slice(0, 1, None), slice(3, 4, None)))
        d = index(a, index=(slice(None, None, None), 3))
        e = index(a, index=(slice(1, None, None),))
        return b, c, d, e
        """,
    ),
    (
        "drop_concat",
        """
        a = concat(x, column, axis=1)
        return a
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
    assert rule in rules_of(pieces)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(pieces)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules

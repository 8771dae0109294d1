"""Settings of the compiler under which all results must be the same but for rounding."""

from dataclasses import fields, replace

from hypothesis import strategies as st

from graphnet.compiler.options import Options

__all__ = ["LEADING", "SETTINGS", "drawn_options"]

STEPS = tuple(field.name for field in fields(Options))
LAYOUT = tuple(name for name in STEPS if name not in {"simplify", "reuse"})

NONE = Options.none()
REUSE = replace(NONE, reuse=True)
PLAIN = replace(REUSE, simplify=True)
"""What every layout step builds on."""

SETTINGS: dict[str, Options] = {
    "all": Options(),
    "none": NONE,
    **{f"no-{name}": replace(Options(), **{name: False}) for name in STEPS},
    "only-reuse": REUSE,
    "plain": PLAIN,
    **{f"plain-{name}": replace(PLAIN, **{name: True}) for name in LAYOUT},
    "plain-orders-products": replace(PLAIN, orders=True, products=True),
    "plain-updates-products": replace(PLAIN, updates=True, products=True),
    "raw-orders-products": replace(REUSE, orders=True, products=True),
    "raw-forms-updates": replace(REUSE, forms=True, updates=True),
}
"""By name: all steps, none, all but one, and few of them on simplified and on raw graphs."""

LEADING = ("all", "plain-products", *(f"no-{name}" for name in ("simplify", *LAYOUT[:4])))
"""Names of those that differ most in where values lie; for tests that cannot try them all."""


def drawn_options() -> st.SearchStrategy[Options]:
    """Draw any combination of steps, few of them first, since hypothesis shrinks towards these."""
    return st.builds(Options, **{name: st.booleans() for name in STEPS})

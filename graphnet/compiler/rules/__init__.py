"""Algebraic rules, grouped by topic; importing a module enters its rules."""

from graphnet.compiler.rules import arithmetic as arithmetic
from graphnet.compiler.rules import batches as batches
from graphnet.compiler.rules import broadcasts as broadcasts
from graphnet.compiler.rules import composites as composites
from graphnet.compiler.rules import pieces as pieces
from graphnet.compiler.rules import rectifiers as rectifiers
from graphnet.compiler.rules import scalars as scalars
from graphnet.compiler.rules import shapes as shapes
from graphnet.compiler.rules import sums as sums
from graphnet.compiler.rules.registry import rule as rule
from graphnet.compiler.rules.registry import rules_for as rules_for

__all__ = [
    "arithmetic",
    "batches",
    "broadcasts",
    "composites",
    "pieces",
    "rectifiers",
    "rule",
    "rules_for",
    "scalars",
    "shapes",
    "sums",
]

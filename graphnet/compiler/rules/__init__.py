"""Algebraic rules, grouped by topic; importing a module enters its rules in ``RULES``."""

from graphnet.compiler.rules import arithmetic as arithmetic
from graphnet.compiler.rules import shapes as shapes
from graphnet.compiler.rules.registry import RULES as RULES
from graphnet.compiler.rules.registry import rule as rule
from graphnet.compiler.rules.registry import rules_for as rules_for

__all__ = ["RULES", "arithmetic", "rule", "rules_for", "shapes"]

"""Algebraic rules, grouped by topic; importing a module enters its rules."""

from graphnet.compiler.rules import arithmetic as arithmetic
from graphnet.compiler.rules import batches as batches
from graphnet.compiler.rules import shapes as shapes
from graphnet.compiler.rules.registry import rule as rule
from graphnet.compiler.rules.registry import rules_for as rules_for

__all__ = ["arithmetic", "batches", "rule", "rules_for", "shapes"]

"""Algebraic rules, grouped by topic; importing a module enters its rules in ``RULES``."""

from graphnet.compiler.rules import arithmetic as arithmetic
from graphnet.compiler.rules.registry import RULES as RULES

__all__ = ["RULES"]

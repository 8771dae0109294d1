"""From a graph to running code: passes, schedule, memory plan, and the text that runs.

For people who write passes and rules, or who want to see what a session runs.
"""

from graphnet.compiler.interpreter import interpret as interpret
from graphnet.compiler.lower_state import lower_state as lower_state
from graphnet.compiler.options import Options as Options
from graphnet.compiler.pipeline import PIPELINE as PIPELINE
from graphnet.compiler.pipeline import Pass as Pass
from graphnet.compiler.pipeline import compile_graph as compile_graph
from graphnet.compiler.pipeline import optimize as optimize
from graphnet.compiler.plan import Plan as Plan
from graphnet.compiler.program import Program as Program
from graphnet.compiler.store import Store as Store

__all__ = [
    "PIPELINE",
    "Options",
    "Pass",
    "Plan",
    "Program",
    "Store",
    "compile_graph",
    "interpret",
    "lower_state",
    "optimize",
]

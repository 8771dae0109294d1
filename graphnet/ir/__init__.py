"""The language: what a graph is. For people who write ops and passes."""

from graphnet.ir.control import control_dependencies as control_dependencies
from graphnet.ir.convert import as_array as as_array
from graphnet.ir.graph import Graph as Graph
from graphnet.ir.graph import current_graph as current_graph
from graphnet.ir.graph import graph_of as graph_of
from graphnet.ir.names import name_scope as name_scope
from graphnet.ir.node import Node as Node
from graphnet.ir.op import Op as Op
from graphnet.ir.parse import parse as parse
from graphnet.ir.registry import OPS as OPS
from graphnet.ir.rewrite import Rule as Rule
from graphnet.ir.spec import Spec as Spec
from graphnet.ir.tensor import Tensor as Tensor
from graphnet.ir.tensor import TensorLike as TensorLike
from graphnet.ir.text import to_text as to_text
from graphnet.ir.traits import Argument as Argument
from graphnet.ir.traits import Effect as Effect
from graphnet.ir.traits import Memory as Memory
from graphnet.ir.traits import Sample as Sample
from graphnet.ir.traits import boolean as boolean
from graphnet.ir.traits import f32 as f32
from graphnet.ir.traits import i64 as i64

__all__ = [
    "OPS",
    "Argument",
    "Effect",
    "Graph",
    "Memory",
    "Node",
    "Op",
    "Rule",
    "Sample",
    "Spec",
    "Tensor",
    "TensorLike",
    "as_array",
    "boolean",
    "control_dependencies",
    "current_graph",
    "f32",
    "graph_of",
    "i64",
    "name_scope",
    "parse",
    "to_text",
]

"""Layout steps shown as pictures, in texts where variables are declared by their shape."""

import re
from textwrap import dedent

import numpy as np

from graphnet.compiler.interpreter import interpret
from graphnet.compiler.lower_state import Lowered
from graphnet.compiler.store import Store
from graphnet.ir import Graph, Tensor
from graphnet.ir.spec import static
from graphnet.testing.compare import assert_close
from graphnet.typing import Array
from tests.compiler.pictures import picture, read

__all__ = [
    "declared",
    "drawn",
    "in_order",
    "named",
    "placed",
    "require_equal",
    "require_picture",
    "updating",
]

SOURCE = re.compile(r" = (variable|placeholder)\(")


def declared(text: str) -> Graph:
    """Give what is needed of a text in which ``w = variable(2, 3)`` declares a variable."""
    graph = in_order(text)
    return graph.subgraph(graph.outputs, graph.inputs)


def in_order(text: str) -> Graph:
    """Give all nodes of such a text in the order of its lines."""
    whole = re.sub(
        r"(\w+) = variable\(([\d, ]*)\)",
        r"\1_start = constant(value=float32(shape=(\2)))\n\1 = variable(initial=\1_start)",
        dedent(text),
    )
    return read(whole)


def drawn(graph: Graph) -> str:
    """Give the text of a graph without what is fed and what is held."""
    lines = picture(graph).splitlines()
    return "\n".join(line for line in lines if not SOURCE.search(line))


def named(graph: Graph, *names: str) -> list[Tensor]:
    """Give tensors of a graph by their names."""
    known = {output.name: output for node in graph.nodes for output in node.outputs}
    return [known[name] for name in names]


def placed(graph: Graph, names: str) -> Store:
    """Give a store in which variables, given by their names, lie in this order."""
    store = Store()
    store.place(named(graph, *names.split()))
    return store


def updating(text: str, targets: str) -> Lowered:
    """Give the graph of a text whose last outputs are written to variables, given by names."""
    graph = declared(text)
    return Lowered(graph, tuple((target,) for target in named(graph, *targets.split())))


def values(graph: Graph) -> dict[Tensor, Array]:
    """Draw a value for all that is fed or held, by its name."""
    sources = [node.outputs[0] for node in graph.nodes if node.op.name == "variable"]
    return {
        tensor: np.random.default_rng(list(tensor.name.encode()))
        .normal(1, 0.3, static(tensor.shape))
        .astype(tensor.dtype)
        for tensor in (*graph.inputs, *sources)
    }


def require_equal(before: Graph, after: Graph) -> None:
    """Require that two graphs give the same but for rounding."""
    results = [interpret(graph, values(graph)) for graph in (before, after)]
    for expected, found in zip(*results, strict=True):
        assert_close(found, expected)


def require_picture(before: Graph, after: Graph, expected: str) -> None:
    """Require that a graph looks as expected, and gives what another one gives."""
    assert drawn(after) == dedent(expected).strip()
    require_equal(before, after)

"""``Node``: an op applied to tensors. Never changes after it is made."""

from typing import TYPE_CHECKING

from graphnet.ir.context import Site
from graphnet.ir.spec import Spec

if TYPE_CHECKING:
    from graphnet.ir.graph import Graph
    from graphnet.ir.op import Op
    from graphnet.ir.tensor import Tensor

__all__ = ["Node"]


class Node:
    """One application of an op.

    Nodes are made by ops, not by hand, and compare by identity. Two nodes are the same computation
    when ``op``, ``inputs`` and ``control`` are.

    Args:
        op: What is computed.
        inputs: What it is computed from.
        control: Nodes that run before this one, without giving it a value.
        specs: One spec per output.
        name: Label, unique in a declared graph.
        site: The line of user code that made it.
        graph: The graph that it was declared in.

    Example:
        >>> import graphnet as gn
        >>> y = gn.tanh(gn.placeholder((2,), name="x"))
        >>> y.node.op, y.node.inputs, y.node.name
        (Tanh(), (<tensor 'x' float32[2]>,), 'tanh')
    """

    __slots__ = ("control", "graph", "inputs", "name", "op", "outputs", "site")
    __match_args__ = ("op", "inputs")

    def __init__(
        self,
        op: "Op",
        inputs: "tuple[Tensor, ...]",
        control: "tuple[Node, ...]",
        specs: tuple[Spec, ...],
        name: str,
        site: Site,
        graph: "Graph",
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.control = control
        self.name = name
        self.site = site
        self.graph = graph
        self.outputs: tuple[Tensor, ...] = tuple(
            op.output(spec, self, index) for index, spec in enumerate(specs)
        )

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The specs of the outputs."""
        return tuple(output.spec for output in self.outputs)

    def __repr__(self) -> str:
        """Give op, name and site."""
        return f"<node {self.name!r}: {self.op.name} at {self.site}>"

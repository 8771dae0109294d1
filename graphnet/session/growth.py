"""A graph that grows between runs: equal expressions recognised, and the classic mistake reported.

``session.run(-x)`` in a loop declares a new node each time. Nodes that are the same computation as
earlier ones are mapped to these, so that no plan is made twice; and a line that makes nodes between
runs again and again gets a warning, then an error.
"""

from typing import TYPE_CHECKING, Any

from graphnet.errors import GraphError
from graphnet.ir.context import Site
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.traits import Effect
from graphnet.session.location import warn

if TYPE_CHECKING:
    from graphnet.ir.tensor import Tensor

__all__ = ["LIMIT", "PATIENCE", "Growth"]

PATIENCE = 3
"""How often a line may make nodes between runs before it is warned about."""

LIMIT = 1000
"""How often a line may make nodes between runs at all."""

TYPED = "<stdin>"
"""What Python calls the file of all lines that are typed in; each of them is line 1."""

HOIST = "declare the expression once, before the loop, and run the same tensor again"


class Growth:
    """What a session has seen of its graph.

    Args:
        graph: The session's graph.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.seen = 0
        self.rounds: dict[Site, int] = {}
        self.first: dict[Any, Node] = {}
        self.canonical: dict[Tensor, Tensor] = {}

    def check(self) -> None:
        """Look at the nodes made since the last call; the first call only remembers them.

        Raises:
            GraphError: A line has made nodes between runs too often.
        """
        started, grown = self.seen > 0, self.graph.nodes[self.seen :]
        self.seen += len(grown)
        for node in grown:
            self.recognise(node)
        if started:
            for site in dict.fromkeys(node.site for node in grown):
                if site.filename != TYPED:
                    self.note(site)

    def note(self, site: Site) -> None:
        """Count one more round in which a line made nodes."""
        rounds = self.rounds[site] = self.rounds.get(site, 0) + 1
        if rounds >= LIMIT:
            raise GraphError(
                f"the graph has grown between runs {rounds} times from one line",
                at=str(site),
                hint=HOIST,
            )
        if rounds == PATIENCE:
            warn(f"this line has made new nodes between runs {rounds} times; {HOIST}", site)

    def recognise(self, node: Node) -> None:
        """Map the outputs of ``node`` to those of the first node that is the same computation."""
        if node.op.effect is not Effect.PURE or node.control:
            return
        inputs = tuple(self.canonical.get(tensor, tensor) for tensor in node.inputs)
        first = self.first.setdefault((node.op, *map(id, inputs)), node)
        if first is not node:
            self.canonical.update(zip(node.outputs, first.outputs, strict=True))

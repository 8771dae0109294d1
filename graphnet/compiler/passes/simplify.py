"""Algebraic simplification: ``y = add(x, 0) → x``, and whatever follows from it.

A rule is a function of one node that gives the tensor to put in its place, or None. Rules are
indexed by the ops of a node and of its operands, so that each node meets only those that may fit
it. Nodes that a rule makes are offered to the rules in turn, and sweeps over the graph repeat until
nothing changes. No rule may change a finite result by more than rounding, for which the sign of
a zero counts, too.
"""

from graphnet.compiler.rules import rules_for
from graphnet.compiler.rules.uses import Uses, counting
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.rewrite import Rewriting, rewriting
from graphnet.ir.tensor import Tensor

__all__ = ["ROUNDS", "simplify"]

ROUNDS = 5
"""How many sweeps there are at most; in practice the second finds nothing left to change."""

DEPTH = 20
"""How often at most a rule may apply to what another has made, in one sweep."""


def simplify(graph: Graph) -> Graph:
    """Apply the algebraic rules until nothing changes."""
    for _ in range(ROUNDS):
        with rewriting(Graph()) as made, counting(graph) as uses:
            sweep = Sweep(made, uses)
            for node in graph.nodes:
                sweep.settle(node)
        made.finish(graph.inputs, graph.outputs)
        graph = made.graph.pruned()
        if not sweep.changed:
            break
    return graph


class Sweep:
    """One sweep of the rules over a graph, in dependency order."""

    def __init__(self, made: Rewriting, uses: Uses) -> None:
        self.made = made
        self.uses = uses
        self.changed = False
        self.offered: Node | None = None
        self.found: Tensor | None = None

    def settle(self, node: Node, depth: int = 0) -> None:
        """Append a node, or what the rules make of it, and of what they have made."""
        count = len(self.made.graph.nodes)
        self.made.offer(node, self.offer)
        offered, found = self.offered, self.found
        assert offered is not None, "please report: a node was not offered to the rules"
        if found is not None:
            self.uses.hand_over(node.outputs, (found,))
            self.settle_rest(count, depth, offered)
            final = self.made.tensors.get(found, found)
            self.made.tensors[node.outputs[0]] = final
            self.made.nodes[node] = (final.node,)
        elif offered is not node:
            self.uses.hand_over(node.outputs, offered.outputs)

    def settle_rest(self, count: int, depth: int, replaced: Node) -> None:
        """Settle the nodes from ``count`` on, which a rule has made in place of another."""
        self.changed = True
        nodes = self.made.graph.nodes
        fresh = nodes[count:]
        self.uses.take(fresh)
        self.uses.release(replaced)
        if depth < DEPTH:
            del nodes[count:]
            for new in fresh:
                self.settle(new, depth + 1)

    def offer(self, node: Node) -> Tensor | None:
        """Give what the first rule that fits makes of a node, if there is one."""
        self.offered, self.found = node, None
        if not node.control:
            for rule in rules_for(node):
                self.found = rule(node)
                if self.found is not None:
                    break
        return self.found

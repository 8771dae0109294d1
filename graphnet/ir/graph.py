"""``Graph``: an append-only record of nodes, in dependency order by construction.

The same class serves users, who declare nodes into it, and passes, which read one graph and make
another. The dependency graph as networkx sees it, ``Graph.dag``, is derived when it is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self

import networkx as nx

from graphnet.errors import FetchError, GraphError, near_names
from graphnet.ir.context import context, creation_site
from graphnet.ir.convert import as_array
from graphnet.ir.infer import infer
from graphnet.ir.names import Names, check_name
from graphnet.ir.node import Node
from graphnet.ir.pictures import Pictured
from graphnet.ir.registry import OPS
from graphnet.ir.rewrite import Rule, rewriting
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.text import to_text
from graphnet.ir.traits import Effect
from graphnet.typing import DType

if TYPE_CHECKING:
    from graphnet.ir.op import Op

__all__ = ["Graph", "consumers", "current_graph", "graph_of"]


class Graph(Pictured):
    """What a script declares, and what a pass reads and makes.

    Used as a context manager, it is the graph of all ops without inputs that are made inside;
    an op with inputs goes into the graph of its inputs. Outside of any there is one per thread.

    Attributes:
        nodes: All nodes, each after those that it depends on.
        inputs: The tensors that are fed; empty while a script is declaring.
        outputs: The tensors that a pass must keep; empty while a script is declaring.

    Example:
        >>> import graphnet as gn
        >>> with gn.Graph() as graph:
        ...     x = gn.placeholder((2,), name="x")
        ...     y = gn.tanh(x) * 2
        >>> print(graph)
        x = placeholder(shape=(2,), dtype=float32)  # float32[2]
        tanh = tanh(x)                              # float32[2]
        constant = constant(value=float32(2.0))     # float32[]
        multiply = multiply(tanh, constant)         # float32[2]
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.inputs: tuple[Tensor, ...] = ()
        self.outputs: tuple[Tensor, ...] = ()
        self.names = Names()
        self.finalized: str | None = None

    # Declaring

    def __enter__(self) -> Self:
        """Make this the current graph."""
        context.graphs.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the place back to the graph around this one."""
        context.graphs.pop()

    def add(self, op: "Op", inputs: tuple[Tensor, ...], name: str | None = None) -> Node:
        """Append the application of ``op`` to ``inputs``; ops call this.

        Raises:
            GraphError: The inputs do not fit the op, or the graph is finalized.
        """
        if context.rewriting is not None:
            return context.rewriting.add(op, inputs, name)
        if self.finalized:
            raise GraphError(
                f"{op.name}: the graph is finalized",
                at=str(creation_site()),
                rows=[("finalized", self.finalized)],
                hint="declare all nodes before graph.finalize()",
            )
        site = creation_site()
        specs = infer(op, inputs, site)
        label = self.names.unique(context.scope + (check_name(name) if name else op.name))
        control = self.own(context.control) if inputs or op.effect in ORDERED else ()
        node = Node(op, inputs, control, specs, label, site, self)
        self.nodes.append(node)
        return node

    def own(self, control: tuple[Node, ...]) -> tuple[Node, ...]:
        """Give control dependencies, all of which must belong to this graph."""
        for before in control:
            if before.graph is not self:
                raise GraphError(
                    f"a control dependency belongs to another graph: {before.name!r}",
                    at=str(creation_site()),
                    rows=[(before.op.name, repr(before.name), str(before.site))],
                    hint="an operation can only wait for those of its own graph",
                )
        return control

    def as_tensor(self, value: Any, dtype: DType | None = None, name: str | None = None) -> Tensor:
        """Give ``value`` itself if it is a tensor of this graph, else a constant that holds it.

        Raises:
            GraphError: It is a tensor of another graph.
            DTypeError: It is neither a tensor nor numeric.
        """
        if isinstance(value, Tensor):
            return value
        constant = OPS["constant"](as_array(value, dtype))  # type: ignore[call-arg]
        return self.add(constant, (), name).outputs[0]

    def finalize(self) -> None:
        """Forbid any further node."""
        self.finalized = str(creation_site())

    # Asking

    @property
    def placeholders(self) -> tuple[Tensor, ...]:
        """All tensors that must be fed if something fetched needs them."""
        return tuple(node.outputs[0] for node in self.nodes if node.op.effect is Effect.FED)

    def variables(self, *, trainable: bool | None = None, under: str = "*") -> tuple[Tensor, ...]:
        """All variables whose name fits the pattern ``under``.

        Args:
            trainable: Only those that are, or are not, trainable; None for both.
            under: A name, in which ``*`` stands for any characters.

        Example:
            >>> import graphnet as gn
            >>> with gn.Graph() as graph:
            ...     weight = gn.Variable([1.0], name="encoder/weight")
            ...     step = gn.Variable(0, name="step", trainable=False)
            >>> [variable.name for variable in graph.variables(trainable=True)]
            ['encoder/weight']
        """
        return tuple(
            node.outputs[0]
            for node in self.nodes
            if node.op.effect is Effect.READS
            and fnmatchcase(node.name, under)
            and trainable in (None, getattr(node.op, "trainable", None))
        )

    def find(self, pattern: str) -> tuple[Node, ...]:
        """All nodes whose name fits ``pattern``, in which ``*`` stands for any characters."""
        return tuple(node for node in self.nodes if fnmatchcase(node.name, pattern))

    def named(self, name: str) -> Tensor | Node:
        """The tensor of this name; the node, if it has no outputs.

        Raises:
            FetchError: There is none.
        """
        label, colon, index = name.partition(":")
        for node in self.nodes:
            if node.name == label:
                results = {str(output.index): output for output in node.outputs}
                if not results and not colon:
                    return node
                if (index if colon else "0") in results:
                    return results[index or "0"]
        known = (node.name for node in self.nodes)
        raise FetchError(f"the graph has nothing named {name!r}", hint=near_names(name, known))

    @property
    def dag(self) -> "nx.DiGraph[Node]":
        """The dependencies as networkx sees them: an edge from each node to those that need it."""
        dag: nx.DiGraph[Node] = nx.DiGraph()
        dag.add_nodes_from(self.nodes)
        dag.add_edges_from((before, node) for node in self.nodes for before in needs(node))
        return dag

    # Deriving

    def subgraph(self, fetches: Iterable[Tensor | Node], feeds: Iterable[Tensor] = ()) -> "Graph":
        """Give the part of the graph that the fetches need, each fed tensor made a placeholder.

        Args:
            fetches: What must be computed.
            feeds: Tensors whose values are given; what only they need is left out.

        Returns:
            A graph in topological order with ``inputs`` the feeds and ``outputs`` the tensors
            among the fetches.
        """
        wanted, fed = tuple(fetches), tuple(feeds)
        nodes = reach(wanted, frozenset(fed))
        dag: nx.DiGraph[Node] = nx.DiGraph()
        dag.add_nodes_from(nodes)
        edges = ((before, node) for node in nodes for before in needs(node))
        dag.add_edges_from(edge for edge in edges if edge[0] in dag)
        with rewriting(Graph()) as made:
            made.feed(fed)
            placed = set(made.graph.nodes)
            for node in nx.topological_sort(dag):
                if node not in placed:
                    made.keep(node)
        made.finish(fed, tuple(fetch for fetch in wanted if isinstance(fetch, Tensor)))
        return made.graph

    def rebuild(self, rule: Rule) -> "Graph":
        """Give the graph in which ``rule`` has replaced what it gave something for.

        One sweep in dependency order. Each node, with its inputs already replaced, is offered to
        the rule, which gives None to keep it or tensors in place of its outputs; the nodes that the
        rule makes on the way take the name and site of the replaced one. Dead nodes are dropped.
        """
        with rewriting(Graph()) as made:
            for node in self.nodes:
                made.offer(node, rule)
        made.finish(self.inputs, self.outputs)
        return made.graph.pruned()

    def pruned(self) -> "Graph":
        """Give the graph without nodes that neither an output nor an effect needs."""
        needed: set[Node] = {output.node for output in self.outputs}
        for node in reversed(self.nodes):
            if node in needed or node.op.effect is Effect.CALLS:
                needed.add(node)
                needed.update(needs(node))
        graph = Graph()
        graph.nodes = [node for node in self.nodes if node in needed]
        graph.inputs, graph.outputs = self.inputs, self.outputs
        return graph

    def __str__(self) -> str:
        """Give the text form, with long constants cut."""
        return to_text(self.nodes, self.outputs, longest=16)

    def __repr__(self) -> str:
        """Give the size of the graph."""
        return f"<graph of {len(self.nodes)} nodes>"


ORDERED = frozenset({Effect.RANDOM, Effect.CALLS, Effect.WRITES})


def needs(node: Node) -> Iterator[Node]:
    """The nodes that must run before ``node``."""
    for tensor in node.inputs:
        yield tensor.node
    yield from node.control


def consumers(nodes: Iterable[Node]) -> dict[Tensor, list[Node]]:
    """Give for each tensor the nodes that take it, in their order, once for each time.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,))
        >>> y = x * x
        >>> [node.op.name for node in consumers([x.node, y.node])[x]]
        ['multiply', 'multiply']
    """
    found: dict[Tensor, list[Node]] = {}
    for node in nodes:
        for tensor in node.inputs:
            found.setdefault(tensor, []).append(node)
    return found


def reach(
    wanted: Sequence[Tensor | Node], fed: frozenset[Tensor], *, control: bool = True
) -> list[Node]:
    """The nodes that ``wanted`` depends on, where fed tensors depend on nothing.

    Without ``control``, those that it takes values from, directly or not.
    """
    pending: list[Tensor | Node] = list(reversed(wanted))
    found: dict[Node, None] = {}
    while pending:
        item = pending.pop()
        if isinstance(item, Tensor):
            if item in fed:
                continue
            item = item.node
        if item not in found:
            found[item] = None
            pending += item.inputs
            if control:
                pending += item.control
    return list(found)


def current_graph() -> Graph:
    """The graph that ops without inputs go into: the innermost ``with``, else one per thread.

    Example:
        >>> import graphnet as gn
        >>> with gn.Graph() as graph:
        ...     gn.ir.current_graph() is graph
        True
    """
    if not context.graphs:
        context.graphs.append(Graph())
    return context.graphs[-1]


def graph_of(operands: Iterable[Any]) -> Graph:
    """The graph that the tensors among ``operands`` belong to; the current one if there is none.

    Raises:
        GraphError: They belong to two graphs.

    Example:
        >>> import graphnet as gn
        >>> with gn.Graph() as graph:
        ...     x = gn.placeholder((2,))
        >>> gn.ir.graph_of([1.0, x]) is graph
        True
    """
    if context.rewriting is not None:
        return context.rewriting.graph
    first: Tensor | None = None
    for operand in operands:
        if isinstance(operand, Tensor):
            if first is None:
                first = operand
            elif operand.node.graph is not first.node.graph:
                raise GraphError(
                    "the operands belong to two graphs",
                    at=str(creation_site()),
                    rows=[describe(first), describe(operand)],
                    hint="declare both inside the same `with graph:`",
                )
    return current_graph() if first is None else first.node.graph

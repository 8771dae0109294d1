"""``Rewriting``: one graph made out of another, node by node."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from graphnet.ir.context import context
from graphnet.ir.infer import infer
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect

if TYPE_CHECKING:
    from graphnet.ir.graph import Graph
    from graphnet.ir.op import Op

__all__ = ["Rewriting", "Rule", "rewriting", "rewritten"]

Rule: TypeAlias = Callable[[Node], Sequence[Tensor] | Tensor | None]


class Rewriting:
    """A graph in the making, and what has become of the tensors of the old one.

    Attributes:
        graph: The new graph.
        origin: The node in place of which nodes are made.
        tensors: What has taken the place of a tensor.
        nodes: What has taken the place of a node in control dependencies.
        joined: Tensors that are only part of another one from now on.
    """

    def __init__(self, graph: "Graph") -> None:
        self.graph = graph
        self.origin: Node | None = None
        self.tensors: dict[Tensor, Tensor] = {}
        self.nodes: dict[Node, tuple[Node, ...]] = {}
        self.joined: dict[Tensor, Tensor] = {}

    def add(self, op: "Op", inputs: tuple[Tensor, ...], name: str | None = None) -> Node:
        """Append a node in place of, or as part of what replaces, the origin.

        Args:
            op: What is computed.
            inputs: What it is computed from.
            name: What the node is called; by default as the origin.
        """
        assert self.origin is not None, "please report: a node made outside of a rule"
        label, site = name or self.origin.name, self.origin.site
        node = Node(op, inputs, (), infer(op, inputs, site), label, site, self.graph)
        self.graph.nodes.append(node)
        return node

    def feed(self, fed: Iterable[Tensor], specs: Iterable[Spec] | None = None) -> None:
        """Put a placeholder for each fed tensor that is none, or whose spec becomes another."""
        for tensor, spec in zip(fed, specs or [tensor.spec for tensor in fed], strict=True):
            self.origin = tensor.node
            if tensor.node.op.effect is Effect.FED and spec == tensor.spec:
                self.keep(tensor.node)
            else:
                op = OPS["placeholder"](spec.shape, spec.dtype)  # type: ignore[call-arg]
                self.replace(tensor, self.add(op, ()).outputs[0])

    def current(self, node: Node, op: "Op | None" = None) -> Node:
        """Give ``node`` with its inputs and control replaced; itself where nothing changed.

        Args:
            node: The node.
            op: What it computes from now on, if that is another op.
        """
        op = op or node.op
        replaced, moved = self.tensors.keys(), self.nodes.keys()
        if op is node.op and replaced.isdisjoint(node.inputs) and moved.isdisjoint(node.control):
            return node
        inputs = tuple(self.tensors.get(tensor, tensor) for tensor in node.inputs)
        control = node.control
        if control:
            groups = (self.nodes.get(before, (before,)) for before in control)
            control = tuple(dict.fromkeys(after for group in groups for after in group))
        known = all(new.spec == old.spec for new, old in zip(inputs, node.inputs, strict=True))
        specs = node.specs if known and op is node.op else infer(op, inputs, node.site)
        return Node(op, inputs, control, specs, node.name, node.site, self.graph)

    def keep(self, node: Node, op: "Op | None" = None) -> Node:
        """Append ``node``, with its inputs replaced, and its op if another is given."""
        kept = self.current(node, op)
        self.place(node, kept)
        return kept

    def place(self, node: Node, kept: Node) -> None:
        """Append ``kept`` for ``node``."""
        self.graph.nodes.append(kept)
        if kept is not node:
            self.nodes[node] = (kept,)
            for old, new in zip(node.outputs, kept.outputs, strict=True):
                self.tensors.setdefault(old, new)  # a fed result keeps its placeholder

    def offer(self, node: Node, rule: "Rule") -> None:
        """Append what ``rule`` gives for ``node``, or the node itself."""
        kept = self.current(node)
        self.origin = node
        given = rule(kept)
        if given is None:
            self.place(node, kept)
            return
        replacements = (given,) if isinstance(given, Tensor) else given
        for old, new in zip(kept.outputs, replacements, strict=True):
            assert old.spec.may_equal(new.spec), f"please report: {old!r} became {new!r}"
        self.tensors.update(zip(node.outputs, replacements, strict=True))
        self.nodes[node] = tuple(dict.fromkeys(new.node for new in replacements))

    def replace(self, old: Tensor, new: Tensor) -> None:
        """Let ``new`` stand for ``old`` from here on."""
        self.tensors[old] = new

    def finish(self, inputs: Iterable[Tensor], outputs: Iterable[Tensor]) -> None:
        """Set inputs and outputs of the new graph, given those of the old one."""
        self.graph.inputs = tuple(self.tensors.get(tensor, tensor) for tensor in inputs)
        self.graph.outputs = tuple(self.tensors.get(tensor, tensor) for tensor in outputs)


@contextmanager
def rewriting(graph: "Graph") -> Iterator[Rewriting]:
    """Make all nodes go into ``graph``, whatever graph their inputs belong to."""
    before = context.rewriting
    context.rewriting = made = Rewriting(graph)
    try:
        yield made
    finally:
        context.rewriting = before
        if context.rewritten is not None:
            context.rewritten.append(made)


@contextmanager
def rewritten() -> Iterator[list[Rewriting]]:
    """Collect what is rewritten meanwhile, in the order in which it is done."""
    before = context.rewritten
    done: list[Rewriting] = []
    context.rewritten = done
    try:
        yield done
    finally:
        context.rewritten = before

"""``draw``: a picture of a graph, laid out by Graphviz."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from graphnet.errors import DependencyError, GraphnetError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph, needs, reach
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.sources import Variable
from graphnet.viz.dot import to_dot

__all__ = ["draw"]

Drawable: TypeAlias = Graph | Tensor | Node | Iterable[Tensor | Node]

TEXT = (".gv", ".dot")
PICTURES = (".svg", ".pdf", ".png")


def draw(what: Drawable, path: str | PathLike[str] = "graph.svg") -> Path:
    """Draw a graph, or the part of it that some tensors or operations need.

    Boxes are name scopes, in orange those of gradients. Parallelograms are placeholders, cylinders
    variables; what was asked for has a thick border; dashed arrows only order. Small constants are
    written into the nodes that use them, and so are the names of forward values that gradients and
    updates need. What computes the initial values of variables is left out.

    Args:
        what: A graph, or a tensor or operation, or several of these.
        path: The file to be written; its suffix decides between SVG (``.svg``), PDF (``.pdf``), PNG
            (``.png``) and the DOT language (``.gv`` or ``.dot``). All but the last need the program
            ``dot`` of Graphviz on the PATH.

    Returns:
        The path.

    Raises:
        DependencyError: ``dot`` is missing or fails.
        GraphnetError: The suffix is another, or ``what`` cannot be drawn.

    Example:
        >>> import tempfile
        >>> import graphnet as gn
        >>> y = gn.tanh(gn.placeholder((None, 3), name="x"))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = gn.draw(y, f"{folder}/y.gv")
        ...     path.read_text("utf-8").splitlines()[-2]
        '  "x" -> "tanh" [id="edge:x-tanh-0"]'
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in TEXT + PICTURES:
        raise GraphnetError(
            f"draw: {target.name!r} has no suffix that names a format",
            at=str(creation_site()),
            hint=f"use one of {', '.join(PICTURES + TEXT)}",
        )
    text = to_dot(*select(what))
    target.write_bytes(text.encode() if suffix in TEXT else render(text, suffix[1:]))
    return target


def select(what: Drawable) -> tuple[list[Node], list[Node]]:
    """Give the nodes that are drawn, in dependency order, and those that were asked for by name.

    Raises:
        GraphnetError: Something cannot be drawn, or belongs to another graph.
    """
    if isinstance(what, Graph):
        hidden = only_initial(what)
        return [node for node in what.nodes if node not in hidden], []
    items = [what] if isinstance(what, Tensor | Node) else list(what)
    for item in items:
        if not isinstance(item, Tensor | Node):
            raise GraphnetError(
                f"draw: {item!r:.60} cannot be drawn",
                at=str(creation_site()),
                hint="give a graph, or tensors and operations",
            )
    graphs = list(dict.fromkeys(item.graph for item in items))
    if len(graphs) != 1:
        raise GraphnetError(
            f"draw: expected tensors and operations of one graph, found {len(graphs)} graphs",
            at=str(creation_site()),
            hint="draw each graph into a file of its own",
        )
    reached = set(reach(items, frozenset()))
    wanted = [item.node if isinstance(item, Tensor) else item for item in items]
    return [node for node in graphs[0].nodes if node in reached], wanted


def only_initial(graph: Graph) -> set[Node]:
    """Give the nodes that only the initial values of variables need."""
    initial = [
        variable.initial_value for variable in graph.variables() if isinstance(variable, Variable)
    ]
    above = set(reach(initial, frozenset()))
    needed = {output.node for output in graph.outputs}
    for node in reversed(graph.nodes):
        if node not in above or node in needed or node.op.effect is Effect.READS:
            needed.add(node)
            needed.update(needs(node))
    return above - needed


def render(text: str, form: str) -> bytes:
    """Let Graphviz make a picture.

    Raises:
        DependencyError: ``dot`` is missing or fails.
    """
    import graphviz  # noqa: PLC0415  # only those who draw need it

    try:
        picture: bytes = graphviz.pipe("dot", form, text.encode(), quiet=True)
    except graphviz.ExecutableNotFound:
        raise DependencyError(
            "draw: the program `dot` of Graphviz is not on the PATH",
            at=str(creation_site()),
            hint="install Graphviz (apt install graphviz, brew install graphviz, or from "
            "https://graphviz.org/download), or give a file name that ends in .gv, "
            "which needs no program",
        ) from None
    except graphviz.CalledProcessError as error:
        raise DependencyError(
            f"draw: `dot` failed: {error.stderr.decode(errors='replace').strip():.200}",
            at=str(creation_site()),
            hint="`dot -V` tells its version; a file name that ends in .gv keeps its input",
        ) from None
    return picture

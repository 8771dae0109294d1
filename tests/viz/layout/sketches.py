"""Sketches of every kind, with odd names."""

from graphnet.viz.layout.sketch import Edge, Frame, Sketch, Spot

__all__ = ["ODD", "SKETCHES", "chain"]

ODD = (
    'a<b&"c"',
    "back\\slash\\",
    "two\nlines",
    "two\\nlines",
    "&amp; &#65;",
    "node",
    "digraph {",
    "\\N \\G \\E",
    "größe 量 🙂",
    "\x00\x1b\ud800",
    "<B>bold</B>",
    "",
    "k" * 200,
)
"""Names that the DOT language could take for something else."""


def chain(count: int, *, label: float = 60, wide: float = 80) -> Sketch:
    """Give a chain."""
    spots = {f"s{number}": Spot(wide + number % 3 * 20, 28) for number in range(count)}
    edges = tuple(
        Edge(f"s{number}", f"s{number + 1}", label, 13 if label else 0, 8)
        for number in range(count - 1)
    )
    return Sketch(spots, edges, {})


def odd() -> Sketch:
    """Give a sketch with every odd name, for spots and for frames."""
    frames = {name: Frame(40, 18) for name in ODD if name}
    spots = {name: Spot(50 + place, 30, name) for place, name in enumerate(ODD)}
    edges = tuple(Edge(ODD[0], name, 30, 12) for name in ODD[1:])
    return Sketch(spots, edges, frames)


def parallel() -> Sketch:
    """Give several edges between two spots, also back, and loops."""
    edges = (
        Edge("a", "b", 40, 12),
        Edge("a", "b"),
        Edge("a", "b", 90, 12),
        Edge("b", "a", 30, 12, 0),
        Edge("b", "b", 50, 12),
        Edge("b", "b"),
    )
    return Sketch({"a": Spot(60, 30), "b": Spot(120, 40)}, edges, {})


def nested() -> Sketch:
    """Give a residual network in scopes, with variables beside its ops, and arrows from afar."""
    frames = {
        "net": Frame(30, 18),
        "net/one": Frame(150, 18, "net"),
        "net/two": Frame(20, 18, "net"),
    }
    spots = {"x": Spot(70, 30)}
    edges: list[Edge] = []
    before = "x"
    for scope in ("net/one", "net/two"):
        matmul, weight, add = f"{scope}/matmul", f"{scope}/w", f"{scope}/add"
        spots |= {
            weight: Spot(110, 45, scope),
            matmul: Spot(64, 30, scope),
            add: Spot(50, 30, scope),
        }
        edges += [
            Edge(before, matmul, 70, 13, 8),
            Edge(weight, matmul, beside=True),
            Edge(matmul, add, 70, 13, 8),
            Edge(before, add, 70, 13, 8),
            Edge("x", add, weight=0),
        ]
        before = add
    return Sketch(spots, tuple(edges), frames)


SKETCHES = {
    "nothing": Sketch({}, (), {}),
    "one spot": Sketch({"a": Spot(60, 30)}, (), {}),
    "two parts": Sketch({"a": Spot(60, 30), "b": Spot(10, 80)}, (), {}),
    "odd names": odd(),
    "parallel edges": parallel(),
    "nested scopes": nested(),
    "a short chain": chain(5),
    "a long chain": chain(40),
}
"""Sketches by what they show."""

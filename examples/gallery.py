"""Draw the pictures of the gallery: what ``gn.draw`` and ``gn.diff`` make of some graphs.

``python examples/gallery.py FOLDER`` writes one SVG for each,
and ``--suffix .png`` another kind of file.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import graphnet as gn
from disk import Network, declare

LAYOUT = "layered"
"""The engine that gives the same bytes on every machine."""


def main() -> int:
    """Draw all pictures, and give the exit status."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the gallery.")
    parser.add_argument("folder", type=Path, help="where to write them")
    parser.add_argument("--engine", default=LAYOUT, help="dot, wasm or layered")
    parser.add_argument("--suffix", default=".svg", help="as .svg, .png or .html")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, picture in PICTURES.items():
        path = options.folder / f"{name}{options.suffix}"
        print(picture(options.engine).save(path), flush=True)
    return 0


def first_program(engine: str) -> gn.viz.Drawing:
    """Draw the program of the README: forward, backward and updates."""
    with gn.Graph():
        x = gn.placeholder(("batch", 2), name="x")
        label = gn.placeholder(("batch",), gn.int64, name="label")
        model = gn.nn.Sequential(gn.nn.Dense(8, activation=gn.tanh), gn.nn.Dense(2))
        loss = gn.nn.sparse_softmax_cross_entropy(model(x), label).mean()
        train = gn.optim.SGD(0.5).minimize(loss)
        return gn.draw([loss, train], title="A training step", engine=engine)


def disk() -> Network:
    """Declare the network of ``examples/disk.py``."""
    with gn.Graph():
        return declare()


def disk_forward(engine: str) -> gn.viz.Drawing:
    """Draw what computes loss and accuracy."""
    net = disk()
    return gn.draw([net.loss, net.accuracy], title="The disk network", engine=engine)


def disk_train(engine: str) -> gn.viz.Drawing:
    """Draw a whole training step, folded to what fits a screen."""
    title = "A training step of the disk network"
    return gn.draw(disk().step, title=title, engine=engine)


def disk_backward(engine: str) -> gn.viz.Drawing:
    """Draw the gradients alone."""
    title = "Gradients of the disk network"
    return gn.draw(disk().step, view="backward", title=title, engine=engine)


def disk_state(engine: str) -> gn.viz.Drawing:
    """Draw variables, who reads them, and who writes them."""
    title = "Variables of the disk network"
    return gn.draw(disk().step, view="state", title=title, engine=engine)


def disk_bytes(engine: str) -> gn.viz.Drawing:
    """Color the model by the size of its results."""
    x = gn.placeholder((100, 784), name="images")
    model = gn.nn.Sequential(*[gn.nn.Dense(512, activation=gn.relu) for _ in range(2)])
    title = "Sizes of results"
    return gn.draw(gn.softmax(model(x)), overlay="bytes", title=title, engine=engine)


def mnist() -> gn.ir.Node:
    """Declare three layers of 512 units, trained by Adam."""
    with gn.Graph():
        images = gn.placeholder(("batch", 784), name="images")
        digits = gn.placeholder(("batch",), gn.int64, name="digits")
        hidden = [gn.nn.Dense(512, activation=gn.relu) for _ in range(3)]
        model = gn.nn.Sequential(*hidden, gn.nn.Dense(10), name="model")
        loss = gn.nn.sparse_softmax_cross_entropy(model(images), digits).mean()
        return gn.optim.Adam(0.001).minimize(loss)


def mnist_depth(depth: int) -> Callable[[str], gn.viz.Drawing]:
    """Give what draws the step of the network, with so many levels of names."""

    def picture(engine: str) -> gn.viz.Drawing:
        title = f"Three layers of 512 and Adam, depth {depth}"
        return gn.draw(mnist(), depth=depth, title=title, engine=engine)

    return picture


def shared(engine: str) -> gn.viz.Drawing:
    """Draw a network of two inputs and two outputs that share their weights."""
    with gn.Graph():
        left = gn.placeholder((None, 16), name="left")
        right = gn.placeholder((None, 16), name="right")
        encoder = gn.nn.Sequential(gn.nn.Dense(8, activation=gn.tanh), name="encoder")
        one, other = encoder(left), encoder(right)
        distance = gn.identity(gn.sqrt(gn.square(one - other).sum(1)), name="distance")
        similarity = gn.identity((one * other).sum(1), name="similarity")
        title = "Two inputs, two outputs, one encoder"
        return gn.draw([distance, similarity], title=title, engine=engine)


def thousand(engine: str) -> gn.viz.Drawing:
    """Draw a training graph of some 1,000 nodes at the default settings."""
    with gn.Graph():
        x = gn.placeholder((None, 32), name="x")
        hidden = [gn.nn.Dense(32, activation=gn.tanh) for _ in range(18)]
        model = gn.nn.Sequential(*hidden, gn.nn.Dense(1), name="model")
        step = gn.optim.Adam(0.001).minimize(gn.square(model(x)).mean())
        title = "Nineteen layers and Adam"
        return gn.draw(step, title=title, engine=engine)


def compiled(view: str, title: str) -> Callable[[str], gn.viz.Drawing]:
    """Give what draws the compiled step of the disk network."""

    def picture(engine: str) -> gn.viz.Drawing:
        net = disk()
        points, inside = gn.data.disk(25, seed=0)
        with gn.Session(net.loss.graph, seed=0, threads=1) as session:
            function = session.compile(net.step, [net.points, net.inside, net.learning_rate])
            function(points, inside, 0.1)
            return gn.draw(function, view=view, title=title, engine=engine)

    return picture


def optimised(engine: str) -> gn.viz.Drawing:
    """Draw what the passes change."""
    with gn.Graph():
        x = gn.placeholder((4, 3), name="x")
        y = gn.exp(gn.log(gn.exp(x * 1 + 0))) * (gn.constant(2.0) * 3.0)
        again = gn.exp(x) + gn.square(x) * gn.square(x)
        declared = x.graph.subgraph([y, again], [x])
    difference = gn.diff(declared, gn.compiler.optimize(declared))
    return gn.draw(difference, title="Before and after optimisation", engine=engine)


PICTURES: dict[str, Callable[[str], gn.viz.Drawing]] = {
    "first-program": first_program,
    "disk-forward": disk_forward,
    "disk-train": disk_train,
    "disk-backward": disk_backward,
    "disk-state": disk_state,
    "bytes": disk_bytes,
    "mnist-depth-1": mnist_depth(1),
    "mnist-depth-2": mnist_depth(2),
    "shared": shared,
    "thousand": thousand,
    "plan": compiled("plan", "The plan of a training step"),
    "memory": compiled("memory", "The memory of a training step"),
    "optimised": optimised,
}


if __name__ == "__main__":
    sys.exit(main())

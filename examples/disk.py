"""Learn to tell points inside a disk from points outside, and draw the graph that does it.

The network has three hidden layers of 25 units. ``--help`` lists what can be changed.
"""

import argparse
import sys
from typing import NamedTuple

import graphnet as gn


class Network(NamedTuple):
    """The tensors that are fed and fetched, and the step of training."""

    points: gn.Tensor
    inside: gn.Tensor
    learning_rate: gn.Tensor
    loss: gn.Tensor
    accuracy: gn.Tensor
    step: gn.ir.Node


def main() -> int:
    """Train, and give the exit status."""
    options = parse_options()
    progress = Progress(options.epochs)
    try:
        train(options, progress)
    except KeyboardInterrupt:
        print(f"\nstopped after {progress.done} of {progress.epochs} epochs")
        return 130  # what shells expect of a program that Ctrl-C has ended
    return 0


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Learn to tell points inside a disk from points outside.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--epochs", type=count, default=100, help="passes over the training set")
    parser.add_argument("--batch", type=count, default=25, help="examples per step")
    parser.add_argument("--learning-rate", type=float, default=0.1, help="falls to 0 on the way")
    parser.add_argument("--seed", type=int, default=0, help="of the points and the first weights")
    parser.add_argument("--form", choices=("unit", "centered"), default="unit", help="the square")
    parser.add_argument("--draw", default="disk.svg", metavar="FILE", help="'' draws nothing")
    return parser.parse_args()


def count(text: str) -> int:
    """Read a number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def declare() -> Network:
    """Declare the graph. That computes nothing: every line adds nodes."""
    x = gn.placeholder(("batch", 2), name="points")
    label = gn.placeholder(("batch",), gn.int64, name="inside")
    rate = gn.placeholder((), name="learning_rate")
    model = gn.nn.Sequential(
        gn.nn.Dense(25, activation=gn.relu),
        gn.nn.Dense(25, activation=gn.relu),
        gn.nn.Dense(25, activation=gn.relu),
        gn.nn.Dense(2),
    )
    logits = model(x)
    loss = gn.nn.sparse_softmax_cross_entropy(logits, label).mean()
    accuracy = gn.nn.accuracy(logits, label)
    step = gn.optim.SGD(rate).minimize(loss)
    return Network(x, label, rate, loss, accuracy, step)


def train(options: argparse.Namespace, progress: "Progress") -> None:
    """Declare the graph, draw it, train on one set of points, and test on another."""
    points, inside = gn.data.disk(1000, seed=2 * options.seed, form=options.form)
    test_points, test_inside = gn.data.disk(1000, seed=2 * options.seed + 1, form=options.form)
    points, test_points = gn.data.standardize(points, test_points)
    net = declare()
    if options.draw:
        draw(net, options.draw)

    with gn.Session(seed=options.seed) as session:
        batches = gn.data.batches((points, inside), options.batch, seed=options.seed)
        for epoch in range(options.epochs):
            # Steps that get smaller end at a minimum; steps of one size jump around it.
            rate = options.learning_rate * (1 - epoch / options.epochs)
            for some_points, some_inside in batches:
                feeds = {net.points: some_points, net.inside: some_inside, net.learning_rate: rate}
                session.run(net.step, feeds)
            # A run computes what the fetches need, and nothing else: here no gradients.
            feeds = {net.points: points, net.inside: inside}
            values = session.run([net.loss, net.accuracy], feeds)
            progress.show("loss {:.4f}, accuracy {:.1%}".format(*values))
        trained = session.run(net.accuracy, feeds)
        tested = session.run(net.accuracy, {net.points: test_points, net.inside: test_inside})
    print(f"accuracy in training {trained:.1%}, in the test {tested:.1%}")


def draw(net: Network, path: str) -> None:
    """Draw the graph, if that is possible."""
    try:
        print(f"the graph is drawn in {gn.draw([net.loss, net.accuracy, net.step], path)}")
    except (gn.errors.GraphnetError, OSError) as error:
        # No format has this suffix, or nothing can be written there: training needs no picture.
        print(f"{error}\ngoing on without a drawing")


class Progress:
    """Shows how far training is: in a terminal in one line, elsewhere in a line per epoch."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.done = 0

    def show(self, text: str) -> None:
        """Count an epoch, and show what is known after it."""
        self.done += 1
        line = f"epoch {self.done}/{self.epochs}: {text}"
        if sys.stdout.isatty():
            print(f"\r{line:60}", end="" if self.done < self.epochs else "\n", flush=True)
        else:
            print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

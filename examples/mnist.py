"""Learn to read handwritten digits: MNIST, with two hidden layers of 100 units.

``--data`` names the folder with the four files of the data set; ``--help`` lists what else can be
changed.
"""

import argparse
import sys

import graphnet as gn


def main() -> int:
    """Train, and give the exit status."""
    options = parse_options()
    progress = Progress(options.epochs)
    try:
        train(options, progress)
    except gn.errors.FormatError as error:
        print(f"{error}\n--data FOLDER names another folder", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nstopped after {progress.done} of {progress.epochs} epochs")
        return 130  # what shells expect of a program that Ctrl-C has ended
    return 0


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Learn to read handwritten digits.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--data", default="mnist", metavar="FOLDER", help="with the MNIST files")
    parser.add_argument("--epochs", type=count, default=10, help="passes over the training set")
    parser.add_argument("--batch", type=count, default=100, help="examples per step")
    parser.add_argument("--learning-rate", type=float, default=0.3, help="falls to 0 on the way")
    parser.add_argument("--seed", type=int, default=0, help="of the order and the first weights")
    return parser.parse_args()


def count(text: str) -> int:
    """Read a number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def train(options: argparse.Namespace, progress: "Progress") -> None:
    """Declare a graph, train it on the training set, and test it on the test set."""
    images, digits, test_images, test_digits = gn.data.mnist(options.data)

    # Declaring computes nothing: every line adds nodes to a graph.
    x = gn.placeholder(("batch", 784), name="images")
    label = gn.placeholder(("batch",), gn.int64, name="digits")
    rate = gn.placeholder((), name="learning_rate")
    model = gn.nn.Sequential(
        gn.nn.Dense(100, activation=gn.relu),
        gn.nn.Dense(100, activation=gn.relu),
        gn.nn.Dense(10),
    )
    logits = model(x)
    loss = gn.nn.sparse_softmax_cross_entropy(logits, label).mean()
    accuracy = gn.nn.accuracy(logits, label)
    step = gn.optim.SGD(rate).minimize(loss)

    # Products of this size gain little by threads, and lose much where other programs run.
    with gn.Session(seed=options.seed, threads=1) as session:
        batches = gn.data.batches((images, digits), options.batch, seed=options.seed)
        for epoch in range(options.epochs):
            # Steps that get smaller end at a minimum; steps of one size jump around it.
            size = options.learning_rate * (1 - epoch / options.epochs)
            for some_images, some_digits in batches:
                session.run(step, {x: some_images, label: some_digits, rate: size})
            # A run computes what the fetches need, and nothing else: here no gradients.
            values = session.run([loss, accuracy], {x: images, label: digits})
            progress.show("loss {:.4f}, accuracy {:.2%}".format(*values))
        trained = session.run(accuracy, {x: images, label: digits})
        tested = session.run(accuracy, {x: test_images, label: test_digits})
    print(f"accuracy in training {trained:.2%}, in the test {tested:.2%}")


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

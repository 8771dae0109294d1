"""Hypothesis strategy: random networks of dense layers, and the runs that train them.

What is drawn is a recipe, from which a network can be declared in any dtype. It holds what a
compiler looks for: products with biases, values joined, layers and weights used again, sums of
products, numbers as factors, and equal updates of many variables.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st
from numpy.typing import DTypeLike

import graphnet as gn
from graphnet.ir import Node, Tensor
from tests.compiler.kit import RULES, Kit, Script

__all__ = ["RandomNetwork", "random_networks"]

WIDTHS = (4, 6, 1, 12)
WIDEST = 24
FACTORS = (0.5, 2.0, -1.0, 0.1, 0.0)
RUNS = 3
MOST, SOME = 0.8, 0.2


class Growing:
    """A network in the making; all its values have one row per example.

    Attributes:
        kit: Declares variables.
        inputs: What is to be fed.
        values: All values, the latest last.
        layers: Pairs of weight and bias.
        kinks: What relu is given, whose gradient jumps at zero.
    """

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.inputs = [kit.input(WIDTHS[0])]
        self.values = list(self.inputs)
        self.layers: list[tuple[gn.Variable, gn.Variable]] = []
        self.kinks: list[Tensor] = []

    def layer(self, x: Tensor, number: int, *, new: bool) -> tuple[gn.Variable, gn.Variable]:
        """Give a layer that fits a value: a new one, or one that is there."""
        known = [] if new else [each for each in self.layers if each[0].shape[0] == width(x)]
        if known:
            return known[number % len(known)]
        units = WIDTHS[number % len(WIDTHS)]
        self.layers.append((self.kit.matrix(width(x), units), self.kit.vector(units)))
        return self.layers[-1]


# Kinds of values


def dense(growing: Growing, x: Tensor, _: Tensor, number: int) -> Tensor:
    """Apply a new layer."""
    weight, bias = growing.layer(x, number, new=True)
    return x @ weight + bias


def again(growing: Growing, x: Tensor, _: Tensor, number: int) -> Tensor:
    """Apply a layer that is there."""
    weight, bias = growing.layer(x, number, new=False)
    return x @ weight + bias


def rebiased(growing: Growing, x: Tensor, _: Tensor, number: int) -> Tensor:
    """Use a weight that is there with a bias of its own."""
    weight, _ = growing.layer(x, number, new=False)
    return growing.kit.vector(width(weight)) + x @ weight


def product(growing: Growing, x: Tensor, _: Tensor, number: int) -> Tensor:
    """Multiply by a weight, and add nothing."""
    return x @ growing.layer(x, number, new=number % 2 == 0)[0]


def tied(growing: Growing, x: Tensor, _: Tensor, number: int) -> Tensor:
    """Multiply by a weight and, behind an activation, by its transpose."""
    weight, bias = growing.layer(x, number, new=False)
    return gn.tanh(x @ weight + bias) @ weight.T


def sum_of_products(growing: Growing, x: Tensor, y: Tensor, number: int) -> Tensor:
    """Add two products and a bias."""
    weight, bias = growing.layer(x, number, new=number % 3 != 0)
    other = growing.kit.matrix(width(y), width(weight))
    return x @ weight + y @ other + bias


def biased(growing: Growing, x: Tensor, _: Tensor, __: int) -> Tensor:
    """Add a bias to what is no product."""
    return x + growing.kit.vector(width(x))


def joined(_: Growing, x: Tensor, y: Tensor, number: int) -> Tensor:
    """Put values side by side."""
    parts = [x, y, x][: 2 + number % 2]
    return gn.concat(parts, axis=1) if sum(map(width, parts)) <= WIDEST else x * y[:, :1]


def sliced(_: Growing, x: Tensor, __: Tensor, number: int) -> Tensor:
    """Take some columns."""
    start = number % width(x)
    return x[:, start : start + 1 + number // 4]


def added(_: Growing, x: Tensor, y: Tensor, __: int) -> Tensor:
    """Add values, or to all columns the mean of the other ones."""
    return x + (y if width(x) == width(y) else y.mean(1, keepdims=True))


def multiplied(_: Growing, x: Tensor, y: Tensor, __: int) -> Tensor:
    """Multiply values, or all columns by one."""
    return x * gn.tanh(y if width(x) == width(y) else y[:, :1])


def scaled(_: Growing, x: Tensor, __: Tensor, number: int) -> Tensor:
    """Multiply by a number."""
    return x * FACTORS[number % len(FACTORS)]


def rectified(growing: Growing, x: Tensor, _: Tensor, __: int) -> Tensor:
    """Apply relu."""
    growing.kinks.append(x)
    return gn.relu(x)


def activated(_: Growing, x: Tensor, __: Tensor, number: int) -> Tensor:
    """Apply a smooth activation."""
    return (gn.tanh, gn.sigmoid, gn.softmax)[number % 3](x)


def centered(_: Growing, x: Tensor, __: Tensor, number: int) -> Tensor:
    """Subtract the mean of every row, or of every column."""
    return x - x.mean(number % 2, keepdims=True)


def fed(growing: Growing, x: Tensor, _: Tensor, number: int) -> Tensor:
    """Feed something more, and join it."""
    new = growing.kit.input(WIDTHS[number % 3])
    growing.inputs.append(new)
    return gn.concat([new, x], axis=1) if width(new) + width(x) <= WIDEST else new


Make: TypeAlias = Callable[[Growing, Tensor, Tensor, int], Tensor]
KINDS: tuple[Make, ...] = (
    *(dense, rectified, again, joined, scaled, added, activated, sliced, product, rebiased),
    *(sum_of_products, fed, biased, multiplied, centered, tied),
)


# The whole


class RandomNetwork(NamedTuple):
    """A recipe for a network.

    Attributes:
        steps: For each value, how it is made: which kind, of which earlier ones, counted from the
            latest, and a number that chooses width, layer, factor or function.
        rule: The name of the rule of updates.
        batch: Number of examples.
        seed: Of initial values, feeds, and what is trained and fetched.
    """

    steps: tuple[tuple[int, int, int, int], ...]
    rule: str
    batch: int
    seed: int

    def declare(self, dtype: DTypeLike) -> tuple[Script, list[Tensor]]:
        """Declare it: how it is run, and what relu is given on the way."""
        kit = Kit(dtype, self.batch, RULES[self.rule], self.seed)
        growing = Growing(kit)
        for kind, first, second, number in self.steps:
            values = growing.values
            x, y = values[-1 - first % len(values)], values[-1 - second % len(values)]
            values.append(KINDS[kind](growing, x, y, number))
        read = {tensor for node in growing.inputs[0].graph.nodes for tensor in node.inputs}
        loss = loss_of(growing, [value for value in growing.values if value not in read])
        fetches = [loss, *some(kit, growing.values), *trained(kit, loss)]
        return kit.runs(fetches, *growing.inputs, number=RUNS), growing.kinks


def random_networks(size: int = 14) -> st.SearchStrategy[RandomNetwork]:
    """Draw a network of up to ``size`` values."""
    choice = st.integers(0, 15)
    step = st.tuples(st.integers(0, len(KINDS) - 1), choice, choice, choice)
    return st.builds(
        RandomNetwork,
        steps=st.lists(step, min_size=size // 2, max_size=size).map(tuple),
        rule=st.sampled_from(list(RULES)),
        batch=st.sampled_from([7, 1, 2, 25]),
        seed=st.integers(0, 255),
    )


def loss_of(growing: Growing, ends: list[Tensor]) -> Tensor:
    """Declare a loss that depends on the last value, and a little on other ends."""
    target = growing.kit.input(width(ends[-1]), "target")
    growing.inputs.append(target)
    error = gn.nn.mean_squared_error(gn.tanh(ends[-1]), target).mean()
    others = [gn.square(gn.tanh(value)).mean() for value in ends[:-1]]
    return sum((0.1 * other for other in others), start=error)


def trained(kit: Kit, loss: Tensor) -> list[Tensor | Node]:
    """Declare updates of most variables by one or two rates; give them, and some gradients."""
    if not loss.graph.variables(trainable=True):
        return []
    pairs = [pair for pair in kit.pairs(loss) if kit.generator.random() < MOST]
    gradients = [gradient for gradient, _ in pairs]
    if kit.generator.random() < SOME:
        norm = sum((gn.square(gradient).sum() for gradient in gradients), start=0.1 * loss)
        pairs = [(gradient * (0.5 / gn.sqrt(norm + 0.1)), variable) for gradient, variable in pairs]
    cut = kit.generator.integers(len(pairs) + 1)
    steps = [
        kit.rule(part, rate) for part, rate in ((pairs[:cut], 0.1), (pairs[cut:], 0.05)) if part
    ]
    return [*some(kit, gradients), *steps]


def some(kit: Kit, tensors: list[Tensor]) -> list[Tensor]:
    """Choose a few tensors."""
    return [tensor for tensor in tensors if kit.generator.random() < SOME]


def width(x: Tensor) -> int:
    """Give the number of columns."""
    extent = x.shape[-1]
    assert isinstance(extent, int)
    return extent

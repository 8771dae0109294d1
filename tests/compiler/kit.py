"""What networks are declared with, so that one declaration serves every dtype, batch and rule."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

import graphnet as gn
from graphnet.ir import Node, Tensor
from graphnet.typing import Array

__all__ = ["RULES", "STEPS", "Declarations", "Kit", "Run", "Script", "adam", "momentum", "sgd"]

STEPS = 5
Pair: TypeAlias = tuple[Tensor, gn.Variable]
Rate: TypeAlias = float | Tensor
Rule: TypeAlias = Callable[[Sequence[Pair], Rate], Node]


class Run(NamedTuple):
    """One call of a session: what it fetches, and what it is fed."""

    fetches: Sequence[Tensor | Node]
    feeds: dict[Tensor, Array]


Script: TypeAlias = list[Run]
Declaration: TypeAlias = Callable[["Kit"], Script]


class Declarations(dict[str, Declaration]):
    """Functions that declare a network and say how it is run, by their names."""

    def add(self, declaration: Declaration) -> Declaration:
        """Enter a function."""
        self[declaration.__name__.replace("_", "-")] = declaration
        return declaration


class Kit:
    """Variables, feeds and updates of a network.

    All numbers are floats of 32 bits, whatever the dtype is, so that two declarations in two dtypes
    are of one network.

    Args:
        dtype: Of variables and feeds.
        batch: Number of examples.
        rule: Declares the updates of variables.
        seed: Of initial values and feeds.
    """

    def __init__(
        self, dtype: DTypeLike, batch: int = 7, rule: Rule | None = None, seed: int = 0
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.batch = batch
        self.rule = rule or sgd
        self.generator = np.random.default_rng(seed)
        self.classes: set[Tensor] = set()

    def values(self, *shape: int, scale: float = 1.0) -> Array:
        """Draw numbers."""
        drawn = self.generator.normal(0, scale, shape).astype(np.float32)
        return drawn.astype(self.dtype)

    def array(self, values: Any) -> Array:
        """Give values as an array."""
        return np.array(values, np.float32).astype(self.dtype)

    def matrix(self, inputs: int, outputs: int) -> gn.Variable:
        """Declare a weight."""
        return gn.Variable(self.values(inputs, outputs, scale=inputs**-0.5), name="weight")

    def vector(self, size: int) -> gn.Variable:
        """Declare a bias."""
        return gn.Variable(self.values(size, scale=0.2), name="bias")

    def state(self, values: Any) -> gn.Variable:
        """Declare a variable that no gradient changes."""
        return gn.Variable(self.array(values), name="state", trainable=False)

    def input(self, size: int, name: str = "x") -> Tensor:
        """Declare examples to be fed."""
        return gn.placeholder(("batch", size), self.dtype, name)

    def scalar(self, name: str) -> Tensor:
        """Declare a number to be fed."""
        return gn.placeholder((), self.dtype, name)

    def dense(self, x: Tensor, units: int) -> Tensor:
        """Declare an affine map with variables of its own."""
        (*_, size) = x.shape
        assert isinstance(size, int)
        return x @ self.matrix(size, units) + self.vector(units)

    def classify(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Declare a cross-entropy: the loss, and the labels to be fed."""
        (*_, size) = logits.shape
        assert isinstance(size, int)
        labels = self.input(size, "labels")
        self.classes.add(labels)
        return gn.nn.softmax_cross_entropy(logits, labels).mean(), labels

    def match(self, predictions: Tensor) -> tuple[Tensor, Tensor]:
        """Declare a squared error: the loss, and the targets to be fed."""
        (*_, size) = predictions.shape
        assert isinstance(size, int)
        targets = self.input(size, "targets")
        return gn.nn.mean_squared_error(predictions, targets).mean(), targets

    def pairs(self, loss: Tensor, variables: Sequence[gn.Variable] | None = None) -> list[Pair]:
        """Declare the gradients of a loss."""
        return gn.optim.SGD(1.0).compute_gradients(loss, variables)

    def train(
        self, loss: Tensor, variables: Sequence[gn.Variable] | None = None, rate: Rate = 0.1
    ) -> Node:
        """Declare updates of variables, by default of all that a loss depends on."""
        return self.rule(self.pairs(loss, variables), rate)

    def feeds(self, *tensors: Tensor, batch: int | None = None) -> dict[Tensor, Array]:
        """Draw values to feed."""
        size = self.batch if batch is None else batch
        return {tensor: self.drawn(tensor, size) for tensor in tensors}

    def drawn(self, tensor: Tensor, batch: int) -> Array:
        """Draw a value to feed: one class per example where these are labels."""
        shape = [extent if isinstance(extent, int) else batch for extent in tensor.shape]
        if tensor in self.classes:
            one_hot = np.eye(shape[1], dtype=self.dtype)
            return one_hot[self.generator.integers(0, shape[1], shape[0])]
        return self.values(*shape)

    def runs(
        self,
        fetches: Sequence[Tensor | Node],
        *tensors: Tensor,
        number: int = STEPS,
        batch: int | None = None,
    ) -> Script:
        """Give several calls that fetch the same, each on a batch of its own."""
        return [Run(fetches, self.feeds(*tensors, batch=batch)) for _ in range(number)]


# Rules of updates


def sgd(pairs: Sequence[Pair], rate: Rate) -> Node:
    """Declare p <- p - rate g."""
    return gn.optim.SGD(rate).apply_gradients(pairs)


def momentum(pairs: Sequence[Pair], rate: Rate) -> Node:
    """Declare v <- 0.9 v + rate g, p <- p - v."""
    updates = []
    for gradient, variable in pairs:
        velocity = slot(variable)
        new = 0.9 * velocity + rate * gradient
        updates += [gn.assign(velocity, new), gn.assign(variable, variable - new)]
    return gn.group(*updates)


def adam(pairs: Sequence[Pair], rate: Rate, epsilon: float = 1e-2) -> Node:
    """Declare the update of Adam; a large epsilon does not make much of the rounding of zeros."""
    count = gn.Variable(np.zeros((), pairs[0][1].dtype), name="count", trainable=False)
    new_count = count + 1.0
    unbiased = 0.3 * rate * gn.sqrt(1 - 0.99**new_count) / (1 - 0.9**new_count)
    updates = [gn.assign(count, new_count)]
    for gradient, variable in pairs:
        factor = gn.cast(unbiased, variable.dtype)
        first, second = slot(variable), slot(variable)
        mean = 0.9 * first + (1 - 0.9) * gradient
        square = 0.99 * second + (1 - 0.99) * gn.square(gradient)
        updates += [
            gn.assign(first, mean),
            gn.assign(second, square),
            gn.assign(variable, variable - factor * mean / (gn.sqrt(square) + epsilon)),
        ]
    return gn.group(*updates)


def slot(variable: gn.Variable) -> gn.Variable:
    """Declare a variable like another one that starts at zero."""
    return gn.Variable(gn.zeros_like(variable), name="slot", trainable=False)


RULES: dict[str, Rule] = {"sgd": sgd, "momentum": momentum, "adam": adam}

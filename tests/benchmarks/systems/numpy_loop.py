"""The careful NumPy loop: buffers made before, ``out=`` everywhere, derivatives by hand.

This is both a peer and the reference whose losses the others must reproduce. The recurrent cell and
attention are in ``numpy_networks``.
"""

from collections.abc import Callable, Sequence

import numpy as np

from tests.benchmarks.inputs import Array, Inputs
from tests.benchmarks.systems import Prepared
from tests.benchmarks.systems.numpy_networks import Lstm, SelfAttention
from tests.benchmarks.workloads import (
    Adam,
    Attention,
    Elementwise,
    Inference,
    Momentum,
    Optimizer,
    Recurrent,
    Sgd,
    Training,
    Workload,
)

__all__ = ["prepare"]


def prepare(workload: Workload, inputs: Inputs) -> Prepared:
    """Make the buffers."""
    weights = [weight.copy() for weight in inputs.weights]
    batches = list(inputs.batches())
    match workload:
        case Training():
            network = Dense(weights, workload.batch, workload.activation)
            loss = LOSSES[workload.loss](workload.batch, workload.sizes[-1])
            return Prepared(training_step(network, loss, workload.optimizer), batches)
        case Inference():
            return Prepared(Dense(weights, workload.batch, "relu").forward, batches)
        case Elementwise():
            return Prepared(elementwise(workload.size), batches)
        case Recurrent():
            return Prepared(fitting_step(Lstm(weights, workload), workload.optimizer), batches)
        case Attention():
            cell = SelfAttention(weights, workload)
            return Prepared(fitting_step(cell, workload.optimizer), batches)


class Dense:
    """Dense layers over buffers of one size of batch."""

    def __init__(self, weights: Sequence[Array], batch: int, activation: str) -> None:
        self.matrices, self.biases = weights[::2], weights[1::2]
        self.weights = weights
        self.gradients = [np.empty_like(weight) for weight in weights]
        shapes = [(batch, bias.size) for bias in self.biases]
        self.outputs = [np.empty(shape, np.float32) for shape in shapes]
        self.deltas = [np.empty(shape, np.float32) for shape in shapes]
        self.masks = [np.empty(shape, bool) for shape in shapes]
        self.relu = activation == "relu"
        self.last = len(shapes) - 1

    def forward(self, x: Array) -> Array:
        """Give the logits."""
        for layer, output in enumerate(self.outputs):
            np.dot(x, self.matrices[layer], out=output)
            np.add(output, self.biases[layer], out=output)
            if layer < self.last:
                if self.relu:
                    np.maximum(output, 0, out=output)
                else:
                    np.tanh(output, out=output)
            x = output
        return x

    def backward(self, x: Array) -> None:
        """Fill the gradients, from that of the logits in the last of ``deltas``."""
        for layer in range(self.last, -1, -1):
            delta = self.deltas[layer]
            below = self.outputs[layer - 1] if layer else x
            np.dot(below.T, delta, out=self.gradients[2 * layer])
            np.add.reduce(delta, axis=0, out=self.gradients[2 * layer + 1])
            if layer:
                np.dot(delta, self.matrices[layer].T, out=self.deltas[layer - 1])
                self.activation_backward(layer - 1)

    def activation_backward(self, layer: int) -> None:
        """Multiply a delta by the derivative of the activation, whose output may be lost."""
        output, delta = self.outputs[layer], self.deltas[layer]
        if self.relu:
            np.greater(output, 0, out=self.masks[layer])
            np.multiply(delta, self.masks[layer], out=delta)
        else:
            np.multiply(output, output, out=output)
            np.subtract(1, output, out=output)
            np.multiply(delta, output, out=delta)


class CrossEntropy:
    """Mean softmax cross-entropy of logits to one-hot targets."""

    def __init__(self, batch: int, classes: int) -> None:
        self.row = np.empty((batch, 1), np.float32)
        self.product = np.empty((batch, classes), np.float32)
        self.scale = np.float32(1 / batch)

    def __call__(self, logits: Array, target: Array, delta: Array) -> float:
        """Give the loss, and its gradient in ``delta``."""
        np.maximum.reduce(logits, axis=1, keepdims=True, out=self.row)
        np.subtract(logits, self.row, out=logits)
        np.multiply(logits, target, out=self.product)
        wanted = self.product.sum()
        np.exp(logits, out=delta)
        np.add.reduce(delta, axis=1, keepdims=True, out=self.row)
        np.divide(delta, self.row, out=delta)
        np.subtract(delta, target, out=delta)
        np.multiply(delta, self.scale, out=delta)
        np.log(self.row, out=self.row)
        return float((self.row.sum() - wanted) * self.scale)


class SquaredError:
    """Mean squared error over all elements."""

    def __init__(self, batch: int, outputs: int) -> None:
        self.squares = np.empty((batch, outputs), np.float32)
        self.scale = np.float32(2 / (batch * outputs))

    def __call__(self, prediction: Array, target: Array, delta: Array) -> float:
        """Give the loss, and its gradient in ``delta``."""
        np.subtract(prediction, target, out=delta)
        np.multiply(delta, delta, out=self.squares)
        np.multiply(delta, self.scale, out=delta)
        return float(self.squares.sum() * self.scale / 2)


LOSSES: dict[str, Callable[[int, int], CrossEntropy | SquaredError]] = {
    "cross_entropy": CrossEntropy,
    "squared_error": SquaredError,
}


def training_step(
    network: Dense, loss: CrossEntropy | SquaredError, optimizer: Optimizer
) -> Callable[[Array, Array], float]:
    """Give a step of dense layers."""
    update = updater(optimizer, network.weights, network.gradients)

    def step(x: Array, target: Array) -> float:
        value = loss(network.forward(x), target, network.deltas[-1])
        network.backward(x)
        update()
        return value

    return step


def fitting_step(network: Lstm | SelfAttention, optimizer: Sgd) -> Callable[[Array, Array], float]:
    """Give a step of a network with squared error."""
    loss = SquaredError(network.output.size, 1)
    output, delta = network.output.reshape(-1, 1), network.delta.reshape(-1, 1)
    update = updater(optimizer, network.weights, network.gradients)

    def step(x: Array, target: Array) -> float:
        network.forward(x)
        value = loss(output, target.reshape(-1, 1), delta)
        network.backward()
        update()
        return value

    return step


def updater(
    optimizer: Optimizer, weights: Sequence[Array], gradients: Sequence[Array]
) -> Callable[[], None]:
    """Give a function that updates the weights, and may overwrite the gradients."""
    match optimizer:
        case Sgd(rate):
            return sgd(np.float32(rate), weights, gradients)
        case Momentum(rate, decay):
            return momentum(np.float32(rate), np.float32(decay), weights, gradients)
        case Adam():
            return adam(optimizer, weights, gradients)


def sgd(
    rate: np.float32, weights: Sequence[Array], gradients: Sequence[Array]
) -> Callable[[], None]:
    """Give the update p <- p - rate g."""
    pairs = list(zip(weights, gradients, strict=True))

    def update() -> None:
        for weight, gradient in pairs:
            np.multiply(gradient, rate, out=gradient)
            np.subtract(weight, gradient, out=weight)

    return update


def momentum(
    rate: np.float32, decay: np.float32, weights: Sequence[Array], gradients: Sequence[Array]
) -> Callable[[], None]:
    """Give the update v <- decay v + rate g, p <- p - v."""
    velocities = [np.zeros_like(weight) for weight in weights]
    triples = list(zip(weights, gradients, velocities, strict=True))

    def update() -> None:
        for weight, gradient, velocity in triples:
            np.multiply(velocity, decay, out=velocity)
            np.multiply(gradient, rate, out=gradient)
            np.add(velocity, gradient, out=velocity)
            np.subtract(weight, velocity, out=weight)

    return update


def adam(rule: Adam, weights: Sequence[Array], gradients: Sequence[Array]) -> Callable[[], None]:
    """Give the update of Adam."""
    first = [np.zeros_like(weight) for weight in weights]
    second = [np.zeros_like(weight) for weight in weights]
    spare = [np.empty_like(weight) for weight in weights]
    groups = list(zip(weights, gradients, first, second, spare, strict=True))
    decay, square_decay = np.float32(rule.decay), np.float32(rule.square_decay)
    rest, square_rest = np.float32(1 - rule.decay), np.float32(1 - rule.square_decay)
    count = 0

    def update() -> None:
        nonlocal count
        count += 1
        correction = (1 - rule.square_decay**count) ** 0.5 / (1 - rule.decay**count)
        rate = np.float32(rule.rate * correction)
        for weight, gradient, mean, square, buffer in groups:
            np.multiply(gradient, gradient, out=buffer)
            np.multiply(buffer, square_rest, out=buffer)
            np.multiply(square, square_decay, out=square)
            np.add(square, buffer, out=square)
            np.multiply(gradient, rest, out=gradient)
            np.multiply(mean, decay, out=mean)
            np.add(mean, gradient, out=mean)
            np.sqrt(square, out=buffer)
            np.add(buffer, np.float32(rule.epsilon), out=buffer)
            np.divide(mean, buffer, out=buffer)
            np.multiply(buffer, rate, out=buffer)
            np.subtract(weight, buffer, out=weight)

    return update


def elementwise(size: int) -> Callable[[Array], tuple[Array, Array]]:
    """Give a function of x that gives y = tanh(x) sigmoid(x) + exp(-x x) and dy/dx."""
    y, slope, t, s, e = np.empty((5, size), np.float32)

    def step(x: Array) -> tuple[Array, Array]:
        np.tanh(x, out=t)
        np.multiply(x, 0.5, out=s)  # sigmoid(x) = tanh(x / 2) / 2 + 1 / 2
        np.tanh(s, out=s)
        np.multiply(s, 0.5, out=s)
        np.add(s, 0.5, out=s)
        np.multiply(x, x, out=e)
        np.negative(e, out=e)
        np.exp(e, out=e)
        np.multiply(t, s, out=slope)
        np.add(slope, e, out=y)
        # dy/dx = s (1 - t t) + t s (1 - s) - 2 x e = s - t s (t + s - 1) - 2 x e
        np.add(t, s, out=t)
        np.subtract(t, 1, out=t)
        np.multiply(slope, t, out=slope)
        np.subtract(s, slope, out=slope)
        np.multiply(e, x, out=e)
        np.multiply(e, 2, out=e)
        np.subtract(slope, e, out=slope)
        return y, slope

    return step

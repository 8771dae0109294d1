"""Networks as users write them: what a compiler must see through, and none of it is made for it."""

from collections.abc import Callable
from typing import TypeAlias

import graphnet as gn
from graphnet.ir import Tensor
from tests.compiler.kit import Declarations, Kit, Script

__all__ = ["NETWORKS", "Layers", "two_layers"]

NETWORKS = Declarations()
Gates: TypeAlias = Callable[[Tensor, Tensor], Tensor]


@NETWORKS.add
def classifier(kit: Kit) -> Script:
    """Declare dense layers with relu, and a cross-entropy."""
    x = kit.input(4)
    h = gn.relu(kit.dense(gn.relu(kit.dense(x, 25)), 16))
    loss, labels = kit.classify(kit.dense(h, 5))
    return kit.runs([loss, kit.train(loss)], x, labels)


@NETWORKS.add
def regression(kit: Kit) -> Script:
    """Declare dense layers with tanh, and a squared error."""
    x = kit.input(3)
    h = gn.tanh(kit.dense(gn.tanh(kit.dense(x, 25)), 16))
    predictions = kit.dense(h, 2)
    loss, targets = kit.match(predictions)
    return kit.runs([loss, predictions, kit.train(loss)], x, targets)


@NETWORKS.add
def two_inputs_joined(kit: Kit) -> Script:
    """Declare two branches whose results are put side by side."""
    a, b = kit.input(3, "a"), kit.input(5, "b")
    h = gn.concat([gn.relu(kit.dense(a, 16)), gn.relu(kit.dense(b, 12))], axis=1)
    loss, labels = kit.classify(kit.dense(gn.relu(kit.dense(h, 24)), 5))
    return kit.runs([loss, kit.train(loss)], a, b, labels)


@NETWORKS.add
def layer_shared_three_times(kit: Kit) -> Script:
    """Declare a layer that is called on its own result."""
    x = kit.input(4)
    weight, bias = kit.matrix(16, 16), kit.vector(16)
    h = gn.tanh(kit.dense(x, 16))
    for _ in range(3):
        h = gn.tanh(h @ weight + bias)
    loss, labels = kit.classify(kit.dense(h, 3))
    return kit.runs([loss, kit.train(loss)], x, labels)


@NETWORKS.add
def weight_shared_with_two_biases(kit: Kit) -> Script:
    """Declare two layers of one weight."""
    x = kit.input(4)
    weight, first, second = kit.matrix(16, 16), kit.vector(16), kit.vector(16)
    h = gn.relu(kit.dense(x, 16))
    h = gn.relu(gn.relu(h @ weight + first) @ weight + second)
    loss, labels = kit.classify(kit.dense(h, 3))
    return kit.runs([loss, kit.train(loss)], x, labels)


@NETWORKS.add
def pre_activations_fetched(kit: Kit) -> Script:
    """Fetch a product before its bias is added, and a sum before its activation."""
    x = kit.input(4)
    product = x @ kit.matrix(4, 16)
    h = gn.relu(product + kit.vector(16))
    total = kit.dense(h, 12)
    loss, labels = kit.classify(kit.dense(gn.relu(total), 3))
    return kit.runs([loss, product, total, kit.train(loss)], x, labels)


@NETWORKS.add
def gradients_fetched(kit: Kit) -> Script:
    """Fetch the gradients that are applied as well."""
    x = kit.input(4)
    loss, labels = kit.classify(kit.dense(gn.relu(kit.dense(x, 16)), 3))
    pairs = kit.pairs(loss)
    step = kit.rule(pairs, 0.1)
    return kit.runs([loss, *[gradient for gradient, _ in pairs], step], x, labels)


@NETWORKS.add
def layer_norm_after_dense(kit: Kit) -> Script:
    """Bring every example to mean 0 and variance 1, then scale and shift."""
    x = kit.input(4)
    z = kit.dense(x, 16)
    centered = z - z.mean(1, keepdims=True)
    normed = centered * gn.rsqrt(gn.square(centered).mean(1, keepdims=True) + 1e-3)
    gain = gn.Variable(kit.values(16, scale=0.1) + 1, name="gain")
    h = gn.relu(normed * gain + kit.vector(16))
    loss, labels = kit.classify(kit.dense(h, 3))
    return kit.runs([loss, kit.train(loss)], x, labels)


@NETWORKS.add
def bias_without_product(kit: Kit) -> Script:
    """Shift the examples themselves, and what an activation gives."""
    x = kit.input(4)
    h = gn.tanh(kit.dense(gn.tanh(x + kit.vector(4)), 12)) + kit.vector(12)
    loss, labels = kit.classify(kit.dense(gn.relu(h), 3))
    return kit.runs([loss, kit.train(loss)], x, labels)


@NETWORKS.add
def residual_blocks(kit: Kit) -> Script:
    """Add to a value what two layers make of it, three times."""
    x = kit.input(4)
    h = kit.dense(x, 16)
    for _ in range(3):
        h = h + kit.dense(gn.relu(kit.dense(gn.relu(h), 12)), 16)
    loss, labels = kit.classify(kit.dense(h, 3))
    return kit.runs([loss, kit.train(loss)], x, labels)


@NETWORKS.add
def lstm_of_one_product(kit: Kit) -> Script:
    """Unroll a cell whose gates are one product of [x h]."""
    weight, bias = kit.matrix(5 + WIDTH, 4 * WIDTH), kit.vector(4 * WIDTH)
    return unrolled(kit, lambda x, h: gn.concat([x, h], axis=1) @ weight + bias)


@NETWORKS.add
def lstm_of_two_products(kit: Kit) -> Script:
    """Unroll a cell whose gates are a product of x and a product of h."""
    weights, bias = [kit.matrix(5, 4 * WIDTH), kit.matrix(WIDTH, 4 * WIDTH)], kit.vector(4 * WIDTH)
    return unrolled(kit, lambda x, h: x @ weights[0] + h @ weights[1] + bias)


WIDTH = 12


def unrolled(kit: Kit, gates: Gates) -> Script:
    """Unroll five steps of an LSTM, and classify what it holds at the end."""
    xs = [kit.input(5, f"x{step}") for step in range(5)]
    h = c = gn.zeros((kit.batch, WIDTH), kit.dtype)
    for x in xs:
        i, f, o, new = gn.split(gates(x, h), 4, axis=1)
        c = gn.sigmoid(f) * c + gn.sigmoid(i) * gn.tanh(new)
        h = gn.sigmoid(o) * gn.tanh(c)
    loss, labels = kit.classify(kit.dense(h, 3))
    return kit.runs([loss, h, kit.train(loss)], *xs, labels)


# For networks that are about something else


class Layers:
    """Two dense layers, the loss, and what is to be fed."""

    def __init__(self, kit: Kit) -> None:
        self.x = kit.input(4)
        self.weights = [kit.matrix(4, 12), kit.matrix(12, 3)]
        self.biases = [kit.vector(12), kit.vector(3)]
        self.variables = [*self.weights, *self.biases]
        self.h = gn.tanh(self.x @ self.weights[0] + self.biases[0])
        self.logits = self.h @ self.weights[1] + self.biases[1]
        self.loss, self.labels = kit.classify(self.logits)


def two_layers(kit: Kit) -> tuple[Tensor, list[Tensor]]:
    """Declare two dense layers, weight and bias of each side by side: loss, and feeds."""
    x = kit.input(4)
    loss, labels = kit.classify(kit.dense(gn.tanh(kit.dense(x, 12)), 3))
    return loss, [x, labels]

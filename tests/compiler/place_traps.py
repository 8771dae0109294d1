"""Networks whose variables are created, first needed and run in an odd order."""

import numpy as np

import graphnet as gn
from tests.compiler.kit import Declarations, Kit, Run, Script
from tests.compiler.networks import Layers, two_layers

__all__ = ["PLACE_TRAPS"]

PLACE_TRAPS = Declarations()


@PLACE_TRAPS.add
def biases_before_weights(kit: Kit) -> Script:
    """Create each bias before its weight, and the last layer first."""
    x = kit.input(4)
    biases = [kit.vector(3), kit.vector(12)]
    weights = [kit.matrix(12, 3), kit.matrix(4, 12)]
    h = gn.tanh(x @ weights[1] + biases[1])
    loss, labels = kit.classify(h @ weights[0] + biases[0])
    return kit.runs([loss, kit.train(loss)], x, labels)


@PLACE_TRAPS.add
def strangers_between_variables(kit: Kit) -> Script:
    """Create variables of other kinds between weight and bias: some are used, some never."""
    x = kit.input(4)
    weight, stranger = kit.matrix(4, 12), kit.state(kit.values(3))
    bias, count = kit.vector(12), gn.Variable(np.array([1, 2, 3]), trainable=False)
    h = gn.relu(x @ weight + bias)
    last, wide = kit.matrix(12, 3), gn.Variable(np.ones(5, np.float16), trainable=False)
    gn.Variable(kit.values(7), name="unused")
    loss, labels = kit.classify(h @ last + kit.vector(3) + stranger)
    others = [gn.assign_add(count, 1), gn.assign(wide, wide * 2), gn.assign(stranger, -stranger)]
    return kit.runs([loss, gn.group(kit.train(loss), *others)], x, labels)


@PLACE_TRAPS.add
def variables_needed_one_by_one(kit: Kit) -> Script:
    """Fetch variables in an odd order before anything else, so that each is placed by itself."""
    layers = Layers(kit)
    order = [layers.biases[1], layers.weights[0], layers.biases[0], layers.weights[1]]
    train = kit.train(layers.loss)
    first = [Run([variable], {}) for variable in order]
    return first + kit.runs([layers.loss, train], layers.x, layers.labels)


@PLACE_TRAPS.add
def inference_before_training(kit: Kit) -> Script:
    """Predict before, between and behind the steps, also from a part of the network."""
    layers = Layers(kit)
    train = kit.train(layers.loss)
    runs = kit.runs([layers.loss, train], layers.x, layers.labels)
    predict = kit.runs([layers.h], layers.x, number=1) + kit.runs([layers.logits], layers.x)[:1]
    return predict + runs[:3] + predict + runs[3:] + predict


@PLACE_TRAPS.add
def batches_of_many_sizes(kit: Kit) -> Script:
    """Train on batches of several sizes in turn."""
    loss, feeds = two_layers(kit)
    train = kit.train(loss)
    sizes = (kit.batch, 3, kit.batch + 1, 1, kit.batch, 16)
    return [run for size in sizes for run in kit.runs([loss, train], *feeds, batch=size, number=1)]


@PLACE_TRAPS.add
def empty_batches(kit: Kit) -> Script:
    """Train on a batch of no examples in between; losses are sums."""
    x, labels = kit.input(4), kit.input(3, "labels")
    logits = kit.dense(gn.relu(kit.dense(gn.tanh(kit.dense(x, 12)), 8)), 3)
    loss = gn.square(logits - labels).sum() * 0.01
    train = kit.train(loss)
    sizes = (0, kit.batch, 0, kit.batch)
    return [
        run
        for size in sizes
        for run in kit.runs([loss, logits, train], x, labels, batch=size, number=1)
    ]


@PLACE_TRAPS.add
def layers_of_two_dtypes(kit: Kit) -> Script:
    """Compute one layer in the other dtype."""
    x = kit.input(4)
    other = np.float64 if kit.dtype == np.float32 else np.float32
    weight, bias = (gn.Variable(kit.values(*shape).astype(other)) for shape in ((4, 12), (12,)))
    h = gn.cast(gn.tanh(gn.cast(x, other) @ weight + bias), kit.dtype)
    loss, labels = kit.classify(kit.dense(gn.relu(kit.dense(h, 8)), 3))
    return kit.runs([loss, kit.train(loss)], x, labels)

"""Networks whose values are looked at, fed, reshaped and shared, wherever they lie."""

from collections.abc import Callable

import numpy as np

import graphnet as gn
from graphnet.ir import Tensor
from graphnet.typing import Array
from tests.compiler.kit import Declarations, Kit, Run, Script

__all__ = ["VALUE_TRAPS"]

VALUE_TRAPS = Declarations()


def trained(kit: Kit, logits: Tensor, *inputs: Tensor) -> Script:
    """Train all variables behind logits."""
    loss, labels = kit.classify(logits)
    return kit.runs([loss, kit.train(loss)], *inputs, labels)


# Fetches


@VALUE_TRAPS.add
def parts_of_wholes_fetched(kit: Kit) -> Script:
    """Fetch what is joined, what it is joined of, and parts of both, behind activations too."""
    a, b = kit.input(3, "a"), kit.input(5, "b")
    left, right = gn.relu(kit.dense(a, 8)), gn.relu(kit.dense(b, 6))
    whole = gn.concat([left, right, b], axis=1)
    z = kit.dense(whole, 12)
    h = gn.relu(z)
    loss, labels = kit.classify(kit.dense(h, 3))
    fetches = [left, whole, whole[:, 2:9], z, h, h[1:], h.T, loss]
    return kit.runs([*fetches, kit.train(loss)], a, b, labels)


@VALUE_TRAPS.add
def parts_of_gradients_fetched(kit: Kit) -> Script:
    """Fetch sums, slices and products of gradients that are applied."""
    x = kit.input(4)
    h = gn.relu(kit.dense(x, 12))
    loss, labels = kit.classify(kit.dense(h, 3))
    pairs = kit.pairs(loss)
    gradients = [gradient for gradient, _ in pairs]
    parts = [gradients[0][1], gradients[1] * 2.0, gradients[2].T, gradients[2].sum(0), gradients[3]]
    (inner,) = gn.gradients(loss, [h])
    return kit.runs([loss, *parts, inner, inner.sum(0), kit.rule(pairs, 0.1)], x, labels)


@VALUE_TRAPS.add
def fetched_twice_and_as_they_are(kit: Kit) -> Script:
    """Fetch one value several times, what is fed, constants, variables, and views of all."""
    x = kit.input(4)
    constant, bias = gn.constant(kit.values(3)), kit.vector(3)
    z = x @ kit.matrix(4, 3) + bias
    same, flat = gn.identity(z), z.reshape(-1)
    loss, labels = kit.classify(z)
    fetches = [z, x, z, same, flat, x[::-1], constant, constant[1:], bias, bias[::2], loss, loss]
    return kit.runs([*fetches, kit.train(loss)], x, labels)


@VALUE_TRAPS.add
def predictions_and_accuracy_fetched(kit: Kit) -> Script:
    """Fetch probabilities, the best class, and how often it is right."""
    x = kit.input(4)
    logits = kit.dense(gn.relu(kit.dense(x, 12)), 3)
    loss, labels = kit.classify(logits)
    right = gn.equal(gn.argmax(logits, 1), gn.argmax(labels, 1))
    fetches = [gn.softmax(logits), right, gn.cast(right, kit.dtype).mean(), loss]
    return kit.runs([*fetches, kit.train(loss)], x, labels)


# Feeds


@VALUE_TRAPS.add
def inner_values_fed(kit: Kit) -> Script:
    """Feed a product, a sum, an activation, a whole and a gradient in place of computing them."""
    x = kit.input(4)
    product = x @ kit.matrix(4, 12)
    z = product + kit.vector(12)
    h = gn.relu(z)
    whole = gn.concat([h, x], axis=1)
    loss, labels = kit.classify(kit.dense(whole, 3))
    (slope,) = gn.gradients(loss, [h])
    runs = kit.runs([loss, whole, kit.train(loss)], x, labels, number=6)
    for run, inner in zip(runs, (product, z, h, whole, slope), strict=False):
        run.feeds[inner] = kit.values(*[kit.batch, int(str(inner.shape[1]))])
    return runs


@VALUE_TRAPS.add
def weights_fed(kit: Kit) -> Script:
    """Feed variables: values that are used in one run, and neither kept nor written."""
    x = kit.input(4)
    first, second = [kit.matrix(4, 12), kit.vector(12)], [kit.matrix(12, 3), kit.vector(3)]
    h = gn.relu(x @ first[0] + first[1])
    loss, labels = kit.classify(h @ second[0] + second[1])
    rest, full = kit.train(loss, second), kit.train(loss)
    runs = [
        *kit.runs([loss, full], x, labels, number=2),
        *kit.runs([loss, *gn.gradients(loss, first), rest], x, labels, number=3),
        *kit.runs([loss, first[0], full], x, labels, number=2),
    ]
    runs[2].feeds[first[0]] = kit.values(4, 12)
    runs[3].feeds[first[1]] = kit.values(12)
    runs[4].feeds.update({first[0]: kit.values(4, 12), first[1]: kit.values(12)})
    return runs


@VALUE_TRAPS.add
def updates_fed(kit: Kit) -> Script:
    """Feed new values of variables, so that these are not written, and gradients, so that are."""
    x = kit.input(4)
    weight, bias = kit.matrix(4, 3), kit.vector(3)
    loss, labels = kit.classify(x @ weight + bias)
    slopes = gn.gradients(loss, [weight, bias])
    steps = [gn.assign(p, p - 0.1 * g) for p, g in zip([weight, bias], slopes, strict=True)]
    runs = kit.runs([loss, gn.group(*steps), steps[1] * 2.0], x, labels)
    runs[1].feeds[steps[0]] = kit.values(4, 3)
    runs[2].feeds[slopes[1]] = kit.values(3)
    runs[3].feeds.update({slopes[0]: kit.values(4, 3), steps[1]: kit.values(3)})
    return runs


@VALUE_TRAPS.add
def feeds_of_every_order(kit: Kit) -> Script:
    """Feed arrays by columns, with gaps, backwards, read-only, and all the same number."""
    x, weight = kit.input(4), gn.placeholder((4, 12), kit.dtype, "weight")
    h = gn.relu(x @ weight + kit.vector(12))
    logits = kit.dense(gn.concat([h, x], axis=1), 3)
    runs = trained(kit, logits, x, weight)
    reorders = (by_columns, gapped, backwards, closed, repeated)
    for run, reorder in zip(runs, reorders, strict=True):
        run.feeds.update({tensor: reorder(run.feeds[tensor]) for tensor in (x, weight)})
    return runs


def by_columns(array: Array) -> Array:
    """Give an array whose columns are contiguous."""
    return np.asfortranarray(array)


def gapped(array: Array) -> Array:
    """Give an array of which memory holds every third element only."""
    wide = np.zeros((array.shape[0] * 2, array.shape[1] * 3), array.dtype)
    wide[::2, ::3] = array
    return wide[::2, ::3]


def backwards(array: Array) -> Array:
    """Give an array whose first element lies last."""
    return array[::-1, ::-1].copy()[::-1, ::-1]


def closed(array: Array) -> Array:
    """Give an array that must not be written to."""
    array.flags.writeable = False
    return array


def repeated(array: Array) -> Array:
    """Give an array all elements of which are one in memory."""
    return np.broadcast_to(array[:1, :1], array.shape)


@VALUE_TRAPS.add
def one_array_fed_twice(kit: Kit) -> Script:
    """Feed one array as input and as target, and results of one run to the next."""
    a, b = kit.input(4, "a"), kit.input(4, "b")
    loss = gn.nn.mean_squared_error(kit.dense(gn.tanh(kit.dense(a, 12)), 4), b).mean()
    runs = kit.runs([loss, kit.train(loss)], a)
    for run in runs:
        run.feeds[b] = run.feeds[a]
    return runs


# Views and shapes


@VALUE_TRAPS.add
def values_reshaped_on_the_way(kit: Kit) -> Script:
    """Reshape, transpose, reverse, flatten and repeat values between products."""
    x, size = kit.input(4), kit.batch
    h = gn.relu(kit.dense(x, 12))
    h = gn.relu(kit.dense(h.reshape(size * 2, 6), 8)).reshape(size, 16)
    h = h[:, ::-1] + h[::-1].reshape(size, 2, 8).transpose(0, 2, 1).reshape(size, 16)
    h = gn.relu(kit.dense(h.T.reshape(size, 16), 6))
    h = gn.tile(h, (1, 2)) * gn.broadcast_to(h[:, :1], (size, 12))
    return trained(kit, kit.dense(gn.stack([h, gn.tanh(h)], axis=2).reshape(size, 24), 3), x)


@VALUE_TRAPS.add
def axes_reduced_in_every_way(kit: Kit) -> Script:
    """Reduce along rows and columns, accumulate, sort out, and compare."""
    x = kit.input(4)
    h = kit.dense(x, 12)
    rows = [h.max(1, keepdims=True), h.min(1, keepdims=True), gn.prod(gn.tanh(h), 1, keepdims=True)]
    rows += [gn.logsumexp(h, 1, keepdims=True), gn.variance(h, 1, keepdims=True)]
    columns = h.mean(0) + 0.1 * h.sum(0) - h.max(0)
    total = h - sum(rows[1:], start=rows[0]) + columns + h.mean()
    best, places = gn.top_k(total, 3)
    shares = gn.softmax(h, 0) + gn.log_softmax(h, 1)
    g = gn.tanh(gn.cumsum(h, 1) * 0.2 + shares * 0.1) + gn.where(h > 0, h, -0.5 * h)
    loss, labels = kit.classify(kit.dense(g, 3) + best)
    return kit.runs([loss, places, shares, kit.train(loss)], x, labels)


@VALUE_TRAPS.add
def values_of_one_column(kit: Kit) -> Script:
    """Add, multiply and join columns and rows with one element per example or per unit."""
    x = kit.input(4)
    h, score = gn.tanh(kit.dense(x, 12)), kit.dense(x, 1)
    weighted = gn.sigmoid(score) * h + score * kit.vector(12) - h[:, :1]
    joined = gn.concat([weighted, score, h.sum(1, keepdims=True)], axis=1)
    centered = joined - joined.mean(0, keepdims=True)
    return trained(kit, kit.dense(centered, 3) * gn.exp(-gn.square(score)), x)


@VALUE_TRAPS.add
def one_value_many_readers(kit: Kit) -> Script:
    """Read values late that could be overwritten early: activations of their own operands."""
    x = kit.input(4)
    z = kit.dense(x, 12)
    first, second, third = gn.relu(z), gn.tanh(z), gn.sigmoid(z)
    mixed = first * second + third - z
    again = kit.dense(mixed, 12) + z * first + gn.relu(mixed)
    h = gn.tanh(again) * again - gn.maximum(again, z) + gn.minimum(first, 0.5)
    return trained(kit, kit.dense(h, 3), x)


@VALUE_TRAPS.add
def values_less_their_views(kit: Kit) -> Script:
    """Combine values with views of themselves, which they could be overwritten under."""
    x = kit.input(4)
    h = kit.dense(x, 12)
    h = kit.dense(h - h[:, ::-1], 12)
    h = kit.dense(h + 0.5 * h[::-1] - h[:, :1], 12)
    h = kit.dense(h - h[:1] - h.mean(), kit.batch)
    h = kit.dense((h - h.T).reshape(kit.batch, kit.batch), 12)
    losses = gn.nn.sigmoid_cross_entropy(h, gn.stop_gradient(gn.sigmoid(h))[:, ::-1])
    loss, labels = kit.classify(kit.dense(losses, 3))
    predicted = kit.runs([h, losses], x, number=2)
    return predicted + kit.runs([loss, kit.train(loss)], x, labels, number=3)


@VALUE_TRAPS.add
def constants_joined_and_changed(kit: Kit) -> Script:
    """Join values with constants, along both axes, and change what has been joined."""
    x, size = kit.input(4), kit.batch
    ones = gn.ones((size, 2), kit.dtype)
    rows = gn.constant(kit.values(2, 6))
    h = gn.tanh(gn.concat([x, ones], axis=1) - 0.5)
    h = gn.concat([kit.dense(h, 6), rows, h], axis=0) * 2.0 - 1.0
    h = gn.relu(gn.concat([h[:size], ones, h[-size:], ones], axis=1) + 0.25)
    predicted = kit.runs([h], x, number=2)
    loss, labels = kit.classify(kit.dense(h, 3))
    return predicted + kit.runs([loss, kit.train(loss)], x, labels, number=3)


@VALUE_TRAPS.add
def activations_of_every_kind(kit: Kit) -> Script:
    """Send a value through all activations."""
    x = kit.input(4)
    functions = [gn.relu, gn.tanh, gn.sigmoid, gn.softplus, gn.elu, gn.leaky_relu, gn.gelu]
    functions += [gn.silu, gn.relu6, gn.selu, gn.softsign, gn.hard_swish, gn.exp]
    h = kit.dense(x, 6)
    for function in functions:
        h = 0.5 * kit.dense(function(h), 6)
    return trained(kit, kit.dense(h, 3), x)


@VALUE_TRAPS.add
def relu_at_zero(kit: Kit) -> Script:
    """Let half of what relu is given be zero, with either sign."""
    x = kit.input(4)
    z = gn.relu(x) - gn.relu(-x) * 0.0
    h = gn.relu(z * kit.array([1.0, -1.0, 0.0, -0.0]))
    loss, targets = kit.match(gn.relu(h) @ kit.matrix(4, 3) + kit.vector(3))
    runs = kit.runs([loss, z, h, *gn.gradients(loss, [z, x]), kit.train(loss)], x, targets)
    for run in runs[1:]:
        run.feeds[x][:, ::2] = 0.0
        run.feeds[x][::2] *= -0.0
    return runs


# Labels


@VALUE_TRAPS.add
def labels_of_any_sum(kit: Kit) -> Script:
    """Weight examples by labels that do not sum to 1: some are 0, some negative."""
    x, labels = kit.input(4), kit.input(3, "labels")
    logits = kit.dense(gn.relu(kit.dense(x, 12)), 3)
    loss = gn.nn.softmax_cross_entropy(logits, labels).mean()
    runs = kit.runs([loss, kit.train(loss)], x, labels)
    runs[1].feeds[labels][...] = 0
    runs[2].feeds[labels][:, 1] = 0
    return runs


@VALUE_TRAPS.add
def labels_of_every_kind(kit: Kit) -> Script:
    """Sum losses with classes, probabilities, bits and numbers as labels."""
    x, bits, number = kit.input(4), kit.input(2, "bits"), kit.input(1, "number")
    classes = gn.placeholder(("batch",), np.int64, "classes")
    h = gn.relu(kit.dense(x, 12))
    logits, switches, guess = kit.dense(h, 3), kit.dense(h, 2), kit.dense(h, 1)
    losses = [
        gn.nn.sparse_softmax_cross_entropy(logits, classes),
        gn.nn.softmax_cross_entropy(logits, gn.stop_gradient(gn.softmax(-logits))),
        gn.nn.sigmoid_cross_entropy(switches, gn.sigmoid(bits)).sum(1),
        gn.nn.mean_squared_error(guess, number),
        gn.abs(guess - number).mean(1),
    ]
    total = gn.stack(losses).sum(0).mean()
    runs = kit.runs([total, *losses, kit.train(total)], x, bits, number)
    for run in runs:
        run.feeds[classes] = kit.generator.integers(0, 3, kit.batch)
    return runs


@VALUE_TRAPS.add
def labels_as_numbers_and_truths(kit: Kit) -> Script:
    """Feed examples as bytes and labels as truth values, which are converted."""
    x = gn.placeholder(("batch", 4), np.uint8, "x")
    labels = gn.placeholder(("batch", 3), np.bool_, "labels")
    z = gn.cast(x, kit.dtype) / 255.0
    logits = kit.dense(gn.relu(kit.dense(z, 12)), 3)
    loss = gn.nn.softmax_cross_entropy(logits, labels).mean()
    step = kit.train(loss)
    integers = kit.generator.integers
    return [
        Run(
            [loss, z, step],
            {
                x: integers(0, 256, (kit.batch, 4), np.uint8),
                labels: integers(0, 2, (kit.batch, 3)).astype(bool),
            },
        )
        for _ in range(5)
    ]


# Functions of the user


@VALUE_TRAPS.add
def functions_in_the_middle(kit: Kit) -> Script:
    """Call functions on activations, on joined values and on gradients."""
    x = kit.input(4)
    h = gn.relu(kit.dense(x, 8))
    doubled = gn.py_call(lambda a: a * 2, [h], kit.dtype, ("batch", 8), lambda _, dy: dy * 2)
    whole = gn.concat([doubled, h, x], axis=1)
    seen = gn.py_call(np.sum, [whole], kit.dtype, (), stateful=True)
    loss, labels = kit.classify(kit.dense(whole, 3))
    pairs = [
        (gn.py_call(np.sign, [gradient], kit.dtype, variable.shape), variable)
        for gradient, variable in kit.pairs(loss)[:2]
    ]
    return kit.runs([loss, seen, kit.rule(pairs, 0.01)], x, labels)


@VALUE_TRAPS.add
def gradients_of_the_users_own(kit: Kit) -> Script:
    """Stop gradients at one use of a value, and replace that of another."""

    @gn.custom_gradient
    def rounded(z: Tensor) -> tuple[Tensor, Callable[..., Tensor]]:
        return gn.round(z * 4.0) * 0.25, lambda dy: dy * 0.5

    x = kit.input(4)
    z = kit.dense(x, 12)
    h = gn.relu(z) + rounded(gn.stop_gradient(z) * 0.5) + rounded(z)
    return trained(kit, kit.dense(h, 3), x)

"""Networks whose products and biases have, or nearly have, the form that a compiler may join."""

import numpy as np

import graphnet as gn
from graphnet.ir import Tensor
from tests.compiler.kit import Declarations, Kit, Script

__all__ = ["PRODUCT_TRAPS"]

PRODUCT_TRAPS = Declarations()


def trained(kit: Kit, logits: Tensor, *inputs: Tensor) -> Script:
    """Train all variables behind logits."""
    loss, labels = kit.classify(logits)
    return kit.runs([loss, kit.train(loss)], *inputs, labels)


# Which gradients are wanted


@PRODUCT_TRAPS.add
def frozen_weights(kit: Kit) -> Script:
    """Train biases only."""
    x = kit.input(4)
    weights, biases = [kit.matrix(4, 16), kit.matrix(16, 3)], [kit.vector(16), kit.vector(3)]
    h = gn.relu(x @ weights[0] + biases[0])
    loss, labels = kit.classify(h @ weights[1] + biases[1])
    return kit.runs([loss, kit.train(loss, biases)], x, labels)


@PRODUCT_TRAPS.add
def frozen_biases(kit: Kit) -> Script:
    """Train weights only, and of one layer both."""
    x = kit.input(4)
    weights, biases = [kit.matrix(4, 16), kit.matrix(16, 3)], [kit.vector(16), kit.vector(3)]
    h = gn.relu(x @ weights[0] + biases[0])
    loss, labels = kit.classify(h @ weights[1] + biases[1])
    return kit.runs([loss, kit.train(loss, [*weights, biases[1]])], x, labels)


@PRODUCT_TRAPS.add
def layers_frozen_in_turn(kit: Kit) -> Script:
    """Train one layer, then the other, then all, in one session."""
    x = kit.input(4)
    first, second = [kit.matrix(4, 16), kit.vector(16)], [kit.matrix(16, 3), kit.vector(3)]
    h = gn.tanh(x @ first[0] + first[1])
    loss, labels = kit.classify(h @ second[0] + second[1])
    steps = [kit.train(loss, first), kit.train(loss, second), kit.train(loss)]
    script = [kit.runs([loss, step], x, labels, number=2) for step in steps]
    return [run for runs in script for run in runs]


@PRODUCT_TRAPS.add
def gradient_of_an_input(kit: Kit) -> Script:
    """Fetch the gradient with respect to what is fed, beside the updates."""
    x = kit.input(4)
    loss, labels = kit.classify(kit.dense(gn.relu(kit.dense(x, 16)), 3))
    return kit.runs([loss, *gn.gradients(loss, [x]), kit.train(loss)], x, labels)


@PRODUCT_TRAPS.add
def gradient_penalty(kit: Kit) -> Script:
    """Train on a loss that holds a gradient."""
    x = kit.input(4)
    h = gn.tanh(kit.dense(x, 12))
    loss, targets = kit.match(kit.dense(h, 2))
    (slope,) = gn.gradients(loss, [x])
    total = loss + gn.square(slope).sum() * 0.5
    return kit.runs([total, loss, kit.train(total)], x, targets)


# Weights and biases used otherwise


@PRODUCT_TRAPS.add
def tied_weights(kit: Kit) -> Script:
    """Code and decode by a weight and its transpose."""
    x = kit.input(4)
    weight, first, second = kit.matrix(4, 12), kit.vector(12), kit.vector(4)
    loss, targets = kit.match(gn.tanh(x @ weight + first) @ weight.T + second)
    return kit.runs([loss, kit.train(loss)], x, targets)


@PRODUCT_TRAPS.add
def bias_shared_by_two_weights(kit: Kit) -> Script:
    """Add one bias in two layers."""
    x = kit.input(4)
    bias = kit.vector(16)
    h = gn.relu(x @ kit.matrix(4, 16) + bias)
    return trained(kit, kit.dense(gn.tanh(h @ kit.matrix(16, 16) + bias), 3), x)


@PRODUCT_TRAPS.add
def layer_shared_by_two_inputs(kit: Kit) -> Script:
    """Call a layer on two feeds, and on their sum."""
    a, b = kit.input(4, "a"), kit.input(4, "b")
    weight, bias = kit.matrix(4, 16), kit.vector(16)
    hs = [gn.relu(x @ weight + bias) for x in (a, b, a + b)]
    return trained(kit, kit.dense(hs[0] * hs[1] - hs[2], 3), a, b)


@PRODUCT_TRAPS.add
def norms_of_variables(kit: Kit) -> Script:
    """Use weights and biases in a penalty and in a fetch, beside their product and sum."""
    x = kit.input(4)
    weight, bias = kit.matrix(4, 3), kit.vector(3)
    loss, labels = kit.classify(x @ weight + bias)
    penalty = gn.square(weight).sum() + gn.abs(bias).sum() + (weight + bias).sum()
    total = loss + 0.05 * penalty
    return kit.runs([total, penalty, weight * bias, kit.train(total)], x, labels)


@PRODUCT_TRAPS.add
def biases_of_other_shapes(kit: Kit) -> Script:
    """Add biases with one row, with one column, and without axes."""
    x = kit.input(4)
    h = gn.tanh(x @ kit.matrix(4, 12) + gn.Variable(kit.values(1, 12)))
    h = gn.tanh(h @ kit.matrix(12, 12) + gn.Variable(kit.values(1)))
    h = gn.tanh(h @ kit.matrix(12, 3) + gn.Variable(kit.values()))
    return trained(kit, h, x)


@PRODUCT_TRAPS.add
def bias_for_every_example(kit: Kit) -> Script:
    """Add variables that have a value for every example."""
    x = kit.input(4)
    h = gn.relu(x @ kit.matrix(4, 12) + gn.Variable(kit.values(kit.batch, 12)))
    return trained(kit, h @ kit.matrix(12, 3) + gn.Variable(kit.values(kit.batch, 1)), x)


@PRODUCT_TRAPS.add
def biases_that_are_computed(kit: Kit) -> Script:
    """Scale, negate and sum biases before they are added, and subtract one."""
    x = kit.input(4)
    h = gn.tanh(2 * kit.vector(12) + x @ kit.matrix(4, 12))
    h = gn.tanh(h @ kit.matrix(12, 12) - kit.vector(12))
    h = gn.tanh(h @ kit.matrix(12, 12) + (kit.vector(12) + kit.vector(12)))
    return trained(kit, kit.vector(3) - h @ kit.matrix(12, 3), x)


@PRODUCT_TRAPS.add
def biases_added_twice(kit: Kit) -> Script:
    """Add one bias two times, two biases, and one in front of the product."""
    x = kit.input(4)
    bias = kit.vector(12)
    h = gn.relu(x @ kit.matrix(4, 12) + bias + bias)
    h = gn.relu(kit.vector(12) + h @ kit.matrix(12, 12) + kit.vector(12))
    return trained(kit, kit.vector(3) + h @ kit.matrix(12, 3), x)


@PRODUCT_TRAPS.add
def biases_that_are_not_variables(kit: Kit) -> Script:
    """Add a constant, a feed, and a variable that is not trained."""
    x, shift = kit.input(4), gn.placeholder((12,), kit.dtype, "shift")
    h = gn.relu(x @ kit.matrix(4, 12) + gn.constant(kit.values(12)))
    h = gn.relu(h @ kit.matrix(12, 12) + shift)
    return trained(kit, h @ kit.matrix(12, 3) + kit.state(kit.values(3)), x, shift)


@PRODUCT_TRAPS.add
def weights_that_are_not_variables(kit: Kit) -> Script:
    """Multiply by a constant, by a feed, and by a variable made of another one."""
    x, weight = kit.input(4), gn.placeholder((12, 12), kit.dtype, "weight")
    mask = kit.array(np.tri(12, 3))
    h = gn.tanh(x @ gn.constant(kit.values(4, 12)) + kit.vector(12))
    h = gn.tanh(h @ weight + kit.vector(12))
    return trained(kit, h @ (kit.matrix(12, 3) * mask) + kit.vector(3), x, weight)


@PRODUCT_TRAPS.add
def inputs_that_are_variables(kit: Kit) -> Script:
    """Learn the examples, too, and multiply one weight by another one."""
    table = gn.Variable(kit.values(kit.batch, 4), name="table")
    h = gn.tanh(table @ kit.matrix(4, 12) + kit.vector(12))
    weight = kit.matrix(12, 12) @ kit.matrix(12, 3)
    return trained(kit, h @ weight + kit.vector(3))


@PRODUCT_TRAPS.add
def embeddings(kit: Kit) -> Script:
    """Look rows of a variable up, some of them twice, and join them with a feed."""
    x, table = kit.input(4), gn.Variable(kit.values(5, 6), name="table")
    rows = gn.gather(table, np.arange(kit.batch) * 3 % 4)
    h = gn.relu(kit.dense(gn.concat([rows, x], axis=1), 12))
    return trained(kit, kit.dense(h, 3), x)


# Products with one operand, one sum of several products


@PRODUCT_TRAPS.add
def two_heads(kit: Kit) -> Script:
    """Multiply one value by two weights, each with a bias."""
    x = kit.input(4)
    h = gn.relu(kit.dense(x, 16))
    first, second = kit.dense(h, 3), kit.dense(h, 2)
    loss, labels = kit.classify(first)
    error, targets = kit.match(gn.tanh(second))
    total = loss + 0.5 * error
    return kit.runs([loss, error, kit.train(total)], x, labels, targets)


@PRODUCT_TRAPS.add
def value_wanted_in_two_wholes(kit: Kit) -> Script:
    """Put one value side by side with two others, and use it alone."""
    x, a = kit.input(4), kit.input(3, "a")
    h, g = gn.relu(kit.dense(x, 12)), gn.relu(kit.dense(a, 8))
    left = kit.dense(gn.concat([h, g], axis=1), 6)
    right = kit.dense(gn.concat([h, a], axis=1), 6)
    crossed = kit.dense(gn.concat([g, h], axis=1), 6)
    return trained(kit, kit.dense(gn.tanh(left + right * crossed + kit.dense(h, 6)), 3), x, a)


@PRODUCT_TRAPS.add
def values_joined_oddly(kit: Kit) -> Script:
    """Join a value with itself, with a constant, with its own slice, and what is joined again."""
    x = kit.input(4)
    ones = gn.ones((kit.batch, 1), kit.dtype)
    twice = gn.concat([x, x], axis=1)
    h = gn.relu(kit.dense(gn.concat([twice, ones, x[:, 1:3]], axis=1), 10))
    nested = gn.concat([gn.concat([h, x], axis=1), gn.concat([h, h * 2], axis=1)], axis=1)
    return trained(kit, kit.dense(gn.relu(kit.dense(nested, 12)), 3), x)


@PRODUCT_TRAPS.add
def ones_made_by_the_user(kit: Kit) -> Script:
    """Write biases as the last row of a weight, and as a row of its own that is joined."""
    x = kit.input(4)
    ones = gn.ones((kit.batch, 1), kit.dtype)
    h = gn.relu(gn.concat([x, ones], axis=1) @ kit.matrix(5, 12))
    weight = gn.concat([kit.matrix(12, 3), gn.Variable(kit.values(1, 3))], axis=0)
    return trained(kit, gn.concat([h, ones], axis=1) @ weight, x)


@PRODUCT_TRAPS.add
def examples_joined(kit: Kit) -> Script:
    """Join values along the examples, and take them apart behind a layer."""
    a, b = kit.input(4, "a"), kit.input(4, "b")
    h = gn.relu(kit.dense(gn.concat([a, b, a - b], axis=0), 12))
    first, *others = gn.split(kit.dense(h, 3), 3, axis=0)
    return trained(kit, first + others[0] * gn.tanh(others[1]), a, b)


@PRODUCT_TRAPS.add
def sums_of_products(kit: Kit) -> Script:
    """Sum products with one weight, products of one value, and products with two biases."""
    a, b = kit.input(4, "a"), kit.input(4, "b")
    weight = kit.matrix(4, 12)
    h = gn.tanh(a @ weight + b @ weight + kit.vector(12))
    g = gn.tanh(a @ kit.matrix(4, 12) + a @ kit.matrix(4, 12) + kit.vector(12))
    z = h @ kit.matrix(12, 3) + kit.vector(3) + (g @ kit.matrix(12, 3) + kit.vector(3))
    return trained(kit, z, a, b)


@PRODUCT_TRAPS.add
def sums_with_other_leaves(kit: Kit) -> Script:
    """Add to a product and a bias a residual, a number, and a feed."""
    x, shift = kit.input(4), kit.input(12, "shift")
    h = gn.relu(x @ kit.matrix(4, 12) + kit.vector(12) + shift)
    h = gn.relu(h + h @ kit.matrix(12, 12) + 0.25 + kit.vector(12))
    return trained(kit, h @ kit.matrix(12, 3) + (kit.vector(3) + 1), x, shift)


@PRODUCT_TRAPS.add
def transposed_products(kit: Kit) -> Script:
    """Write everything with examples as columns."""
    x = kit.input(4)
    first, second = kit.matrix(12, 4), kit.matrix(3, 12)
    h = gn.relu(first @ x.T + gn.Variable(kit.values(12, 1)))
    z = second @ h + gn.Variable(kit.values(3, 1))
    return trained(kit, z.T, x)


@PRODUCT_TRAPS.add
def products_of_more_axes(kit: Kit) -> Script:
    """Apply dense layers along the last of three axes, and multiply stacks of matrices."""
    x = gn.placeholder(("batch", 5, 4), kit.dtype, "x")
    h = kit.dense(x, 6)
    scores = gn.softmax(h @ h.transpose(0, 2, 1) * 0.4)
    h = h + gn.relu(kit.dense(scores @ h, 6))
    return trained(kit, kit.dense(h.mean(1), 3), x)


@PRODUCT_TRAPS.add
def attention(kit: Kit) -> Script:
    """Attend with two heads, all projections by one product."""
    x = gn.placeholder(("batch", 5, 8), kit.dtype, "x")
    parts = kit.dense(x, 24).reshape(kit.batch, 5, 3, 2, 4).transpose(2, 0, 3, 1, 4)
    queries, keys, values = parts[0], parts[1], parts[2]
    context = gn.softmax(queries @ keys.transpose(0, 1, 3, 2) * 0.5) @ values
    merged = context.transpose(0, 2, 1, 3).reshape(kit.batch, 5, 8)
    h = x + kit.dense(merged, 8)
    return trained(kit, kit.dense(h.reshape(kit.batch, 40), 3), x)


@PRODUCT_TRAPS.add
def one_wide_layers(kit: Kit) -> Script:
    """Let inputs, hidden layers and results have one column."""
    x = kit.input(1)
    h = gn.relu(kit.dense(gn.tanh(kit.dense(x, 12)), 1))
    loss, targets = kit.match(kit.dense(gn.tanh(kit.dense(h, 1)), 1))
    return kit.runs([loss, h, kit.train(loss)], x, targets)


@PRODUCT_TRAPS.add
def wide_and_narrow_layers(kit: Kit) -> Script:
    """Let widths be around multiples of 16, and large."""
    x = kit.input(33)
    h = gn.relu(kit.dense(gn.relu(kit.dense(x, 65)), 31))
    return trained(kit, kit.dense(gn.relu(kit.dense(h, 2)), 17), x)


@PRODUCT_TRAPS.add
def large_layers(kit: Kit) -> Script:
    """Let weights and activations be large."""
    x = kit.input(30)
    h = gn.relu(kit.dense(gn.relu(kit.dense(x, 160)), 160))
    return trained(kit, kit.dense(gn.tanh(kit.dense(h, 40)), 2), x)


@PRODUCT_TRAPS.add
def large_examples(kit: Kit) -> Script:
    """Feed what is dear to copy."""
    x = kit.input(400)
    return trained(kit, kit.dense(gn.relu(kit.dense(x, 12)), 3), x)


@PRODUCT_TRAPS.add
def gates_by_one_sigmoid(kit: Kit) -> Script:
    """Unroll three steps of an LSTM whose three gates share an activation."""
    xs = [kit.input(5, f"x{step}") for step in range(3)]
    weight, bias = kit.matrix(13, 32), kit.vector(32)
    h = c = gn.zeros((kit.batch, 8), kit.dtype)
    for x in xs:
        z = gn.concat([x, h], axis=1) @ weight + bias
        gates = gn.sigmoid(z[:, :24])
        c = gates[:, 8:16] * c + gates[:, :8] * gn.tanh(z[:, 24:])
        h = gates[:, 16:] * gn.tanh(c)
    loss, labels = kit.classify(kit.dense(h, 3))
    return kit.runs([loss, h, c, kit.train(loss)], *xs, labels)


@PRODUCT_TRAPS.add
def gated_units(kit: Kit) -> Script:
    """Take a value apart, and let one half gate the other, which is changed in between."""
    h = x = kit.input(4)
    for _ in range(2):
        left, right = gn.split(kit.dense(h, 16), 2, axis=1)
        h = gn.sigmoid(left) * right + gn.relu(right)
    return trained(kit, kit.dense(h, 3), x)

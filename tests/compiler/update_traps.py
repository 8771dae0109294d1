"""Networks whose variables are placed, read and written as joined updates must respect."""

import numpy as np

import graphnet as gn
from tests.compiler.kit import RULES, Declarations, Kit, Run, Script
from tests.compiler.networks import Layers, two_layers

__all__ = ["UPDATE_TRAPS"]

UPDATE_TRAPS = Declarations()


# Rates and factors


@UPDATE_TRAPS.add
def rate_fed(kit: Kit) -> Script:
    """Feed the learning rate, zero and negative ones too."""
    loss, feeds = two_layers(kit)
    rate = kit.scalar("rate")
    step = kit.train(loss, rate=rate)
    return [
        Run([loss, step], {**kit.feeds(*feeds), rate: kit.array(value)})
        for value in (0.1, 0.0, 0.3, -0.05, 0.1)
    ]


@UPDATE_TRAPS.add
def rate_scheduled(kit: Kit) -> Script:
    """Compute the learning rate from a variable that counts the steps."""
    loss, feeds = two_layers(kit)
    count = gn.Variable(np.zeros((), np.int64), name="count", trainable=False)
    rate = 0.3 / (1.0 + gn.cast(count, kit.dtype)) ** 0.5
    step = gn.group(kit.train(loss, rate=rate), gn.assign_add(count, 1))
    return kit.runs([loss, rate, step], *feeds)


@UPDATE_TRAPS.add
def rate_that_changes_in_the_step(kit: Kit) -> Script:
    """Write the learning rate in the run that uses it, which uses the old one."""
    loss, feeds = two_layers(kit)
    rate = kit.state(0.3)
    decay = gn.assign(rate, rate * 0.5)
    return kit.runs([loss, decay, rate, kit.train(loss, rate=rate)], *feeds)


@UPDATE_TRAPS.add
def rate_behind_its_update(kit: Kit) -> Script:
    """Use a learning rate that is read behind its update."""
    loss, feeds = two_layers(kit)
    rate = kit.state(0.6)
    with gn.control_dependencies([gn.assign(rate, rate * 0.5)]):
        new = rate.read()
    return kit.runs([loss, rate, kit.train(loss, rate=new)], *feeds)


@UPDATE_TRAPS.add
def rates_of_zero(kit: Kit) -> Script:
    """Update by a rate that is the number zero, and by gradients of a loss times zero."""
    layers = Layers(kit)
    still = kit.train(layers.loss, layers.weights[:1], rate=0.0)
    moved = kit.train(layers.loss, layers.weights[1:])
    nothing = kit.train(layers.loss * 0.0, layers.biases)
    return kit.runs([layers.loss, still, moved, nothing], layers.x, layers.labels)


@UPDATE_TRAPS.add
def two_rates(kit: Kit) -> Script:
    """Update layers with two rates."""
    layers = Layers(kit)
    pairs = kit.pairs(layers.loss)
    steps = [kit.rule(pairs[:1], 0.2), kit.rule(pairs[1:], 0.05)]
    return kit.runs([layers.loss, gn.group(*steps)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def loss_scaled(kit: Kit) -> Script:
    """Scale the loss up and the gradients down, as is done for small floats."""
    loss, feeds = two_layers(kit)
    pairs = [(gradient / 1024.0, variable) for gradient, variable in kit.pairs(loss * 1024.0)]
    return kit.runs([loss, kit.rule(pairs, 0.1)], *feeds)


@UPDATE_TRAPS.add
def factors_everywhere(kit: Kit) -> Script:
    """Scale values by numbers on their way: some of them are zero, or meet where values join."""
    x = kit.input(4)
    z = (x * 2.0) @ kit.matrix(4, 12) * 0.5 + kit.vector(12)
    h = gn.relu(3.0 * z) * 0.25 - (z * 0.5) * 0.5
    joined = gn.concat([h * 2.0, h * 0.0, gn.tanh(z) * -1.0, (h / 4.0) * 4.0], axis=1)
    z = kit.dense(joined * 0.5, 6)
    z = (z * 0.3 + h[:, :6] * 0.3) * 2.0 - (z * 0.7 - h[:, 6:] * 0.7)
    loss, labels = kit.classify(kit.dense(z * 0.1, 3) * 5.0)
    total = 0.5 * (loss * 3.0 + 2.0 * gn.square(z * 0.1).sum() * 0.01)
    gradient = gn.gradients(total, [z])[0]
    return kit.runs([total, gradient, kit.train(total, rate=0.05)], x, labels)


@UPDATE_TRAPS.add
def factors_that_disagree(kit: Kit) -> Script:
    """Use one gradient scaled in two ways, squared, and as it is."""
    layers = Layers(kit)
    (first, second, *_), (w, v, *_) = zip(*kit.pairs(layers.loss, layers.variables), strict=True)
    steps = [
        gn.assign(w, w - 0.1 * first - 0.01 * gn.square(first)),
        gn.assign(v, v - 0.1 * second),
    ]
    norm = gn.sqrt(gn.square(second).sum())
    return kit.runs([layers.loss, norm, second * 10.0, gn.group(*steps)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def clipped_by_global_norm(kit: Kit) -> Script:
    """Scale all gradients by one number, which depends on all of them."""
    loss, feeds = two_layers(kit)
    pairs = kit.pairs(loss)
    norm = gn.sqrt(sum((gn.square(g).sum() for g, _ in pairs), start=gn.constant(kit.array(0))))
    factor = gn.minimum(1.0, 0.2 / (norm + 1e-6))
    step = kit.rule([(gradient * factor, variable) for gradient, variable in pairs], 0.3)
    return kit.runs([loss, norm, step], *feeds)


@UPDATE_TRAPS.add
def clipped_by_value(kit: Kit) -> Script:
    """Clip every element of the gradients."""
    loss, feeds = two_layers(kit)
    pairs = [(gn.clip(gradient, -0.02, 0.03), variable) for gradient, variable in kit.pairs(loss)]
    return kit.runs([loss, kit.rule(pairs, 0.5)], *feeds)


@UPDATE_TRAPS.add
def decayed_weights(kit: Kit) -> Script:
    """Add a penalty on weights to the loss, and shrink weights, but no biases."""
    layers = Layers(kit)
    penalty = sum((gn.square(w).sum() for w in layers.weights), start=gn.constant(kit.array(0)))
    pairs = [
        (gradient + 0.01 * variable if variable.ndim == 2 else gradient, variable)
        for gradient, variable in kit.pairs(layers.loss + 0.05 * penalty)
    ]
    return kit.runs([layers.loss, kit.rule(pairs, 0.1)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def update_of_the_users_own(kit: Kit) -> Script:
    """Update by a formula that no optimizer has."""
    loss, feeds = two_layers(kit)
    steps = [
        gn.assign(p, p - (0.1 * gn.tanh(g) + 1e-3 * p) * gn.exp(-gn.abs(p)))
        for g, p in kit.pairs(loss)
    ]
    return kit.runs([loss, gn.group(*steps)], *feeds)


@UPDATE_TRAPS.add
def update_by_rows(kit: Kit) -> Script:
    """Scale gradients by vectors, of which some are variables that are written as well."""
    layers = Layers(kit)
    (w, v), (b, c) = layers.weights, layers.biases
    slopes = gn.gradients(layers.loss, [w, v, b, c])
    scale = kit.state(np.linspace(0.1, 0.5, 12))
    steps = [
        gn.assign(w, w - slopes[0] * scale),
        gn.assign(v, v - slopes[1] * gn.reshape(scale, (12, 1))),
        gn.assign(b, b - slopes[2] * scale),
        gn.assign(c, c - slopes[3] * gn.mean(scale)),
        gn.assign(scale, scale * 0.9),
    ]
    return kit.runs([layers.loss, gn.group(*steps)], layers.x, layers.labels)


# What updates read and write


@UPDATE_TRAPS.add
def fetched_around_updates(kit: Kit) -> Script:
    """Fetch variables from before, new values, values read behind the update, and mixtures."""
    layers = Layers(kit)
    weight, bias = layers.weights[0], layers.biases[0]
    slopes = gn.gradients(layers.loss, [weight, bias])
    steps = [gn.assign(p, p - 0.1 * g) for p, g in zip([weight, bias], slopes, strict=True)]
    with gn.control_dependencies(steps):
        after = [weight.read(), bias.read(), weight.read() @ layers.weights[1]]
    change = steps[0] - weight
    fetches = [weight, *steps, *after, change, bias * 1.0, weight.T, weight[1], layers.loss]
    return kit.runs(fetches, layers.x, layers.labels)


@UPDATE_TRAPS.add
def loss_behind_the_update(kit: Kit) -> Script:
    """Fetch the loss from before, and that of the new weights on the same examples."""
    x = kit.input(4)
    weight, bias = kit.matrix(4, 3), kit.vector(3)
    loss, labels = kit.classify(x @ weight + bias)
    with gn.control_dependencies([kit.train(loss)]):
        logits = x @ weight.read() + bias.read()
        after = gn.nn.softmax_cross_entropy(logits, labels).mean()
    return kit.runs([loss, after], x, labels)


@UPDATE_TRAPS.add
def written_twice(kit: Kit) -> Script:
    """Write variables, then read and write them again in the same run."""
    layers = Layers(kit)
    first = kit.train(layers.loss)
    with gn.control_dependencies([first]):
        second = [gn.assign(each, each.read() * 0.99) for each in layers.variables[:3]]
    with gn.control_dependencies(second):
        third = gn.assign_add(layers.variables[0], 0.01)
    return kit.runs([layers.loss, gn.group(*second, third)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def two_steps_in_one_run(kit: Kit) -> Script:
    """Do a second step of descent behind the first, on the same examples."""
    x = kit.input(4)
    weight, bias = kit.matrix(4, 2), kit.vector(2)
    loss, targets = kit.match(x @ weight + bias)
    first = kit.train(loss)
    with gn.control_dependencies([first]):
        w, b = weight.read(), bias.read()
        error = gn.nn.mean_squared_error(x @ w + b, targets).mean()
        slopes = gn.gradients(error, [w, b])
        second = [gn.assign_sub(p, 0.1 * g) for p, g in zip([weight, bias], slopes, strict=True)]
    return kit.runs([loss, error, gn.group(*second)], x, targets)


@UPDATE_TRAPS.add
def averages_of_variables(kit: Kit) -> Script:
    """Follow the variables by averages: some take old values, some take new ones."""
    layers = Layers(kit)
    pairs = kit.pairs(layers.loss)
    new = [gn.assign(p, p - 0.1 * g) for g, p in pairs]
    followers = [gn.Variable(gn.identity(p), trainable=False) for _, p in pairs]
    sources = [pairs[0][1], pairs[1][1], new[2], new[3]]
    follow = [
        gn.assign(follower, follower * 0.9 + source * 0.1)
        for follower, source in zip(followers, sources, strict=True)
    ]
    return kit.runs([layers.loss, gn.group(*new, *follow)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def variables_that_need_each_other(kit: Kit) -> Script:
    """Update variables of one shape from the old values of each other, in a ring."""
    ring = [kit.matrix(6, 6) for _ in range(3)]
    x = kit.input(6)
    loss, targets = kit.match(gn.tanh(x @ ring[0]) @ ring[1] + x @ ring[2])
    slopes = gn.gradients(loss, ring)
    steps = [
        gn.assign(p, other - 0.1 * g)
        for p, other, g in zip(ring, ring[1:] + ring[:1], slopes, strict=True)
    ]
    return kit.runs([loss, gn.group(*steps)], x, targets)


@UPDATE_TRAPS.add
def one_value_for_two_variables(kit: Kit) -> Script:
    """Keep the old weight in one variable and the new one in another, beside the weight."""
    layers = Layers(kit)
    pairs = kit.pairs(layers.loss)
    old, latest = (gn.Variable(gn.zeros_like(pairs[0][1]), trainable=False) for _ in range(2))
    new = [variable - 0.1 * gradient for gradient, variable in pairs]
    steps = [gn.assign(variable, value) for (_, variable), value in zip(pairs, new, strict=True)]
    steps += [gn.assign(latest, new[0]), gn.assign(old, pairs[0][1])]
    return kit.runs([layers.loss, gn.group(*steps)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def updates_from_views_of_variables(kit: Kit) -> Script:
    """Update variables by their own reversed, transposed and joined old values."""
    x = kit.input(6)
    weight, square, bias = kit.matrix(6, 3), kit.matrix(6, 6), kit.vector(3)
    loss, targets = kit.match(gn.tanh(x @ square) @ weight + bias)
    slopes = gn.gradients(loss, [weight, square, bias])
    flat = gn.concat([weight.reshape(-1), bias], axis=0)
    steps = [
        gn.assign(weight, weight[::-1] * 0.5 + weight * 0.5 - 0.1 * slopes[0]),
        gn.assign(square, square.T * 0.5 - 0.1 * slopes[1] + 0.5 * square),
        gn.assign(bias, bias - 0.1 * slopes[2] + 0.1 * flat[-3:] - 0.1 * flat[:3]),
    ]
    return kit.runs([loss, gn.group(*steps)], x, targets)


@UPDATE_TRAPS.add
def updates_that_use_all_old_values(kit: Kit) -> Script:
    """Scale every update by the norm of another variable from before the run."""
    layers = Layers(kit)
    pairs = kit.pairs(layers.loss)
    shifted = [variable for _, variable in (*pairs[1:], pairs[0])]
    steps = [
        gn.assign(p, p - 0.1 * g * gn.tanh(gn.square(other).sum()))
        for (g, p), other in zip(pairs, shifted, strict=True)
    ]
    return kit.runs([layers.loss, gn.group(*steps)], layers.x, layers.labels)


@UPDATE_TRAPS.add
def variables_that_become_feeds_and_views(kit: Kit) -> Script:
    """Assign what is fed, parts of it, and views of other variables; read them in later runs."""
    x = kit.input(4)
    last, row, turned = (
        kit.state(np.zeros((kit.batch, 4))),
        kit.state(np.zeros(4)),
        kit.matrix(4, 4),
    )
    square, weight = kit.matrix(4, 4), kit.matrix(4, 3)
    loss, labels = kit.classify((x + 0.1 * last + row) @ square @ turned @ weight + kit.vector(3))
    steps = [
        gn.assign(last, x),
        gn.assign(row, x[0] * 0.1),
        gn.assign(square, turned.T),
        gn.assign(turned, square),
    ]
    return kit.runs([loss, gn.group(*steps, kit.train(loss, [weight]))], x, labels)


@UPDATE_TRAPS.add
def updates_without_gradients(kit: Kit) -> Script:
    """Update moments of what is fed beside the weights."""
    loss, feeds = two_layers(kit)
    x = feeds[0]
    mean, square = kit.state(np.zeros(4)), kit.state(np.ones(4))
    moments = [
        gn.assign(mean, 0.9 * mean + 0.1 * x.mean(0)),
        gn.assign(square, 0.9 * square + 0.1 * gn.square(x).mean(0)),
    ]
    normed = (x - mean) * gn.rsqrt(square + 1e-3)
    return kit.runs([loss, normed, gn.group(*moments, kit.train(loss))], *feeds)


@UPDATE_TRAPS.add
def two_optimizers(kit: Kit) -> Script:
    """Update disjoint variables by two rules in one run, and a third in every second run."""
    layers = Layers(kit)
    slow, fast, late = (RULES[name] for name in ("sgd", "adam", "momentum"))
    pairs = kit.pairs(layers.loss)
    steps = [slow(pairs[:2], 0.1), fast(pairs[2:3], 0.1)]
    third = late(pairs[3:], 0.1)
    runs = kit.runs([layers.loss, *steps], layers.x, layers.labels)
    more = kit.runs([layers.loss, *steps, third], layers.x, layers.labels)
    return [run for both in zip(runs, more, strict=True) for run in both]


@UPDATE_TRAPS.add
def gradients_accumulated(kit: Kit) -> Script:
    """Sum gradients up over runs, then apply and reset the sums."""
    loss, feeds = two_layers(kit)
    pairs = kit.pairs(loss)
    sums = [gn.Variable(gn.zeros_like(p), trainable=False) for _, p in pairs]
    add = [gn.assign_add(each, g) for each, (g, _) in zip(sums, pairs, strict=True)]
    apply = kit.rule([(each / 3.0, p) for each, (_, p) in zip(sums, pairs, strict=True)], 0.2)
    reset = gn.group(*[gn.assign(each, gn.zeros_like(each)) for each in sums])
    runs = kit.runs([loss, gn.group(*add)], *feeds, number=6)
    update = Run([apply, reset, sums[0]], {})
    return [*runs[:3], update, *runs[3:], update]


@UPDATE_TRAPS.add
def restored_in_between(kit: Kit) -> Script:
    """Assign feeds to weights between steps, as restoring does, and reset others."""
    layers = Layers(kit)
    values = [gn.placeholder(each.shape, kit.dtype) for each in layers.variables]
    restore = [gn.assign(p, value) for p, value in zip(layers.variables, values, strict=True)]
    train = kit.train(layers.loss)
    reset = gn.initializer(layers.weights[1], layers.biases[0])
    runs = kit.runs([layers.loss, train], layers.x, layers.labels)
    middle = [Run([gn.group(*restore)], kit.feeds(*values)), *runs[2:4], Run([reset], {})]
    return [*runs[:2], *middle, runs[4]]

"""graphnet, as its users write it: the public API only."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

import graphnet as gn
from graphnet.session.compiled import Compiled
from tests.benchmarks.inputs import Array, Inputs
from tests.benchmarks.stamps import stamped
from tests.benchmarks.systems import Prepared
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

__all__ = ["Model", "compiled", "compiled_step", "declare", "prepare", "step_by"]

MANY = 64
"""How many steps are run in one call, at least, where that is measured."""
ACTIVATIONS = {"relu": gn.relu, "tanh": gn.tanh}


class Model(NamedTuple):
    """What a step feeds and fetches; ``step`` is what trains, if anything."""

    feeds: list[gn.Tensor]
    results: list[gn.Tensor]
    step: Any = None


def prepare(workload: Workload, inputs: Inputs, call: str) -> Prepared:
    """Declare the graph and open a session; ``call`` is "compile", "run" or "steps"."""
    with gn.Graph():
        model = declare(workload, inputs.weights)
        session = gn.Session(seed=0)
    batches, inside = list(inputs.batches()), inside_calls(session)
    if call == "steps":
        some = batches * -(-MANY // len(batches))
        return Prepared(
            many_steps(session, model), [(some,)], lambda some: inside(*some[0]), len(some)
        )
    step = compiled_step(session, model) if call == "compile" else run_step(session, model)
    return Prepared(step, batches, inside)


def many_steps(session: gn.Session, model: Model) -> Callable[..., Any]:
    """Give many steps by ``Session.run_steps``."""
    if model.step is None:
        return lambda batches: session.run_steps(model.results, batches, model.feeds)
    fetches = [*model.results, model.step]
    return lambda batches: [
        float(results[0]) for results in session.run_steps(fetches, batches, model.feeds)
    ]


def compiled_step(session: gn.Session, model: Model) -> Callable[..., Any]:
    """Give a step by the function that ``Session.compile`` gives."""
    return step_by(compiled(session, model), model)


def compiled(session: gn.Session, model: Model) -> Compiled:
    """Give the function of the feeds that ``Session.compile`` gives."""
    trained = [] if model.step is None else [model.step]
    return session.compile([*model.results, *trained], model.feeds)


def step_by(function: Callable[..., Any], model: Model) -> Callable[..., Any]:
    """Give a step by a function of the feeds."""
    return function if model.step is None else lambda *values: float(function(*values)[0])


def run_step(session: gn.Session, model: Model) -> Callable[..., Any]:
    """Give a step by ``Session.run``."""
    match model:
        case Model([x], results, None):
            return lambda value: session.run(results, {x: value})
        case Model([x, y], [loss], step):
            return lambda value, target: float(session.run([loss, step], {x: value, y: target})[0])
    raise AssertionError("a step has one feed and results, or two feeds and a loss")


def inside_calls(session: gn.Session) -> Callable[..., float]:
    """Give a step of the plan that ran last, which gives the seconds in its NumPy calls."""

    @cache
    def twin() -> Callable[..., float]:
        program = next(reversed(session.programs.values()))
        return stamped(program.run, program.source)

    def step(*values: Array) -> float:
        return twin()(*values)

    return step


# Networks


def declare(workload: Workload, weights: Sequence[Array]) -> Model:
    """Declare the graph of a workload."""
    match workload:
        case Training():
            return training(workload, weights)
        case Inference():
            return inference(workload, weights)
        case Elementwise():
            return elementwise()
        case Recurrent():
            return recurrent(workload, weights)
        case Attention():
            return attention(workload, weights)


def training(workload: Training, weights: Sequence[Array]) -> Model:
    """Declare dense layers, their loss, and a step of the optimizer."""
    x = gn.placeholder(("batch", workload.sizes[0]), name="x")
    y = gn.placeholder(("batch", workload.sizes[-1]), name="y")
    prediction = dense_layers(weights, ACTIVATIONS[workload.activation])(x)
    if workload.loss == "cross_entropy":
        loss = gn.nn.softmax_cross_entropy(prediction, y).mean()
    else:
        loss = gn.nn.mean_squared_error(prediction, y).mean()
    return Model([x, y], [loss], minimize(loss, workload.optimizer))


def inference(workload: Inference, weights: Sequence[Array]) -> Model:
    """Declare dense layers."""
    x = gn.placeholder(("batch", workload.sizes[0]), name="x")
    return Model([x], [dense_layers(weights, gn.relu)(x)])


def elementwise() -> Model:
    """Declare a function and its derivative."""
    x = gn.placeholder((None,), name="x")
    y = gn.tanh(x) * gn.sigmoid(x) + gn.exp(-x * x)
    return Model([x], [y, *gn.gradients(y, [x])])


def recurrent(workload: Recurrent, weights: Sequence[Array]) -> Model:
    """Declare an LSTM cell for every step."""
    width = workload.width
    x = gn.placeholder((workload.steps, workload.batch, width), name="x")
    target = gn.placeholder((workload.batch, width), name="target")
    weight, bias = (gn.Variable(value) for value in weights)
    h = c = gn.constant(np.zeros((workload.batch, width), np.float32))
    for step in range(workload.steps):
        z = gn.concat([x[step], h], axis=1) @ weight + bias
        gates = gn.sigmoid(z[:, : 3 * width])
        c = gates[:, width : 2 * width] * c + gates[:, :width] * gn.tanh(z[:, 3 * width :])
        h = gates[:, 2 * width :] * gn.tanh(c)
    loss = gn.nn.mean_squared_error(h, target).mean()
    return Model([x, target], [loss], minimize(loss, workload.optimizer))


def attention(workload: Attention, weights: Sequence[Array]) -> Model:
    """Declare layer norm, attention, and the skip connection."""
    batch, sequence, width = workload.batch, workload.sequence, workload.width
    x = gn.placeholder((batch, sequence, width), name="x")
    target = gn.placeholder((batch, sequence, width), name="target")
    position, gain, shift = (gn.Variable(value) for value in weights[:3])
    h = x + position
    centered = h - h.mean(-1, keepdims=True)
    variance = gn.square(centered).mean(-1, keepdims=True)
    normed = centered * gn.rsqrt(variance + workload.epsilon) * gain + shift
    projected = dense(weights[3], weights[4])(normed)
    parts = projected.reshape(batch, sequence, 3, workload.heads, -1).transpose(2, 0, 3, 1, 4)
    queries, keys, values = parts[0], parts[1], parts[2]
    scores = queries @ keys.transpose(0, 1, 3, 2) * (width // workload.heads) ** -0.5
    context = gn.softmax(scores) @ values
    merged = context.transpose(0, 2, 1, 3).reshape(batch, sequence, width)
    loss = gn.nn.mean_squared_error(h + dense(weights[5], weights[6])(merged), target).mean()
    return Model([x, target], [loss], minimize(loss, workload.optimizer))


def dense_layers(
    weights: Sequence[Array], activation: Callable[[gn.Tensor], gn.Tensor]
) -> gn.nn.Sequential:
    """Make dense layers of given weights and biases."""
    pairs = list(zip(weights[::2], weights[1::2], strict=True))
    hidden = [dense(weight, bias, activation) for weight, bias in pairs[:-1]]
    return gn.nn.Sequential(*hidden, dense(*pairs[-1]))


def dense(
    weight: Array, bias: Array, activation: Callable[[gn.Tensor], gn.Tensor] | None = None
) -> gn.nn.Dense:
    """Make a dense layer of given weight and bias."""
    return gn.nn.Dense(
        bias.size,
        activation,
        weight_initializer=gn.nn.initializers.constant(weight),
        bias_initializer=gn.nn.initializers.constant(bias),
    )


# Optimizers


def minimize(loss: gn.Tensor, optimizer: Optimizer) -> Any:
    """Declare an update of all variables."""
    match optimizer:
        case Sgd(rate):
            return gn.optim.SGD(rate).minimize(loss)
        case Momentum():
            return momentum(loss, optimizer)
        case Adam():
            return adam(loss, optimizer)


def trained(loss: gn.Tensor) -> tuple[list[gn.Variable], list[gn.Tensor]]:
    """Give the variables of the graph and their gradients."""
    variables = [v for v in loss.graph.variables(trainable=True) if isinstance(v, gn.Variable)]
    return variables, gn.gradients(loss, variables)


def zeros_as(variable: gn.Variable) -> gn.Variable:
    """Make a variable that starts at zero and that no gradient changes."""
    return gn.Variable(gn.zeros_like(variable), trainable=False)


def momentum(loss: gn.Tensor, rule: Momentum) -> Any:
    """Declare v <- decay v + rate g, p <- p - v for every variable."""
    updates = []
    for variable, gradient in zip(*trained(loss), strict=True):
        velocity = zeros_as(variable)
        new = rule.decay * velocity + rule.rate * gradient
        updates += [gn.assign(velocity, new), gn.assign(variable, variable - new)]
    return gn.group(*updates)


def adam(loss: gn.Tensor, rule: Adam) -> Any:
    """Declare the update of Adam for every variable."""
    count = gn.Variable(0.0, trainable=False)
    new_count = count + 1.0
    unbiased = gn.sqrt(1 - rule.square_decay**new_count) / (1 - rule.decay**new_count)
    rate = rule.rate * unbiased
    updates = [gn.assign(count, new_count)]
    for variable, gradient in zip(*trained(loss), strict=True):
        first, second = zeros_as(variable), zeros_as(variable)
        mean = rule.decay * first + (1 - rule.decay) * gradient
        square = rule.square_decay * second + (1 - rule.square_decay) * gn.square(gradient)
        change = rate * mean / (gn.sqrt(square) + rule.epsilon)
        updates += [
            gn.assign(first, mean),
            gn.assign(second, square),
            gn.assign(variable, variable - change),
        ]
    return gn.group(*updates)

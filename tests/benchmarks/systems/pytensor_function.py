"""PyTensor: a function with updates of shared variables, in its default mode."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor
from pytensor import tensor as pt

from tests.benchmarks.inputs import Inputs
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

__all__ = ["prepare"]


def prepare(workload: Workload, inputs: Inputs) -> Prepared:
    """Compile a function; like the other peers' it does not check its inputs again."""
    batches = list(inputs.batches())
    feeds = [pt.TensorType("float32", array.shape)() for array in batches[0]]
    weights = [pytensor.shared(weight) for weight in inputs.weights]
    with pytensor.config.change_flags(floatX="float32"):
        results = declare(workload, weights, feeds)
        if isinstance(workload, Inference | Elementwise):
            function = pytensor.function(feeds, results)
        else:
            updates = update(results, weights, workload.optimizer)
            function = pytensor.function(feeds, results, updates=updates)
    function.trust_input = True
    if isinstance(workload, Inference | Elementwise):
        return Prepared(function, batches)
    return Prepared(lambda *values: float(function(*values)), batches)


def declare(workload: Workload, weights: Sequence[Any], feeds: Sequence[Any]) -> Any:
    """Declare the result or the results."""
    match workload:
        case Training():
            activation = {"relu": lambda x: pt.maximum(x, 0), "tanh": pt.tanh}[workload.activation]
            prediction = dense_layers(weights, feeds[0], activation)
            if workload.loss == "squared_error":
                return squared_error(prediction, feeds[1])
            return -(feeds[1] * pt.special.log_softmax(prediction, axis=1)).sum(1).mean()
        case Inference():
            return dense_layers(weights, feeds[0], lambda x: pt.maximum(x, 0))
        case Elementwise():
            (x,) = feeds
            y = pt.tanh(x) * pt.sigmoid(x) + pt.exp(-x * x)
            return [y, pt.grad(y.sum(), x)]
        case Recurrent():
            return squared_error(recurrent(workload, weights, feeds[0]), feeds[1])
        case Attention():
            return squared_error(attention(workload, weights, feeds[0]), feeds[1])


def update(loss: Any, weights: Sequence[Any], rule: Optimizer) -> list[tuple[Any, Any]]:
    """Give the new values of the weights, and of what the optimizer keeps."""
    gradients = pt.grad(loss, list(weights))
    match rule:
        case Sgd(rate):
            return [(p, p - number(rate) * g) for p, g in zip(weights, gradients, strict=True)]
        case Momentum(rate, decay):
            updates = []
            for p, g in zip(weights, gradients, strict=True):
                velocity = zeros_as(p)
                new = number(decay) * velocity + number(rate) * g
                updates += [(velocity, new), (p, p - new)]
            return updates
        case Adam():
            return adam(weights, gradients, rule)


def adam(weights: Sequence[Any], gradients: Sequence[Any], rule: Adam) -> list[tuple[Any, Any]]:
    """Give the updates of Adam."""
    decay, square_decay = number(rule.decay), number(rule.square_decay)
    count = pytensor.shared(np.zeros((), np.float32))
    new_count = count + 1
    unbiased = pt.sqrt(1 - square_decay**new_count) / (1 - decay**new_count)
    rate = number(rule.rate) * unbiased
    updates = [(count, new_count)]
    for p, g in zip(weights, gradients, strict=True):
        first, second = zeros_as(p), zeros_as(p)
        mean = decay * first + number(1 - rule.decay) * g
        square = square_decay * second + number(1 - rule.square_decay) * g * g
        change = rate * mean / (pt.sqrt(square) + number(rule.epsilon))
        updates += [(first, mean), (second, square), (p, p - change)]
    return updates


def number(value: float) -> Any:
    """Give a constant that keeps float32."""
    return np.float32(value)


def zeros_as(weight: Any) -> Any:
    """Give a shared variable that starts at zero."""
    return pytensor.shared(np.zeros_like(weight.get_value()))


def squared_error(prediction: Any, target: Any) -> Any:
    """Give the mean over all elements."""
    return ((prediction - target) ** 2).mean()


def dense_layers(weights: Sequence[Any], x: Any, activation: Any) -> Any:
    """Apply dense layers."""
    for layer in range(0, len(weights) - 2, 2):
        x = activation(x @ weights[layer] + weights[layer + 1])
    return x @ weights[-2] + weights[-1]


def recurrent(workload: Recurrent, weights: Sequence[Any], x: Any) -> Any:
    """Give the last h of the unrolled cell."""
    weight, bias = weights
    width = workload.width
    h = c = pt.zeros((workload.batch, width), "float32")
    for step in range(workload.steps):
        z = pt.concatenate([x[step], h], 1) @ weight + bias
        gates = pt.sigmoid(z[:, : 3 * width])
        c = gates[:, width : 2 * width] * c + gates[:, :width] * pt.tanh(z[:, 3 * width :])
        h = gates[:, 2 * width :] * pt.tanh(c)
    return h


def attention(workload: Attention, weights: Sequence[Any], x: Any) -> Any:
    """Give the block."""
    position, gain, shift, projection, projection_bias, merge, merge_bias = weights
    batch, sequence, width = workload.batch, workload.sequence, workload.width
    head = width // workload.heads
    h = x + position
    centered = h - h.mean(2, keepdims=True)
    variance = (centered**2).mean(2, keepdims=True)
    normed = centered / pt.sqrt(variance + number(workload.epsilon)) * gain + shift
    projected = normed @ projection + projection_bias
    parts = projected.reshape((batch, sequence, 3, workload.heads, head))
    parts = parts.transpose(2, 0, 3, 1, 4)
    queries, keys, values = parts[0], parts[1], parts[2]
    scores = (queries @ keys.transpose(0, 1, 3, 2)) * number(head**-0.5)
    context = pt.special.softmax(scores, axis=3) @ values
    merged = context.transpose(0, 2, 1, 3).reshape((batch, sequence, width))
    return h + merged @ merge + merge_bias

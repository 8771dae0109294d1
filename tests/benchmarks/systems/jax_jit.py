"""JAX: one jitted function per step, which may overwrite the weights, with arrays made before."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

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

Loss = Callable[[Any, Any, Any], Any]
Update = Callable[[Any, Any, Any], Any]


def prepare(workload: Workload, inputs: Inputs) -> Prepared:
    """Jit a step; it is compiled when it first runs."""
    weights = list(map(jnp.asarray, inputs.weights))
    batches = [tuple(map(jnp.asarray, batch)) for batch in inputs.batches()]
    match workload:
        case Training():
            activation = {"relu": jax.nn.relu, "tanh": jnp.tanh}[workload.activation]
            loss = training_loss(activation, workload.loss)
            return Prepared(training_step(loss, weights, workload.optimizer), batches)
        case Inference():
            return Prepared(inference_step(weights), batches)
        case Elementwise():
            return Prepared(elementwise_step(), batches)
        case Recurrent():
            loss = fitting_loss(recurrent(workload))
            return Prepared(training_step(loss, weights, workload.optimizer), batches)
        case Attention():
            loss = fitting_loss(attention(workload))
            return Prepared(training_step(loss, weights, workload.optimizer), batches)


def training_step(
    loss: Loss, weights: Sequence[Any], rule: Optimizer
) -> Callable[[Any, Any], float]:
    """Give a step of forward, backward and update."""
    state, update = optimizer(rule, weights)
    slopes = jax.value_and_grad(loss)

    def pure(weights: Any, state: Any, x: Any, target: Any) -> Any:
        value, gradients = slopes(weights, x, target)
        return value, *update(weights, gradients, state)

    jitted = jax.jit(pure, donate_argnums=(0, 1))

    def step(x: Any, target: Any) -> float:
        nonlocal weights, state
        value, weights, state = jitted(weights, state, x, target)
        return float(value)

    return step


# Optimizers


def optimizer(rule: Optimizer, weights: Sequence[Any]) -> tuple[Any, Update]:
    """Give the first state, and a function of weights, gradients and state to the new ones."""
    match rule:
        case Sgd():
            return sgd(rule)
        case Momentum():
            return momentum(rule, weights)
        case Adam():
            return adam(rule, weights)


def sgd(rule: Sgd) -> tuple[Any, Update]:
    """Give p <- p - rate g."""

    def update(weights: Any, gradients: Any, state: Any) -> Any:
        return jax.tree.map(lambda p, g: p - rule.rate * g, weights, gradients), state

    return (), update


def momentum(rule: Momentum, weights: Sequence[Any]) -> tuple[Any, Update]:
    """Give v <- decay v + rate g, p <- p - v."""

    def update(weights: Any, gradients: Any, state: Any) -> Any:
        state = jax.tree.map(lambda v, g: rule.decay * v + rule.rate * g, state, gradients)
        return jax.tree.map(lambda p, v: p - v, weights, state), state

    return jax.tree.map(jnp.zeros_like, weights), update


def adam(rule: Adam, weights: Sequence[Any]) -> tuple[Any, Update]:
    """Give Adam."""

    def update(weights: Any, gradients: Any, state: Any) -> Any:
        count, first, second = state
        count = count + 1
        unbiased = jnp.sqrt(1 - rule.square_decay**count) / (1 - rule.decay**count)
        rate = rule.rate * unbiased
        mean = jax.tree.map(lambda m, g: rule.decay * m + (1 - rule.decay) * g, first, gradients)
        square = jax.tree.map(
            lambda v, g: rule.square_decay * v + (1 - rule.square_decay) * g * g, second, gradients
        )
        weights = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) + rule.epsilon), weights, mean, square
        )
        return weights, (count, mean, square)

    zeros = [jax.tree.map(jnp.zeros_like, weights) for _ in range(2)]
    return (jnp.zeros((), jnp.float32), *zeros), update


# Networks


def dense_layers(weights: Sequence[Any], x: Any, activation: Callable[[Any], Any]) -> Any:
    """Apply dense layers."""
    for layer in range(0, len(weights) - 2, 2):
        x = activation(x @ weights[layer] + weights[layer + 1])
    return x @ weights[-2] + weights[-1]


def training_loss(activation: Callable[[Any], Any], kind: str) -> Loss:
    """Give the loss of dense layers."""

    def loss(weights: Any, x: Any, target: Any) -> Any:
        prediction = dense_layers(weights, x, activation)
        if kind == "squared_error":
            return jnp.mean((prediction - target) ** 2)
        return -jnp.mean(jnp.sum(target * jax.nn.log_softmax(prediction), -1))

    return loss


def fitting_loss(network: Callable[[Any, Any], Any]) -> Loss:
    """Give the mean squared error of a network."""
    return lambda weights, x, target: jnp.mean((network(weights, x) - target) ** 2)


def inference_step(weights: Sequence[Any]) -> Callable[[Any], Any]:
    """Give a forward step, from an array of JAX to one of NumPy."""
    jitted = jax.jit(lambda weights, x: dense_layers(weights, x, jax.nn.relu))
    return lambda x: np.asarray(jitted(weights, x))


def elementwise_step() -> Callable[[Any], Any]:
    """Give a function and its derivative."""

    def function(x: Any) -> Any:
        return jnp.tanh(x) * jax.nn.sigmoid(x) + jnp.exp(-x * x)

    def both(x: Any) -> Any:
        y, pull = jax.vjp(function, x)
        return y, *pull(jnp.ones_like(y))

    jitted = jax.jit(both)
    return lambda x: tuple(map(np.asarray, jitted(x)))


def recurrent(workload: Recurrent) -> Callable[[Any, Any], Any]:
    """Give the unrolled cell."""
    width = workload.width

    def network(weights: Any, x: Any) -> Any:
        weight, bias = weights
        h = c = jnp.zeros((workload.batch, width), jnp.float32)
        for step in range(workload.steps):
            z = jnp.concatenate([x[step], h], 1) @ weight + bias
            i, f, o = jnp.split(jax.nn.sigmoid(z[:, : 3 * width]), 3, 1)
            c = f * c + i * jnp.tanh(z[:, 3 * width :])
            h = o * jnp.tanh(c)
        return h

    return network


def attention(workload: Attention) -> Callable[[Any, Any], Any]:
    """Give the block."""
    shape = (workload.batch, workload.sequence, 3, workload.heads, -1)
    scale = (workload.width // workload.heads) ** -0.5

    def network(weights: Any, x: Any) -> Any:
        position, gain, shift, projection, projection_bias, merge, merge_bias = weights
        h = x + position
        centered = h - h.mean(-1, keepdims=True)
        variance = (centered**2).mean(-1, keepdims=True)
        normed = centered * jax.lax.rsqrt(variance + workload.epsilon) * gain + shift
        projected = (normed @ projection + projection_bias).reshape(shape)
        queries, keys, values = projected.transpose(2, 0, 3, 1, 4)
        shares = jax.nn.softmax(queries @ keys.transpose(0, 1, 3, 2) * scale)
        merged = (shares @ values).transpose(0, 2, 1, 3).reshape(x.shape)
        return h + merged @ merge + merge_bias

    return network

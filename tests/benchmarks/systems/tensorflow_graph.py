"""TensorFlow in graph mode: ``compat.v1``, fed with NumPy arrays through ``make_callable``."""

from collections.abc import Sequence
from typing import Any

import tensorflow.compat.v1 as tf

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
    """Declare a graph, and open a session; its threads are read from the environment."""
    tf.disable_eager_execution()
    graph = tf.Graph()
    with graph.as_default():
        batches = list(inputs.batches())
        feeds = [tf.placeholder(tf.float32, array.shape) for array in batches[0]]
        weights = [tf.get_variable(f"p{i}", initializer=w) for i, w in enumerate(inputs.weights)]
        results = declare(workload, weights, feeds)
        fetches = results
        if isinstance(workload, Training | Recurrent | Attention):
            fetches = [*results, minimize(results[0], workload.optimizer)]
        session = tf.Session(graph=graph)
        session.run(tf.global_variables_initializer())
        function = session.make_callable(fetches, feeds)
    if fetches is results:
        return Prepared(function, batches)
    return Prepared(lambda *values: float(function(*values)[0]), batches)


def declare(workload: Workload, weights: Sequence[Any], feeds: Sequence[Any]) -> list[Any]:
    """Declare the results."""
    match workload:
        case Training():
            activation = {"relu": tf.nn.relu, "tanh": tf.tanh}[workload.activation]
            prediction = dense_layers(weights, feeds[0], activation)
            if workload.loss == "squared_error":
                return [squared_error(prediction, feeds[1])]
            losses = tf.nn.softmax_cross_entropy_with_logits_v2(feeds[1], prediction)
            return [tf.reduce_mean(losses)]
        case Inference():
            return [dense_layers(weights, feeds[0], tf.nn.relu)]
        case Elementwise():
            (x,) = feeds
            y = tf.tanh(x) * tf.sigmoid(x) + tf.exp(-x * x)
            return [y, *tf.gradients(y, [x])]
        case Recurrent():
            return [squared_error(recurrent(workload, weights, feeds[0]), feeds[1])]
        case Attention():
            return [squared_error(attention(workload, weights, feeds[0]), feeds[1])]


def minimize(loss: Any, rule: Optimizer) -> Any:
    """Declare an update by TensorFlow's own optimizers."""
    match rule:
        case Sgd(rate):
            return tf.train.GradientDescentOptimizer(rate).minimize(loss)
        case Momentum(rate, decay):
            return tf.train.MomentumOptimizer(rate, decay).minimize(loss)
        case Adam(rate, decay, square_decay, epsilon):
            return tf.train.AdamOptimizer(rate, decay, square_decay, epsilon).minimize(loss)


def squared_error(prediction: Any, target: Any) -> Any:
    """Give the mean over all elements."""
    return tf.reduce_mean(tf.square(prediction - target))


def dense_layers(weights: Sequence[Any], x: Any, activation: Any) -> Any:
    """Apply dense layers."""
    for layer in range(0, len(weights) - 2, 2):
        x = activation(tf.nn.bias_add(tf.matmul(x, weights[layer]), weights[layer + 1]))
    return tf.nn.bias_add(tf.matmul(x, weights[-2]), weights[-1])


def recurrent(workload: Recurrent, weights: Sequence[Any], x: Any) -> Any:
    """Give the last h of the unrolled cell."""
    weight, bias = weights
    width = workload.width
    h = c = tf.zeros((workload.batch, width))
    for inputs in tf.unstack(x):
        z = tf.nn.bias_add(tf.matmul(tf.concat([inputs, h], 1), weight), bias)
        i, f, o = tf.split(tf.sigmoid(z[:, : 3 * width]), 3, 1)
        c = f * c + i * tf.tanh(z[:, 3 * width :])
        h = o * tf.tanh(c)
    return h


def attention(workload: Attention, weights: Sequence[Any], x: Any) -> Any:
    """Give the block."""
    position, gain, shift, projection, projection_bias, merge, merge_bias = weights
    batch, sequence, width = workload.batch, workload.sequence, workload.width
    h = x + position
    mean, variance = tf.nn.moments(h, [-1], keepdims=True)
    normed = (h - mean) * tf.rsqrt(variance + workload.epsilon) * gain + shift
    rows = tf.reshape(normed, (batch * sequence, width))
    projected = tf.nn.bias_add(tf.matmul(rows, projection), projection_bias)
    parts = tf.reshape(projected, (batch, sequence, 3, workload.heads, -1))
    queries, keys, values = tf.unstack(tf.transpose(parts, (2, 0, 3, 1, 4)))
    scores = tf.matmul(queries, keys, transpose_b=True) * (width // workload.heads) ** -0.5
    context = tf.transpose(tf.matmul(tf.nn.softmax(scores), values), (0, 2, 1, 3))
    merged = tf.matmul(tf.reshape(context, (batch * sequence, width)), merge)
    return h + tf.reshape(tf.nn.bias_add(merged, merge_bias), (batch, sequence, width))

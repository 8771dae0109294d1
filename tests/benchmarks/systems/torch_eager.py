"""PyTorch, eager: modules and optimizers of ``torch``, with tensors made before."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional

from tests.benchmarks.inputs import Array, Inputs
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
    """Make tensors of all arrays; labels are integers, which PyTorch handles fastest."""
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    batches = [tuple(map(torch.from_numpy, batch)) for batch in inputs.batches()]
    match workload:
        case Training():
            network = dense_layers(inputs.weights, workload.activation)
            loss = functional.mse_loss
            if workload.loss == "cross_entropy":
                loss = functional.cross_entropy
                batches = [(x, target.argmax(1)) for x, target in batches]
            parameters = list(network.parameters())
            return Prepared(training_step(network, loss, parameters, workload.optimizer), batches)
        case Inference():
            return Prepared(inference_step(dense_layers(inputs.weights, "relu")), batches)
        case Elementwise():
            return Prepared(elementwise_step, [(x.requires_grad_(),) for (x,) in batches])
        case Recurrent():
            parameters = trainable(inputs.weights)
            network = recurrent(workload, parameters)
        case Attention():
            parameters = trainable(inputs.weights)
            network = attention(workload, parameters)
    step = training_step(network, functional.mse_loss, parameters, workload.optimizer)
    return Prepared(step, batches)


def trainable(weights: Sequence[Array]) -> list[Any]:
    """Make parameters."""
    return [torch.tensor(weight, requires_grad=True) for weight in weights]


def dense_layers(weights: Sequence[Array], activation: str) -> Any:
    """Make linear modules of given weights and biases."""
    between = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[activation]
    modules: list[Any] = []
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        linear = torch.nn.Linear(*weight.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight.T))
            linear.bias.copy_(torch.from_numpy(bias))
        modules += [linear, between()]
    return torch.nn.Sequential(*modules[:-1])


def training_step(
    network: Callable[[Any], Any],
    loss: Callable[[Any, Any], Any],
    parameters: Sequence[Any],
    rule: Optimizer,
) -> Callable[[Any, Any], float]:
    """Give a step of forward, backward and update."""
    optimizer = make_optimizer(parameters, rule)

    def step(x: Any, target: Any) -> float:
        optimizer.zero_grad()
        value = loss(network(x), target)
        value.backward()
        optimizer.step()
        return float(value.item())

    return step


def make_optimizer(parameters: Sequence[Any], rule: Optimizer) -> Any:
    """Give PyTorch's own."""
    match rule:
        case Sgd(rate):
            return torch.optim.SGD(parameters, lr=rate)
        case Momentum(rate, decay):
            return torch.optim.SGD(parameters, lr=rate, momentum=decay)
        case Adam(rate, decay, square_decay, epsilon):
            betas = (decay, square_decay)
            return torch.optim.Adam(parameters, lr=rate, betas=betas, eps=epsilon)


def inference_step(network: Any) -> Callable[[Any], Any]:
    """Give a forward step, from a tensor to an array."""

    def step(x: Any) -> Any:
        with torch.inference_mode():
            return network(x).numpy()

    return step


def elementwise_step(x: Any) -> tuple[Any, Any]:
    """Give a function and its derivative."""
    x.grad = None
    y = torch.tanh(x) * torch.sigmoid(x) + torch.exp(-x * x)
    y.sum().backward()
    return y.detach().numpy(), x.grad.numpy()


def recurrent(workload: Recurrent, parameters: Sequence[Any]) -> Callable[[Any], Any]:
    """Give the unrolled cell."""
    weight, bias = parameters
    width = workload.width
    zeros = torch.zeros(workload.batch, width)

    def network(x: Any) -> Any:
        h = c = zeros
        for inputs in x:
            z = torch.addmm(bias, torch.cat([inputs, h], 1), weight)
            i, f, o = torch.sigmoid(z[:, : 3 * width]).chunk(3, 1)
            c = f * c + i * torch.tanh(z[:, 3 * width :])
            h = o * torch.tanh(c)
        return h

    return network


def attention(workload: Attention, parameters: Sequence[Any]) -> Callable[[Any], Any]:
    """Give the block, with PyTorch's own layer norm and attention."""
    position, gain, shift, projection, projection_bias, merge, merge_bias = parameters
    shape = (workload.batch, workload.sequence, 3, workload.heads, -1)

    def network(x: Any) -> Any:
        h = x + position
        normed = functional.layer_norm(h, (workload.width,), gain, shift, workload.epsilon)
        projected = functional.linear(normed, projection.T, projection_bias)
        queries, keys, values = projected.view(shape).permute(2, 0, 3, 1, 4)
        context = functional.scaled_dot_product_attention(queries, keys, values)
        merged = context.transpose(1, 2).reshape(x.shape)
        return h + functional.linear(merged, merge.T, merge_bias)

    return network

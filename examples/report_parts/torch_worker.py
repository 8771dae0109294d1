"""Trains with PyTorch what a file describes; runs in a Python that has PyTorch, on one thread.

``python torch_worker.py FILE`` reads an archive that ``torch_peer`` has written. Of the lines on
its standard input, ``train N`` trains N epochs and prints the seconds, and ``test FILE`` writes the
outputs for both sets of examples.
"""

import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch.nn import functional

LOSSES = {"MSE": functional.mse_loss, "cross-entropy": functional.cross_entropy}


def main() -> None:
    """Follow orders until there are none."""
    torch.set_num_threads(1)
    with np.load(sys.argv[1]) as archive:
        given = {name: archive[name] for name in archive.files}
    model = layers([given[f"variable_{place}"] for place in range(int(given["variables"]))])
    train = trainer(model, given)
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        order, _, argument = line.strip().partition(" ")
        if order == "train":
            print(train(int(argument)), flush=True)
        else:
            test(model, given, argument)
            print(argument, flush=True)


def layers(variables: Any) -> Any:
    """Make linear modules of weights and biases, with ReLU between them."""
    modules: list[Any] = []
    for weight, bias in zip(variables[::2], variables[1::2], strict=True):
        linear = torch.nn.Linear(*weight.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight.T))
            linear.bias.copy_(torch.from_numpy(bias))
        modules += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


def trainer(model: Any, given: Any) -> Callable[[int], float]:
    """Give what trains some more epochs, and tells how long that took."""
    inputs, targets = torch.from_numpy(given["inputs"]), torch.from_numpy(given["targets"])
    orders, batch = torch.from_numpy(given["orders"]), int(given["batch"])
    loss_of = LOSSES[str(given["loss"])]
    optimizer = torch.optim.SGD(model.parameters(), lr=float(given["rate"]))
    epochs = iter(orders)

    def train(count: int) -> float:
        begin = perf_counter()
        for _ in range(count):
            for chosen in next(epochs).split(batch):
                loss = loss_of(model(inputs[chosen]), targets[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        return perf_counter() - begin

    return train


def test(model: Any, given: Any, path: str) -> None:
    """Write the outputs for the examples of training and test."""
    with torch.inference_mode():
        outputs = [model(torch.from_numpy(given[name])).numpy() for name in ("inputs", "others")]
    np.savez(path, train=outputs[0], test=outputs[1])


if __name__ == "__main__":
    main()

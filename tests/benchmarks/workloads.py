"""What is measured: each workload declared once, for all systems.

One step of a training workload is forward, backward and update, and gives its loss as a Python
float; one step of another workload gives its results as NumPy arrays.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["WORKLOADS", "Adam", "Attention", "Elementwise", "Inference", "Momentum"]
__all__ += ["Optimizer", "Recurrent", "Sgd", "Training", "Workload", "describe"]


@dataclass(frozen=True)
class Sgd:
    """p <- p - rate g."""

    rate: float


@dataclass(frozen=True)
class Momentum:
    """v <- decay v + rate g, p <- p - v."""

    rate: float
    decay: float = 0.9


@dataclass(frozen=True)
class Adam:
    """Adam with bias correction in the form of the end of section 2 of its paper.

    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """

    rate: float
    decay: float = 0.9
    square_decay: float = 0.999
    epsilon: float = 1e-8


Optimizer: TypeAlias = Sgd | Momentum | Adam


@dataclass(frozen=True)
class Training:
    """Dense layers, all but the last with an activation, and a mean loss over the batch.

    Attributes:
        sizes: The numbers of features, from the input to the output.
        batch: Examples per step.
        optimizer: How the weights are updated.
        loss: Softmax cross-entropy, or squared error to one-hot targets, mean over all elements.
        activation: Of the hidden layers.
        batches: How many batches there are; steps go round them.
    """

    sizes: tuple[int, ...]
    batch: int
    optimizer: Optimizer
    loss: Literal["cross_entropy", "squared_error"] = "cross_entropy"
    activation: Literal["relu", "tanh"] = "relu"
    batches: int = 16


@dataclass(frozen=True)
class Inference:
    """The logits of dense layers, all but the last with a relu."""

    sizes: tuple[int, ...]
    batch: int
    batches: int = 16


@dataclass(frozen=True)
class Elementwise:
    """y = tanh(x) sigmoid(x) + exp(-x x), with the gradient of its sum with respect to x."""

    size: int
    batches: int = 1


@dataclass(frozen=True)
class Recurrent:
    """An LSTM cell, unrolled from a state of zeros; squared error of the last h; SGD.

    In every step z = [x h] W + b; input, forget and output gates are one sigmoid of the first
    three quarters of z, the candidate is tanh of the last; c <- f c + i g, h <- o tanh(c).

    S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997).
    """

    steps: int
    width: int
    batch: int
    optimizer: Sgd
    batches: int = 16


@dataclass(frozen=True)
class Attention:
    """Layer norm, attention with several heads, and the skip connection; squared error; SGD.

    The first half of a transformer block, on x plus a trained position, so that gradients flow
    through the norm, too. The update is what consumes them: the losses show that they are right.

    A. Vaswani et al., "Attention is all you need", NeurIPS 2017.
    """

    sequence: int
    width: int
    heads: int
    batch: int
    optimizer: Sgd
    batches: int = 8
    epsilon: float = 1e-5


Workload: TypeAlias = Training | Inference | Elementwise | Recurrent | Attention

DISK = (2, 25, 25, 25, 2)
DIGITS = (784, 512, 512, 512, 10)

WORKLOADS: dict[str, Workload] = {
    "W1": Training(DISK, 25, Sgd(0.1)),
    "W2": Training(DISK, 100, Sgd(0.03), "squared_error"),
    "W3": Training(DISK, 1000, Sgd(0.03), "squared_error", batches=1),
    "W4": Training(DIGITS, 100, Sgd(0.02)),
    "W5": Training((784, 100, 100, 10), 32, Momentum(0.01), activation="tanh"),
    "W6": Training(DIGITS, 100, Adam(1e-4)),
    "W8": Inference(DISK, 1),
    "W9": Elementwise(1_000_000),
    "W10": Training((2, *(25,) * 49, 2), 25, Sgd(0.003)),
    "W11": Recurrent(steps=20, width=64, batch=32, optimizer=Sgd(2.0)),
    "W12": Attention(sequence=64, width=64, heads=4, batch=8, optimizer=Sgd(0.5)),
}
"""All workloads; W7 is left for convolutions."""


def describe(workload: Workload) -> str:
    """Give a workload in one line."""
    match workload:
        case Training():
            layers = show_sizes(workload.sizes)
            loss = workload.loss.replace("_", " ")
            rule = type(workload.optimizer).__name__
            return f"{layers} {workload.activation}, batch {workload.batch}, {loss}, {rule}"
        case Inference():
            return f"{show_sizes(workload.sizes)} relu, batch {workload.batch}, inference"
        case Elementwise():
            return f"tanh(x) sigmoid(x) + exp(-x x) and gradient, {workload.size} values"
        case Recurrent():
            sizes = f"{workload.steps} steps, width {workload.width}, batch {workload.batch}"
            return f"LSTM cell, {sizes}, squared error, Sgd"
        case Attention():
            sizes = f"sequence {workload.sequence}, width {workload.width}"
            more = f"{workload.heads} heads, batch {workload.batch}"
            return f"layer norm and attention, {sizes}, {more}, squared error, Sgd"


def show_sizes(sizes: tuple[int, ...]) -> str:
    """Give the sizes of layers, those of a deep network in short."""
    if len(sizes) <= 6:
        return "-".join(map(str, sizes))
    return f"{sizes[0]}-{sizes[1]}-...-{sizes[-2]}-{sizes[-1]} ({len(sizes) - 1} layers)"

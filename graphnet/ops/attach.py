"""What belongs to a training step, attached to the values that the loss is made of.

Layers of networks ask for more than a gradient: moving averages that a step moves, penalties that
it adds to the loss. Each of these ops gives its first operand as it is, and names what a step has
to do besides. So a step finds all of it by walking from its loss, and only what that loss is made
of; there is no list kept aside that could hold too much or be forgotten. When a graph is compiled,
these ops are dropped, and with them what nobody else needs.
"""

from collections.abc import Iterable
from numbers import Real
from typing import NamedTuple

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import reach
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, is_float
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.basic import StopGradient
from graphnet.ops.sources import Variable
from graphnet.typing import Array

__all__ = ["Attached", "Average", "attached", "penalize", "track", "unsaid"]


class Attachment(Op):
    """Base of the ops that give their first operand as it is."""

    memory = Memory.VIEW

    def kernel(self, x: Array, *_: Array) -> Array:
        """Give x."""
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor | None, ...]:
        """Let the gradient pass to x alone."""
        return dy, *(None for _ in node.inputs[1:])


class Track(Attachment):
    """x; a training step moves a variable towards a statistic."""

    name = "track"
    momentum: float
    samples = (
        Sample(f32(2, 3), f32(3), f32(3), momentum=0.9),
        Sample(f32(), f32(), f32(), momentum=0.0),
    )

    def infer(self, x: Spec, variable: Spec, statistic: Spec) -> Spec:
        if not variable.may_equal(statistic):
            raise ShapeError(
                f"a statistic {statistic} cannot be tracked by a variable {variable}",
                hint="shapes and dtypes must be equal",
            )
        if not is_float(variable.dtype):
            raise DTypeError(
                f"a moving average is floating, and this one is {variable}",
                hint="use gn.Variable(0.0, trainable=False)",
            )
        return x


class Penalize(Attachment):
    """x; a training step adds a penalty to the loss."""

    name = "penalize"
    samples = (Sample(f32(2, 3), f32()), Sample(f32(), f32()))

    def infer(self, x: Spec, penalty: Spec) -> Spec:
        if penalty.shape:
            raise ShapeError(
                f"a penalty is a scalar, and this one is {penalty}",
                hint="add its elements up, as in penalty.sum()",
            )
        if not is_float(penalty.dtype):
            raise DTypeError(
                f"a penalty is floating, and this one is {penalty}",
                hint="use gn.cast(penalty, gn.float32)",
            )
        return x


class Unsaid(Attachment):
    """x, from the inference form of a layer that was not told which form is meant."""

    name = "unsaid"
    layer: str
    samples = (Sample(f32(2, 3), layer="model/dropout"), Sample(f32(), layer="dropout"))

    def infer(self, x: Spec) -> Spec:
        return x


class Average(NamedTuple):
    """A moving average, as ``track`` has declared it.

    Attributes:
        variable: What is moved.
        statistic: What it is moved towards, of the same spec.
        momentum: The share of its old value that it keeps.
    """

    variable: Variable
    statistic: Tensor
    momentum: float


class Attached(NamedTuple):
    """What a step that minimizes a loss has to do besides, in the order of declaration.

    Attributes:
        averages: One per ``track``.
        penalties: Scalars, each once.
        unsaid: The nodes of ``unsaid``; ``node.op.layer`` is the label of the layer.
    """

    averages: list[Average]
    penalties: list[Tensor]
    unsaid: list[Node]


def track(x: TensorLike, variable: Variable, statistic: Tensor, momentum: float) -> Tensor:
    r"""Give ``x``, and let each training step move ``variable`` towards ``statistic``.

    :math:`v \leftarrow \mu v + (1 - \mu) s`, by the steps whose loss depends on the result.

    Args:
        x: Tensor of any spec.
        variable: Not trainable; where the moving average is kept.
        statistic: Of the spec of the variable.
        momentum: From 0 to 1, the share of its old value that the variable keeps.

    Raises:
        GraphError: ``variable`` is no variable, or trainable, or the momentum not in this range.
        ShapeError: The statistic does not fit the variable.
        DTypeError: They are not floating.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None,))
        >>> average = gn.Variable(0.0, trainable=False)
        >>> y = gn.nn.track(x, average, x.mean(), momentum=0.9)
    """
    if not isinstance(variable, Variable) or variable.trainable:
        raise GraphError(
            "track: a moving average is kept by a variable that is not trainable",
            at=str(creation_site()),
            rows=[describe(variable)] if isinstance(variable, Tensor) else [(repr(variable),)],
            hint="declare it with gn.Variable(initial_value, trainable=False)",
        )
    if not isinstance(momentum, Real) or not 0 <= momentum <= 1:
        raise GraphError(
            f"track: {momentum!r:.60} is not a momentum",
            at=str(creation_site()),
            hint="it is the share that the average keeps in a step, a number from 0 to 1",
        )
    return Track(float(momentum))(x, variable, statistic)


def penalize(x: TensorLike, penalty: Tensor) -> Tensor:
    """Give ``x``, and let each training step add ``penalty`` to its loss.

    That holds for the steps whose loss depends on the result. A penalty counts once, however many
    values it is attached to.

    Args:
        x: Tensor of any spec.
        penalty: Floating scalar.

    Raises:
        ShapeError: The penalty is not a scalar.
        DTypeError: The penalty is not floating.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None,))
        >>> y = gn.nn.penalize(x, 0.01 * gn.square(x).sum())
    """
    return Penalize()(x, penalty)


def unsaid(x: TensorLike, layer: str) -> Tensor:
    """Give ``x``, the inference form of a layer of which nobody has said which form is meant.

    Args:
        x: Tensor of any spec.
        layer: Label of the layer, for the message of those who refuse to train by it.

    Example:
        >>> unsaid([1.0], "model/dropout")
        <tensor 'unsaid' float32[1]>
    """
    return Unsaid(layer)(x)


def attached(loss: Tensor) -> Attached:
    """Find what a step that minimizes ``loss`` has to do besides.

    What lies behind ``stop_gradient`` is not learned from: its penalties do not count, and it need
    not be said which form it has. Its moving averages do count, since no other step may move them.

    Args:
        loss: Any tensor.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(3.0)
        >>> loss = penalize(x, x * x)
        >>> attached(loss).penalties
        [<tensor 'multiply' float32[]>]
    """
    behind = reach([loss], frozenset(), control=False)
    cut = frozenset(node.outputs[0] for node in behind if isinstance(node.op, StopGradient))
    nodes = in_order(loss, behind)
    learned = in_order(loss, reach([loss], cut, control=False)) if cut else nodes
    penalties = [node.inputs[1] for node in learned if isinstance(node.op, Penalize)]
    return Attached(
        [average(node) for node in nodes if isinstance(node.op, Track)],
        list(dict.fromkeys(penalties)),
        [node for node in learned if isinstance(node.op, Unsaid)],
    )


def in_order(loss: Tensor, nodes: Iterable[Node]) -> list[Node]:
    """Give the attachments among nodes, in the order of declaration."""
    chosen = {node for node in nodes if isinstance(node.op, Attachment)}
    return [node for node in loss.graph.nodes if node in chosen]


def average(node: Node) -> Average:
    """Give what a node of ``track`` has declared."""
    _, variable, statistic = node.inputs
    assert isinstance(node.op, Track), "please report: an average of another op"
    assert isinstance(variable, Variable), "please report: an average without a variable"
    return Average(variable, statistic, node.op.momentum)

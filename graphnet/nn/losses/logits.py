"""What losses ask of logits and of the labels beside them."""

from graphnet.errors import ArgumentError, GraphError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import may_be_equal, show_shape
from graphnet.ir.tensor import Tensor, describe
from graphnet.nn.shapes import misfit, unfitting
from graphnet.ops.labels import require_labels
from graphnet.ops.normalize import log_softmax

__all__ = [
    "require_class_indices",
    "require_class_weights",
    "require_logits",
    "require_several_classes",
    "require_smoothing",
    "smoothed",
    "source",
]

SEEN_THROUGH = frozenset(
    {
        "alike",
        "cast",
        "clip",
        "copy",
        "expand_dims",
        "flatten",
        "identity",
        "index",
        "penalize",
        "reshape",
        "squeeze",
        "stop_gradient",
        "track",
        "transpose",
        "unsaid",
    }
)
"""Ops that give the numbers of their first operand, or some of them."""

SPARSE = "sparse_softmax_cross_entropy"


def source(x: Tensor) -> Tensor:
    """Give the tensor that the numbers of ``x`` come from."""
    while x.node.op.name in SEEN_THROUGH or is_dropout(x):
        x = x.node.inputs[0]
    return x


def is_dropout(x: Tensor) -> bool:
    """Whether a tensor is the product of another one with a mask of dropout."""
    node = x.node
    return node.op.name == "multiply" and node.inputs[1].node.op.name == "dropout_mask"


def require_logits(loss: str, logits: Tensor) -> None:
    """Refuse what is the output of softmax or sigmoid, as a last layer often has them.

    Raises:
        GraphError: It is.
    """
    made = source(logits)
    activation = made.node.op.name
    if activation not in ("softmax", "sigmoid"):
        return
    rows = [describe(logits, "logits")]
    if made is not logits:
        rows.append(describe(made, activation))
    raise GraphError(
        f"{loss}: the logits are probabilities, the output of {activation}",
        at=str(creation_site()),
        rows=rows,
        hint=f"give what {activation} is applied to: the loss makes probabilities of it itself, "
        "so that the last layer needs no activation",
    )


def require_several_classes(
    loss: str, binary: str = "sigmoid_cross_entropy", **scores: Tensor
) -> None:
    """Refuse scores of one class, whose loss never changes.

    Args:
        loss: Name of the loss, for messages.
        binary: The loss that takes one score for yes or no.
        scores: The scores, by their role.

    Raises:
        ShapeError: There is only one.
    """
    (x,) = scores.values()
    if x.shape and x.shape[-1] == 1:
        raise unfitting(
            f"{loss}: there is only one class in {show_shape(x.shape)}, which is always right",
            "give the last layer one unit per class; "
            f"with one unit for yes or no, use gn.nn.{binary}",
            **scores,
        )


def require_class_weights(loss: str, **operands: Tensor) -> None:
    """Refuse labels that are not one weight per logit.

    Args:
        loss: Name of the loss, for messages.
        operands: ``logits``, and then the labels, whatever the loss calls them.

    Raises:
        ShapeError: They have another shape than the logits.
    """
    (_, logits), (role, labels) = operands.items()
    if not may_be_equal(logits.shape, labels.shape):
        raise unfitting(
            misfit(loss, role, show_shape(labels.shape), "logits", show_shape(logits.shape)),
            weights_hint(role, logits, labels),
            **operands,
        )


def weights_hint(role: str, logits: Tensor, labels: Tensor) -> str:
    """Say what is right in place of labels that are not one weight per logit."""
    wanted, found = logits.shape[:-1], labels.shape
    indices = labels.dtype.kind in "iu" and logits.shape
    if indices and may_be_equal(wanted, found):
        return f"for class indices use gn.nn.{SPARSE}"
    if indices and may_be_equal((*wanted, 1), found):
        return f"for class indices use gn.nn.{SPARSE}(logits, gn.squeeze({role}, -1))"
    if wanted and may_be_equal(wanted, found[:-1]):
        return f"give the last layer {found[-1]} units, one per class of the {role}"
    return f"{role} need the shape of the logits, one weight per class"


def require_class_indices(loss: str, **operands: Tensor) -> None:
    """Refuse labels that are not one class index per row.

    Args:
        loss: Name of the loss, for messages.
        operands: The rows, and then ``labels``.

    Raises:
        ShapeError: The shapes do not fit.
        DTypeError: The labels are not integers.
    """
    rows, labels = operands.values()
    try:
        require_labels(rows.spec, labels.spec)
    except GraphError as error:
        error.headline = f"{loss}: {error.headline}"
        error.at = str(creation_site())
        error.rows = [describe(tensor, role) for role, tensor in operands.items()]
        if rows.shape and may_be_equal(rows.shape, labels.shape):
            error.hint = one_hot_hint(loss)
        raise


def one_hot_hint(loss: str) -> str:
    """Say what is right in place of one-hot labels."""
    if loss == SPARSE:
        return "for one weight per class use gn.nn.softmax_cross_entropy"
    return "labels.argmax(-1) makes class indices of one-hot labels"


def smoothed(losses: Tensor, logits: Tensor, amount: float) -> Tensor:
    """Give a part of the weight of each label to all classes alike."""
    if not amount:
        return losses
    return (1 - amount) * losses - amount * log_softmax(logits).mean(-1)


def require_smoothing(loss: str, amount: float) -> None:
    """Refuse an amount of smoothing that leaves nothing of the labels.

    Raises:
        ArgumentError: It is not at least 0 and below 1.
    """
    if not 0 <= amount < 1:
        raise ArgumentError(
            f"{loss}: label_smoothing is {amount!r}",
            at=str(creation_site()),
            hint="use a number from 0 up to, but not including, 1, as 0.1",
        )

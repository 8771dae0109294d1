"""Shape rules applied: the specs of a node's outputs, or an error that names all involved."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graphnet.errors import GraphError
from graphnet.ir.context import Site
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor, describe

if TYPE_CHECKING:
    from graphnet.ir.op import Op

__all__ = ["infer"]


def infer(op: "Op", inputs: tuple[Tensor, ...], site: Site) -> tuple[Spec, ...]:
    """Apply the op's shape rule; an error is given the op, the line and the operands."""
    try:
        specs = op.infer(*[tensor.spec for tensor in inputs])
    except GraphError as error:
        explain(error, op, inputs, site)
        raise
    return (specs,) if isinstance(specs, Spec) else specs


def explain(error: GraphError, op: "Op", operands: Iterable[Tensor], site: Site) -> None:
    """Add to an error of a shape rule what the user needs to find the mistake."""
    if not error.rows:
        error.headline = f"{op.name}: {error.headline}"
        error.at = str(site)
        error.rows = [
            describe(tensor, label)
            for label, tensor in zip(op.operand_names(), operands, strict=False)
        ]

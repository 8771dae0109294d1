"""``check_op``: whether an op keeps the laws that all ops keep."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from graphnet.errors import DefinitionError
from graphnet.ir.op import Op
from graphnet.ir.traits import Sample
from graphnet.testing.cases import Case
from graphnet.testing.law import Law
from graphnet.testing.laws import LAWS
from graphnet.testing.value_laws import equals

__all__ = ["check_op"]


def check_op(
    op_class: type[Op],
    samples: Iterable[Sample] | None = None,
    *,
    reference: Callable[..., Any] | None = None,
    laws: Iterable[Law] = LAWS,
) -> None:
    """Check that an op keeps its contract: shape rule, gradient, memory, text form and so on.

    Args:
        op_class: The op, as it was declared.
        samples: What to check it with; by default its own samples.
        reference: The same function of NumPy arrays, and of the static arguments by name.
        laws: What to check; by default all of ``graphnet.testing.laws.LAWS`` that apply.

    Raises:
        AssertionError: Laws are broken; the message lists each with its sample.
        DefinitionError: There are no samples.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> gn.testing.check_op(gn.ir.OPS["negative"], reference=np.negative)
    """
    given = tuple(op_class.samples if samples is None else samples)
    if not given:
        raise DefinitionError(
            f"op {op_class.name} has no samples",
            hint="give the class `samples = (Sample(f32(2, 3)), ...)`, or give them to check_op",
        )
    checked = [*laws, *([equals(reference)] if reference else [])]
    broken = [line for sample in given for line in broken_laws(op_class, sample, checked)]
    if broken:
        raise AssertionError("\n".join([f"op {op_class.name} breaks its contract", *broken]))


def broken_laws(op_class: type[Op], sample: Sample, laws: Iterable[Law]) -> Iterator[str]:
    """Give a message for each law that an op breaks with a sample."""
    for law in laws:
        try:
            law(Case(op_class(**sample.static), sample))
        except Exception as error:  # noqa: BLE001  # whatever a kernel or a rule raises
            kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
            message = f"{kind}{error}".replace("\n", "\n    ")
            yield f"  {law.name.replace('_', ' ')}: not with {sample!r}\n    {message}"

"""``Options``: which steps of the compiler run."""

from dataclasses import dataclass, fields
from typing import Self

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """Which steps of the compiler run; results are equal but for rounding.

    That holds as long as no value on the way comes near the limits of its dtype: ``0.1 * x + 0.1 *
    y`` may be computed as ``0.1 * (x + y)``.

    All steps run by default. Switching one off shows what it gains, and where a result comes from.

    Attributes:
        simplify: The passes that make a graph smaller.
        reuse: Results written into memory of the plan, in place where that is possible; without
            it none of the steps below runs.
        forms: The cheapest call of NumPy for each op, in place of its kernel.
        updates: Equal updates of variables joined to one.
        orders: The order in memory, by rows or by columns, chosen for each matrix.
        products: A bias made a row of the matrix that it is added behind; needs ``orders``.
        scalars: Numbers multiplied with each other rather than with arrays.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> with gn.Session(optimize=gn.compiler.Options(forms=False)) as session:
        ...     session.run(x * 2, {x: [1, 2]})
        array([2., 4.], dtype=float32)
    """

    simplify: bool = True
    reuse: bool = True
    forms: bool = True
    updates: bool = True
    orders: bool = True
    products: bool = True
    scalars: bool = True

    @classmethod
    def none(cls) -> Self:
        """Give the options under which graphs are run as they were declared.

        Example:
            >>> import graphnet as gn
            >>> gn.compiler.Options.none().reuse
            False
        """
        return cls(**dict.fromkeys((field.name for field in fields(cls)), False))

"""What layers ask of the extents of their inputs."""

from collections.abc import Sequence

from graphnet.errors import ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor, describe
from graphnet.nn.layer import Layer

__all__ = ["check_sizes", "known_sizes"]


def known_sizes(layer: Layer, x: Tensor, axes: Sequence[int] = (-1,)) -> tuple[int, ...]:
    """Give the extents of ``x`` along axes.

    Raises:
        ShapeError: There is no such axis, or its extent is not a number from 1 up.
    """
    return tuple(known_size(layer, x, axis) for axis in axes)


def known_size(layer: Layer, x: Tensor, axis: int) -> int:
    """Give the extent of ``x`` along one axis."""
    extent = extent_of(x, axis)
    if isinstance(extent, int) and extent:
        return extent
    if not x.shape:
        what = "the input is a scalar"
    elif not -x.ndim <= axis < x.ndim:
        what = f"the input has no axis {axis}"
    else:
        where = "the last axis" if axis == -1 else f"axis {axis}"
        what = f"{where} of the input has {'no' if extent == 0 else 'no known'} size"
    raise ShapeError(
        f"{layer.label}: {what}",
        at=str(creation_site()),
        rows=[describe(x, "input")],
        hint=f"declare it with a number as {name_of(axis)}, as in gn.placeholder((None, 784))",
    )


def check_sizes(
    layer: Layer, x: Tensor, sizes: Sequence[int], axes: Sequence[int] = (-1,), **made: Tensor
) -> None:
    """Refuse an input with other extents along axes than that of the first call.

    Args:
        layer: The layer that is called.
        x: The input.
        sizes: The extents of the first input along the axes.
        axes: The axes, counted from the end.
        made: A variable that was made for these sizes, by its role.

    Raises:
        ShapeError: Other extents, or no such axes.
    """
    for axis, size in zip(axes, sizes, strict=True):
        found = extent_of(x, axis)
        if isinstance(found, int) and found != size:
            raise ShapeError(
                f"{layer.label}: made for inputs of size {size}, called on inputs of size {found}",
                at=str(creation_site()),
                rows=[describe(x, "input"), *(describe(v, role) for role, v in made.items())],
                hint=f"the {name_of(axis)} of the input must be {size}; "
                "a layer of its own has variables of its own",
            )


def extent_of(x: Tensor, axis: int) -> int | str | None:
    """Give an extent as far as it is known; None where there is no such axis."""
    return x.shape[axis] if -x.ndim <= axis < x.ndim else None


def name_of(axis: int) -> str:
    """Say which extent is meant."""
    return "last extent" if axis == -1 else f"extent of axis {axis}"

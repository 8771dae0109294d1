"""``x[index]``: integers, slices, None and Ellipsis as one view, an array of integers as gather."""

from collections.abc import Sequence
from operator import index as as_integer
from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.checks import as_tensor, require_shape
from graphnet.ops.gather import Gather
from graphnet.typing import Array, Dimension, Shape

__all__ = ["index", "place"]

Item: TypeAlias = int | slice | None
Items: TypeAlias = tuple[Item, ...]

FULL = slice(None)


class Index(Op):
    """x[index], for an index of integers, slices and None; the remaining axes are kept."""

    name = "index"
    index: Items
    memory = Memory.VIEW
    samples = (
        Sample(f32(4, 3), index=(slice(1, 3),)),
        Sample(f32(4, 3), index=(FULL, slice(None, None, -1))),
        Sample(f32(4, 3), index=(-1, None, slice(0, 3, 2))),
        Sample(f32(3), index=(2,)),
        Sample(f32(), index=(None,)),
        Sample(f32(0, 3), index=(slice(1, None), 1)),
    )

    def __hash__(self) -> int:
        """Hash the slices by their bounds; Python before 3.12 has no hash for them."""
        return hash((Index, hashable(self.index)))

    def infer(self, x: Spec) -> Spec:
        return x.with_shape(indexed(x.shape, self.index))

    def kernel(self, x: Array) -> Array:
        return x[(*self.index, ...)]  # with `...` it is never a scalar

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (Place(self.index)(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, index: Any) -> Tensor:
        tensor = as_tensor(x)
        items = expand(index if isinstance(index, tuple) else (index,), tensor.shape)
        if any(map(is_array, items)):
            return choose(tensor, items)
        basic = canonical(items)
        return cls(basic)(tensor) if basic else tensor


class Place(Op):
    """Zeros of the shape of ``like``, with x written at ``index``."""

    name = "place"
    index: Items
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(4, 3), index=(slice(1, 3),)),
        Sample(f32(4, 3), f32(4, 3), index=(FULL, slice(None, None, -1))),
        Sample(f32(1, 2), f32(4, 3), index=(-1, None, slice(0, 3, 2))),
        Sample(f32(), f32(3), index=(2,)),
        Sample(f32(0), f32(0, 3), index=(slice(1, None), 1)),
    )

    def __hash__(self) -> int:
        """Hash the slices by their bounds, as ``Index`` does."""
        return hash((Place, hashable(self.index)))

    def infer(self, x: Spec, like: Spec) -> Spec:
        require_shape(x.shape, indexed(like.shape, self.index), "elements")
        return x.with_shape(like.shape)

    def kernel(self, x: Array, like: Array, out: Array | None = None) -> Array:
        result = np.empty(like.shape, x.dtype) if out is None else out
        result[...] = 0
        result[(*self.index, ...)] = x
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        return Index(self.index)(dy), None

    @classmethod
    def of(cls, x: TensorLike, like: Tensor, index: Any) -> Tensor:
        items = expand(index if isinstance(index, tuple) else (index,), like.shape)
        return cls(canonical(items))(x, like)


# What an index gives


def indexed(shape: Shape, index: Items) -> Shape:
    """Give the shape of ``x[index]`` for x of ``shape``.

    Raises:
        ShapeError: There are too many items, or an integer is out of range.
    """
    require_axes(index, shape)
    extents: list[Dimension] = []
    axis = 0
    for item in index:
        if item is None:
            extents.append(1)
            continue
        if isinstance(item, slice):
            extents.append(sliced(shape[axis], item))
        else:
            require_position(shape[axis], item, axis)
        axis += 1
    return (*extents, *shape[axis:])


def sliced(extent: Dimension, item: slice) -> Dimension:
    """Give the extent that a slice leaves."""
    if isinstance(extent, int):
        return len(range(*item.indices(extent)))
    everything = item.start is None and item.stop is None and item.step in (None, 1, -1)
    return extent if everything else None


def require_position(extent: Dimension, position: int, axis: int) -> None:
    """Make sure that there is such a position, as far as it is known.

    Raises:
        ShapeError: There is none.
    """
    if isinstance(extent, int) and not -extent <= position < extent:
        raise ShapeError(
            f"index {position} is out of range for axis {axis} of {extent}",
            hint=f"indices run from {-extent} to {extent - 1}" if extent else "the axis is empty",
        )


def require_axes(items: Sequence[Any], shape: Shape) -> None:
    """Make sure that there are as many axes as items.

    Raises:
        ShapeError: There are not.
    """
    used = [item for item in items if item is not None]
    if len(used) > len(shape):
        raise ShapeError(
            f"{len(used)} indices for the {len(shape)} axes of {show_shape(shape)}",
            hint="index each axis once; None adds an axis",
        )


def hashable(index: Items) -> tuple[Any, ...]:
    """Give an index with the bounds of the slices in their place."""
    return tuple(
        ("slice", item.start, item.stop, item.step) if isinstance(item, slice) else item
        for item in index
    )


# What users write


def expand(items: tuple[Any, ...], shape: Shape) -> tuple[Any, ...]:
    """Put full slices in the place of Ellipsis.

    Raises:
        ShapeError: There are too many items, or two of Ellipsis.
    """
    marks = [position for position, item in enumerate(items) if isinstance(item, EllipsisType)]
    rest = [item for item in items if not isinstance(item, EllipsisType)]
    require_axes(rest, shape)
    if not marks:
        return items
    if len(marks) > 1:
        raise ShapeError(
            "an index has more than one `...`", hint="it stands for all axes left over"
        )
    missing = len(shape) - len([item for item in rest if item is not None])
    return (*rest[: marks[0]], *[FULL] * missing, *rest[marks[0] :])


def canonical(items: Sequence[Any]) -> Items:
    """Give the items as Python integers, slices and None, without full slices at the end."""
    kept = [as_item(item) for item in items]
    while kept and kept[-1] == FULL:
        kept.pop()
    return tuple(kept)


def as_item(item: Any) -> Item:
    """Give one item of an index.

    Raises:
        GraphError: It is a truth, or a slice with a bound that is a tensor.
        DTypeError: It is not an integer.
    """
    if item is None:
        return None
    if isinstance(item, slice):
        start, stop, step = map(as_bound, (item.start, item.stop, item.step))
        if step == 0:
            raise GraphError("a slice has a step of 0", hint="steps are positive or negative")
        return slice(start, stop, None if step == 1 else step)
    if isinstance(item, bool | np.bool_):
        refuse_truths()
    try:
        return as_integer(item)
    except TypeError:
        raise DTypeError(
            f"{item!r:.60} is not an index",
            hint="use integers, slices, None, `...`, or one array of integers",
        ) from None


def as_bound(bound: Any) -> int | None:
    """Give one bound of a slice.

    Raises:
        GraphError: It is a tensor.
        DTypeError: It is not an integer.
    """
    if bound is None:
        return None
    if isinstance(bound, Tensor):
        raise GraphError(
            "the bounds of a slice are numbers, not tensors",
            hint="gn.gather(x, indices) takes positions that are known only in a run",
        )
    try:
        return as_integer(bound)
    except TypeError:
        raise DTypeError(f"{bound!r:.60} is not a bound of a slice", hint="use integers") from None


def is_array(item: Any) -> bool:
    """Whether an item chooses positions one by one."""
    return isinstance(item, Tensor | list | range) or (
        isinstance(item, np.ndarray) and item.ndim > 0
    )


def choose(x: Tensor, items: tuple[Any, ...]) -> Tensor:
    """Give ``x[items]`` where one of the items is an array, list or tensor of integers.

    Raises:
        GraphError: There are several of them, or NumPy would move the axis to the front.
    """
    at, *others = [position for position, item in enumerate(items) if is_array(item)]
    advanced = [
        position
        for position, item in enumerate(items)
        if position == at or not (item is None or isinstance(item, slice))
    ]
    if others or advanced[-1] - advanced[0] >= len(advanced):
        raise GraphError(
            "an index has several arrays, or an array apart from an integer",
            hint="index step by step, or use gn.take_along_axis",
        )
    basic = canonical([FULL if position == at else item for position, item in enumerate(items)])
    chosen = items[at]
    if isinstance(chosen, np.ndarray | list | range):
        chosen = as_positions(chosen)
    elif chosen.dtype.kind == "b":
        refuse_truths()
    axis = len([item for item in items[:at] if item is None or isinstance(item, slice)])
    return Gather(axis)(Index(basic)(x) if basic else x, chosen)


def as_positions(items: Any) -> Array:
    """Give an array of integers."""
    array = np.asarray(items)
    if array.dtype.kind == "b":
        refuse_truths()
    return array if array.size else array.astype(np.int64)


def refuse_truths() -> None:
    """Say what to use in place of a boolean mask.

    Raises:
        GraphError: Always.
    """
    raise GraphError(
        "a boolean index gives a shape that depends on values",
        hint="use gn.where(mask, x, other), or multiply by the mask",
    )


def index(x: TensorLike, item: Any) -> Tensor:
    """Give ``x[item]``, which is how it is written where ``x`` is a tensor.

    Args:
        x: Tensor of any shape.
        item: Integers, slices, None for a new axis, ``...`` for the axes left over, in a tuple
            where there are several. One of them may be an array, a list or a tensor of integers,
            which chooses positions along its axis as ``gn.gather`` does.

    Returns:
        Tensor that shares the memory of ``x`` unless positions are chosen one by one.

    Raises:
        ShapeError: There are too many indices, or one is out of range.
        DTypeError: An index is not an integer.
        GraphError: An index is boolean, or several are arrays.

    Example:
        >>> import graphnet as gn
        >>> x = gn.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        >>> gn.evaluate([x[0, ::-1], x[:, [2, 0]]])
        [array([3., 2., 1.], dtype=float32), array([[3., 1.],
               [6., 4.]], dtype=float32)]
    """
    return Index.of(x, item)


def place(x: TensorLike, like: Tensor, item: Any) -> Tensor:
    """Write ``x`` at ``item`` into zeros of the shape of ``like``.

    Args:
        x: Tensor of the shape of ``like[item]``.
        like: Tensor that is used for its shape only.
        item: Integers, slices, None and ``...``.

    Returns:
        Tensor of the shape of ``like`` and the dtype of ``x``.

    Raises:
        ShapeError: The shapes do not fit.

    Example:
        >>> import graphnet as gn
        >>> like = gn.constant([0.0, 0.0, 0.0])
        >>> gn.evaluate(gn.place(gn.constant([1.0, 2.0]), like, slice(1, None)))
        array([0., 1., 2.], dtype=float32)
    """
    return Place.of(x, like, item)

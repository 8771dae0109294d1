"""What each op computes, said independently of its kernel: in NumPy, SciPy, or a plain loop.

A reference takes the arrays and, by name, the static arguments of a sample. Loops are preferred to
clever expressions: these functions are to be believed by reading them.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
from scipy import special

from graphnet.typing import Array, DType

Axes: TypeAlias = tuple[int, ...]
Reference: TypeAlias = Callable[..., Any]


def handed_on(x: Array, *_: Array, **__: Any) -> Array:
    """Give the first operand as it is."""
    return x


def reduction(function: Callable[..., Any]) -> Reference:
    """Make the reference of a reduction out of NumPy's function."""

    def reduce(x: Array, *, axis: Axes, keepdims: bool = False, **more: Any) -> Any:
        return function(x, axis=axis, keepdims=keepdims, **more)

    return reduce


def search(function: Callable[..., Any]) -> Reference:
    """Make the reference of a search for a position out of NumPy's function."""

    def find(x: Array, *, axis: int | None = None, keepdims: bool = False) -> Any:
        return function(x, axis=axis, keepdims=keepdims)

    return find


def prefix_sum(x: Array, *, axis: int, reverse: bool = False) -> Array:
    """Sum up to each element, or from each element on."""
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis) if reverse else np.cumsum(x, axis)


def recurrence(
    a: Array, b: Array, *, axis: Axes, initial: float = 0.0, reverse: bool = False
) -> Array:
    """Go through the axes as one, from either end, element by element."""
    front = tuple(range(len(axis)))
    factors, terms = (np.moveaxis(array, axis, front) for array in (a, b))
    result = np.empty_like(factors)
    value = np.full(factors.shape[len(axis) :], initial, a.dtype)
    positions = list(np.ndindex(factors.shape[: len(axis)]))
    for position in reversed(positions) if reverse else positions:
        result[position] = value
        value = factors[position] * value + terms[position]
    return np.moveaxis(result, front, axis)


def log_sum_exp(x: Array, *, axis: Axes, keepdims: bool = False) -> Any:
    """Sum in float64, where the numbers of the samples do not overflow."""
    return np.log(np.sum(np.exp(x.astype(np.float64)), axis=axis, keepdims=keepdims))


def einsum(*xs: Array, subscripts: str) -> Array:
    """Add up products of single elements, for all values of all labels."""
    left, right = subscripts.split("->")
    operands = left.split(",")
    sizes: dict[str, int] = {}
    for labels, x in zip(operands, xs, strict=True):
        for label, extent in zip(labels, x.shape, strict=True):
            sizes[label] = extent if sizes.get(label, 1) == 1 else sizes[label]
    result = np.zeros([sizes[label] for label in right], xs[0].dtype)
    for values in np.ndindex(*sizes.values()):
        at = dict(zip(sizes, values, strict=True))
        result[tuple(at[label] for label in right)] += prod(
            x[tuple(at[label] % extent for label, extent in zip(labels, x.shape, strict=True))]
            for labels, x in zip(operands, xs, strict=True)
        )
    return result


# Places


def scatter_add(x: Array, indices: Array, updates: Array, *, axis: int = 0) -> Array:
    """Add one slice after the other."""
    result = x.copy()
    for position in np.ndindex(indices.shape):
        source = (slice(None),) * axis + position
        result[(slice(None),) * axis + (indices[position],)] += updates[source]
    return result


def add_along_axis(x: Array, indices: Array, updates: Array, *, axis: int) -> Array:
    """Add one element after the other."""
    result = x.copy()
    for position in np.ndindex(indices.shape):
        target = (*position[:axis], indices[position], *position[axis + 1 :])
        result[target] += updates[position]
    return result


def place(x: Array, like: Array, *, index: Any) -> Array:
    """Write into zeros."""
    result = np.zeros_like(like)
    result[index] = x
    return result


def pick_class(x: Array, labels: Array) -> Array:
    """Pick one element of each row."""
    result = np.empty(labels.shape, x.dtype)
    for position in np.ndindex(labels.shape):
        result[position] = x[(*position, labels[position])]
    return result


def subtract_one_hot(x: Array, labels: Array) -> Array:
    """Subtract 1 in one element of each row."""
    result = x.copy()
    for position in np.ndindex(labels.shape):
        result[(*position, labels[position])] -= 1
    return result


def one_hot(
    indices: Array, *, depth: int, dtype: DType, axis: int, on: float = 1, off: float = 0
) -> Array:
    """Compare with all positions; negative indices count from the end."""
    shape = [1] * (indices.ndim + 1)
    shape[axis] = depth
    counted = np.where(indices < 0, indices + depth, indices)
    found = np.expand_dims(counted, axis) == np.arange(depth).reshape(shape)
    return np.where(found, on, off).astype(dtype)


def weighted_sum(weights: Array, values: Array, *, rows: bool = False) -> Array:
    """Add up what has a weight, one element after the other."""
    terms = np.where(weights == 0, 0, weights * values)
    return np.asarray(terms.sum(-1, keepdims=True) if rows else terms.sum())


def top_k(x: Array, *, k: int, axis: int) -> tuple[Array, Array]:
    """Sort all, and keep the first."""
    order = np.argsort(-x, axis=axis, kind="stable")
    indices = np.take(order, range(k), axis)
    return np.take_along_axis(x, indices, axis), indices


# Shapes


def pad(x: Array, *, widths: Any, mode: str = "constant", value: float = 0.0) -> Array:
    """Pad as NumPy does, which does not take arrays without axes."""
    more: dict[str, Any] = {"constant_values": value} if mode == "constant" else {}
    return np.pad(x, widths, mode, **more) if x.ndim else x  # type: ignore[call-overload]


def fold_padding(x: Array, like: Array, *, widths: Any, mode: str) -> Array:
    """Pad the positions, and add every element to the position that it was copied from."""
    positions = pad(np.arange(like.size).reshape(like.shape), widths=widths, mode=mode)
    sums = np.bincount(positions.ravel(), x.ravel(), like.size)
    return sums.reshape(like.shape)


def sum_tiles(x: Array, like: Array, *, reps: Axes) -> Array:
    """Add up one tile after the other."""
    tile = like.reshape((1,) * (len(reps) - like.ndim) + like.shape)
    total = np.zeros_like(tile)
    for position in np.ndindex(reps):
        pairs = zip(position, tile.shape, strict=True)
        total += x[tuple(slice(p * extent, (p + 1) * extent) for p, extent in pairs)]
    return total.reshape(like.shape)


def sum_like(x: Array, like: Array) -> Array:
    """Add every element to the one that it was repeated from."""
    positions = np.broadcast_to(np.arange(like.size).reshape(like.shape), x.shape)
    return np.bincount(positions.ravel(), x.ravel(), like.size).reshape(like.shape)


def split(x: Array, *, parts: int | Axes, axis: int = 0) -> tuple[Array, ...]:
    """Cut at the sums of the sizes."""
    places = parts if isinstance(parts, int) else np.cumsum(parts)[:-1]
    return tuple(np.split(x, places, axis))


def split_like(x: Array, *likes: Array, axis: int = 0) -> tuple[Array, ...]:
    """Cut into pieces of given sizes."""
    return split(x, parts=tuple(like.shape[axis] for like in likes), axis=axis)


def broadcast_to(x: Array, *, shape: Sequence[int]) -> Array:
    """Broadcast to a shape in which -1 stands for the extent of x."""
    own = (1,) * (len(shape) - x.ndim) + x.shape
    return np.broadcast_to(x, [b if a == -1 else a for a, b in zip(shape, own, strict=True)])


# Losses and activations


def sigmoid_cross_entropy(logits: Array, labels: Array) -> Array:
    """Say it as it is defined."""
    y = special.expit(logits)
    return np.asarray(-labels * np.log(y) - (1 - labels) * np.log(1 - y))


def gelu(x: Array, *, approximate: bool = False) -> Array:
    """D. Hendrycks and K. Gimpel, 2016, equation (2) and its approximation."""
    if approximate:
        y = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        return np.asarray(0.5 * x * (1 + y))
    return np.asarray(x * special.ndtr(x))


def elu(x: Array, *, alpha: float = 1.0) -> Array:
    """Exponential below 0."""
    return np.where(x > 0, x, alpha * np.expm1(x))


def selu(x: Array) -> Array:
    """G. Klambauer and others, 2017, equation (2)."""
    return np.multiply(1.0507009873554805, elu(x, alpha=1.6732632423543772))


NUMPY = (
    *("abs", "add", "ceil", "cos", "divide", "equal", "exp", "expm1", "floor", "floor_divide"),
    *("greater", "greater_equal", "isfinite", "isinf", "isnan", "less", "less_equal", "log"),
    *("log1p", "logical_and", "logical_not", "logical_or", "logical_xor", "matmul", "maximum"),
    *("minimum", "mod", "multiply", "negative", "not_equal", "power", "reciprocal", "sign", "sin"),
    *("sqrt", "square", "subtract", "tanh", "clip", "where", "round", "reshape", "tile"),
    *("transpose", "expand_dims", "squeeze", "take_along_axis"),
)
"""Ops that have NumPy's name, arguments and meaning."""

REFERENCES: dict[str, Reference] = {
    **{name: getattr(np, name) for name in NUMPY},
    "add_along_axis": add_along_axis,
    "alike": handed_on,
    "all": reduction(np.all),
    "any": reduction(np.any),
    "argmax": search(np.argmax),
    "argmin": search(np.argmin),
    "broadcast_like": lambda x, like: np.broadcast_to(x, like.shape),
    "broadcast_to": broadcast_to,
    "cast": lambda x, *, dtype: x.astype(dtype),
    "concat": lambda *xs, axis=0: np.concatenate(xs, axis),
    "constant": lambda *, value: value,
    "copy": lambda x: x,
    "counted": handed_on,
    "cumsum": prefix_sum,
    "einsum": einsum,
    "elu": elu,
    "enough_values": handed_on,
    "erf": special.erf,
    "flatten": lambda x, *, start=0: x.reshape(*x.shape[:start], prod(x.shape[start:])),
    "fold_padding": fold_padding,
    "full_like": lambda like, *, value=0.0: np.full(like.shape, value),
    "gather": lambda x, indices, *, axis=0: np.take(x, indices, axis),
    "gelu": gelu,
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "identity": lambda x: x,
    "index": lambda x, *, index: x[index],
    "leaky_relu": lambda x, *, alpha=0.01: np.where(x > 0, x, alpha * x),
    "leaky_relu_gradient": lambda dy, y, *, alpha: dy * np.where(y > 0, 1, alpha),
    "log_softmax": lambda x, *, axis=-1: special.log_softmax(x, axis) if x.size else x,
    "logsumexp": log_sum_exp,
    "max": reduction(np.max),
    "maximum_gradient": lambda dy, x, y: dy * ((x > y) + 0.5 * (x == y)),
    "mean": reduction(np.mean),
    "min": reduction(np.min),
    "one_hot": one_hot,
    "pad": pad,
    "penalize": handed_on,
    "pick_class": pick_class,
    "place": place,
    "prod": reduction(np.prod),
    "recurrence": recurrence,
    "relu": lambda x: np.clip(x, 0, None),
    "relu6": lambda x: np.clip(x, 0, 6),
    "relu_gradient": lambda dy, y: np.where(y > 0, dy, 0),
    "reshape_like": lambda x, like: x.reshape(like.shape),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "scatter_add": scatter_add,
    "selu": selu,
    "shape": lambda x: np.array(x.shape, np.int64),
    "sigmoid": special.expit,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "silu": lambda x: x * special.expit(x),
    "fit": lambda x, *, shape: x.reshape(shape),
    "divisor": lambda x, *, axis, ddof=0: max(prod(x.shape[each] for each in axis) - ddof, 1),
    "size": lambda x, *, axis: prod(x.shape[each] for each in axis),
    "softmax": lambda x, *, axis=-1: special.softmax(x, axis) if x.size else x,
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "split": split,
    "split_like": split_like,
    "stack": lambda *xs, axis=0: np.stack(xs, axis),
    "stop_gradient": lambda x: x,
    "subtract_one_hot": subtract_one_hot,
    "sum": reduction(np.sum),
    "sum_like": sum_like,
    "sum_tiles": sum_tiles,
    "top_k": top_k,
    "track": handed_on,
    "unsaid": handed_on,
    "variance": reduction(np.var),
    "vdot": lambda x, y: np.sum(x * y),
    "weighted_sum": weighted_sum,
}

"""Call forms: for each op the cheapest way to call NumPy, for arrays that are known beforehand.

A form is a function of one request - a node, and what its operands and its result are called in the
text - that gives an expression, or None where it does not fit. Forms are indexed by op. What none
fits is called by its kernel.

Which form is the cheapest was measured: see ``docs/performance.md``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np

from graphnet.compiler.names import Names
from graphnet.compiler.rules.known import constant_value, is_wide
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import is_float, static
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Add, Divide, Multiply, Subtract
from graphnet.ops.basic import Copy
from graphnet.ops.cross_entropy import WeightedSum
from graphnet.ops.families import Binary, Unary
from graphnet.ops.linalg import Matmul, Vdot
from graphnet.ops.rectifiers import Relu
from graphnet.ops.reduce import Max, Min, Sum
from graphnet.ops.reduction import Reduction
from graphnet.ops.rounding import Ceil, Floor
from graphnet.ops.select import Maximum, Minimum
from graphnet.typing import Array

__all__ = ["Operand", "Request", "gives_number", "phrase"]

LARGEST_REPEATED = 1 << 16
"""Elements up to which numbers are compared with as arrays; above, reading them costs more."""

LONGEST_SUM = 1 << 12
"""Terms up to which a product with ones is about as exact as NumPy's sum, which adds in pairs."""

BY_KEYWORD = (np.maximum, np.minimum)
"""NumPy is about to refuse a third positional argument of these."""

SIGNS: dict[type[Op], str] = {Add: "+", Subtract: "-", Multiply: "*", Divide: "/"}


@dataclass(frozen=True)
class Operand:
    """An operand or a result, as the text knows it.

    Attributes:
        tensor: The value.
        word: What it is called.
        array: Its array, where that is known before running.
    """

    tensor: Tensor
    word: str
    array: Array | None


@dataclass(frozen=True)
class Request:
    """A call to be put into words.

    Attributes:
        node: What is called.
        inputs: Its operands.
        out: Where the result goes; None where the call makes it.
        names: Gives objects their names in the text.
    """

    node: Node
    inputs: Sequence[Operand]
    out: Operand | None
    names: Names


Form: TypeAlias = Callable[[Request], str | None]

FORMS: dict[type[Op], list[Form]] = {}


def form(*ops: type[Op]) -> Callable[[Form], Form]:
    """Enter a function as a form for ops."""

    def enter(function: Form) -> Form:
        for op in ops:
            FORMS.setdefault(op, []).append(function)
        return function

    return enter


def phrase(request: Request) -> str | None:
    """Give the cheapest call, or None if no form fits."""
    forms: tuple[Form, ...] = (*FORMS.get(type(request.node.op), ()), *FAMILIES)
    for function in forms:
        text = function(request)
        if text is not None:
            return text
    return None


def gives_number(node: Node) -> bool:
    """Whether the result can be held as a NumPy scalar, which is cheaper to compute with."""
    if len(node.outputs) != 1 or node.outputs[0].ndim or not is_float(node.outputs[0].dtype):
        return False
    if isinstance(node.op, Matmul | Sum | Vdot | WeightedSum):
        return node.inputs[0].spec.is_static
    return isinstance(node.op, Unary | Binary) and node.op.ufunc is not None


# Numbers


@form(*SIGNS)
def infix(request: Request) -> str | None:
    """Give ``x + y``, of NumPy scalars; those of integers would warn where arrays wrap around."""
    (result,) = request.node.outputs
    if request.out is not None or result.ndim or not is_float(result.dtype):
        return None
    x, y = (number(operand, request) for operand in request.inputs)
    return f"{x} {SIGNS[type(request.node.op)]} {y}"


def number(operand: Operand, request: Request) -> str:
    """Give the expression for a NumPy scalar."""
    if operand.array is None:
        return operand.word
    if operand.tensor.node.op.name == "constant":
        return request.names.name(f"{operand.word}_number", operand.array[()], operand.tensor)
    return f"{operand.word}[()]"


# Products


@form(Matmul)
def bound_dot(request: Request) -> str | None:
    """Give ``x_dot(y, out)``, the method of an array that never moves; by columns transposed."""
    x, y = request.inputs
    if x.tensor.ndim > 2 or y.tensor.ndim > 2:
        return None
    out = request.out
    if out is None:
        return method(x, "dot", request, y.word)
    if out.array is None or out.array.flags.c_contiguous:
        return method(x, "dot", request, y.word, out.word)
    if x.tensor.ndim == y.tensor.ndim == 2 and out.array.flags.f_contiguous:
        x, y, out = (transposed(operand, request) for operand in (x, y, out))
        return method(y, "dot", request, x.word, out.word)
    return None


def method(owner: Operand, name: str, request: Request, *arguments: str) -> str:
    """Give the call of a method of an array."""
    words = ", ".join(arguments)
    if owner.array is None:
        return f"{owner.word}.{name}({words})"
    bound = getattr(owner.array, name)
    return f"{request.names.name(f'{owner.word}_{name}', bound, bound)}({words})"


def transposed(operand: Operand, request: Request) -> Operand:
    """Give the transpose of an operand."""
    if operand.array is None:
        return Operand(operand.tensor, f"{operand.word}.T", None)
    return view(operand, "T", operand.array.T, request)


def view(operand: Operand, what: str, array: Array, request: Request) -> Operand:
    """Give an array that shows the memory of an operand differently."""
    key = operand.word, array.shape, array.strides, array.__array_interface__["data"]
    word = request.names.name(f"{operand.word}_{what}", array, key)
    return Operand(operand.tensor, word, array)


# Reductions


@form(Sum)
def sum_by_ones(request: Request) -> str | None:
    """Give ``ones_dot(x, out)``: a sum along the first or the last axes as a product with ones."""
    (x,), out = request.inputs, request.out
    rows = as_rows(x, request)
    if rows is None or not is_wide(x.tensor):
        return None
    matrix, terms, along = rows
    if terms > LONGEST_SUM:
        return None
    ones = repeated(1, (terms,), x.tensor, request)
    if out is None:
        target = []
    elif matrix.tensor.spec.size == terms and matrix.array is not None and matrix.array.ndim == 1:
        assert out.array is not None
        target = [view(out, "number", out.array.reshape(()), request).word]
    else:
        target = [flat(out, request)]
    if along:
        return method(matrix, "dot", request, ones.word, *target)
    return method(ones, "dot", request, matrix.word, *target)


def as_rows(x: Operand, request: Request) -> tuple[Operand, int, bool] | None:
    """Give an operand of a reduction as a matrix, its terms, and whether they lie along a row.

    None where that is no matrix, or has no elements, or the result is no array known beforehand.
    """
    op, out = request.node.op, request.out
    assert isinstance(op, Reduction)
    shape, axes = static_shape(x.tensor), op.axis
    if out is None:
        known = not request.node.outputs[0].ndim
    else:
        known = out.array is not None and out.array.flags.c_contiguous
    if not known or shape is None or 0 in shape or not axes:
        return None
    terms = prod(shape[axis] for axis in axes)
    leading, trailing = axes == tuple(range(len(axes))), axes[-1] - axes[0] == len(axes) - 1
    if not trailing or not (leading or axes[-1] == len(shape) - 1):
        return None
    if len(shape) == 2 and len(axes) == 1:
        return x, terms, not leading
    if x.array is None or not x.array.flags.c_contiguous:
        return None
    if len(axes) == len(shape):
        return view(x, "flat", x.array.reshape(-1), request), terms, True
    matrix = x.array.reshape((terms, -1) if leading else (-1, terms))
    return view(x, "matrix", matrix, request), terms, not leading


def static_shape(tensor: Tensor) -> tuple[int, ...] | None:
    """Give the shape of a value if it is known."""
    return static(tensor.shape) if tensor.spec.is_static else None


def flat(operand: Operand, request: Request) -> str:
    """Give the name of the elements of an operand, as they lie in memory."""
    assert operand.array is not None
    array = operand.array if operand.array.flags.c_contiguous else operand.array.T
    return view(operand, "flat", array.reshape(-1), request).word


@form(Max, Min)
def larger_of_two(request: Request) -> str | None:
    """Give ``maximum(x_0, x_1, out=out)`` along an axis of two."""
    op, (x,), out = request.node.op, request.inputs, request.out
    assert isinstance(op, Reduction)
    if out is None or out.array is None or x.array is None or len(op.axis) != 1:
        return None
    (axis,) = op.axis
    if x.array.ndim != 2 or x.array.shape[axis] != 2:
        return None
    function = request.names.function(np.maximum if isinstance(op, Max) else np.minimum)
    words = [half(x, axis, place, request).word for place in (0, 1)]
    return f"{function}({', '.join(words)}, out={flat(out, request)})"


@form(Vdot, WeightedSum)
def sum_of_products(request: Request) -> str | None:
    """Give ``x_dot(y)`` for two arrays that lie alike, whatever their shape is."""
    if request.node.outputs[0].ndim or request.out:
        return None
    x, y = request.inputs
    if x.array is None or y.array is None or x.array.strides != y.array.strides:
        return None
    if not (x.array.flags.c_contiguous or x.array.flags.f_contiguous):
        return None
    left, right = flat(x, request), flat(y, request)
    bound = request.names.objects[left].dot
    product = f"{request.names.name(f'{left}_dot', bound, bound)}({right})"
    if isinstance(request.node.op, Vdot):
        return product
    op = request.node.op
    kernel = f"{request.names.name(op.name, op.kernel, op)}({left}, {right})"
    return f"total if (total := {product}) == total else {kernel}"  # not a number: look closer


# Elementwise functions


@form(Copy)
def assignment(request: Request) -> str | None:
    """Give ``out[...] = x``."""
    (x,), out = request.inputs, request.out
    return None if out is None or out.array is None else f"{out.word}[...] = {x.word}"


@form(Relu, Maximum, Minimum)
def compared_with_array(request: Request) -> str | None:
    """Give ``maximum(x, zeros, out=out)``: an array is compared with faster than a number."""
    x, *others = request.inputs
    out, size = request.out, request.node.outputs[0].spec.size
    number = constant_value(others[0].tensor) if others else 0.0
    if out is None or out.array is None or number is None:
        return None
    if x.tensor.spec != request.node.outputs[0].spec:
        return None
    if size is None or not 1 < size <= LARGEST_REPEATED or not is_float(x.tensor.dtype):
        return None
    by_columns = not out.array.flags.c_contiguous
    array = repeated(number, static(x.tensor.shape), x.tensor, request, by_columns=by_columns)
    function = np.minimum if isinstance(request.node.op, Minimum) else np.maximum
    return f"{request.names.function(function)}({x.word}, {array.word}, out={out.word})"


def repeated(
    value: float,
    shape: tuple[int, ...],
    like: Tensor,
    request: Request,
    *,
    by_columns: bool = False,
) -> Operand:
    """Give an array of equal numbers; one for all calls that need it."""
    array = np.full(shape, value, like.dtype, "F" if by_columns else "C")
    kind = {0.0: "zeros", 1.0: "ones"}.get(value, "constants")
    word = "_".join(map(str, (kind, *shape)))
    name = request.names.name(word, array, (str(value), shape, like.dtype, by_columns))
    return Operand(like, name, request.names.objects[name])


@form(Ceil, Floor)
def rounded(request: Request) -> str | None:
    """Give ``ceil(x, out)``, of floats: integers are copied instead."""
    if not is_float(request.node.outputs[0].dtype):
        return None
    return ufunc_call(np.ceil if isinstance(request.node.op, Ceil) else np.floor, request)


def by_halves(request: Request) -> str | None:
    """Give ``add(x_0, y_0, out_0); add(x_1, y_1, out_1)`` where y is repeated along an axis of two.

    To repeat it, NumPy would need more time than for the second call.
    """
    ufunc, out = request.node.op.ufunc, request.out
    if ufunc is None or out is None or out.array is None or out.array.ndim != 2:
        return None
    shape = out.array.shape
    for axis in (0, 1):
        if shape[axis] == 2 and any(is_repeated(x, shape, axis) for x in request.inputs):
            if not all(is_repeated(x, shape, axis) or fits(x, shape) for x in request.inputs):
                return None
            calls = [
                Request(
                    request.node,
                    [half(x, axis, place, request) for x in request.inputs],
                    half(out, axis, place, request),
                    request.names,
                )
                for place in (0, 1)
            ]
            return "; ".join(ufunc_call(ufunc, call) for call in calls)
    return None


def fits(operand: Operand, shape: tuple[int, ...]) -> bool:
    """Whether an operand is an array of a shape."""
    return operand.array is not None and operand.array.shape == shape


def is_repeated(operand: Operand, shape: tuple[int, ...], axis: int) -> bool:
    """Whether an operand has one element along an axis, and else a shape."""
    return fits(operand, (*shape[:axis], 1, *shape[axis + 1 :]))


def half(operand: Operand, axis: int, place: int, request: Request) -> Operand:
    """Give what an operand has at one of two places along an axis."""
    array = operand.array
    assert array is not None
    index = (slice(None),) * axis + (min(place, array.shape[axis] - 1),)
    return view(operand, f"{axis}_{index[axis]}", array[index], request)


def positional(request: Request) -> str | None:
    """Give ``add(x, y, out)``, of any op that is a ufunc."""
    ufunc = request.node.op.ufunc
    return None if ufunc is None else ufunc_call(ufunc, request)


def ufunc_call(ufunc: np.ufunc, request: Request) -> str:
    """Give the call of a ufunc, by position where that is possible: keywords cost more."""
    words = [operand.word for operand in request.inputs]
    if request.out is not None:
        out = request.out.word
        words.append(f"out={out}" if ufunc in BY_KEYWORD else out)
    return f"{request.names.function(ufunc)}({', '.join(words)})"


FAMILIES: tuple[Form, ...] = (by_halves, positional)

"""Call forms: for each op the cheapest way to call NumPy, for arrays that are known beforehand.

A form is a function of one request - a node, and what its operands and its result are called in the
text - that gives an expression, or None where it does not fit. Forms are indexed by op. What none
fits is called by its kernel.

Which form is the cheapest was measured: see ``docs/performance.md``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from graphnet.compiler.names import Names
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import is_float, static
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Add, Divide, Multiply, Subtract
from graphnet.ops.families import Binary, Unary
from graphnet.ops.linalg import Matmul
from graphnet.ops.rectifiers import Relu
from graphnet.ops.reduce import Max, Min, Sum
from graphnet.ops.reduction import Reduction
from graphnet.typing import Array

__all__ = ["Operand", "Request", "gives_number", "phrase"]

LARGEST_ZEROS = 1 << 16
"""Elements up to which relu compares with an array of zeros; above, reading them costs more."""

LONGEST_SUM = 1 << 12
"""Terms up to which a product with ones is as exact as NumPy's sum, which adds in pairs."""

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
    own: Sequence[Form] = FORMS.get(type(request.node.op), ())
    for function in (*own, *FAMILIES):
        text = function(request)
        if text is not None:
            return text
    return None


def gives_number(node: Node) -> bool:
    """Whether the result can be held as a NumPy scalar, which is cheaper to compute with."""
    if len(node.outputs) != 1 or node.outputs[0].ndim or not is_float(node.outputs[0].dtype):
        return False
    if isinstance(node.op, Matmul):
        return True
    return isinstance(node.op, Unary | Binary) and node.op.ufunc is not None


# Numbers


@form(*SIGNS)
def infix(request: Request) -> str | None:
    """Give ``x + y``, of NumPy scalars."""
    if request.out is not None or request.node.outputs[0].ndim:
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
    view = derived(operand, "T", operand.array.T, request)
    return Operand(operand.tensor, view, request.names.objects[view])


def derived(operand: Operand, what: str, view: Array, request: Request) -> str:
    """Give the name of a view of an operand."""
    return request.names.name(f"{operand.word}_{what}", view, (operand.word, what))


# Reductions


@form(Sum)
def sum_by_ones(request: Request) -> str | None:
    """Give ``ones_dot(x, out)``: the sum of a matrix along one axis as a product with ones."""
    axis = only_axis(request)
    (x,) = request.inputs
    if axis is None or not is_float(x.tensor.dtype) or x.tensor.dtype.itemsize < 4:
        return None
    assert request.out is not None
    assert request.out.array is not None
    terms = static(x.tensor.shape)[axis]
    if terms > LONGEST_SUM:
        return None
    ones = repeated(1, (terms,), x.tensor, request)
    out = derived(request.out, "flat", request.out.array.reshape(-1), request)
    return method(
        *((ones, "dot", request, x.word) if axis == 0 else (x, "dot", request, ones.word)), out
    )


@form(Max, Min)
def larger_of_two(request: Request) -> str | None:
    """Give ``maximum(x_0, x_1, out=out)`` along an axis of two."""
    axis = only_axis(request)
    (x,) = request.inputs
    if axis is None or x.array is None or static(x.tensor.shape)[axis] != 2:
        return None
    assert request.out is not None
    assert request.out.array is not None
    function = np.maximum if isinstance(request.node.op, Max) else np.minimum
    first, second = (
        derived(x, str(position), x.array[(slice(None),) * axis + (position,)], request)
        for position in (0, 1)
    )
    out = derived(request.out, "flat", request.out.array.reshape(-1), request)
    return f"{request.names.function(function)}({first}, {second}, out={out})"


def only_axis(request: Request) -> int | None:
    """Give the axis of a matrix that is reduced into memory, if it is one."""
    op, (x,), out = request.node.op, request.inputs, request.out
    assert isinstance(op, Reduction)
    fits = x.tensor.ndim == 2 and len(op.axis) == 1 and 0 not in static(x.tensor.shape)
    return op.axis[0] if fits and out is not None and out.array is not None else None


# Elementwise functions


@form(Relu)
def relu_by_zeros(request: Request) -> str | None:
    """Give ``maximum(x, zeros, out=out)``: an array is compared with faster than a number."""
    (x,), out = request.inputs, request.out
    size = x.tensor.spec.size
    if out is None or size is None or size > LARGEST_ZEROS:
        return None
    by_columns = out.array is not None and not out.array.flags.c_contiguous
    shape = static(x.tensor.shape)
    zeros = repeated(0, shape, x.tensor, request, by_columns=by_columns)
    return f"{request.names.function(np.maximum)}({x.word}, {zeros.word}, out={out.word})"


def repeated(
    value: int, shape: tuple[int, ...], like: Tensor, request: Request, *, by_columns: bool = False
) -> Operand:
    """Give an array of zeros or ones; one for all calls that need it."""
    kind = ("zeros", "ones")[value]
    key = (kind, shape, like.dtype, by_columns)
    array = np.full(shape, value, like.dtype, "F" if by_columns else "C")
    word = request.names.name("_".join(map(str, (kind, *shape))), array, key)
    return Operand(like, word, request.names.objects[word])


def positional(request: Request) -> str | None:
    """Give ``add(x, y, out)``: keywords cost more."""
    ufunc, out = request.node.op.ufunc, request.out
    if not isinstance(ufunc, np.ufunc):
        return None
    words = [operand.word for operand in request.inputs]
    if out is not None:
        words.append(f"out={out.word}" if ufunc in BY_KEYWORD else out.word)
    return f"{request.names.function(ufunc)}({', '.join(words)})"


FAMILIES: tuple[Form, ...] = (positional,)

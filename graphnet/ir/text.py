"""The text form of a graph: one Python assignment per node, which ``graphnet.ir.parse`` reads back.

``hidden = matmul(x, weight, name='layer/hidden')  # float32[None, 25]``

Left of ``=`` stand the outputs, in the parentheses the inputs, then the static arguments by name.
``name=`` is written where the node's name is not the identifier itself, ``after=`` where the node
has control dependencies. A last line ``return ...`` lists the outputs of the graph.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from keyword import iskeyword
from types import EllipsisType
from typing import Any

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.spec import show_shape
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

__all__ = ["RESERVED", "identifiers", "node_text", "to_text"]

# Words that stand for dtypes and values, so that no tensor may be spelled like them.
RESERVED = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "nan", "inf", "slice"),
)


def to_text(
    nodes: Sequence[Node],
    outputs: Iterable[Tensor] = (),
    *,
    longest: int | None = None,
    marks: Mapping[Node, str] | None = None,
) -> str:
    """Give the text form of ``nodes``.

    Args:
        nodes: The nodes, in dependency order.
        outputs: Tensors for the last line.
        longest: Constants with more elements are cut, and the text can't be read back.
        marks: Remarks to be printed under nodes, for error messages.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> y = gn.identity(x, name="y")
        >>> print(gn.ir.to_text(x.graph.nodes, [y]))
        x = placeholder(shape=(2,), dtype=float32)  # float32[2]
        y = identity(x)                             # float32[2]
        return y
    """
    names = identifiers(nodes)
    lines = [(node_text(node, names, longest), specs_text(node)) for node in nodes]
    width = max((len(line) for line, _ in lines if len(line) <= 88), default=0)
    text = []
    for node, (line, specs) in zip(nodes, lines, strict=True):
        text.append(f"{line:{width}}  # {specs}" if specs else line)
        if marks and node in marks:
            text += [f"^ {mark}" for mark in marks[node].splitlines()]
    returned = [names.get(output, output.name) for output in outputs]
    return "\n".join([*text, f"return {', '.join(returned)}"] if returned else text)


def identifiers(nodes: Iterable[Node], reserved: Iterable[str] = ()) -> dict[Tensor, str]:
    """Give every output of ``nodes`` a unique Python identifier made from its name."""
    names: dict[Tensor, str] = {}
    taken = dict.fromkeys((*RESERVED, *reserved), 0)
    for node in nodes:
        for output in node.outputs:
            base = identifier(output.name)
            name = base
            while name in taken:
                taken[base] += 1
                name = f"{base}_{taken[base]}"
            taken[name] = 0
            names[output] = name
    return names


def identifier(name: str) -> str:
    """Give a valid Python identifier that looks like ``name``."""
    word = re.sub(r"\W", "_", name)
    return f"_{word}" if word[0].isdigit() or iskeyword(word) else word


def node_text(node: Node, names: Mapping[Tensor, str], longest: int | None = None) -> str:
    """Give the assignment that stands for ``node``."""
    targets = ", ".join(names[output] for output in node.outputs)
    words = [names.get(tensor, tensor.name) for tensor in node.inputs]
    for field in fields(node.op):  # type: ignore[arg-type]  # every op is a dataclass
        value = getattr(node.op, field.name)
        if isinstance(value, np.ndarray | Tensor) or value != field.default:
            words.append(f"{field.name}={literal(value, names, longest)}")
    if node.control:
        words.append(f"after={literal(tuple(before.name for before in node.control), names, None)}")
    if targets != node.name:
        words.append(f"name={node.name!r}")
    call = f"{node.op.name}({', '.join(words)})"
    return f"{targets} = {call}" if targets else call


def literal(value: Any, names: Mapping[Tensor, str], longest: int | None) -> str:
    """Give the Python expression that stands for a static argument."""
    match value:
        case Tensor():
            return names.get(value, f"<{value.name}>")
        case np.ndarray():
            return f"{value.dtype.name}({elements(value, longest)})"
        case np.dtype():
            return str(value.name)
        case tuple():
            inner = ", ".join(literal(item, names, longest) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case slice():
            parts = (value.start, value.stop, value.step)
            return f"slice{literal(parts, names, longest)}"
        case EllipsisType():
            return "..."
        case None | bool() | int() | float() | str():
            return repr(value)
    return f"<{getattr(value, '__name__', type(value).__name__)}>"


def elements(array: Array, longest: int | None) -> str:
    """Give the elements as nested lists; empty arrays keep their shape as a reshaped list."""
    if longest is not None and array.size > longest:
        return f"... {show_shape(array.shape)} ..."
    if not array.size and array.ndim > 1:
        return f"shape={array.shape}"
    return str(array.tolist())


def specs_text(node: Node) -> str:
    """Give the specs of the outputs."""
    return ", ".join(map(str, node.specs))

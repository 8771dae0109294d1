"""Reads the text form of a graph; see ``graphnet.ir.text``.

The text is a subset of Python: ``ast`` reads it, and every name in it is looked up in the op table
or among the tensors above. Nothing in it is executed.
"""

import ast
from typing import Any

import numpy as np

from graphnet.errors import FormatError, GraphnetError, near_names
from graphnet.ir.control import control_dependencies
from graphnet.ir.graph import Graph
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.spec import as_dtype
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import RESERVED

__all__ = ["parse"]


def parse(text: str) -> Graph:
    """Give the graph whose text form is ``text``.

    Args:
        text: As ``graphnet.ir.to_text`` writes it; comments and specs behind ``#`` are ignored.

    Returns:
        A new graph; its ``outputs`` are those of the line ``return``, if there is one.

    Raises:
        FormatError: The text is not of this form, or names an unknown op or tensor.
        GraphError: An op does not accept its operands.

    Example:
        >>> import graphnet as gn
        >>> graph = gn.ir.parse(\"\"\"
        ... x = placeholder(shape=(None, 2), dtype=float32)
        ... y = tanh(x)
        ... return y
        ... \"\"\")
        >>> graph.outputs
        (<tensor 'y' float32[None, 2]>,)
    """
    try:
        module = ast.parse(f"def graph():\n{indent(text)}\n    pass")
    except SyntaxError as error:
        line = (error.lineno or 2) - 1
        rows = [(shown(text, line),)]
        raise FormatError(f"line {line} is not Python: {error.msg}", rows=rows) from None
    except (MemoryError, RecursionError):  # what Python's own reader raises
        raise FormatError("an expression is nested too deeply to be read") from None
    body = module.body[0]
    assert isinstance(body, ast.FunctionDef), "please report: a function was parsed"
    reader = Reader(text)
    with reader.graph, name_scope(""), control_dependencies(None):
        for statement in body.body[:-1]:
            reader.read(statement)
    return reader.graph


def indent(text: str) -> str:
    """Indent every line, so that the text is the body of a function."""
    return "\n".join(f"    {line.strip()}" for line in text.splitlines())


def shown(text: str, line: int) -> str:
    """Give one line of the text, numbered from 1."""
    lines = text.splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


# What ops and NumPy raise for static arguments that make no sense.
UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Reader:
    """The graph read so far, and its tensors by the identifiers of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.graph = Graph()
        self.tensors: dict[str, Tensor] = {}
        self.nodes: dict[str, Node] = {}

    def read(self, statement: ast.stmt) -> None:
        """Read one line."""
        match statement:
            case ast.Assign([target], ast.Call(ast.Name()) as call):
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                words = list(map(self.word, names))
                node = self.apply(call, words[0])
                if len(words) != len(node.outputs):
                    problem = f"has {len(words)} names for the {len(node.outputs)} results"
                    raise self.error(call, f"{problem} of {node.op.name!r}")
                self.tensors.update(zip(words, node.outputs, strict=True))
            case ast.Expr(ast.Call(ast.Name()) as call):
                self.apply(call, None)
            case ast.Return(value) if value is not None:
                items = value.elts if isinstance(value, ast.Tuple) else [value]
                self.graph.outputs = tuple(self.tensor(item) for item in items)
            case _:
                raise self.error(statement, "is neither `name = op(...)` nor `return ...`")

    def apply(self, call: ast.Call, target: str | None) -> Node:
        """Make the node that a call stands for."""
        name = self.word(call.func)
        if name not in OPS:
            raise self.error(call, f"names an unknown op {name!r}", near_names(name, OPS))
        operands = [self.tensor(item) for item in call.args]
        try:
            static = {word.arg: self.value(word.value) for word in call.keywords if word.arg}
            label, after = static.pop("name", target), static.pop("after", ())
            with control_dependencies([self.before(call, waited) for waited in after]):
                node = OPS[name](**static).apply(*operands, name=label)
        except GraphnetError:
            raise
        except UNFIT as error:
            raise self.error(call, f"does not fit the op {name!r}: {error}") from error
        self.nodes[node.name] = node
        return node

    def before(self, call: ast.Call, name: str) -> Node:
        """Give the node that a call waits for."""
        if name not in self.nodes:
            raise self.error(call, f"waits for {name!r}, which does not stand above")
        return self.nodes[name]

    def tensor(self, item: ast.expr) -> Tensor:
        """Give the tensor that an identifier stands for."""
        name = self.word(item)
        if name not in self.tensors:
            raise self.error(
                item, f"uses {name!r} before it is assigned", near_names(name, self.tensors)
            )
        return self.tensors[name]

    def word(self, item: ast.expr) -> str:
        """Give the identifier that an expression is."""
        if isinstance(item, ast.Name):
            return item.id
        raise self.error(item, "has an expression where an identifier belongs")

    def value(self, item: ast.expr) -> Any:
        """Give the static argument that an expression stands for."""
        match item:
            case ast.Constant(value):
                return value
            case ast.UnaryOp(ast.USub(), operand):
                return -self.value(operand)
            case ast.Tuple(items):
                return tuple(map(self.value, items))
            case ast.List(items):
                return list(map(self.value, items))
            case ast.Call(ast.Name("slice"), arguments):
                return slice(*map(self.value, arguments))
            case ast.Call(ast.Name(dtype), [elements]) if dtype in RESERVED:
                return np.array(self.value(elements), as_dtype(dtype))
            case ast.Call(ast.Name(dtype), [], [ast.keyword("shape", shape)]) if dtype in RESERVED:
                return np.empty(self.value(shape), as_dtype(dtype))
            case ast.Name("nan" | "inf" as number):
                return float(number)
            case ast.Name(name) if name in self.tensors:
                return self.tensors[name]
            case ast.Name(name) if name in RESERVED:
                return as_dtype(name)
        raise self.error(item, "has a static argument that cannot be read")

    def error(
        self, item: ast.stmt | ast.expr, problem: str, hint: str | None = None
    ) -> FormatError:
        """Say what is wrong in the line of ``item``."""
        line = item.lineno - 1
        return FormatError(f"line {line} {problem}", rows=[(shown(self.text, line),)], hint=hint)

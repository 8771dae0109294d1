"""``Op``: what a node computes, with its static arguments, and all that is known about it.

One class says everything about one operation: the shape rule (``infer``), the NumPy body
(``kernel``), the gradient rule (``vjp``), its traits and its samples. A subclass with a ``name`` is
made a frozen dataclass and entered in ``OPS``; nothing else has to be edited. Ops compare by value.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, wraps
from inspect import signature
from itertools import count
from typing import Any, ClassVar, dataclass_transform

import numpy as np

from graphnet.errors import GraphError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph, graph_of
from graphnet.ir.node import Node
from graphnet.ir.registry import register
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory, Sample

__all__ = ["Op"]


@dataclass_transform(frozen_default=True)
class Op:
    """Base of all operations.

    A subclass gives, in this order: ``name``; static arguments as annotated fields; traits;
    ``samples``; ``infer``, ``kernel`` and, if it is differentiable, ``vjp``.

    Attributes:
        name: Unique, snake case, equal to the public function.
        memory: Where the result lies.
        inplace: Indices of the inputs whose memory may serve as ``out``.
        effect: What it depends on or changes besides its inputs.
        commutative: Whether the two operands may be exchanged.
        identity: The second operand that leaves the first as it is, if there is one.
        absorber: The operand that decides the result alone, if there is one.
        ufunc: The NumPy ufunc that is the kernel, if there is one.
        samples: Arguments that exercise the op in tests, docs and benchmarks.
        infer: Specs of the inputs -> spec of the result, or a tuple of them.
        kernel: Arrays (and ``out``, if ``INTO``; and ``key``, if ``RANDOM``) -> result or results.
        vjp: The node and one cotangent per output -> one cotangent, or None, per input.
        expand: The same computation from simpler ops.
        of: Operands and static arguments as users write them -> tensor; where the static
            arguments need the operand's spec to be made canonical.

    Example:
        >>> import graphnet as gn
        >>> gn.ir.OPS["tanh"]()
        Tanh()
    """

    name: ClassVar[str] = ""
    memory: ClassVar[Memory] = Memory.FRESH
    inplace: ClassVar[tuple[int, ...]] = ()
    effect: ClassVar[Effect] = Effect.PURE
    commutative: ClassVar[bool] = False
    identity: ClassVar[float | None] = None
    absorber: ClassVar[float | None] = None
    ufunc: ClassVar[np.ufunc | None] = None
    samples: ClassVar[tuple[Sample, ...]] = ()
    infer: ClassVar[Callable[..., Spec | tuple[Spec, ...]]]
    kernel: ClassVar[Callable[..., Any]]
    vjp: ClassVar[Callable[..., Sequence[Tensor | None]] | None] = None
    expand: ClassVar[Callable[..., Tensor] | None] = None
    of: ClassVar[Callable[..., Tensor]]

    def __init_subclass__(cls) -> None:
        """Make the subclass a frozen dataclass and enter it, if it is named, in ``OPS``."""
        dataclass(frozen=True, eq=False)(cls)
        if "name" in vars(cls):
            register(cls)
        if "of" in vars(cls):
            cls.of = with_located_errors(vars(cls)["of"])

    @cached_property
    def exact(self) -> tuple[Any, ...]:
        """What makes two ops equal: the class and the static arguments, to the type and the bit."""
        return type(self), *(exactly(getattr(self, name)) for name in self.static_names())

    def __eq__(self, other: object) -> bool:
        """Compare by value, where 1, 1.0 and True, and 0.0 and -0.0, are different values."""
        return isinstance(other, Op) and self.exact == other.exact

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self.exact)

    def __call__(self, *operands: Any, name: str | None = None) -> Tensor:
        """Apply the op to operands and give its first result."""
        return self.apply(*operands, name=name).outputs[0]

    def apply(self, *operands: Any, name: str | None = None) -> Node:
        """Apply the op to operands: tensors, or what can be made a constant.

        Raises:
            GraphError: The operands do not fit; the message names them and the line.
        """
        graph = graph_of(operands)
        try:
            inputs = self.convert(graph, operands)
        except GraphError as error:
            locate(error, type(self))
            raise
        return graph.add(self, inputs, name)

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Make tensors of the operands; families override this to promote dtypes."""
        return tuple(graph.as_tensor(operand) for operand in operands)

    def with_extents(self, sizes: Mapping[str, int]) -> "Op":  # noqa: ARG002  # others need it
        """Give the op for a run in which names of extents stand for ``sizes``."""
        return self

    def output(self, spec: Spec, node: Node, index: int) -> Tensor:
        """Make the tensor that stands for one result."""
        return Tensor(spec, node, index)

    @classmethod
    def operand_names(cls) -> Iterator[str]:
        """The names of the operands, as ``infer`` spells them; a ``*rest`` is numbered."""
        parameters = list(signature(cls.infer).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind is parameter.VAR_POSITIONAL:
                yield from (f"{parameter.name}[{position}]" for position in count())
            yield parameter.name

    @classmethod
    def static_names(cls) -> tuple[str, ...]:
        """The names of the static arguments."""
        return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]


def exactly(value: Any) -> Any:
    """Give what equals only a value of the same type and bits."""
    if isinstance(value, tuple):
        return tuple(map(exactly, value))
    if isinstance(value, float):
        return float, value.hex()
    return type(value), value


def locate(error: GraphError, op: type[Op]) -> None:
    """Add the op and the user's line to an error about operands or static arguments."""
    if error.at is None:
        error.headline = f"{op.name}: {error.headline}"
        error.at = str(creation_site())


def with_located_errors(of: Any) -> Any:
    """Give the class method ``of`` with op and line added to its errors."""
    function = of.__func__

    @wraps(function)
    def located(cls: type[Op], *operands: Any, **static: Any) -> Tensor:
        try:
            made: Tensor = function(cls, *operands, **static)
        except GraphError as error:
            locate(error, cls)
            raise
        return made

    return classmethod(located)

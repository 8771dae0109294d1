"""``Program``: a plan that can be called, with memory of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType

import numpy as np

from graphnet.compiler.codegen import Code, generate
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Call, Step
from graphnet.compiler.store import Store
from graphnet.errors import ExecutionError, GraphnetError
from graphnet.ir.tensor import describe
from graphnet.kernels.blocks import Blockwise
from graphnet.typing import Array

__all__ = ["Program"]


class Program:
    """A function of feeds and state: a plan, its memory, and the code that runs it.

    One thread at a time may call it, since its memory belongs to it.

    Args:
        plan: The plan.
        store: Where the variables lie.
        seed: Seed of the random ops.
        forms: Whether ops are called in the cheapest form, and not by their kernels.

    Attributes:
        run: The generated function: feeds, in order, and the step of random draws if there are
            any -> the fetches. When it raises, ``explain`` makes the error that the user sees.
        draws: Whether a step draws random numbers.
        kept: What the owner wants to live as long as the program.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([x + 1], [x])
        >>> program = gn.compiler.Program(gn.compiler.compile_graph(graph, [x.spec]), seed=0)
        >>> program.run(np.zeros(2, np.float32))
        [array([1., 1.], dtype=float32)]
    """

    def __init__(
        self, plan: Plan, store: Store | None = None, *, seed: int, forms: bool = True
    ) -> None:
        store = store or Store()
        with plan.report.stage("codegen"):
            self.code: Code = generate(plan, store, seed, forms=forms)
        self.plan = replace(plan, extra=extra(self.code, store))
        self.run = self.code.function
        self.draws = plan.draws
        self.kept: tuple[object, ...] = ()

    @property
    def source(self) -> str:
        """The Python text that runs."""
        return self.code.source

    def explain(self, error: Exception) -> Exception:
        """Give the error that tells which node failed, where it was made, and on what."""
        step = self.failed_step(error.__traceback__)
        if not isinstance(step, Call):
            return error
        node = step.node
        failed = f"{node.op.name} {node.name!r} failed: {type(error).__name__}: {error}"
        return ExecutionError(
            error.headline if isinstance(error, GraphnetError) else failed,
            at=str(node.site),
            rows=[describe(tensor) for tensor in node.inputs],
            hint=error.hint if isinstance(error, GraphnetError) else None,
        )

    def failed_step(self, traceback: TracebackType | None) -> Step | None:
        """Give the step whose line raised: the innermost, where blocks are worked on."""
        found = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self.code.filename:
                found = self.code.lines.get(traceback.tb_lineno)
            traceback = traceback.tb_next
        return found


def extra(code: Code, store: Store) -> int:
    """Give the bytes of the memory that only the text knows of."""
    space, named = code.workspace, code.function.__globals__.values()
    known = {id(owner(array)) for array in (*space.arrays.values(), space.arena, *store.chunks)}
    owners = {id(array): array for array in map(owner, arrays(named))}
    rooms = sum(value.nbytes for value in named if isinstance(value, Blockwise))
    return rooms + sum(array.nbytes for key, array in owners.items() if key not in known)


def arrays(values: Iterable[object]) -> Iterator[Array]:
    """Give those of some objects that are arrays."""
    return (value for value in values if isinstance(value, np.ndarray))


def owner(array: Array) -> Array:
    """Give the array whose memory another one shows."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array

"""Networks run by a session, and by the reference, and what both gave compared."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

import graphnet as gn
from graphnet.compiler.interpreter import interpret
from graphnet.compiler.lower_state import Lowered, lower_state
from graphnet.compiler.options import Options
from graphnet.compiler.program import Program
from graphnet.ir import Effect, Node, Tensor
from graphnet.session.initialize import initial_graph
from graphnet.testing.compare import Tolerance
from graphnet.typing import Array
from tests.compiler.kit import Run, Script
from tests.compiler.running import NAN_BYTE, soil

__all__ = [
    "SEED",
    "DirtySession",
    "Reference",
    "Results",
    "bits",
    "opened",
    "played",
    "require_same",
    "results_of",
    "state_of",
]

SEED = 5


class Results(NamedTuple):
    """What a script gave.

    Attributes:
        fetches: The arrays fetched in each run.
        state: By name, the variables after the last run.
    """

    fetches: list[list[Array]]
    state: dict[str, Array]


def bits(results: Results) -> list[bytes]:
    """Give all that a script gave, to the bit."""
    arrays = [array for fetched in results.fetches for array in fetched]
    return [array.tobytes() for array in (*arrays, *results.state.values())]


class DirtySession(gn.Session):
    """A session that fills all temporary memory before every run.

    Attributes:
        byte: What it fills the memory with.
        soiled: How often the memory of a program was filled.
    """

    byte = NAN_BYTE
    soiled = 0

    def make(self, items: Sequence[Tensor | Node], feeds: Mapping[Tensor, Array]) -> Program:
        """Make a program that finds dirty memory in its first run."""
        program = super().make(items, feeds)
        self.soil(program)
        return program

    def run(self, fetches: Any, feed_dict: Mapping[Any, Any] | None = None) -> Any:
        """Run in dirty memory."""
        self.soil(*self.programs.values())
        return super().run(fetches, feed_dict)

    def soil(self, *programs: Program) -> None:
        """Fill the memory of programs."""
        for program in programs:
            soil(program.code.workspace, self.byte)
            self.soiled += 1


class Reference:
    """What a session is compared with: graphs interpreted as they were declared, node by node.

    Attributes:
        state: The value of every variable.
        step: How many runs have drawn random numbers.
    """

    def __init__(self, graph: gn.Graph, seed: int = SEED) -> None:
        self.graph = graph
        self.seed = seed
        self.step = 0
        variables = graph.variables()
        values = interpret(initial_graph(graph, variables), {}, seed=seed)
        self.state = {each: value.copy() for each, value in zip(variables, values, strict=True)}
        self.lowered: dict[Any, Lowered] = {}

    def run(self, fetches: Sequence[Tensor | Node], feeds: Mapping[Tensor, Array]) -> list[Array]:
        """Give what is fetched, and write the variables that it writes."""
        lowered = self.lower(tuple(fetches), tuple(feeds))
        fed = dict(zip(lowered.graph.inputs, feeds.values(), strict=True))
        with np.errstate(all="ignore"):
            results = interpret(
                lowered.graph, {**self.state, **fed}, seed=self.seed, step=self.step + 1
            )
        self.step += any(node.op.effect is Effect.RANDOM for node in lowered.graph.nodes)
        fetched = len(results) - len(lowered.targets)
        for (variable,), value in zip(lowered.targets, results[fetched:], strict=True):
            self.state[variable] = value.copy()
        return list(results[:fetched])

    def lower(self, fetches: tuple[Tensor | Node, ...], feeds: tuple[Tensor, ...]) -> Lowered:
        """Give the graph of a run, made once."""
        key = (fetches, feeds)
        if key not in self.lowered:
            self.lowered[key] = lower_state(self.graph.subgraph(fetches, feeds))
        return self.lowered[key]

    def play(self, script: Script) -> Results:
        """Give what the runs of a script give."""
        fetches = [self.run(run.fetches, run.feeds) for run in script]
        return Results(fetches, {each.name: value for each, value in self.state.items()})


def played(script: Script, options: Options, *, byte: int = NAN_BYTE) -> Results:
    """Give what a session gives, whose results every other time are overwritten by the user."""
    with opened(script, options) as session:
        session.byte = byte
        kept, found = [], []
        for number, run in enumerate(script):
            results = results_of(session, run)
            found.append([result.copy() for result in results])
            kept.append(results)
            if number % 2:
                overwrite(results, found[-1])
        assert session.soiled >= len(script), "memory was not filled before every run"
        state = state_of(session)
    require_untouched(kept[::2], found[::2])
    return Results(found, state)


def opened(script: Script, options: Options) -> DirtySession:
    """Open a session for a script."""
    (graph,) = {item.graph for run in script for item in run.fetches}
    return DirtySession(graph, seed=SEED, optimize=options)


def results_of(session: gn.Session, run: Run) -> list[Array]:
    """Give what a session gives: arrays of the declared dtypes; the feeds must be left alone."""
    before = {tensor: array.copy() for tensor, array in run.feeds.items()}
    results = [each for each in session.run(list(run.fetches), run.feeds) if each is not None]
    tensors = [item for item in run.fetches if isinstance(item, Tensor)]
    for tensor, result in zip(tensors, results, strict=True):
        assert isinstance(result, np.ndarray), tensor
        assert result.dtype == tensor.dtype, tensor
    for tensor, array in run.feeds.items():
        assert array.tobytes() == before[tensor].tobytes(), f"feed {tensor.name} was written to"
        assert not any(np.shares_memory(array, result) for result in results)
    return results


def state_of(session: gn.Session) -> dict[str, Array]:
    """Give all variables of a session by their names."""
    variables = session.graph.variables()
    values = results_of(session, Run(variables, {}))
    return {each.name: value for each, value in zip(variables, values, strict=True)}


def overwrite(results: Sequence[Array], values: Sequence[Array]) -> None:
    """Fill results one by one, where none may lie in another one that is not the same array."""
    for place, result in enumerate(results):
        if any(result is earlier for earlier in results[:place]):
            continue
        assert result.flags.writeable
        assert result.tobytes() == values[place].tobytes(), f"result {place} lies in another one"
        result.fill(1)


def require_untouched(kept: Sequence[Sequence[Array]], found: Sequence[Sequence[Array]]) -> None:
    """Require that results still are what they were when they were given."""
    for number, (results, values) in enumerate(zip(kept, found, strict=True)):
        for result, value in zip(results, values, strict=True):
            assert result.tobytes() == value.tobytes(), f"a later run changed results of {number}"


def require_same(found: Results, expected: Results, relative: float, loose: float = 0.0) -> None:
    """Require equal fetches and variables, but for rounding in proportion to the largest element.

    Args:
        found: What a session gave.
        expected: What the reference gave, in the same or in a wider dtype.
        relative: The error allowed.
        loose: The error allowed in variables, if larger.
    """
    for number, (results, values) in enumerate(zip(found.fetches, expected.fetches, strict=True)):
        for place, (result, value) in enumerate(zip(results, values, strict=True)):
            require_close(result, value, relative, f"result {place} of run {number}")
    assert found.state.keys() == expected.state.keys()
    for name, value in found.state.items():
        require_close(value, expected.state[name], max(relative, loose), f"variable {name}")


def require_close(found: Array, expected: Array, relative: float, label: str) -> None:
    """Require equal shapes, and elements equal but for rounding of the largest."""
    assert found.dtype.kind == expected.dtype.kind, label
    if found.dtype.kind != "f":
        gn.testing.assert_close(found, expected, label=label)
        return
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(0.1, float(np.max(finite, initial=0.0)))
    tolerance = Tolerance(relative, relative * scale)
    gn.testing.assert_close(found, expected, tolerance=tolerance, label=label)

"""What graphnet itself costs: per node to build, differentiate and compile; per call to run.

``python -m tests.benchmarks.costs [--nodes 100 1000 10000 100000] [--rounds 5]``

Prints the best of several rounds. The graph is a chain with a skip connection: half of the nodes
have two inputs, none can be simplified away.
"""

import argparse
import gc
import platform
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import graphnet as gn
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.program import Program
from graphnet.ir.spec import Spec

BATCH = 8
STEPS = 1000


def chain(count: int) -> tuple[gn.Graph, gn.Tensor, gn.Tensor]:
    """Declare a chain of about ``count`` nodes."""
    with gn.Graph() as graph:
        x = gn.placeholder((None, 4), name="x")
        factors = gn.constant([1.5, 2.5, 3.5, 4.5])
        y = x
        while len(graph.nodes) < count - 3:
            y = y * factors
            y = y + x
            y = gn.tanh(y)
    return graph, x, y


def best(action: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Give the shortest time of several calls, in seconds, and the last result."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        result = action()
        times.append(time.perf_counter() - start)
    return min(times), result


def stages(count: int, rounds: int) -> dict[str, float]:
    """Measure every stage on a chain of ``count`` nodes, in microseconds per node."""
    costs: dict[str, float] = {}

    def measure(stage: str, action: Callable[[], Any], nodes: int) -> Any:
        seconds, result = best(action, rounds)
        costs[stage] = seconds * 1e6 / nodes
        return result

    graph, x, y = measure("build", lambda: chain(count), count)
    seconds, made = best(lambda: gradient_nodes(count), rounds)
    costs["gradient"] = seconds * 1e6 / made
    gn.gradients(y, [x])
    part = measure("subgraph", lambda: graph.subgraph([y], [x]), count)
    fed = [Spec((BATCH, 4), np.dtype(np.float32))]
    plan = compile_graph(part, fed)
    reports = [compile_graph(part, fed).report.stages for _ in range(rounds)]
    for found in zip(*reports, strict=True):
        name = f"{found[0].name}, again" if found[0].name in costs else found[0].name
        costs[name] = min(stage.seconds for stage in found) * 1e6 / count
    measure("codegen", lambda: Program(plan, seed=0), count)
    return costs


def gradient_nodes(count: int) -> int:
    """Declare a chain and its gradient, and give the number of nodes of both."""
    graph, x, y = chain(count)
    gn.gradients(y, [x])
    return len(graph.nodes)


def per_call(rounds: int) -> dict[str, float]:
    """Measure the fixed cost of a call, in microseconds, one addition of one element included."""
    calls = 20_000
    with gn.Graph():
        x = gn.placeholder((1,), name="x")
        y = gn.placeholder((1,), name="y")
        z = x + y
    one = np.ones(1, np.float32)
    with gn.Session(z.graph, seed=0) as session:
        compiled = session.compile(z, [x, y])
        session.run(z, {x: one, y: one})
        plan = next(reversed(session.programs.values())).run
        batches = [(one, one)] * STEPS
        actions: dict[str, Callable[[], Any]] = {
            "numpy.add": lambda: np.add(one, one),
            "the plan itself": lambda: plan(one, one),
            "compiled callable": lambda: compiled(one, one),
            "session.run(z, ...)": lambda: session.run(z, {x: one, y: one}),
            "session.run([z, z], ...)": lambda: session.run([z, z], {x: one, y: one}),
        }
        found = {name: repeat_call(action, calls, rounds) for name, action in actions.items()}
        seconds, _ = best(lambda: session.run_steps(z, batches, [x, y]), 10 * rounds)
        return {**found, "session.run_steps(z, ...), a step": seconds * 1e6 / STEPS}


def repeat_call(action: Callable[[], Any], calls: int, rounds: int) -> float:
    """Give the time of one of many calls, in microseconds, without that of the loop."""

    def loop(body: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(calls):
                body()

        return run

    empty, _ = best(loop(lambda: None), rounds)
    full, _ = best(loop(action), rounds)
    return (full - empty) * 1e6 / calls


def table(rows: Sequence[Sequence[str]]) -> str:
    """Set rows of words in right-aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(word.rjust(width) for word, width in zip(row, widths, strict=True))
        for row in rows
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}\n")
    found = {
        count: stages(count, options.rounds if count < 50_000 else 2) for count in options.nodes
    }
    names = list(next(iter(found.values())))
    rows = [["us per node", *(f"{count} nodes" for count in found)]]
    rows += [[name, *(f"{costs[name]:.1f}" for costs in found.values())] for name in names]
    compiled = names[names.index("subgraph") :]
    totals = (sum(costs[name] for name in compiled) for costs in found.values())
    rows.append(["compile, whole", *(f"{total:.1f}" for total in totals)])
    print(table(rows), "\n")
    print(
        table(
            [
                ["us per call", "best"],
                *([name, f"{cost:.2f}"] for name, cost in per_call(options.rounds).items()),
            ]
        )
    )


if __name__ == "__main__":
    main()

"""Every workload of the benchmarks gives the same results with optimisation and without."""

import numpy as np
import pytest

import graphnet as gn
from tests.benchmarks.inputs import draw
from tests.benchmarks.systems.graphnet_session import declare
from tests.benchmarks.workloads import WORKLOADS

STEPS = 3


def results(name: str, *, optimize: bool) -> list[list[np.ndarray]]:
    """Give what the first steps of a workload give."""
    workload = WORKLOADS[name]
    inputs = draw(workload)
    with gn.Graph():
        model = declare(workload, inputs.weights)
        session = gn.Session(seed=0, optimize=optimize, threads=1)
    operations = [] if model.step is None else [model.step]
    function = session.compile([*model.results, *operations], model.feeds)
    batches = list(inputs.batches())
    steps = [function(*batches[step % len(batches)]) for step in range(STEPS)]
    return [step[: len(model.results)] for step in steps]


@pytest.mark.parametrize("name", WORKLOADS)
def test_results_do_not_depend_on_optimization(name: str) -> None:
    """Losses agree but for the rounding of float32."""
    found, wanted = results(name, optimize=True), results(name, optimize=False)
    for step, expected in zip(found, wanted, strict=True):
        for result, value in zip(step, expected, strict=True):
            np.testing.assert_allclose(result, value, rtol=2e-5, atol=2e-6)

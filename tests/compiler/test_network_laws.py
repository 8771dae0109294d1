"""What networks may not depend on: old contents of memory, arrays of the user, other sessions."""

from typing import Any

import numpy as np
import pytest

import graphnet as gn
from tests.compiler.choices import compiling
from tests.compiler.kit import RULES, Kit, Run, Script
from tests.compiler.networks import NETWORKS
from tests.compiler.settings import LEADING, SETTINGS
from tests.compiler.trials import (
    Reference,
    Results,
    bits,
    opened,
    played,
    require_same,
    results_of,
    state_of,
)

RULE_OF = {name: [*RULES][number % 3] for number, name in enumerate(NETWORKS)}


def declared(name: str, dtype: str = "float32") -> Script:
    """Declare a network, and how it is run."""
    with gn.Graph():
        return NETWORKS[name](Kit(dtype, rule=RULES[RULE_OF[name]]))


def some_settings() -> list[Any]:
    """Give every network with every step on, and under another setting in turn."""
    others = [*LEADING[1:], "everything-is-large", "orders-at-random-0"]
    return [
        pytest.param(name, setting, id=f"{name}-{setting}")
        for number, name in enumerate(NETWORKS)
        for setting in ("all", others[number % len(others)])
    ]


@pytest.mark.parametrize(("name", "setting"), some_settings())
def test_what_memory_held_before_does_not_matter(name: str, setting: str) -> None:
    """Every bit is the same, whether temporary memory was NaN, zero or huge numbers."""
    script = declared(name)
    with compiling(setting) as options:
        expected, *others = [bits(played(script, options, byte=byte)) for byte in (0, 255, 127)]
    assert others == [expected, expected]


@pytest.mark.parametrize(("name", "setting"), some_settings())
def test_feeds_can_be_overwritten_between_runs(name: str, setting: str) -> None:
    """Who feeds one array per placeholder, filled anew for each run, gets the same bits."""
    script = declared(name)
    fetches, feeds = script[0]
    buffers = {tensor: np.empty_like(array) for tensor, array in feeds.items()}
    found = []
    with compiling(setting) as options, opened(script, options) as session:
        for run in script:
            for tensor, array in run.feeds.items():
                buffers[tensor][...] = array
            found.append(results_of(session, Run(fetches, buffers)))
            for buffer in buffers.values():
                buffer.fill(np.nan)
        assert bits(Results(found, state_of(session))) == bits(played(script, options))


@pytest.mark.parametrize(("name", "setting"), some_settings())
def test_compiled_functions_give_the_same(name: str, setting: str) -> None:
    """``session.compile`` gives the bits that ``session.run`` gives."""
    script = declared(name)
    fetches, feeds = script[0]
    found = []
    with compiling(setting) as options, opened(script, options) as session:
        function = session.compile(list(fetches), list(feeds))
        for run in script:
            session.soil(*session.programs.values())
            results = function(*run.feeds.values())
            found.append([each for each in results if each is not None])
        assert bits(Results(found, state_of(session))) == bits(played(script, options))


@pytest.mark.parametrize("name", NETWORKS)
def test_sessions_of_one_graph_do_not_meet(name: str) -> None:
    """Sessions that take turns, each with other steps, keep their own variables and memory."""
    script = declared(name, "float64")
    expected = Reference(script[0].fetches[0].graph).play(script)
    script = declared(name)
    sessions = [opened(script, SETTINGS[setting]) for setting in ("all", "all", "no-orders")]
    results = [[results_of(session, run) for session in sessions] for run in script]
    for session, found in zip(sessions, zip(*results, strict=True), strict=True):
        require_same(Results([*found], state_of(session)), expected, 1e-5)

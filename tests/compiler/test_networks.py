"""No step of the compiler changes what a network gives: each is compared with the reference.

The reference interprets the declared graph in float64; temporary memory is NaN before every run.
These are some of all combinations, which ``every_network.py`` beside this file goes through.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.options import Options
from graphnet.ir import Effect, Tensor
from graphnet.ir.graph import reach
from graphnet.ir.spec import is_float
from tests.compiler.choices import CHOICES, compiling
from tests.compiler.kit import RULES, Declarations, Kit, Run, Script
from tests.compiler.networks import NETWORKS
from tests.compiler.odd_traps import LOOSE_TRAPS, NARROW_TRAPS, WILD_TRAPS
from tests.compiler.place_traps import PLACE_TRAPS
from tests.compiler.product_traps import PRODUCT_TRAPS
from tests.compiler.random_networks import RandomNetwork, random_networks
from tests.compiler.random_updates import RandomUpdates, random_updates
from tests.compiler.settings import LEADING, SETTINGS, drawn_options
from tests.compiler.trials import Reference, Results, played, require_same
from tests.compiler.update_traps import UPDATE_TRAPS
from tests.compiler.value_traps import VALUE_TRAPS

BATCHES = (7, 1, 25)
ROUNDING = {"float32": 1e-5, "float64": 1e-12}
NEARLY_ZERO = 1e-5
"""What relu is given must not lie between zero and this, where rounding decides about slopes."""

TRAPS = Declarations({**PRODUCT_TRAPS, **UPDATE_TRAPS, **PLACE_TRAPS, **VALUE_TRAPS})
ODD = Declarations({**LOOSE_TRAPS, **NARROW_TRAPS, **WILD_TRAPS})
ALL = Declarations({**NETWORKS, **TRAPS, **ODD})
CASE = ("name", "rule", "batch", "setting")
OTHERS = [name for name in (*SETTINGS, *CHOICES) if name != "all"]


@cache
def declared(name: str, rule: str, batch: int, dtype: str) -> tuple[gn.Graph, Script]:
    """Declare a network, and how it is run."""
    with gn.Graph() as graph:
        return graph, ALL[name](Kit(dtype, batch, RULES[rule]))


@cache
def expected(name: str, rule: str, batch: int, dtype: str) -> Results:
    """Give what the reference gives."""
    graph, script = declared(name, rule, batch, dtype)
    return Reference(graph).play(script)


def check(name: str, rule: str, batch: int, options: Options, dtype: str = "float32") -> None:
    """Require that a session gives what the reference gives."""
    narrow = name in NARROW_TRAPS or name in WILD_TRAPS
    wanted = expected(name, rule, batch, dtype if narrow else "float64")
    _, script = declared(name, rule, batch, dtype)
    with np.errstate(all="ignore" if name in WILD_TRAPS else None):
        found = played(script, options)
    require_same(found, wanted, ROUNDING[dtype], 5e-3 if name in LOOSE_TRAPS else 0.0)


def cases(names: Iterable[str], settings: Callable[[int], Sequence[str]]) -> list[Any]:
    """Give networks under the settings for their number; rules and sizes of batches take turns."""
    found = []
    for number, name in enumerate(names):
        for turn, setting in enumerate(settings(number)):
            rule = [*RULES][(number // 3 + turn) % 3]
            batch = BATCHES[(number + turn) % 3]
            label = f"{name}-{rule}-{batch}-{setting}"
            found.append(pytest.param(name, rule, batch, setting, id=label))
    return found


def third(number: int) -> Sequence[str]:
    """Give every third setting but that with every step on."""
    return OTHERS[number % 3 :: 3]


def few(number: int) -> Sequence[str]:
    """Give the setting with every step on, and three of the others in turn."""
    return ["all", *(OTHERS[(3 * number + turn) % len(OTHERS)] for turn in range(3))]


def leading(_: int) -> Sequence[str]:
    """Give the settings that differ most in where values lie."""
    return LEADING


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_give_what_the_reference_gives(name: str, rule: str, batch: int) -> None:
    """Losses and fetches of some steps, and all variables behind them, with every step on."""
    check(name, rule, batch, Options())


@pytest.mark.parametrize(CASE, cases(NETWORKS, third))
def test_no_setting_changes_a_network(name: str, rule: str, batch: int, setting: str) -> None:
    """Networks with steps of the compiler switched off, and with other decisions of the others."""
    with compiling(setting) as options:
        check(name, rule, batch, options)


@pytest.mark.parametrize(CASE, cases(TRAPS, few))
def test_no_setting_changes_a_trap(name: str, rule: str, batch: int, setting: str) -> None:
    """Networks that nearly have the form that a step looks for, or that read what it moves."""
    with compiling(setting) as options:
        check(name, rule, batch, options)


@pytest.mark.parametrize(CASE, cases(ODD, leading))
def test_no_setting_changes_an_odd_network(name: str, rule: str, batch: int, setting: str) -> None:
    """Draws, values that are no numbers, classes ruled out, and factors at the ends of a dtype."""
    with compiling(setting) as options:
        check(name, rule, batch, options)


@pytest.mark.parametrize(CASE, cases(NETWORKS, lambda _: ["all"]))
def test_networks_may_be_float64(name: str, rule: str, batch: int, setting: str) -> None:
    """The same in a dtype in which hardly anything is rounded."""
    with compiling(setting) as options:
        check(name, rule, batch, options, "float64")


# What is fetched and fed besides


def inner(script: Script) -> list[Tensor]:
    """Give the floats that the first run of a script computes, in the order of declaration."""
    fetches, feeds = script[0]
    needed = set(reach(fetches, frozenset(feeds)))
    return [
        output
        for node in fetches[0].graph.nodes
        if node in needed and node.op.effect is Effect.PURE and node.inputs
        for output in node.outputs
        if is_float(output.dtype)
    ]


def with_more_fetches(script: Script, choice: int) -> Script:
    """Fetch some inner values besides."""
    candidates = inner(script)
    places = np.random.default_rng(choice).permutation(len(candidates))[:5]
    more = [candidates[place] for place in places]
    return [Run([*run.fetches, *more], run.feeds) for run in script]


def with_more_feeds(script: Script, choice: int) -> Script:
    """Feed an inner value with something near to it."""
    candidates = inner(script)
    fed = candidates[np.random.default_rng(choice).integers(len(candidates))]
    (value,) = Reference(fed.graph).run([fed], script[0].feeds)
    near = (value * 1.05).astype(np.float32).astype(fed.dtype)
    return [Run(run.fetches, {**run.feeds, fed: near}) for run in script]


VARIANTS = {"fetches": with_more_fetches, "feeds": with_more_feeds}


@pytest.mark.parametrize("choice", range(3))
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_inner_values_can_be_fetched_and_fed(name: str, variant: str, choice: int) -> None:
    """Whatever lies in a joined value, is overwritten early or never computed can be asked for."""
    rule = [*RULES][choice]
    graph, script = declared(name, rule, 7, "float64")
    wanted = Reference(graph).play(VARIANTS[variant](script, choice))
    _, script = declared(name, rule, 7, "float32")
    script = VARIANTS[variant](script, choice)
    for setting in ("all", LEADING[choice + 2]):
        require_same(played(script, SETTINGS[setting]), wanted, ROUNDING["float32"])


# Random networks


@given(random_networks(), drawn_options(), st.sampled_from(["all", *CHOICES]))
def test_no_setting_changes_a_random_network(
    network: RandomNetwork, options: Options, choice: str
) -> None:
    """Layers and values used again, joined, cut and scaled at random, and trained."""
    with gn.Graph() as graph:
        script, kinks = network.declare("float64")
    wanted = Reference(graph).play([Run([*run.fetches, *kinks], run.feeds) for run in script])
    seen = [array for results in wanted.fetches for array in results[-len(kinks) :] if kinks]
    assume(all(np.all((array == 0) | (np.abs(array) > NEARLY_ZERO)) for array in seen))
    with gn.Graph():
        script, _ = network.declare("float32")
    with compiling(choice):
        found = played(script, options)
    fetches = [results[: len(found.fetches[0])] for results in wanted.fetches]
    require_same(found, Results(fetches, wanted.state), 1e-4)


@given(random_updates(), drawn_options(), st.sampled_from(["updates-are-large", "all"]))
def test_no_setting_changes_random_updates(
    updates: RandomUpdates, options: Options, choice: str
) -> None:
    """Variables written from old values, views and feeds, in place where the compiler can."""
    with gn.Graph() as graph:
        script = updates.declare("float64")
    wanted = Reference(graph).play(script)
    with gn.Graph():
        script = updates.declare("float32")
    with compiling(choice):
        require_same(played(script, options), wanted, ROUNDING["float32"])

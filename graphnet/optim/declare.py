"""The new values of all variables that a step writes."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from graphnet.ir.names import name_scope
from graphnet.ops.sources import Variable
from graphnet.ops.state import current_value
from graphnet.optim.accumulate import Accumulation
from graphnet.optim.checks import check_pairs
from graphnet.optim.clip import Pair
from graphnet.optim.rule import Rule
from graphnet.optim.settings import Settings, settings_of
from graphnet.optim.step import Clock, Numbers, Step, Update
from graphnet.typing import DType

__all__ = ["updates"]

Key: TypeAlias = tuple[tuple[str, ...], DType]


def updates(rule: Rule, pairs: Sequence[Pair], scope: str) -> Iterator[Update]:
    """Declare the new values of variables, and of all that an optimizer keeps.

    Args:
        rule: The optimizer.
        pairs: Gradients and variables.
        scope: Where the nodes are named.
    """
    variables = [variable for _, variable in pairs]
    clock = Clock(rule.state, variables, scope)
    if rule.accumulate == 1:
        yield from step_updates(rule, pairs, clock)
    else:
        rounds = Accumulation(rule.accumulate, rule.state, variables, scope)
        means = list(rounds.means(pairs))
        yield from rounds.when_due(step_updates(rule, means, clock))
        yield from rounds.updates


def step_updates(rule: Rule, pairs: Sequence[Pair], clock: Clock) -> Iterator[Update]:
    """Declare what one step changes."""
    if rule.clip is not None:
        with name_scope(f"{clock.scope}clip/"):
            pairs = check_pairs(rule.clip(pairs), rule.label)
    shared = numbers_of(rule, [variable for _, variable in pairs], clock)
    new = []
    for pair in pairs:
        value, *kept = variable_updates(rule, pair, shared[pair[1]])
        yield from (value, *kept)
        new.append(value)
    for numbers in dict.fromkeys(shared.values()):
        yield from numbers.kept
    if rule.average is not None:
        yield from rule.average.updates(new, clock.scope)
    yield from clock.updates


def numbers_of(rule: Rule, variables: Sequence[Variable], clock: Clock) -> dict[Variable, Numbers]:
    """Give the numbers for each variable; those of one dtype and group are shared."""
    members: dict[Key, list[Variable]] = {}
    chosen: dict[Key, Settings] = {}
    for variable in variables:
        patterns, settings = settings_of(variable.name, rule.settings, rule.groups)
        members.setdefault((patterns, variable.dtype), []).append(variable)
        chosen.setdefault((patterns, variable.dtype), settings)
    found: dict[Variable, Numbers] = {}
    for key, group in members.items():
        numbers = Numbers(chosen[key], key[1], group, clock, rule.state)
        found |= dict.fromkeys(group, numbers)
    return found


def variable_updates(rule: Rule, pair: Pair, numbers: Numbers) -> Iterator[Update]:
    """Declare the new value of one variable, and of what is kept for it."""
    gradient, variable = pair
    for name in rule.slot_names:  # before any node, so that the names are free
        numbers.state.slot(variable, name)
    with name_scope(f"{numbers.clock.scope}{variable.name}/"):
        step = Step(variable, numbers, rule.slot_names)
        yield Update(variable, rule.update(current_value(variable), gradient, step))
    yield from step.updates

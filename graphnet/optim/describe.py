"""What an optimizer is going to do, as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphnet.errors import Row, align
from graphnet.ir.tensor import Tensor
from graphnet.ops.attach import Attached, Average
from graphnet.ops.sources import Variable
from graphnet.optim.rule import Rule
from graphnet.optim.schedule import Schedule
from graphnet.optim.settings import Settings, settings_of

__all__ = ["description"]


def description(rule: Rule, loss: Tensor, besides: Attached, variables: Sequence[Variable]) -> str:
    """Say what a step of an optimizer does."""
    return "\n".join(
        [
            f"{rule.label} minimizes {loss.name!r}",
            *align([("+", penalty.name) for penalty in besides.penalties]),
            f"  {listed({**rule.settings, **rule.options})}",
            *(f"  {line}" for line in conditions(rule)),
            "updates",
            *align([variable_row(rule, variable) for variable in variables]),
            *(["moves"] if besides.averages else []),
            *align([average_row(average) for average in besides.averages]),
        ]
    )


def conditions(rule: Rule) -> Iterator[str]:
    """Give a line for each thing that goes on around the updates."""
    if rule.accumulate > 1:
        yield f"averages the gradients of {rule.accumulate} runs for one step"
    if rule.clip is not None:
        yield f"limits gradients by {rule.clip!r}"
    if rule.average is not None:
        yield f"averages the variables by {rule.average!r}"
    numbers = ["count"] if counts(rule) else []
    for name in (*numbers, *rule.number_names):
        yield f"keeps {name}"


def counts(rule: Rule) -> bool:
    """Whether steps are counted."""
    settings = [rule.settings, *rule.groups.values()]
    scheduled = any(isinstance(value, Schedule) for each in settings for value in each.values())
    return rule.counts or scheduled


def variable_row(rule: Rule, variable: Variable) -> Row:
    """Give a variable, its slots, and the settings that it has for itself."""
    patterns, settings = settings_of(variable.name, rule.settings, rule.groups)
    own = {name for pattern in patterns for name in rule.groups[pattern]}
    chosen: Settings = {name: settings[name] for name in settings if name in own}
    kept = f"keeps {', '.join(rule.slot_names)}" if rule.slot_names else ""
    return variable.name, str(variable.spec), kept, listed(chosen)


def average_row(average: Average) -> Row:
    """Give a moving average, what it moves towards, and the share that it keeps."""
    name, spec = average.variable.name, str(average.variable.spec)
    return name, spec, f"towards {average.statistic.name}", f"keeps {average.momentum}"


def listed(values: Mapping[str, Any]) -> str:
    """Give settings as they are written in a call."""
    return ", ".join(f"{name}={value!r}" for name, value in values.items())

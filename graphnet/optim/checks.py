"""What optimizers refuse, and what they say about it."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

from graphnet.autodiff import gradients
from graphnet.errors import (
    ArgumentError,
    DefinitionError,
    GradientError,
    GraphError,
    Row,
    ShapeError,
    near_names,
)
from graphnet.ir.context import creation_site
from graphnet.ir.graph import reach
from graphnet.ir.node import Node
from graphnet.ir.spec import is_float, may_be_equal
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.basic import StopGradient
from graphnet.ops.sources import Variable
from graphnet.optim.average import MovingAverage
from graphnet.optim.clip import Clip, Pair
from graphnet.optim.schedule import is_count

__all__ = [
    "check_accumulate",
    "check_average",
    "check_clip",
    "check_expected",
    "check_loss",
    "check_pairs",
    "check_said",
    "check_variables",
    "influences",
    "without_gradient",
]

ELSEWHERE = MappingProxyType(
    {
        "weight_decay": "use gn.optim.AdamW(weight_decay=...), "
        "or a penalty, as gn.nn.Dense(..., weight_regularizer=gn.nn.l2(...))",
        "momentum": "use gn.optim.Momentum(learning_rate, momentum)",
        "nesterov": "use gn.optim.Momentum(learning_rate, momentum, nesterov=True)",
    }
)
"""Where to find what some know as an argument of another optimizer."""


def check_loss(loss: Tensor, label: str) -> None:
    """Refuse a loss that is not a scalar tensor."""
    if not isinstance(loss, Tensor):
        raise GraphError(
            f"{label}: the loss {loss!r:.60} is not a tensor",
            at=str(creation_site()),
            hint="declare it by ops, as in gn.nn.mean_squared_error(y, targets).mean()",
        )
    if loss.shape:
        raise ShapeError(
            f"{label}: the loss must be a scalar, and is {loss.spec}",
            at=str(creation_site()),
            rows=[describe(loss)],
            hint="average over the examples, as in loss.mean()",
        )


def check_variables(variables: Sequence[Variable], label: str) -> list[Variable]:
    """Give the variables as a list, each once."""
    given = [variables] if isinstance(variables, Tensor) else list(variables)
    if not given:
        raise GraphError(
            f"{label}: the list of variables is empty",
            at=str(creation_site()),
            hint="leave `variables` out to update all that the loss depends on",
        )
    for variable in given:
        if not isinstance(variable, Variable):
            raise GraphError(
                f"{label}: only variables can be updated",
                at=str(creation_site()),
                rows=[describe(variable)] if isinstance(variable, Tensor) else [(repr(variable),)],
                hint="give variables, as those of layer.variables or graph.variables()",
            )
    return list(dict.fromkeys(given))


def check_pairs(pairs: Iterable[Pair], label: str) -> list[Pair]:
    """Give the pairs of gradient and variable as a list."""
    given = list(pairs) if isinstance(pairs, Iterable) else None
    if given is None:
        raise GraphError(
            f"{label}: {pairs!r:.60} is no list of pairs of gradient and variable",
            at=str(creation_site()),
            hint="give the pairs that compute_gradients gives; what clips them returns such pairs",
        )
    if not given:
        raise GraphError(
            f"{label}: there are no gradients to apply",
            at=str(creation_site()),
            hint="give the pairs that compute_gradients gives",
        )
    for pair in given:
        check_pair(pair, label)
    seen: set[Variable] = set()
    for _, variable in given:
        if variable in seen:
            raise GraphError(
                f"{label}: a variable has two gradients",
                at=str(creation_site()),
                rows=[describe(variable)],
                hint="add them up, and give one pair",
            )
        seen.add(variable)
    return given


def check_pair(pair: object, label: str) -> None:
    """Refuse what is not a pair of a gradient and the variable that it fits."""
    match pair:
        case (Tensor() as gradient, Variable() as variable):
            if not may_be_equal(gradient.shape, variable.shape):
                raise ShapeError(
                    f"{label}: a gradient needs the shape of its variable",
                    at=str(creation_site()),
                    rows=[describe(gradient, "gradient"), describe(variable, "variable")],
                    hint="gn.gradients(loss, [variable]) gives it",
                )
        case _:
            raise GraphError(
                f"{label}: {pair!r:.80} is not a pair of gradient and variable",
                at=str(creation_site()),
                hint="give (gradient, variable), in this order; leave out variables without one",
            )


def check_said(unsaid: Sequence[Node], label: str) -> None:
    """Refuse a loss that comes from a layer in its inference form, if nobody has asked for it."""
    if unsaid:
        layer = getattr(unsaid[0].op, "layer", unsaid[0].name)
        raise GraphError(
            f"{label}: the loss comes from the inference form of {layer!r}",
            at=str(creation_site()),
            rows=[describe(node.outputs[0], getattr(node.op, "layer", "")) for node in unsaid],
            hint="call the model with training=True, "
            "or with training=False to say that this form is meant",
        )


def check_clip(clip: Any, label: str) -> Clip | None:
    """Give what limits gradients, if anything does."""
    if clip is None or callable(clip):
        return cast("Clip | None", clip)
    raise DefinitionError(
        f"{label}: {clip!r:.60} is no way to clip gradients",
        at=str(creation_site()),
        hint="use gn.optim.ClipByValue(limit), ClipByNorm(limit) or ClipByGlobalNorm(limit)",
    )


def check_expected(others: Mapping[str, object], known: Iterable[str], label: str) -> None:
    """Refuse arguments that an optimizer does not have."""
    arguments = list(known)
    for name in others:
        raise ArgumentError(
            f"{label}: there is no argument {name!r}",
            at=str(creation_site()),
            hint=ELSEWHERE.get(name)
            or near_names(name, arguments)
            or f"the arguments are {', '.join(arguments)}",
        )


def check_accumulate(runs: Any, label: str) -> int:
    """Give the number of runs that make a step."""
    if is_count(runs):
        return int(runs)
    raise DefinitionError(
        f"{label}: {runs!r:.60} runs cannot make a step",
        at=str(creation_site()),
        hint="accumulate is the number of runs for each step, a positive integer",
    )


def check_average(average: Any, label: str) -> MovingAverage | None:
    """Give the averages of variables, if there are any."""
    if average is None or isinstance(average, MovingAverage):
        return average
    raise DefinitionError(
        f"{label}: {average!r:.60} is no moving average",
        at=str(creation_site()),
        hint="use average=gn.optim.MovingAverage(0.999)",
    )


def influences(loss: Tensor, label: str) -> list[Variable]:
    """Give the trainable variables that ``loss`` depends on other than through stop_gradient."""
    nodes = loss.graph.nodes
    stopped = frozenset(node.outputs[0] for node in nodes if isinstance(node.op, StopGradient))
    reached = set(reach([loss], stopped, control=False))
    found = [
        variable
        for variable in loss.graph.variables(trainable=True)
        if isinstance(variable, Variable) and variable.node in reached and is_float(variable.dtype)
    ]
    if not found:
        rows: list[Row] = [describe(loss, "loss")]
        rows += [describe(variable, "variable") for variable in loss.graph.variables()[:5]]
        raise GradientError(
            f"{label}: no trainable variable influences the loss",
            at=str(creation_site()),
            rows=rows,
            hint="compute the loss from variables that are floating and trainable",
        )
    return found


def without_gradient(loss: Tensor, variables: Iterable[Variable], label: str) -> GradientError:
    """Say which of the variables that are to be updated has no gradient, and why."""
    found = ((variable, failure(loss, variable)) for variable in variables)
    variable, error = next((each, error) for each, error in found if error is not None)
    if variable.node not in reach([loss], frozenset(), control=False):
        return GradientError(
            f"{label}: {variable.name!r} does not influence the loss to minimize",
            at=error.at,
            rows=[describe(variable, "variable"), describe(loss, "loss")],
            hint="leave it out; without a list, all that influences the loss is updated",
        )
    option = "leave x out, or give allow_unused=True to get zeros"
    return GradientError(
        error.headline.replace("gradients", f"{label}: cannot minimize by {variable.name!r}", 1),
        at=error.at,
        rows=error.rows,
        hint=(error.hint or "").replace(option, "leave the variable out") or None,
    )


def failure(loss: Tensor, variable: Variable) -> GradientError | None:
    """Give the error by which a loss has no gradient for a variable."""
    try:
        gradients(loss, variable)
    except GradientError as error:
        return error
    return None

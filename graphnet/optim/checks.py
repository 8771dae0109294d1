"""What optimizers refuse, and what they say about it."""

from collections.abc import Iterable, Sequence
from math import inf
from numbers import Real

from graphnet.errors import DefinitionError, GraphError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import may_be_equal
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.sources import Variable

__all__ = ["check_loss", "check_pairs", "check_rate", "check_variables"]


def check_rate(rate: float | Tensor, label: str) -> float | Tensor:
    """Give a valid learning rate."""
    if isinstance(rate, Tensor):
        if rate.shape:
            raise ShapeError(
                f"{label}: the learning rate must be a scalar",
                at=str(creation_site()),
                rows=[describe(rate)],
                hint="give one rate for all elements",
            )
        return rate
    if not isinstance(rate, Real) or isinstance(rate, bool) or not 0 <= float(rate) < inf:
        raise DefinitionError(
            f"{label}: {rate!r:.60} is not a learning rate",
            at=str(creation_site()),
            hint="use a finite number from 0 up, or a scalar tensor",
        )
    return float(rate)


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


def check_pairs(
    pairs: Iterable[tuple[Tensor, Variable]], label: str
) -> list[tuple[Tensor, Variable]]:
    """Give the pairs of gradient and variable as a list."""
    given = list(pairs)
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

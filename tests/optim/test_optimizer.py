"""``Optimizer``: what is updated by default, and what is refused."""

import re
from collections.abc import Callable

import numpy as np
import pytest

import graphnet as gn


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


def raised(kind: type[Exception], function: Callable[[], object]) -> str:
    """Give the message of the error that a function raises."""
    with pytest.raises(kind) as caught:
        function()
    return message(caught.value)


def test_default_are_the_trainable_variables_of_the_loss() -> None:
    """Neither others of the graph, nor frozen ones, nor integers, nor those behind a stop."""
    used = gn.Variable(1.0, name="used")
    also = gn.Variable([1.0], name="also")
    gn.Variable(1.0, name="unused")
    frozen = gn.Variable(1.0, trainable=False)
    count = gn.Variable(2)
    stopped = gn.Variable(1.0)
    loss = used * frozen * count * gn.stop_gradient(stopped) + also.sum()
    pairs = gn.optim.SGD(0.1).compute_gradients(loss)
    assert [variable.name for _, variable in pairs] == ["used", "also"]
    assert [gradient.spec for gradient, _ in pairs] == [used.spec, also.spec]


def test_a_variable_is_reached_beside_a_stop() -> None:
    """One way without a stop is enough."""
    x = gn.Variable(3.0)
    ((gradient, _),) = gn.optim.SGD(0.1).compute_gradients(x * gn.stop_gradient(x))
    assert gn.evaluate(gradient) == 3.0


def test_given_variables_are_updated_alone() -> None:
    """Each once, also those that are not trainable."""
    a, b = gn.Variable(1.0), gn.Variable(1.0, trainable=False)
    step = gn.optim.SGD(0.5).minimize(a * b, [b, b])
    with gn.Session() as session:
        session.run(step)
        assert session.run([a, b]) == [1.0, 0.5]


def test_gradients_can_be_changed_between_the_halves() -> None:
    """As for clipping."""
    x = gn.Variable([3.0, -4.0])
    optimizer = gn.optim.SGD(1.0)
    pairs = optimizer.compute_gradients((x * x).sum())
    step = optimizer.apply_gradients((gn.clip(gradient, -1, 1), each) for gradient, each in pairs)
    with gn.Session() as session:
        session.run(step)
        np.testing.assert_array_equal(session.run(x), [2.0, -3.0])


def test_the_loss_must_be_a_scalar() -> None:
    """The message says how it becomes one."""
    x = gn.placeholder(("batch",), name="x")
    assert raised(
        gn.errors.ShapeError, lambda: gn.optim.SGD(0.1).minimize(x * gn.Variable(1.0))
    ) == (
        "sgd: the loss must be a scalar, and is float32[batch]\n"
        "  at FILE:LINE\n"
        "  float32[batch]  multiply 'multiply'  FILE:LINE\n"
        "hint: average over the examples, as in loss.mean()"
    )


def test_the_loss_must_be_a_tensor() -> None:
    """A number has no gradient."""
    assert raised(
        gn.errors.GraphError,
        lambda: gn.optim.SGD(0.1).minimize(1.5),  # type: ignore[arg-type]  # the mistake
    ) == (
        "sgd: the loss 1.5 is not a tensor\n"
        "  at FILE:LINE\n"
        "hint: declare it by ops, as in gn.nn.mean_squared_error(y, targets).mean()"
    )


def test_something_must_be_trainable() -> None:
    """The message shows the loss and the variables that there are."""
    gn.Variable([1.0], name="weight")
    loss = gn.placeholder((), name="loss")
    assert raised(gn.errors.GradientError, lambda: gn.optim.SGD(0.1).minimize(loss)) == (
        "sgd: no trainable variable influences the loss\n"
        "  at FILE:LINE\n"
        "  loss      float32[]   placeholder 'loss'  FILE:LINE\n"
        "  variable  float32[1]  variable 'weight'   FILE:LINE\n"
        "hint: compute the loss from variables that are floating and trainable"
    )


def test_given_variables_must_influence_the_loss() -> None:
    """The message names the one that does not."""
    x, other = gn.Variable(1.0, name="x"), gn.Variable(1.0, name="other")
    assert raised(
        gn.errors.GradientError, lambda: gn.optim.SGD(0.1).minimize(x * x, [x, other])
    ) == (
        "sgd: 'other' does not influence the loss to minimize\n"
        "  at FILE:LINE\n"
        "  variable  float32[]  variable 'other'     FILE:LINE\n"
        "  loss      float32[]  multiply 'multiply'  FILE:LINE\n"
        "hint: leave it out; without a list, all that influences the loss is updated"
    )


def test_the_way_to_the_loss_must_have_derivatives() -> None:
    """The message names the variable, and shows where its gradient ends."""
    x, y = gn.Variable(1.5, name="x"), gn.Variable(1.5, name="y")
    assert raised(gn.errors.GradientError, lambda: gn.optim.SGD(0.1).minimize(x * gn.floor(y))) == (
        "sgd: cannot minimize by 'y': no derivative flows back through floor 'floor'\n"
        "  at FILE:LINE\n"
        "  ->  float32[]  floor 'floor'        FILE:LINE\n"
        "      float32[]  multiply 'multiply'  FILE:LINE\n"
        "hint: floor is constant almost everywhere or takes no derivative; leave the variable out"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("weight_decay", "use gn.optim.AdamW(weight_decay=...), or a penalty, as "),
        ("momentum", "use gn.optim.Momentum(learning_rate, momentum)"),
        ("learningrate", "did you mean 'learning_rate'?"),
        ("x", "the arguments are learning_rate, beta1, beta2, epsilon, clip, groups, "),
    ],
)
def test_arguments_must_be_known(name: str, hint: str) -> None:
    """The message says which there are, or which optimizer has it."""
    with pytest.raises(gn.errors.ArgumentError) as caught:
        gn.optim.Adam(**{name: 0.1})  # type: ignore[arg-type]  # the mistake
    assert caught.value.headline == f"adam: there is no argument {name!r}"
    assert str(caught.value.hint).startswith(hint)
    assert "test_optimizer.py" in str(caught.value.at)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf"), "0.1", None, True])
def test_the_rate_must_be_a_number_from_zero(rate: object) -> None:
    """Where it is a number."""
    assert raised(gn.errors.DefinitionError, lambda: gn.optim.SGD(rate)) == (  # type: ignore[arg-type]
        f"sgd: {rate!r} is not a learning rate\n"
        "  at FILE:LINE\n"
        "hint: use a finite number from 0 up, a scalar tensor, or a schedule"
    )


def test_the_rate_must_be_a_scalar() -> None:
    """Where it is a tensor."""
    rate = gn.placeholder((2,), name="rate")
    assert raised(gn.errors.ShapeError, lambda: gn.optim.SGD(rate)) == (
        "sgd: the learning rate must be a scalar\n"
        "  at FILE:LINE\n"
        "  float32[2]  placeholder 'rate'  FILE:LINE\n"
        "hint: give one number for all elements"
    )


def test_only_variables_can_be_updated() -> None:
    """Other tensors are refused, and so is an empty list."""
    x = gn.Variable(1.0)
    y = gn.placeholder((), name="y")
    optimizer = gn.optim.SGD(0.1)
    assert raised(
        gn.errors.GraphError,
        lambda: optimizer.minimize(x * y, [y]),  # type: ignore[list-item]  # the mistake
    ) == (
        "sgd: only variables can be updated\n"
        "  at FILE:LINE\n"
        "  float32[]  placeholder 'y'  FILE:LINE\n"
        "hint: give variables, as those of layer.variables or graph.variables()"
    )
    assert raised(gn.errors.GraphError, lambda: optimizer.minimize(x * y, [])) == (
        "sgd: the list of variables is empty\n"
        "  at FILE:LINE\n"
        "hint: leave `variables` out to update all that the loss depends on"
    )


def test_pairs_must_be_pairs() -> None:
    """Of a gradient and its variable, in this order, each variable once."""
    x = gn.Variable([1.0, 2.0], name="x")
    gradient = gn.constant([1.0, 1.0], name="gradient")
    apply = gn.optim.SGD(0.1).apply_gradients
    order = "hint: give (gradient, variable), in this order; leave out variables without one"
    assert raised(gn.errors.GraphError, lambda: apply([(x, gradient)])) == (  # type: ignore[list-item]
        "sgd: (<variable 'x' float32[2]>, <tensor 'gradient' float32[2]>) "
        f"is not a pair of gradient and variable\n  at FILE:LINE\n{order}"
    )
    assert raised(gn.errors.GraphError, lambda: apply([(None, x)])) == (  # type: ignore[list-item]
        "sgd: (None, <variable 'x' float32[2]>) "
        f"is not a pair of gradient and variable\n  at FILE:LINE\n{order}"
    )
    assert raised(gn.errors.GraphError, lambda: apply([(gradient, x), (gradient, x)])) == (
        "sgd: a variable has two gradients\n"
        "  at FILE:LINE\n"
        "  float32[2]  variable 'x'  FILE:LINE\n"
        "hint: add them up, and give one pair"
    )
    assert raised(gn.errors.GraphError, lambda: apply(None)) == (  # type: ignore[arg-type]
        "sgd: None is no list of pairs of gradient and variable\n"
        "  at FILE:LINE\n"
        "hint: give the pairs that compute_gradients gives; what clips them returns such pairs"
    )
    assert raised(gn.errors.GraphError, lambda: apply([])) == (
        "sgd: there are no gradients to apply\n"
        "  at FILE:LINE\n"
        "hint: give the pairs that compute_gradients gives"
    )


def test_a_gradient_is_not_broadcast() -> None:
    """It needs the shape of its variable."""
    x = gn.Variable([1.0, 2.0], name="x")
    gradient = gn.constant(1.0, name="gradient")
    assert raised(
        gn.errors.ShapeError, lambda: gn.optim.SGD(0.1).apply_gradients([(gradient, x)])
    ) == (
        "sgd: a gradient needs the shape of its variable\n"
        "  at FILE:LINE\n"
        "  gradient  float32[]   constant 'gradient'  FILE:LINE\n"
        "  variable  float32[2]  variable 'x'         FILE:LINE\n"
        "hint: gn.gradients(loss, [variable]) gives it"
    )


def test_an_optimizer_needs_an_update() -> None:
    """The base class has none."""
    with pytest.raises(TypeError, match=r"abstract method '?update"):
        gn.optim.Optimizer(0.1)  # type: ignore[abstract]  # the mistake


SETTINGS: list[tuple[Callable[[], object], str, str]] = [
    (lambda: gn.optim.Momentum(0.1, 1.0), "momentum: 1.0 is not a momentum", "a number from 0 to "),
    (lambda: gn.optim.Adam(beta2=-0.1), "adam: -0.1 is not a beta2", "a number from 0 to below 1"),
    (lambda: gn.optim.Adam(epsilon=-1), "adam: -1 is not an epsilon", "a finite number from 0 up"),
    (lambda: gn.optim.Lion(weight_decay=float("nan")), "lion: nan is not a weight decay", "finite"),
]


@pytest.mark.parametrize("place", range(len(SETTINGS)))
def test_settings_are_in_their_range(place: int) -> None:
    """Each is refused where it is given."""
    make, headline, hint = SETTINGS[place]
    with pytest.raises(gn.errors.DefinitionError) as caught:
        make()
    assert caught.value.headline == headline
    assert hint in str(caught.value.hint)


def test_two_optimizers_keep_apart() -> None:
    """Their slots are in two scopes."""
    x = gn.Variable(1.0, name="x")
    names = []
    for _ in range(2):
        optimizer = gn.optim.Momentum(0.1)
        optimizer.minimize(x * x)
        names.append(optimizer.slot(x, "velocity").name)
    named = gn.optim.Momentum(0.1, name="own")
    named.minimize(x * x, name="train")
    names.append(named.slot(x, "velocity").name)
    assert names == ["momentum/x/velocity", "momentum_1/x/velocity", "own/x/velocity"]


def test_a_slot_must_exist() -> None:
    """The message has the names that there are."""
    x, y = gn.Variable(1.0, name="x"), gn.Variable(1.0, name="y")
    optimizer = gn.optim.Adam()
    optimizer.minimize(x * x)
    text = raised(gn.errors.GraphError, lambda: optimizer.slot(x, "squares"))
    assert text.startswith(
        "adam: there is no slot 'squares'\n  at FILE:LINE\n  float32[]  variable"
    )
    assert text.endswith("hint: did you mean 'square'?")
    text = raised(gn.errors.GraphError, lambda: optimizer.slot(x, "velocity"))
    assert text.endswith("hint: its slots are 'mean', 'square', 'count'")
    text = raised(gn.errors.GraphError, lambda: optimizer.slot(y, "mean"))
    assert text.endswith("hint: slots are made by minimize, for the variables that it updates")


def test_a_rule_has_the_slots_that_it_declares() -> None:
    """Another one is a mistake of the rule."""

    class Forgetful(gn.optim.Optimizer):
        slot_names = ("velocity",)

        def update(self, value: gn.Tensor, gradient: gn.Tensor, step: gn.optim.Step) -> gn.Tensor:
            return value - step.slot("velocities")

    x = gn.Variable(1.0)
    with pytest.raises(gn.errors.DefinitionError) as caught:
        Forgetful(0.1).minimize(x * x)
    assert caught.value.hint == "did you mean 'velocity'?"


def test_slots_start_at_zero_whatever_the_variables_hold() -> None:
    """Also where a step is declared in the middle of a training, behind other operations."""
    x = gn.Variable(1.0)
    with gn.Session() as session:
        session.run(gn.assign(x, 8.0))
        with gn.control_dependencies([gn.assign(x, 4.0)]):
            optimizer = gn.optim.Momentum(0.25)
            step = optimizer.minimize(2 * x)
        session.run(step)
        assert session.run([x, optimizer.slot(x, "velocity")]) == [3.5, 0.5]


def test_counts_go_beyond_what_a_float_holds() -> None:
    """A schedule reads an integer, which float32 would not count up any more."""
    x = gn.Variable(1.0)
    optimizer = gn.optim.SGD(gn.optim.schedules.piecewise([2**24 + 1], [0.5, 0.25]))
    step = optimizer.minimize(x)
    with gn.Session() as session:
        session.run(gn.assign(optimizer.slot(x, "count"), 2**24))
        session.run_steps(step, [{}] * 2)
        assert session.run(x) == 1 - 0.5 - 0.25


def test_a_rule_may_ask_for_the_number_of_the_step() -> None:
    """It is of the dtype of the variable, and counted from 1."""

    class Harmonic(gn.optim.Optimizer):
        counts = True

        def update(self, value: gn.Tensor, gradient: gn.Tensor, step: gn.optim.Step) -> gn.Tensor:
            assert step.count.dtype == value.dtype
            return value - step.learning_rate * gradient / step.count

    x = gn.Variable(0.0)
    step = Harmonic(1.0).minimize(-x)
    with gn.Session() as session:
        session.run_steps(step, [{}] * 4)
        assert session.run(x) == pytest.approx(1 + 1 / 2 + 1 / 3 + 1 / 4)


def test_the_rate_of_declared_steps_cannot_be_set() -> None:
    """It would have no effect; the message tells what has one."""
    optimizer = gn.optim.Momentum(0.1)
    assert optimizer.learning_rate == 0.1
    assert repr(optimizer) == "Momentum(learning_rate=0.1, momentum=0.9)"
    with pytest.raises(gn.errors.ArgumentError, match=r"cannot become 0\.5") as caught:
        optimizer.learning_rate = 0.5
    assert "session.set_values({rate: 0.01})" in str(caught.value)

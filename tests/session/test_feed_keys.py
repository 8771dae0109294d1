"""Which tensors can be fed, by what keys, and which are missing."""

from collections import OrderedDict
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError, FeedError
from graphnet.ir import Tensor
from graphnet.typing import Array


def test_keys_may_be_names() -> None:
    """A tensor and its name are the same key."""
    with gn.name_scope("in"):
        x = gn.placeholder((), name="x")
    y = (
        gn.exp(
            x,
        )
        + 1
    )
    with gn.Session() as session:
        assert session.run(y, {"in/x": 0.0}) == 2.0
        assert session.run(y * 2, {y.name: 5.0}) == 10.0
        assert session.compile(y, ["in/x"])(0.0) == 2.0


@pytest.mark.parametrize("kind", [OrderedDict, MappingProxyType, dict])
def test_feeds_are_any_mapping(kind: Any) -> None:
    """Any mapping will do."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        for value in (1.0, np.float32(2.0), np.array(3.0, np.float32)):
            assert session.run([x * 2], kind({x: value})) == [2 * value]
        assert session.run(gn.constant(1.0), kind({})) == 1.0


@pytest.mark.parametrize("second", [[1.0], (1.0,), 1.0, np.zeros(2), {1}, "x"], ids=repr)
def test_the_second_argument_is_a_mapping(second: Any) -> None:
    """Something else is most often a second fetch, and the message says how to write that."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        mistakes: list[Any] = [second, x]
        for wrong in mistakes:
            with pytest.raises(FeedError, match="second argument of run is feed_dict") as caught:
                session.run(x, wrong)
            assert caught.value.hint is not None
            assert "session.run([a, b]" in caught.value.hint


@pytest.mark.parametrize("key", [3, None, 1.5, (1, 2), len], ids=repr)
def test_other_keys_are_refused(key: Any) -> None:
    """A key is a tensor or a name."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        with pytest.raises(FeedError, match="a key is a tensor or its name"):
            session.run(x, {key: 1.0})
        with pytest.raises(FeedError, match="a key is a tensor or its name"):
            session.compile(x, [key])


def test_operations_cannot_be_fed() -> None:
    """Only what has a value can be fed."""
    group = gn.group(name="go")
    with gn.Session() as session:
        for key in (group, "go"):
            with pytest.raises(FeedError, match="a key is a tensor or its name"):
                session.run([], {key: 1.0})


def test_unknown_names_come_with_near_ones() -> None:
    """A misspelled name is found among the placeholders; without any like it, all are listed."""
    gn.placeholder((), name="image")
    y = gn.placeholder((), name="label") * 2
    with gn.Session() as session:
        with pytest.raises(FeedError, match="cannot feed 'imgae'") as caught:
            session.run(y, {"imgae": 1.0})
        assert caught.value.hint == "did you mean 'image'?"
        with pytest.raises(FeedError, match="cannot feed 'zzz'") as caught:
            session.run(y, {"zzz": 1.0})
        assert caught.value.hint == "placeholders are image, label"
        with pytest.raises(FeedError, match="cannot feed 'label:1'"):
            session.run(y, {"label:1": 1.0})


def test_a_tensor_is_fed_once() -> None:
    """By itself and by name is twice."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        with pytest.raises(FeedError, match="'x' is fed twice"):
            session.run(x, {x: 1.0, "x": 2.0})
        with pytest.raises(FeedError, match="'x' is fed twice"):
            session.compile(x, [x, x])(1.0, 2.0)


def test_tensors_of_other_graphs_cannot_be_fed() -> None:
    """A tensor of another graph is no key, and no value."""
    x = gn.placeholder((), name="x")
    with gn.Graph():
        other = gn.placeholder((), name="other")
    with gn.Session() as session:
        with pytest.raises(FeedError, match="another graph"):
            session.run(x, {x: 1.0, other: 2.0})
        for symbolic in (other, x, gn.Variable(1.0, name="v")):
            with pytest.raises(FeedError, match="with the symbolic tensor"):
                session.run(x, {x: symbolic})


def test_missing_placeholders_are_listed_together() -> None:
    """One message names all that is missing, each with the way to what needs it."""
    x, y = gn.placeholder((), name="x"), gn.placeholder((), name="y")
    z, unused = gn.placeholder((), name="z"), gn.placeholder((), name="unused")
    left, right = gn.identity(x * 2, name="left"), gn.identity(gn.exp(y) + z, name="right")
    with gn.Session() as session:
        for call in (
            lambda: session.run([left, right], {z: 1.0}),
            lambda: session.compile([left, right], [z]),
        ):
            with pytest.raises(FeedError, match="placeholders are not fed: 'x', 'y'") as caught:
                call()
            assert [row[-1] for row in caught.value.rows] == [
                "needed by x -> multiply -> left",
                "needed by y -> exp -> add -> right",
            ]
            assert caught.value.hint == "add them to the feeds; fed were only 'z'"
        with pytest.raises(FeedError, match="a placeholder is not fed: 'unused'"):
            session.run(unused)
        assert session.run(left, {x: 1.0}) == 2.0


def test_feeds_that_nothing_needs_do_no_harm() -> None:
    """They are checked all the same."""
    x, y = gn.placeholder((), name="x"), gn.placeholder((2,), name="y")
    with gn.Session() as session:
        assert session.run(x * 2, {x: 1.0, y: [1.0, 2.0]}) == 2.0
        with pytest.raises(FeedError, match="cannot feed 'y'"):
            session.run(x * 2, {x: 1.0, y: [1.0]})


# Any tensor can be fed


def test_feeding_cuts_what_is_above() -> None:
    """What only a fed tensor needs is not computed, and not missed."""
    x = gn.placeholder((), name="x")
    called: list[int] = []

    def note(array: Array) -> Array:
        called.append(1)
        return array

    middle = gn.py_call(note, [x], gn.float32, (), stateful=True)
    end = middle * 2
    with gn.Session() as session:
        assert session.run(end, {middle: 5.0}) == 10.0
        assert not called
        assert session.run([end, middle], {x: 1.0}) == [2.0, 1.0]
        assert called == [1]
        assert session.run(end, {middle: 6.0}) == 12.0


def test_fed_intermediate_tensors_need_their_spec() -> None:
    """A fed result is checked like a placeholder."""
    x = gn.placeholder((None, 3), name="x")
    y = gn.identity(x @ gn.constant(np.ones((3, 2), np.float32)), name="y")
    with gn.Session() as session:
        assert session.run(gn.sum(y), {y: np.ones((5, 2), np.float32)}) == 10
        with pytest.raises(FeedError, match="cannot feed 'y' with an array of shape"):
            session.run(gn.sum(y), {y: np.ones((5, 3), np.float32)})
        with pytest.raises(FeedError, match="cannot feed 'y' with float64 values"):
            session.run(gn.sum(y), {y: np.ones((5, 2))})


@pytest.mark.parametrize("optimize", [True, False])
def test_some_results_of_a_node_can_be_fed(optimize: bool) -> None:
    """The others are computed, also when what they are computed from is fed."""
    x = gn.placeholder((4,), name="x")
    base = x * 2
    left, right = gn.split(base, 2)
    fetches = [left + 0, right + 0]
    with gn.Session(optimize=optimize) as session:
        first = session.run(fetches, {x: [1.0] * 4, right: [9.0, 9.0]})
        second = session.run(fetches, {base: [3.0] * 4, right: [9.0, 9.0]})
        third = session.run(fetches, {left: [7.0, 7.0], right: [9.0, 9.0]})
    assert [array.tolist() for array in first] == [[2.0, 2.0], [9.0, 9.0]]
    assert [array.tolist() for array in second] == [[3.0, 3.0], [9.0, 9.0]]
    assert [array.tolist() for array in third] == [[7.0, 7.0], [9.0, 9.0]]


@pytest.mark.parametrize("optimize", [True, False])
def test_feeding_tells_equal_expressions_apart(optimize: bool) -> None:
    """Of two equal expressions one can be fed; the other is computed."""
    x = gn.placeholder((), name="x")
    one, other = gn.exp(x), gn.exp(x)
    with gn.Session(optimize=optimize) as session:
        assert session.run([one + 1, other + 1], {x: 0.0}) == [2.0, 2.0]
        assert session.run([one + 1, other + 1], {x: 0.0, other: 5.0}) == [2.0, 6.0]
        assert session.run([one + 1, other + 1], {x: 0.0, one: 5.0}) == [6.0, 2.0]


@pytest.mark.parametrize("optimize", [True, False])
def test_variables_can_be_fed(optimize: bool) -> None:
    """Reads see the fed value for one run; the variable keeps its own."""
    variable = gn.Variable([1.0, 2.0], name="v")
    fetches = [variable, variable.read(), variable * 2]
    with gn.Session(optimize=optimize) as session:
        found = session.run(fetches, {variable: [5.0, 6.0]})
        assert [array.tolist() for array in found] == [[5.0, 6.0], [5.0, 6.0], [10.0, 12.0]]
        assert session.run(variable).tolist() == [1.0, 2.0]


def test_fed_variables_cannot_be_written() -> None:
    """What the write should start from would be unclear."""
    variable = gn.Variable(1.0, name="v")
    update = gn.assign_add(variable, 1.0, name="update")
    with gn.Session() as session:
        with pytest.raises(FeedError, match="'v' is fed and written in one run") as caught:
            session.run(update, {variable: 10.0})
        assert [row[0] for row in caught.value.rows] == ["fed", "written"]
        assert session.run(update, {update: 3.0}) == 3.0
        assert session.run(variable) == 1.0


def test_constants_and_draws_can_be_fed() -> None:
    """Whatever has a value can be given another one."""
    constant, noise = gn.constant([1.0, 2.0]), gn.random.uniform((2,))
    total = constant + noise
    with gn.Session() as session:
        assert session.run(total, {constant: [1.0, 1.0], noise: [2.0, 2.0]}).tolist() == [3.0, 3.0]
        assert session.step == 0
        assert session.run(total, {noise: [0.0, 0.0]}).tolist() == [1.0, 2.0]


def test_a_fed_tensor_may_be_waited_for() -> None:
    """Control dependencies on what is fed do no harm."""
    x = gn.placeholder((), name="x")
    y = gn.exp(x)
    with gn.control_dependencies([x, y]):
        z = gn.constant(1.0) + x
    for optimize in (True, False):
        with gn.Session(optimize=optimize) as session:
            assert session.run(z, {x: 2.0}) == 3.0
            assert session.run([z, y], {x: 2.0, y: 5.0}) == [3.0, 5.0]


# Compiled functions


def test_compiled_functions_check_what_they_get() -> None:
    """Number, shapes and dtypes of the values, in every call."""
    x, y = gn.placeholder((None,), name="x"), gn.placeholder((), gn.int64, name="y")
    with gn.Session() as session:
        function = session.compile([x * 2, y], [x, "y"])
        for rows in (2, 3, 2):
            found = function(np.ones(rows, np.float32), np.int64(1))
            assert [array.shape for array in found] == [(rows,), ()]
        for wrong in ((), (1.0,), (1.0, 2, 3)):
            with pytest.raises(FeedError, match=f"takes 2 values, not {len(wrong)}"):
                function(*wrong)
        with pytest.raises(FeedError, match="cannot feed 'x'"):
            function(np.ones((2, 2), np.float32), 1)
        with pytest.raises(FeedError, match="cannot feed 'y'"):
            function([1.0], 1.5)
        assert function([4.0], 7)[0].tolist() == [8.0]


@pytest.mark.parametrize("feeds", ["x", {"x": 1}, 3, None], ids=repr)
def test_compile_takes_a_list_of_feeds(feeds: Any) -> None:
    """Something else is an error that shows a list."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        mistakes: list[Any] = [feeds, x]
        for wrong in mistakes:
            with pytest.raises(FeedError, match="takes a list of feeds, not"):
                session.compile(x, wrong)


def test_functions_do_not_keep_or_change_feeds() -> None:
    """A function of the user's gets arrays that it cannot write to."""
    x = gn.placeholder((2,), name="x")

    def scribble(array: Array) -> Array:
        array[0] = 5
        return array

    written = gn.py_call(scribble, [x], gn.float32, (2,))
    fed = np.zeros(2, np.float32)
    with gn.Session() as session, pytest.raises(ExecutionError, match="read-only"):
        session.run(written, {x: fed})
    assert fed.tolist() == [0, 0]


def all_of(tensors: list[Tensor]) -> Tensor:
    """Add tensors up."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total


def test_many_feeds() -> None:
    """Hundreds of feeds are no problem, in any order."""
    tensors = [gn.placeholder((), name=f"x{number}") for number in range(300)]
    total = all_of(tensors)
    with gn.Session() as session:
        feeds = {tensor: float(number) for number, tensor in enumerate(tensors)}
        assert session.run(total, feeds) == 300 * 299 / 2
        assert session.run(total, dict(reversed(feeds.items()))) == 300 * 299 / 2

"""What can be fetched, in which structures results come back, and whose memory they are."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import FetchError, GraphnetError
from graphnet.ir import Node, Tensor


class Pair(NamedTuple):
    """A named tuple."""

    first: Any
    second: Any


@dataclass
class Plain:
    """A dataclass."""

    first: Any
    second: Any = None


@dataclass(frozen=True)
class Frozen:
    """A dataclass that cannot change."""

    first: Any
    second: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Slotted:
    """A dataclass without a dict, made with keywords only."""

    first: Any
    second: Any


@dataclass
class Derived:
    """A dataclass with a field that it makes itself."""

    first: Any
    second: Any = field(init=False)

    def __post_init__(self) -> None:
        """Double the first field."""
        assert isinstance(self.first, Tensor), "made again from results"
        self.second = self.first * 2


class Words(list[Any]):
    """A list of another type."""


def tensors() -> tuple[Tensor, Tensor]:
    """Declare two tensors, of values 1 and 2."""
    x = gn.constant(1.0, name="one")
    return x, x * 2


STRUCTURES: dict[str, Any] = {
    "list": lambda x, y: [x, y],
    "tuple": lambda x, y: (x, y),
    "nested list": lambda x, y: [[x], [], [[y]]],
    "dict": lambda x, y: {"x": x, 3: y},
    "nested dict": lambda x, y: {"b": [x, {"a": (y,)}], "a": y},
    "ordered dict": lambda x, y: OrderedDict([("z", x), ("a", y)]),
    "default dict": lambda x, y: defaultdict(list, {"x": x, "y": y}),
    "read-only mapping": lambda x, y: MappingProxyType({"x": x, "y": y}),
    "named tuple": lambda x, y: Pair(x, [y]),
    "dataclass": Plain,
    "frozen dataclass": lambda x, y: Frozen(x, Pair(y, x)),
    "slotted dataclass": lambda x, y: Slotted(first=x, second=y),
    "list of another type": lambda x, y: Words([x, y]),
    "twice": lambda x, y: [x, x, y, x],
}


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
@pytest.mark.parametrize("how", ["run", "again", "compiled", "unoptimized"])
def test_results_come_in_the_same_structure(structure: Any, how: str) -> None:
    """Types, keys and order are those of what was asked for."""
    x, y = tensors()
    fetches, expected = structure(x, y), structure(np.float32(1), np.float32(2))
    with gn.Session(optimize=how != "unoptimized") as session:
        found = session.compile(fetches)() if how == "compiled" else session.run(fetches)
        if how == "again":
            found = session.run(structure(x, y))
    assert type(found) is type(expected)
    assert found == expected
    assert repr(fetches) == repr(structure(x, y)), "what was asked for has been changed"
    if isinstance(expected, dict):
        assert list(found) == list(expected)


def test_missing_keys_of_a_default_dict() -> None:
    """A mapping that makes its own defaults still does."""
    found = gn.evaluate(defaultdict(list, a=gn.constant(1.0)))
    assert found["nothing"] == []


def test_fields_that_a_dataclass_makes_itself() -> None:
    """Fields that are not arguments of ``__init__`` are fetched, which is not called again."""
    found = gn.evaluate(Derived(gn.constant(2.0)))
    assert (found.first, found.second) == (2.0, 4.0)


def test_one_tensor_gives_one_array() -> None:
    """Results are arrays, also without axes; an operation gives None."""
    x, y = tensors()
    variable = gn.Variable([1.0], name="v")
    group = gn.group(gn.assign(variable, [2.0]))
    with gn.Session() as session:
        for fetch, shape in ((x, ()), (y, ()), (variable, (1,))):
            for _ in range(2):
                found = session.run(fetch)
                assert type(found) is np.ndarray
                assert (found.shape, found.dtype) == (shape, np.float32)
        for _ in range(2):
            assert session.run(group) is None
        assert session.run([group, y, group]) == [None, 2.0, None]
        assert session.run(y.node) is None


def test_names() -> None:
    """Tensors, operations and further results are found by name."""
    x, _ = tensors()
    gn.split(gn.constant([1.0, 2.0, 3.0]), [1, 2])
    variable = gn.Variable(5, name="scope/v")
    gn.group(gn.assign(variable, 6), name="go")
    with gn.Session() as session:
        assert session.run("one") == 1.0
        found = session.run({"a": ["split", "split:0", "split:1"], "b": "scope/v", "c": "go"})
    assert [array.tolist() for array in found["a"]] == [[1.0], [1.0], [2.0, 3.0]]
    assert (found["b"], found["c"]) == (5, None)
    assert x.name == "one"


@pytest.mark.parametrize("empty", [[], (), {}, [[], {}], Plain([], ())], ids=repr)
def test_empty_structures_give_themselves(empty: Any) -> None:
    """Nothing to fetch is no error; nothing runs."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        for _ in range(2):
            assert session.run(empty) == empty
        assert session.run(empty, {x: 1.0}) == empty
        assert session.compile(empty)() == empty


@pytest.mark.parametrize("what", [None, 3, 2.5, np.zeros(2), {1, 2}, object, len, b"one"], ids=repr)
def test_other_things_cannot_be_fetched(what: Any) -> None:
    """What is no tensor is an error, alone and inside of a structure."""
    x, _ = tensors()
    with gn.Session() as session:
        for fetches in (what, [x, what], {"a": (x, [what])}):
            with pytest.raises(FetchError, match="cannot fetch") as caught:
                session.run(fetches)
            assert what is None or f"of type {type(what).__name__}" in caught.value.headline
            assert caught.value.at is not None
            with pytest.raises(FetchError, match="cannot fetch"):
                session.compile(fetches)


def test_unknown_names_and_other_graphs() -> None:
    """A name that nothing has is an error with near names; so is a tensor from elsewhere."""
    tensors()
    with gn.Graph():
        stranger = gn.constant(1.0, name="stranger")
        operation = gn.group(name="op")
    with gn.Session() as session:
        with pytest.raises(FetchError, match="nothing named 'oone'") as caught:
            session.run(["one", "oone"])
        assert caught.value.hint == "did you mean 'one'?"
        for foreign in (stranger, operation):
            with pytest.raises(FetchError, match="another graph") as caught:
                session.run([foreign])
            assert caught.value.rows
        with pytest.raises(FetchError, match="nothing named 'one:1'"):
            session.run("one:1")


def test_a_closed_session_refuses() -> None:
    """After the block, runs, compiled functions and initialization are errors."""
    x, _ = tensors()
    variable = gn.Variable(1.0)
    with gn.Session() as session:
        compiled = session.compile([x])
        compiled()
        session.run([x])
    for call in (
        lambda: session.run([x]),
        lambda: session.run([]),
        compiled,
        session.initialize,
        lambda: session.initialize([variable]),
    ):
        with pytest.raises(GraphnetError, match="the session is closed"):
            call()
    session.close()


# Fed and fetched


@pytest.mark.parametrize("optimize", [True, False])
def test_what_is_fed_can_be_fetched(optimize: bool) -> None:
    """A fed tensor gives the fed value, copied, whatever computes it otherwise."""
    x = gn.placeholder((2,), name="x")
    variable = gn.Variable([1.0, 2.0], name="v")
    y = gn.exp(x) * variable
    fed = np.array([5.0, 6.0], np.float32)
    with gn.Session(optimize=optimize) as session:
        for tensor in (x, y, variable):
            for _ in range(2):
                found = session.run([tensor], {tensor: fed})[0]
                assert found.tolist() == [5.0, 6.0]
                assert not np.shares_memory(found, fed)
        assert session.run(variable).tolist() == [1.0, 2.0]


# Ownership


@pytest.mark.parametrize("optimize", [True, False])
def test_results_belong_to_the_caller(optimize: bool) -> None:
    """Changing results changes nothing: not feeds, variables, constants, or later runs."""
    x = gn.placeholder((2, 2), name="x")
    variable = gn.Variable(np.ones((2, 2), np.float32), name="v")
    constant = gn.constant(np.full((2, 2), 3.0, np.float32), name="c")
    total = x + variable
    whole = gn.exp(x)
    fetches = [
        *(x, variable, constant, total, whole),
        *(x.T, variable.T, constant[0], total.reshape(4), whole[0], gn.identity(variable)),
        *gn.split(whole, 2),
        gn.broadcast_to(constant[0], (3, 2)),
        variable.read(),
    ]
    fed = np.arange(4, dtype=np.float32).reshape(2, 2)
    with gn.Session(optimize=optimize) as session:
        compiled = session.compile(fetches, [x])
        first = session.run(fetches, {x: fed})
        kept = [array.copy() for array in first]
        for array in first:
            array[...] = -1
        assert fed.tolist() == [[0, 1], [2, 3]]
        for again in (session.run(fetches, {x: fed}), compiled(fed), compiled(fed)):
            for found, wanted in zip(again, kept, strict=True):
                assert np.array_equal(found, wanted)
                assert found.flags.writeable
                assert not any(np.shares_memory(found, other) for other in (fed, *first))
            for array in again:
                array[...] = -2


@pytest.mark.parametrize("optimize", [True, False])
def test_different_tensors_never_share_memory(optimize: bool) -> None:
    """Also where optimization finds that they are one value; the same tensor twice is one array."""
    x = gn.placeholder((2,), name="x")
    equal = [gn.exp(x), gn.exp(x), gn.identity(gn.exp(x)), gn.exp(x) * 1, gn.exp(x + 0)]
    fetches = [*equal, x, gn.identity(x), x + 0]
    with gn.Session(optimize=optimize) as session:
        for _ in range(2):
            results = session.run(fetches, {x: [1.0, 2.0]})
            assert not any(np.shares_memory(*pair) for pair in combinations(results, 2))
        twice = session.run([equal[0], equal[0]], {x: [1.0, 2.0]})
    assert twice[0] is twice[1]


def test_fetches_of_a_compiled_function_are_those_given() -> None:
    """What happens to the list later does not matter."""
    x, y = tensors()
    fetches: list[Tensor | Node] = [x, y]
    with gn.Session() as session:
        compiled = session.compile(fetches)
        fetches.append(x)
        assert compiled() == [1.0, 2.0]
        fetches.clear()
        assert compiled() == [1.0, 2.0]


def test_results_survive_the_session() -> None:
    """Arrays stay as they are when the session is closed."""
    x, y = tensors()
    variable = gn.Variable([1.0, 2.0])
    with gn.Session() as session:
        results = session.run([x, y, variable])
    assert [array.tolist() for array in results] == [1.0, 2.0, [1.0, 2.0]]

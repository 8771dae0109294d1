"""Many steps in one call give what the plain loop gives."""

import signal
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import ExecutionError, FeedError, FetchError, GraphError, GraphnetError
from graphnet.ir import Tensor
from graphnet.typing import Array

BOTH = pytest.mark.parametrize("optimize", [True, False])


class Model(NamedTuple):
    """A small network with a dropout, and a step that trains it.

    Attributes:
        x: Examples.
        label: Their classes.
        loss: The mean loss.
        noise: A random draw.
        train: What updates the variables.
    """

    x: Tensor
    label: Tensor
    loss: Tensor
    noise: Tensor
    train: Any

    @property
    def variables(self) -> list[gn.Variable]:
        """The weights."""
        return [v for v in self.x.graph.variables() if isinstance(v, gn.Variable)]


def model() -> Model:
    """Declare it."""
    x = gn.placeholder(("batch", 3), name="x")
    label = gn.placeholder(("batch",), gn.int64, name="label")
    hidden = gn.dropout(gn.nn.Dense(4, gn.tanh)(x), 0.25)
    loss = gn.nn.sparse_softmax_cross_entropy(gn.nn.Dense(2)(hidden), label).mean()
    noise = gn.random.normal((2,), name="noise")
    return Model(x, label, loss, noise, gn.optim.SGD(0.1).minimize(loss))


def example(size: int, seed: int) -> tuple[Array, Array]:
    """Draw a batch."""
    random = np.random.default_rng(seed)
    return random.normal(size=(size, 3)).astype(np.float32), random.integers(0, 2, size)


def bits(results: Any) -> Any:
    """Give results such that equality means equal bits."""
    match results:
        case None:
            return None
        case np.ndarray():
            return results.shape, results.dtype.str, results.tobytes()
        case Mapping():
            return {name: bits(result) for name, result in results.items()}
    return type(results)(map(bits, results))


FORMS: dict[str, Callable[[Array, Array], tuple[Any, Any]]] = {
    "arrays": lambda x, label: (x, label),
    "lists": lambda x, label: (x.tolist(), label.tolist()),
    "views": lambda x, label: (np.repeat(x, 2, axis=1)[:, ::2], np.repeat(label, 2)[::2]),
    "small integers": lambda x, label: (x, label.astype(np.int8)),
    "column order": lambda x, label: (np.asfortranarray(x), label),
    "half": lambda x, label: (x.astype(np.float16), label),
}


@st.composite
def many_batches(draw: st.DrawFn) -> list[tuple[Any, Any]]:
    """Draw batches: in runs of equal sizes, each array in some form or other."""
    stretches = st.tuples(st.integers(1, 3), st.sampled_from(sorted(FORMS)), st.integers(1, 20))
    batches: list[tuple[Any, Any]] = []
    for size, form, count in draw(st.lists(stretches, max_size=5)):
        batches += [FORMS[form](*example(size, len(batches) + seed)) for seed in range(count)]
    return batches


WAYS: dict[str, Callable[[Model, list[tuple[Any, Any]]], tuple[Any, ...]]] = {
    "tuples": lambda made, batches: (batches, [made.x, made.label]),
    "names": lambda _, batches: (tuple(map(list, batches)), ("x", "label")),
    "dicts": lambda made, batches: ([{made.x: x, made.label: y} for x, y in batches],),
    "mixed dicts": lambda made, batches: (
        [
            OrderedDict([("label", y), (made.x, x)]) if place % 3 else {made.x: x, "label": y}
            for place, (x, y) in enumerate(batches)
        ],
    ),
    "generator of tuples": lambda made, batches: (iter(batches), [made.x, made.label]),
    "generator of dicts": lambda made, batches: (
        (MappingProxyType({"x": x, made.label: y}) for x, y in batches),
    ),
}


@settings(max_examples=40)
@given(many_batches(), st.sampled_from(sorted(WAYS)), st.booleans())
def test_steps_are_those_of_the_plain_loop(
    batches: list[tuple[Any, Any]], way: str, optimize: bool
) -> None:
    """Results, variables and draws are equal to the bit, whatever the batches are."""
    with gn.Graph():
        made = model()
        fetches = {"loss": made.loss, "more": (made.noise, [made.train])}
        with gn.Session(seed=1, optimize=optimize) as session:
            wanted = [session.run(fetches, {made.x: x, made.label: y}) for x, y in batches]
            state, step = session.run(made.variables), session.step
        with gn.Session(seed=1, optimize=optimize) as session:
            found = session.run_steps(fetches, *WAYS[way](made, batches))
            assert session.step == step
            assert bits(session.run(made.variables)) == bits(state)
        assert bits(found) == bits(wanted)


FETCHES: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "one": lambda x, _: x,
    "operation": lambda _, y: y.node,
    "list": lambda x, y: [x, y],
    "tuple": lambda x, y: (y, x, y),
    "nested": lambda x, y: {"x": [x, (y,)], "y": y},
    "names": lambda _, __: ["x", "multiply"],
    "nothing": lambda _, __: [],
}


@BOTH
@pytest.mark.parametrize("structure", FETCHES)
def test_each_step_gives_what_run_gives(structure: str, optimize: bool) -> None:
    """A list of the structures that were asked for, with arrays of their own."""
    x = gn.placeholder((None,), name="x")
    fetches = FETCHES[structure](x, x * 2)
    batches = [{x: np.full(size, size, np.float32)} for size in (1, 2, 2, 1)]
    with gn.Session(optimize=optimize) as session:
        found = session.run_steps(fetches, batches)
        assert bits(found) == bits([session.run(fetches, batch) for batch in batches])
        session.run_steps(fetches, batches)
        assert bits(found) == bits([session.run(fetches, batch) for batch in batches])


def test_steps_without_feeds() -> None:
    """Batches may be empty dicts, or empty tuples; and there may be no batches."""
    count = gn.Variable(0, name="count")
    up = gn.assign_add(count, 1)
    with gn.Session() as session:
        assert session.run_steps(up, [{}] * 3) == [1, 2, 3]
        assert session.run_steps(up, [()] * 2, []) == [4, 5]
        assert session.run_steps(up, ({} for _ in range(2))) == [6, 7]
        nothing: list[Any] = [[], (), iter([])]
        for empty in nothing:
            assert session.run_steps(up, empty) == []
            assert session.run_steps(up, empty, []) == []
        assert session.run(count) == 7


def test_steps_over_data() -> None:
    """Batches that ``gn.data`` cuts, of dicts by tensor, and of tuples."""
    x = gn.placeholder((None, 2), name="x")
    label = gn.placeholder((None,), gn.int64, name="label")
    totals = [gn.sum(x), gn.sum(label)]
    points, labels = gn.data.disk(10)
    with gn.Session() as session:
        by_tensor = gn.data.batches({x: points, label: labels}, 4, seed=1)
        found = session.run_steps(totals, by_tensor)
        assert len(found) == 3
        assert by_tensor.epoch == 1
        in_order = gn.data.batches((points, labels), 4, seed=1)
        assert session.run_steps(totals, in_order, [x, label]) == found
        wanted = [np.sum(some) for _, some in gn.data.batches((points, labels), 4, seed=1)]
        assert [some for _, some in found] == wanted


# What is prepared is checked first, what is not is taken one by one


def counter() -> tuple[Tensor, Tensor, gn.Variable]:
    """Declare a placeholder, and what adds it up."""
    x = gn.placeholder((2,), name="x")
    total = gn.Variable([0.0, 0.0], name="total")
    return x, gn.assign_add(total, x), total


MISTAKES: dict[str, tuple[Any, str]] = {
    "shape": ({"x": [1.0]}, r"batches\[20\]: cannot feed 'x' with an array of shape \[1\]"),
    "dtype": ({"x": np.zeros(2)}, r"batches\[20\]: cannot feed 'x' with float64 values"),
    "missing": ({}, r"batches\[20\]: fed are none, by the first batch 'x'"),
    "unknown": ({"y": [1.0, 1.0]}, r"batches\[20\]: fed are 'y', by the first batch 'x'"),
    "more": ({"x": [1.0] * 2, "y": 1}, r"batches\[20\]: fed are 'x', 'y', by the first"),
    "tuple": (([1.0, 1.0],), r"batches\[20\]: a batch is a dict of feeds, not tuple"),
    "nothing": (None, r"batches\[20\]: a batch is a dict of feeds, not NoneType"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_lists_are_found_before_anything_runs(mistake: str) -> None:
    """The error names the batch and the line, and no step has been made."""
    _, update, total = counter()
    wrong, message = MISTAKES[mistake]
    good: dict[Any, Any] = {"x": np.ones(2, np.float32)}
    with gn.Session() as session:
        with pytest.raises(FeedError, match=message) as caught:
            session.run_steps(update, [*[good] * 20, wrong, good])
        assert f"{__file__}:".endswith(str(caught.value.at).rpartition("/")[2].rstrip("0123456789"))
        assert not np.any(session.run(total))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_iterators_end_the_loop(mistake: str) -> None:
    """The variables are as the last whole step has left them; later batches are not taken."""
    _, update, total = counter()
    wrong, message = MISTAKES[mistake]
    good: dict[Any, Any] = {"x": np.ones(2, np.float32)}
    batches = iter([*[good] * 20, wrong, good])
    with gn.Session() as session:
        with pytest.raises(FeedError, match=message):
            session.run_steps(update, batches)
        assert session.run(total).tolist() == [20.0, 20.0]
        assert len(list(batches)) == 1


TUPLES: dict[str, tuple[Any, str]] = {
    "dict": ({"x": [1.0, 1.0]}, r"batches\[1\]: a batch is a tuple with one value per feed, not"),
    "array": (np.ones((1, 2)), r"batches\[1\]: a batch is a tuple with one value per feed, not"),
    "too many": (([1.0, 1.0], 1), r"batches\[1\]: a batch has one value per feed, 1, not 2"),
    "too few": ((), r"batches\[1\]: a batch has one value per feed, 1, not 0"),
    "shape": (([1.0],), r"batches\[1\]: cannot feed 'x' with an array of shape \[1\]"),
}


@pytest.mark.parametrize("prepared", [True, False])
@pytest.mark.parametrize("mistake", TUPLES)
def test_mistakes_in_tuples(mistake: str, prepared: bool) -> None:
    """The number of values must be that of the feeds."""
    x, update, total = counter()
    wrong, message = TUPLES[mistake]
    batches = [([1.0, 1.0],), wrong]
    with gn.Session() as session:
        with pytest.raises(FeedError, match=message):
            session.run_steps(update, batches if prepared else iter(batches), [x])
        assert session.run(total)[0] == (0.0 if prepared else 1.0)


def test_batches_must_be_many() -> None:
    """One dict, one tensor or a number is no list of batches; the message shows one."""
    x, update, _ = counter()
    with gn.Session() as session:
        mistakes: list[Any] = [{x: [1.0, 1.0]}, x, 3, None]
        for wrong in mistakes:
            with pytest.raises(FeedError, match="takes many batches, not one") as caught:
                session.run_steps(update, wrong)
            assert caught.value.at is not None
        for feeds in (x, "x", {x: 1}, 3):
            with pytest.raises(FeedError, match="takes a list of feeds, not"):
                session.run_steps(update, [([1.0, 1.0],)], feeds)  # type: ignore[arg-type]


def test_mistakes_that_are_not_those_of_a_batch() -> None:
    """What is wrong with fetches and feeds themselves is found first, and names no batch."""
    x, update, _ = counter()
    with gn.Session() as session:
        some: list[Any] = [[], [{x: [1.0, 1.0]}], iter([])]
        for batches in some:
            with pytest.raises(FetchError, match=r"^cannot fetch None"):
                session.run_steps([update, None], batches)
            with pytest.raises(FeedError, match=r"^cannot feed 'y'"):
                session.run_steps(update, batches, ["y"])
    with pytest.raises(GraphnetError, match=r"^the session is closed"):
        session.run_steps(update, [])


def test_a_placeholder_that_is_not_fed() -> None:
    """Nothing has run; the first batch is named."""
    x, update, total = counter()
    y = gn.placeholder((), name="y")
    with gn.Session() as session:
        for batches in ([{x: [1.0, 1.0]}], iter([{x: [1.0, 1.0]}])):
            with pytest.raises(FeedError, match=r"batches\[0\]: a placeholder is not fed: 'y'"):
                session.run_steps([update, y], batches)
        assert not np.any(session.run(total))


def test_shapes_that_do_not_fit_together() -> None:
    """Named extents that disagree in one batch of a list."""
    x, y = gn.placeholder(("n",), name="x"), gn.placeholder(("n",), name="y")
    good, wrong = (np.ones(2, np.float32),) * 2, (np.ones(2, np.float32), np.ones(3, np.float32))
    message = r"batches\[1\]: extent 'n' is 2 in 'x' and 3 in 'y'"
    with gn.Session() as session, pytest.raises(FeedError, match=message):
        session.run_steps(x + y, [good, wrong, good], [x, y])


# Steps that fail


@pytest.mark.parametrize("prepared", [True, False])
@pytest.mark.parametrize("place", [0, 1, 15, 16, 17, 39])
def test_a_failing_step_leaves_whole_steps(place: int, prepared: bool) -> None:
    """The error names the batch; variables and draws are those of the steps before."""
    index = gn.placeholder((), gn.int64, name="index")
    count = gn.Variable(0, name="count")
    value = gn.gather(gn.constant([1.0, 2.0]), index)
    fetches = [gn.assign_add(count, 1), value, gn.random.uniform((), name="noise")]
    batches = [(np.array(0),)] * 40
    batches[place] = (np.array(7),)
    with gn.Session(seed=1) as session:
        for again in range(2):
            with pytest.raises(ExecutionError, match=rf"batches\[{place}\]: gather") as caught:
                session.run_steps(fetches, batches if prepared else iter(batches), [index])
            assert caught.value.at == str(value.node.site)
            assert session.run(count) == session.step == place * (again + 1)
        assert session.run_steps(count, [(np.array(0),)], [index]) == [session.step]


@pytest.mark.parametrize("prepared", [True, False])
def test_ctrl_c_leaves_whole_steps(prepared: bool) -> None:
    """In the middle of a step it is as if this step had not begun; then the session works on."""
    x, update, total = counter()

    def press(array: Array) -> Array:
        if array[0] == 3.0:
            signal.raise_signal(signal.SIGINT)
        return array

    pressed = gn.py_call(press, [x], gn.float32, (2,), stateful=True)
    batches = [{x: np.full(2, number, np.float32)} for number in range(5)]
    with gn.Session() as session:
        with pytest.raises(KeyboardInterrupt):
            session.run_steps([update, pressed], batches if prepared else iter(batches))
        assert session.run(total).tolist() == [3.0, 3.0]
        assert session.run_steps(update, batches)[-1].tolist() == [13.0, 13.0]


def test_ctrl_c_between_steps() -> None:
    """An iterator that is interrupted leaves whole steps."""
    x, update, total = counter()

    def batches() -> Iterator[dict[Tensor, list[float]]]:
        yield {x: [1.0, 2.0]}
        raise KeyboardInterrupt

    with gn.Session() as session:
        with pytest.raises(KeyboardInterrupt):
            session.run_steps(update, batches())
        assert session.run(total).tolist() == [1.0, 2.0]


def test_errors_of_an_iterator_are_its_own() -> None:
    """What is raised while a batch is made passes through as it is."""
    x, update, total = counter()

    def batches() -> Iterator[dict[Tensor, list[float]]]:
        yield {x: [1.0, 2.0]}
        raise LookupError("no more")

    with gn.Session() as session:
        with pytest.raises(LookupError, match=r"^no more$"):
            session.run_steps(update, batches())
        assert session.run(total).tolist() == [1.0, 2.0]


# In company


def test_an_iterator_may_run_the_session() -> None:
    """Making a batch may depend on the step before, as in the plain loop."""
    x, update, total = counter()

    def batches(session: gn.Session) -> Iterator[tuple[Array]]:
        for _ in range(4):
            yield (session.run(total) + 1,)

    with gn.Session() as session:
        found = session.run_steps(update, batches(session), [x])
        assert [value[0] for value in found] == [1.0, 3.0, 7.0, 15.0]


def test_a_step_may_not_run_its_own_session() -> None:
    """As for a single run; the error names the batch."""
    x = gn.placeholder((), name="x")
    sessions: list[gn.Session] = []

    def nested(array: Array) -> Array:
        sessions[0].run_steps(x, [{x: array}])
        return array

    call = gn.py_call(nested, [x], gn.float32, (), stateful=True)
    with gn.Session() as session:
        sessions.append(session)
        for _ in range(2):
            with pytest.raises(ExecutionError, match=r"batches\[0\]: .* another run of the same"):
                session.run_steps(call, [{x: 1.0}])
            assert session.run_steps(x, [{x: 1.0}]) == [1.0]


def test_a_session_closed_by_a_step_is_closed() -> None:
    """Steps do not go on with what is gone."""
    x = gn.placeholder((), name="x")
    session = gn.Session()

    def close(array: Array) -> Array:
        session.close()
        return array

    call = gn.py_call(close, [x], gn.float32, (), stateful=True)
    with pytest.raises(GraphnetError, match=r"batches\[1\]: the session is closed"):
        session.run_steps(call, iter([{x: 1.0}] * 3))


@pytest.mark.filterwarnings("ignore::graphnet.errors.GraphnetWarning")
def test_growth_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An iterator that makes nodes again and again is the same mistake as a loop that does."""
    monkeypatch.setattr(gn.session.growth, "LIMIT", 5)
    x = gn.placeholder((), name="x")

    def batches() -> Iterator[dict[Tensor, float]]:
        while True:
            gn.exp(x)
            yield {x: 1.0}

    with gn.Session() as session, pytest.raises(GraphError, match="has grown between runs 5 times"):
        session.run_steps(x, batches())


class CountingLock:
    """A lock that knows how many steps have run each time that it was held."""

    def __init__(self, steps: Callable[[], int]) -> None:
        self.lock = threading.RLock()
        self.steps = steps
        self.begun = 0
        self.held: list[int] = []

    def __enter__(self) -> None:
        """Begin to count."""
        self.lock.acquire()
        self.begun = self.steps()

    def __exit__(self, *_: object) -> None:
        """Note how many there were."""
        self.held.append(self.steps() - self.begun)
        self.lock.release()


def test_the_lock_is_given_back_between_steps() -> None:
    """Some steps of a list run in one turn, and no more than some."""
    noise = gn.random.uniform((), name="noise")
    with gn.Session() as session:
        lock = CountingLock(lambda: session.step)
        session.lock = lock  # type: ignore[assignment]
        session.run_steps(noise, [{}] * 40)
        assert [count for count in lock.held if count] == [16, 16, 8]
        session.run_steps(noise, ({} for _ in range(3)))
        assert [count for count in lock.held if count][3:] == [1, 1, 1]


def test_other_threads_have_their_turn() -> None:
    """A run of another thread comes between steps, not only behind the last."""
    x = gn.placeholder((), name="x")
    total = gn.Variable(0.0, name="total")
    update = gn.assign_add(total, x)
    seen: list[float] = []
    with gn.Session() as session:
        thread = threading.Thread(target=lambda: seen.append(float(session.run(total))))

        def batches() -> Iterator[dict[Tensor, float]]:
            thread.start()
            while thread.is_alive():
                yield {x: 1.0}
            yield {x: 1.0}

        done = session.run_steps(update, batches())
        thread.join()
    assert 0 <= seen[0] < len(done)


def test_steps_of_all_threads_add_up() -> None:
    """Nothing is lost, and each thread gets the results of its own steps."""
    x = gn.placeholder((None,), name="x")
    count = gn.Variable(0, name="count")
    fetches = [gn.sum(x), gn.assign_add(count, 1)]
    found: dict[int, Sequence[Any]] = {}
    with gn.Session() as session:

        def work(number: int) -> None:
            batches = [{x: np.full(1 + place % 3, number, np.float32)} for place in range(60)]
            found[number] = session.run_steps(fetches, batches)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.run(count) == 360
    counts = sorted(int(count) for results in found.values() for _, count in results)
    assert counts == list(range(1, 361))
    for number, results in found.items():
        assert [float(total) for total, _ in results] == [number * (1 + i % 3) for i in range(60)]


def test_programs_are_made_once() -> None:
    """Steps, runs and functions share programs; an epoch more needs none."""
    x = gn.placeholder((None,), name="x")
    y = x * 2
    batches = [{x: np.ones(size, np.float32)} for size in (3, 3, 2, 3)]
    with gn.Session() as session:
        for _ in range(2):
            session.run_steps(y, batches)
            session.run_steps(y, iter(batches))
            session.run(y, batches[0])
        assert len(session.programs) == 2
        assert len(session.misses) == 2


def test_what_has_been_checked_does_not_change() -> None:
    """A list that a step changes is run as it was when it was checked."""
    x = gn.placeholder((2,), name="x")
    good = np.ones(2, np.float32)
    last: list[Any] = [good]
    batches: list[Any] = [[good], (good,), last]

    def spoil(array: Array) -> Array:
        last[0] = np.ones(1, np.float32)
        batches[1:] = [(np.ones(3, np.float32),)]
        return array * 1

    call = gn.py_call(spoil, [x], gn.float32, (2,), stateful=True)
    with gn.Session() as session:
        found = session.run_steps(call + x, batches, [x])
    assert [value.tolist() for value in found] == [[2.0, 2.0]] * 3

"""Lives of values: they never share bytes by accident, and they add up to what the plan says."""

from itertools import combinations

import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Own, Part, Slot, Span
from graphnet.viz.plans.bands import bands
from graphnet.viz.plans.lifetimes import Life, Lifetimes
from graphnet.viz.plans.moments import Act, moments
from tests.viz.plans import NAMES, plan_named, plans, training


def check(plan: Plan) -> None:
    """Require what holds for the lives in every plan."""
    times = Lifetimes(plan)
    assert [life.value for life in times.lives] == list(plan.places)
    assert all(1 <= life.start <= life.stop <= times.end for life in times.lives)
    assert max(times.held) == plan.peak
    assert times.held[times.peak - 1] == plan.peak
    assert min(times.held) >= plan.memory
    assert all(used <= held for used, held in zip(times.used, times.held, strict=True))
    check_arena(times)
    check_parts(times)
    check_variables(times)
    check_heirs(times)
    check_rows(times)


def check_arena(times: Lifetimes) -> None:
    """Require that values alive together lie apart, and all of them inside."""
    slots = [life for life in times.lives if isinstance(life.place, Slot)]
    for life in slots:
        assert isinstance(life.place, Slot)
        assert 0 <= life.place.start <= life.place.start + life.place.size <= times.plan.arena
        assert life.nbytes <= life.place.size
    for one, other in combinations(slots, 2):
        assert apart(one, other) or not meet(one, other), (one, other)


def check_parts(times: Lifetimes) -> None:
    """Require that the parts of a concatenation fill it, one behind the other."""
    starts = {life.value: life.offset for life in times.lives}
    for life in times.lives:
        if isinstance(life.place, Part) and life.offset is not None:
            whole, index = life.place.whole, life.place.index
            before = sum(operand.spec.nbytes or 0 for operand in whole.node.inputs[:index])
            start = starts[whole]
            assert start is not None
            assert life.offset - start == before


def check_variables(times: Lifetimes) -> None:
    """Require that what is made of variables side by side does not outlive them."""
    stops = {life.value: life.stop for life in times.lives}
    for life in times.lives:
        if isinstance(life.place, Span) and times.stops.get(life.value) == life.stop:
            assert all(stops[variable] >= life.stop for variable in life.place.variables)


def apart(one: Life, other: Life) -> bool:
    """Whether two values have no byte in common."""
    assert isinstance(one.place, Slot)
    assert isinstance(other.place, Slot)
    ends = one.place.start + one.place.size, other.place.start + other.place.size
    return ends[0] <= other.place.start or ends[1] <= one.place.start


def meet(one: Life, other: Life) -> bool:
    """Whether two values live at one moment."""
    return one.start <= other.stop and other.start <= one.stop


def check_heirs(times: Lifetimes) -> None:
    """Require that memory that is taken over goes from hand to hand without a gap."""
    lives = {life.value: life for life in times.lives}
    for life in times.lives:
        if life.heir is not None:
            heir = lives[life.heir]
            assert heir.start == life.stop + 1
            assert type(heir.place) is type(life.place) or not isinstance(heir.place, Slot)
        if life.is_view:
            root = lives[life.root]
            assert root.start <= life.start <= life.stop <= root.stop


def check_rows(times: Lifetimes) -> None:
    """Require that each value is in the arena, in one row, or a view, and rows hold no overlap."""
    rows = [row for band in bands(times) for row in band.rows]
    found = [life.value for row in rows for life in row]
    rest = [life.value for life in times.lives if life.is_view or life.offset is not None]
    assert len(found) + len(rest) == len(times.lives)
    assert {*found, *rest} == {life.value for life in times.lives}
    for row in rows:
        assert not any(meet(one, other) for one, other in combinations(row, 2))


@pytest.mark.parametrize("name", NAMES)
def test_lives_of_networks_add_up(name: str) -> None:
    """For plans of every kind."""
    check(plan_named(name))


@given(plan=plans())
def test_lives_of_random_plans_add_up(plan: Plan) -> None:
    """With views, writes, draws and results of unknown shapes."""
    check(plan)


def test_every_call_is_a_moment() -> None:
    """Besides calls there are fills, copies and commits; numbers have no gap."""
    for name in NAMES:
        plan = plan_named(name)
        found = moments(plan)
        called = [moment.node for moment in found if moment.makes]
        assert called == [call.node for call in plan.calls if call.node.outputs]
        assert [moment.number for moment in found] == list(range(1, len(found) + 1))


def test_work_in_blocks_lives_as_long_as_the_last_block() -> None:
    """What is fed is needed, and what is made exists, from the first block to the last."""
    times = Lifetimes(plan_named("in_blocks"))
    ((_, first, last),) = times.blocks()
    lives = {life.value.name: life for life in times.lives}
    assert (lives["x"].start, lives["x"].stop) == (first, last)
    assert [moment.act for moment in times.moments[first - 1 : last]] == [Act.BLOCK] * last
    assert lives["add_2"].start == first


def test_memory_of_their_own_is_there_all_the_time() -> None:
    """Concatenations with constant parts stay from run to run."""
    times = Lifetimes(training().plan)
    owned = [life for life in times.lives if isinstance(life.place, Own)]
    assert owned
    assert all((life.start, life.stop) == (1, times.end) for life in owned)


def test_variables_are_needed_until_they_are_written() -> None:
    """Also where nothing reads them."""
    x = gn.placeholder((2,), name="x")
    v = gn.Variable([0.0, 0.0], name="v")
    with gn.Session() as session:
        step = session.compile([gn.assign(v, gn.tanh(x)), gn.exp(x)], [x])
        step([1.0, 2.0])
        times = Lifetimes(step.plan)
    (commit,) = [moment for moment in times.moments if moment.act is Act.COMMIT]
    (life,) = [life for life in times.lives if life.value is v]
    assert (life.start, life.stop) == (commit.number, commit.number)
    assert commit.number > 1
    assert times.held[commit.number - 1] == step.plan.memory + 16  # of tanh and exp


def test_the_largest_values_are_those_of_the_busiest_moment() -> None:
    """A table is made of a row and a column, and summed up."""
    x = gn.placeholder((100,), name="x")
    table = gn.cumsum(gn.expand_dims(gn.sin(x), 1) * gn.cos(x))
    graph = x.graph.subgraph([gn.sum(table)], [x])
    times = Lifetimes(gn.compiler.compile_graph(graph, [x.spec]))
    found = [(life.value.node.op.name, life.nbytes) for life in times.largest(3)]
    assert found == [("multiply", 40_000), ("cumsum", 40_000)]
    assert times.moments[times.busiest - 1].label == "cumsum"

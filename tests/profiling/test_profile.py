"""``gn.profile``: what it finds, and in which form; times come from a clock of the tests."""

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.steps import Blocks
from graphnet.errors import ArgumentError, FeedError
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.profiling import Profile, profile
from graphnet.profiling.measure import measure
from graphnet.profiling.timing import Timing, timings
from graphnet.profiling.twin import Times, Twin
from graphnet.typing import Array
from tests.profiling.clocks import READING, Clock

ONES = np.ones(4, np.float32)


def training() -> tuple[list[Tensor | Node], list[Tensor]]:
    """Declare a step with random draws, a commit that computes, and one that copies."""
    x = gn.placeholder((None, 300), name="x")
    with gn.name_scope("layer"):
        w = gn.Variable(np.full((300, 100), 0.01, np.float32), name="weight")
        y = gn.dropout(gn.tanh(x @ w), 0.5)
    loss = gn.mean(y * y)
    step = gn.optim.Adam(0.01).minimize(loss)
    return [loss, step], [x]


def batch(rows: int = 8) -> Array:
    """Give values for ``training``."""
    return np.random.default_rng(0).random((rows, 300), np.float32)


def long_chain() -> tuple[Tensor, Tensor]:
    """Declare elementwise work that is done block by block where two threads may be used."""
    x = gn.placeholder((None, 500), name="x")
    y = x
    for _ in range(4):
        y = gn.sqrt(gn.exp(gn.tanh(y)))
    return y + 1, x


def worked(clock: Clock, runs: int = 2) -> Profile:
    """Profile two branches of known times, and what joins them."""
    x = gn.placeholder((4,), name="x")
    with gn.name_scope("left"):
        first = clock.work(x, 3000, name="first")
        second = clock.work(first, 2000, name="second")
    with gn.name_scope("right"):
        third = clock.work(x, 4000, name="third")
    last = clock.work(second + third, 1000, name="last")
    with gn.Session() as session:
        return measure(session.compile(last, [x]), [ONES], runs, clock=clock)


@pytest.mark.parametrize("optimize", [True, False])
def test_every_call_is_found_once(*, optimize: bool) -> None:
    """The calls of nodes are those of the plan, in its order; commits come last."""
    fetches, feeds = training()
    with gn.Session(seed=0, optimize=optimize) as session:
        found = profile(session.compile(fetches, feeds), batch(), runs=2)
    own = [timing for timing in found.timings if timing.op not in ("copy", "fill", "free")]
    called = [timing for timing in own if timing.node]
    assert [timing.node for timing in called] == [call.node for call in found.plan.calls]
    assert sum(timing.commit for timing in called) == len(found.plan.updates)
    assert [timing.op for timing in own if not timing.node] == ["commit"]
    assert own[-1].commit
    assert set(found.times) <= {node.name for node in found.plan.graph.nodes}
    assert found.runs == 2


def test_the_parts_make_the_whole() -> None:
    """No time is negative, and the calls together take no longer than all."""
    fetches, feeds = training()
    with gn.Session(seed=0) as session:
        found = profile(session.compile(fetches, feeds), batch(), runs=3)
    assert all(timing.seconds >= 0 for timing in found.timings)
    assert found.inside <= found.total
    assert found.inside + found.around == pytest.approx(found.total)
    assert sum(found.by_op.values()) == pytest.approx(found.inside)
    assert sum(found.by_scope(2).values()) == pytest.approx(found.inside)


def test_long_names_keep_their_end() -> None:
    """Of calls the beginning tells more, of names the end does."""
    found = [Timing("exp", f"exp({'x' * 90})", 1e-6), *worked(Clock()).timings]
    with gn.name_scope("outer" * 20):
        y = gn.exp(gn.placeholder((1,), name="x"))
    found.append(Timing("exp", "exp(x)", 1e-6, y.node))
    text = Profile(tuple(found), 1e-5, 1, worked(Clock()).plan).table()
    assert f"  exp({'x' * 39}…\n" in text
    assert f"  …{y.name[-43:]}  " in text


def test_blocks_are_shared_among_their_calls() -> None:
    """A loop over blocks on two threads has a row per call, and each has its share."""
    y, x = long_chain()
    with gn.Session(threads=2) as session:
        function = session.compile(y, [x])
        found = profile(function, np.ones((4000, 500), np.float32), runs=2)
    blocked = [timing for timing in found.timings if timing.blocks > 1]
    assert len(blocked) == 13
    assert all(timing.seconds > 0 for timing in blocked)
    assert blocked[0].nbytes == 2 * 4000 * 500 * 4


def test_shares_of_blocks_add_up_to_the_loop() -> None:
    """Two threads are busy for longer than the loop takes; each call has its part of that."""
    y, x = long_chain()
    with gn.Session(threads=2) as session:
        function = session.compile(y, [x])
        function(np.ones((4000, 500), np.float32))
        assert function.request.latest is not None
        program = function.request.latest.program
    twin = Twin(program.code, Clock())
    (loop,) = [step for step in program.plan.steps if isinstance(step, Blocks)]
    busy = [loop.number * READING + 1000 * (place + 1) for place in range(13)]
    statements = [READING] * len(twin.statements)
    place = [isinstance(each, ast.FunctionDef) for each in twin.statements].index(True)
    statements[place + 1] += 9100
    found = timings(program.code, program.plan, twin, Times(READING, statements, [busy], []))
    blocked = [timing.seconds for timing in found if timing.blocks == loop.number]
    assert blocked == pytest.approx([1e-7 * (place + 1) for place in range(13)])


def test_the_twin_computes_what_the_program_does() -> None:
    """Clocks between the statements change no bit of the results."""
    fetches, feeds = training()
    y, x = long_chain()
    values = [batch(), np.linspace(0, 1, 2_000_000, dtype=np.float32).reshape(4000, 500)]
    with gn.Session(seed=0, threads=2) as session:
        function = session.compile([fetches[0], y], [*feeds, x])
        expected = function(*values)
        assert function.request.latest is not None
        twin = Twin(function.request.latest.program.code, Clock())
        results = twin.function(*values, 1)
    assert all(map(np.array_equal, results, expected))


def test_times_are_those_of_the_clock() -> None:
    """What reading the clock takes is no part of any time."""
    found = worked(Clock())
    assert found.times == pytest.approx(
        {"left/first": 3e-6, "left/second": 2e-6, "right/third": 4e-6, "add": 0, "last": 1e-6}
    )
    assert found.total == pytest.approx(1e-5)
    assert found.around == pytest.approx(0)


def test_the_best_run_counts() -> None:
    """Of each call the shortest time is given; the first run, which warms up, does not count."""
    clock = Clock()
    x = gn.placeholder((4,), name="x")
    y = clock.work(x, 1, 1, 900, 700, 600, 500, 650, 800, name="work")
    with gn.Session() as session:
        found = measure(session.compile(y, [x]), [ONES], 3, clock=clock)
    assert found.times == pytest.approx({"work": 5e-7})
    assert found.total == pytest.approx(6e-7)


def test_the_best_of_each_time_counts() -> None:
    """Also of the clock, of blocks, and of the commit."""
    one, other = Times(30, [1, 9], [[5, 2]], [4, 8]), Times(20, [3, 7], [[4, 3]], [6, 2])
    assert vars(one.best(other)) == vars(Times(20, [1, 7], [[4, 2]], [4, 2]))


def test_runs_are_not_mixed() -> None:
    """Each has the times of its own blocks, and of its own commit."""
    fetches, feeds = training()
    y, x = long_chain()
    values = [batch(), np.ones((4000, 500), np.float32)]
    with gn.Session(seed=0, threads=2) as session:
        function = session.compile([*fetches, y], [*feeds, x])
        function(*values)
        assert function.request.latest is not None
        program = function.request.latest.program
        twin = Twin(program.code, Clock())
        for _ in range(3):
            twin.timed(lambda: twin.function(*values, 1))
            assert len(twin.readings.pieces) == len(twin.commit) > 1
            (loop,) = [step for step in program.plan.steps if isinstance(step, Blocks)]
            assert len(twin.readings.notes) == loop.number


def test_time_decides_how_often() -> None:
    """Without a number of runs, they go on for so many seconds, and five at least."""
    clock = Clock()
    x = gn.placeholder((4,), name="x")
    y = clock.work(x, 10_000_000, name="work")
    with gn.Session() as session:
        function = session.compile(y, [x])
        assert measure(function, [ONES], seconds=0.2, clock=clock).runs == 10
        assert measure(function, [ONES], seconds=0.0, clock=clock).runs == 5


def test_sums_by_op_and_scope() -> None:
    """Sums begin with the largest; scopes count their first labels."""
    found = worked(Clock())
    assert found.by_op == pytest.approx({"py_call": 1e-5, "free": 0, "add": 0})
    assert list(found.by_scope()) == ["left", "right", ""]
    assert found.by_scope() == pytest.approx({"left": 5e-6, "right": 4e-6, "": 1e-6})


def test_the_slowest_chain() -> None:
    """The chain goes through the slower branch, with those that do not take time."""
    found = worked(Clock())
    assert list(found.slowest_chain) == ["left/first", "left/second", "add", "last"]
    assert sum(found.slowest_chain.values()) == pytest.approx(6e-6)


def test_the_slowest_chain_goes_through_views() -> None:
    """They take no time, and are no part of it."""
    x = gn.placeholder((2, 3), name="x")
    y = gn.exp(gn.reshape(gn.tanh(x), 6))
    with gn.Session() as session:
        found = profile(session.compile(y, [x]), np.ones((2, 3), np.float32), runs=1)
    assert list(found.slowest_chain) == ["tanh", "exp"]


def test_the_table() -> None:
    """The slowest calls come first, with what they add up to."""
    found = worked(Clock())
    assert found.table(3) == TABLE.strip("\n")
    assert repr(found) == str(found) == found.table(20) == found.table(None)
    assert "more step" not in str(found)
    assert "and 7 more steps: 10.0 µs (100 %)" in found.table(0)


TABLE = """
     time  share  so far  bytes     per s  op       node         call
  4.00 µs   40 %    40 %   32 B   7.6 MiB  py_call  right/third  right_third = py_call(x)
  3.00 µs   30 %    70 %   32 B  10.2 MiB  py_call  left/first   left_first = py_call_2(x)
  2.00 µs   20 %    90 %   32 B  15.3 MiB  py_call  left/second  left_second = py_call_3(left_first)
  and 4 more steps: 1.00 µs (10 %)
10.0 µs in all, the best of 2 runs
10.0 µs (100 %) in 7 steps
0 ns (0 %) around them
6.00 µs (60 %) in the slowest chain, of 4 nodes
"""


def test_bytes_are_those_of_the_call() -> None:
    """Extents that were unknown are those of what was fed; views move nothing."""
    x = gn.placeholder((None, 3), name="x")
    y = gn.exp(gn.tanh(x).T)
    with gn.Session() as session:
        found = profile(session.compile(y, [x]), np.ones((5, 3), np.float32), runs=1)
    assert (found.nbytes["tanh"], found.nbytes["exp"]) == (60, 60)
    moved = {timing.op: timing.nbytes for timing in found.timings if timing.node}
    assert moved["tanh"] == moved["exp"] == 120
    assert moved.get("transpose", 0) == 0


def test_what_is_read_twice_is_read_once() -> None:
    """Memory brings it once."""
    x = gn.placeholder((1000,), name="x")
    with gn.Session(optimize=False) as session:
        found = profile(session.compile(x + x, [x]), np.ones(1000, np.float32), runs=1)
    (added,) = [timing for timing in found.timings if timing.op == "add"]
    assert (added.read, added.written) == (4000, 4000)


def test_a_trace_is_what_viewers_read(tmp_path: Path) -> None:
    """Events follow one another inside of one for the whole call."""
    path = tmp_path / "trace.json"
    found = worked(Clock())
    found.write_trace(path)
    label, whole, *events = json.loads(path.read_text("utf-8"))["traceEvents"]
    assert label["ph"] == "M"
    assert {event["ph"] for event in [whole, *events]} == {"X"}
    assert [event["name"] for event in events] == [each.name or each.op for each in found.timings]
    ends = [event["ts"] + event["dur"] for event in events]
    assert [event["ts"] for event in events] == pytest.approx([0, *ends[:-1]])
    assert ends[-1] <= whole["ts"] + whole["dur"]
    assert "clocks.py" in events[0]["args"]["source"]


def test_a_function_is_compiled_for_the_values() -> None:
    """Values are taken as in a call, which need not have come before."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(gn.exp(x), [x])
        assert list(profile(function, [1, 2, 3], runs=1).times) == ["exp"]
        assert function.plan.graph.inputs[0].shape == (3,)
        with pytest.raises(FeedError, match="takes 1 values, not 2"):
            profile(function, [1.0], [2.0])


@pytest.mark.parametrize("options", [{"runs": 0}, {"runs": 1.5}, {"seconds": -1}, {"runs": True}])
def test_options_are_checked(options: dict[str, Any]) -> None:
    """What is out of range is refused at the user's line."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(gn.exp(x), [x])
        with pytest.raises(ArgumentError, match=next(iter(options))) as caught:
            profile(function, [1.0], **options)
    assert "test_profile.py" in (caught.value.at or "")
    assert caught.value.hint


def test_only_compiled_functions_are_taken() -> None:
    """The message says what makes one."""
    with gn.Session() as session, pytest.raises(ArgumentError) as caught:
        profile(session.run)  # type: ignore[arg-type]
    assert "no compiled function" in caught.value.headline
    assert "session.compile" in (caught.value.hint or "")


def test_what_does_nothing_has_no_calls() -> None:
    """A function that hands out what it was given is all around."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        found = profile(session.compile(x, [x]), [1.0], runs=1)
    assert found.inside == sum(timing.seconds for timing in found.timings)
    assert not found.times or set(found.times) == {"x"}
    assert "around them" in str(found)

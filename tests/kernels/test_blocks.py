"""Blocks: the bits of one call for all, on whichever thread, whatever happens meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels import partner
from graphnet.kernels.blocks import Blockwise, count_blocks
from graphnet.kernels.partner import Job
from graphnet.typing import Array

FLOAT32 = np.dtype(np.float32)
PATIENCE = 60.0
"""Seconds after which a test fails that waits for the other thread."""

UNARY: list[np.ufunc] = [
    *(np.negative, np.square, np.sqrt, np.exp, np.expm1, np.log, np.log1p, np.tanh),
    *(np.sin, np.cos, np.sign, np.floor, np.reciprocal, np.absolute),
]
BINARY: list[np.ufunc] = [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.power]


class Chain:
    """Elementwise calls drawn at random: each of a value made before and, if it takes two, of x.

    Args:
        steps: A function for each, and whether its value is a temporary.
    """

    def __init__(self, steps: list[tuple[np.ufunc, bool]]) -> None:
        self.steps = steps
        self.temporaries = sum(is_temporary for _, is_temporary in steps)

    def __call__(self, x: Array, *places: Array) -> None:
        """Compute all values, temporaries in the last places, which hold NaN before."""
        results = iter(places[: len(self.steps) - self.temporaries])
        rooms = iter(places[len(self.steps) - self.temporaries :])
        value = x
        for function, is_temporary in self.steps:
            out = next(rooms if is_temporary else results)
            out.fill(np.nan)
            operands = (value, x) if function.nin == 2 else (value,)
            value = function(*operands, out=out)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Draw one to six calls; the last value is a result."""
    steps = draw(st.lists(st.tuples(st.sampled_from(UNARY + BINARY), st.booleans()), max_size=5))
    return Chain([*steps, (draw(st.sampled_from(UNARY + BINARY)), False)])


@given(
    chains(),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from([(), (1,), (3,)]),
    st.integers(0, 5000),
    st.integers(1, 9),
    st.integers(1, 3),
)
def test_blocks_give_the_bits_of_one_call(
    chain: Chain, dtype: str, shape: tuple[int, ...], extent: int, number: int, threads: int
) -> None:
    """Every value of a chain that is kept is the same to the bit, on one thread and on two."""
    x = np.random.default_rng(extent).uniform(0.1, 3, (extent, *shape)).astype(dtype)
    places = [np.empty_like(x) for _ in chain.steps]
    kept = places[: len(places) - chain.temporaries]
    temporaries = [(shape, x.dtype)] * chain.temporaries
    with np.errstate(all="ignore"):
        chain(x, *places)
        expected = [place.tobytes() for place in kept]
        for place in kept:
            place.fill(7)
        Blockwise(extent, number, temporaries, threads)(chain, x, *kept)
    assert [place.tobytes() for place in kept] == expected


@given(st.integers(0, 300), st.integers(1, 20), st.sampled_from([1, 100]))
def test_blocks_cover_an_axis(extent: int, number: int, scale: int) -> None:
    """They lie one behind the other without gaps, not more than asked for, none of them empty."""
    blocks = Blockwise(extent * scale, number).blocks
    positions = [position for block in blocks for position in (block.start, block.stop)]
    assert positions == sorted(positions)
    assert positions[1:-1:2] == positions[2::2]
    assert len(blocks) <= number
    assert all(block.start < block.stop for block in blocks)
    assert sum(block.stop - block.start for block in blocks) == extent * scale


def test_rows_and_columns_are_repeated() -> None:
    """Operands of one row are what the body knows by itself; those of one column are cut, too."""
    rng = np.random.default_rng(0)
    matrix, column, row = rng.normal(size=(50, 7)), rng.normal(size=(50, 1)), rng.normal(size=7)
    result = np.empty((50, 7))

    def body(x: Array, y: Array, out: Array, room: Array) -> None:
        np.multiply(x, y, room)
        np.add(room, row, out)

    Blockwise(50, 4, [((7,), matrix.dtype)], threads=2)(body, matrix, column, result)
    assert np.array_equal(result, matrix * column + row)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_temporaries_have_memory_of_their_own(threads: int) -> None:
    """It starts at cache lines, holds the longest block, and is counted; threads don't share it."""
    wide = np.dtype(np.complex128)
    blockwise = Blockwise(1000, 3, [((), FLOAT32), ((2, 5), wide)], threads)
    longest = max(block.stop - block.start for block in blockwise.blocks)
    assert len(blockwise.rooms) == min(threads, 2)
    values = [value for room in blockwise.rooms for value in room]
    assert all(value.ctypes.data % 64 == 0 for value in values)
    shapes = [(value.shape, value.dtype) for value in blockwise.rooms[0]]
    assert shapes == [((longest,), FLOAT32), ((longest, 2, 5), wide)]
    assert blockwise.nbytes == min(threads, 2) * longest * (4 + 160)
    assert not any(
        np.may_share_memory(one, other) for one in values for other in values if one is not other
    )


def test_each_thread_has_its_temporaries() -> None:
    """Two blocks that are done at once find different memory."""
    seen: list[int] = []
    both = threading.Barrier(2)

    def body(_: Array, room: Array) -> None:
        both.wait(PATIENCE)
        seen.append(room.ctypes.data)

    Blockwise(2, 2, [((), FLOAT32)], threads=2)(body, np.zeros(2))
    assert len(set(seen)) == 2


# Where blocks pay


@given(st.integers(0, 10**9), st.integers(1, 40), st.integers(1, 20), st.integers(1, 8))
def test_blocks_fit_into_the_cache(nbytes: int, calls: int, arrays: int, threads: int) -> None:
    """Where there are several, none is too large, nor tiny, and both threads get as many."""
    number = count_blocks(nbytes, calls, arrays, threads)
    assert number >= 1
    if number > 1:
        assert 2**17 < nbytes / number <= 2**19
        assert threads == 1 or number % 2 == 0


def test_small_arrays_are_done_at_once() -> None:
    """One thread gains nothing before the cache is full, and none does by a single call."""
    assert count_blocks(4_000_000, calls=4, arrays=5, threads=1) == 1
    assert count_blocks(4_000_000, calls=4, arrays=5, threads=2) == 8
    assert count_blocks(16_000_000, calls=4, arrays=5, threads=1) == 31
    assert count_blocks(400_000, calls=100, arrays=9, threads=2) == 1
    assert count_blocks(16_000_000, calls=1, arrays=3, threads=1) == 1


# Two threads


def meeting(action: Callable[[str], object] = str) -> Callable[..., None]:
    """Give a body for two blocks that waits until each thread has one, then does an action."""
    both = threading.Barrier(2)
    caller = threading.current_thread()

    def body(*_: Array) -> None:
        both.wait(PATIENCE)
        action("caller" if threading.current_thread() is caller else "second")

    return body


def in_two(body: Callable[..., object], *arrays: Array) -> None:
    """Call a body for two blocks, on two threads."""
    Blockwise(2, 2, threads=2)(body, *(arrays or [np.zeros(2)]))


def test_two_threads_take_part() -> None:
    """Blocks that wait for each other get done."""
    seen: list[str] = []
    in_two(meeting(seen.append))
    assert sorted(seen) == ["caller", "second"]


@pytest.mark.parametrize("blamed", ["caller", "second"])
def test_an_error_of_either_thread_is_raised(blamed: str) -> None:
    """It is the error itself, and its traceback leads to the line of the body."""

    def fail(thread: str) -> None:
        if thread == blamed:
            raise LookupError(thread)

    with pytest.raises(LookupError, match=blamed) as caught:
        in_two(meeting(fail))
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[-1].name == "fail"
    in_two(meeting())


@pytest.mark.parametrize("threads", [1, 2])
def test_no_block_is_begun_after_an_error(threads: int) -> None:
    """At most the block that the other thread is in is done as well."""
    done: list[int] = []

    def body(x: Array) -> None:
        done.append(len(x))
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        Blockwise(1000, 100, threads=threads)(body, np.zeros(1000))
    assert len(done) <= threads


def test_what_ends_a_job() -> None:
    """After an error on the second thread, or once it is finished, no block is left of it."""
    done: list[int] = []

    def body(x: Array) -> None:
        done.append(len(x))
        raise LookupError

    blocks = [slice(0, 1), slice(1, 3), slice(3, 6)]
    failed = Job(body, [np.zeros(6)], blocks)
    failed.help([])
    failed.work([])
    assert (done, len(failed.errors)) == ([1], 1)
    finished = Job(body, [np.zeros(6)], blocks)
    finished.finish()
    finished.help([])
    finished.work([])
    assert (done, finished.errors) == ([1], [])


def test_an_error_waits_for_the_other_thread() -> None:
    """When the caller's block fails, the second thread's is finished before that is known."""
    done: list[str] = []

    def work(thread: str) -> None:
        if thread == "caller":
            raise LookupError
        time.sleep(0.05)
        done.append(thread)

    with pytest.raises(LookupError):
        in_two(meeting(work))
    assert done == ["second"]


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Let SIGINT be Ctrl-C, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a thread")
@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("presses", [1, 4])
@pytest.mark.parametrize("late", [False, True])
def test_ctrl_c_waits_for_the_other_thread(late: bool, presses: int) -> None:
    """Whether it comes in a block or while waiting, nothing is written after it was raised."""
    done: list[str] = []
    caller = threading.get_ident()

    def press() -> None:
        for _ in range(presses):
            signal.pthread_kill(caller, signal.SIGINT)
            time.sleep(0.02)

    def work(thread: str) -> None:
        if thread == "caller" and not late:
            signal.raise_signal(signal.SIGINT)
        if thread == "second":
            time.sleep(0.02)
            if late:
                press()
            time.sleep(0.02)
            done.append(thread)

    with pytest.raises(KeyboardInterrupt):
        in_two(meeting(work))
    assert done == ["second"]


@pytest.mark.parametrize("blamed", ["caller", "second"])
def test_numpy_warns_as_the_caller_wants(blamed: str) -> None:
    """On both threads: nothing, a warning (an error in tests), or an error of the caller's kind."""

    def overflow(thread: str) -> None:
        if thread == blamed:
            np.exp(np.array([1000, 1], np.float32))

    with np.errstate(over="ignore"):
        in_two(meeting(overflow))
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        in_two(meeting(overflow))
    with np.errstate(over="warn"), pytest.warns(RuntimeWarning, match="overflow"):
        in_two(meeting(overflow))


def test_the_second_thread_sees_the_context() -> None:
    """Context variables have the caller's values there; what is set there stays there."""
    setting: ContextVar[str] = ContextVar("setting", default="none")
    token = setting.set("caller's")
    seen: list[str] = []

    def work(thread: str) -> None:
        seen.append(setting.get())
        if thread == "second":
            setting.set("second's")

    try:
        in_two(meeting(work))
        assert seen == ["caller's"] * 2
        assert setting.get() == "caller's"
    finally:
        setting.reset(token)


def test_within_each_other() -> None:
    """A body may work in blocks itself, on the second thread, too."""
    x = np.arange(4000.0)
    result = np.empty(4000)

    def inner(source: Array, out: Array) -> None:
        np.add(source, 1, out)

    def outer(source: Array, out: Array) -> None:
        Blockwise(len(source), 3, threads=2)(inner, source, out)

    Blockwise(4000, 4, threads=2)(outer, x, result)
    assert np.array_equal(result, x + 1)


def test_many_callers_at_once() -> None:
    """Eight threads, each with work of its own, share the one second thread; nothing is mixed."""
    barrier = threading.Barrier(8)

    def body(x: Array, out: Array, room: Array) -> None:
        np.multiply(x, x, room)
        np.add(room, x, out)

    def call(number: int) -> bool:
        blockwise = Blockwise(5000, 6, [((), FLOAT32)], threads=2)
        x = np.full(5000, number, np.float32)
        out = np.empty_like(x)
        barrier.wait(PATIENCE)
        for _ in range(50):
            out.fill(np.nan)
            blockwise(body, x, out)
            if not np.array_equal(out, x * x + x):
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(call, range(8)))


def test_without_a_second_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be started, the caller does all the work."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(partner, "partner", partner.Partner())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    seen: set[str] = set()
    total = np.zeros(1000)

    def body(x: Array) -> None:
        seen.add(threading.current_thread().name)
        np.add(x, 1, x)

    Blockwise(1000, 10, threads=2)(body, total)
    assert seen == {threading.current_thread().name}
    assert np.array_equal(total, np.ones(1000))


def test_arrays_are_let_go() -> None:
    """Nothing that a call has worked on stays alive because of the second thread."""
    freed = threading.Event()

    class Watched(np.ndarray[Any, Any]):
        """An array that says when it goes."""

        def __del__(self) -> None:
            if self.base is None:
                freed.set()

    in_two(meeting(), np.zeros(2).view(Watched).copy())
    assert freed.wait(PATIENCE)


# Processes

SCRIPT = """
import os, sys, threading
alone = []
if hasattr(os, "fork"):  # what is registered first comes last
    os.register_at_fork(before=lambda: alone.append(threading.active_count() == 1))
import numpy as np
from graphnet.kernels.blocks import Blockwise

def check():
    both = threading.Barrier(2)

    def body(x, out):
        both.wait(60)
        np.add(x, 1, out)

    out = np.zeros(2)
    Blockwise(2, 2, threads=2)(body, np.ones(2), out)
    assert (out == 2).all()

check()
"""


def run_script(text: str) -> None:
    """Run Python text behind SCRIPT in a process of its own; all warnings are errors there."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "error", "-c", SCRIPT + text]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX systems fork")
def test_two_threads_after_a_fork() -> None:
    """Both processes go on with two threads, and Python does not warn of threads at the fork."""
    run_script("""
child = os.fork()
assert alone == [True]
check()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
""")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX systems fork")
def test_a_fork_while_others_work() -> None:
    """A process forked in the middle of another thread's work has a second thread of its own."""
    run_script("""
stop = threading.Event()

def work():
    x = np.zeros(100_000)
    while not stop.is_set():
        Blockwise(100_000, 8, threads=2)(lambda part: np.add(part, 1, part), x)

import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of the thread that this test starts
worker = threading.Thread(target=work)
worker.start()
codes = []
for _ in range(10):
    child = os.fork()
    if not child:
        check()
        os._exit(0)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
worker.join()
sys.exit(max(codes))
""")


@pytest.mark.parametrize("ending", ["", "sys.exit()", "import atexit; atexit.register(check)"])
def test_python_ends(ending: str) -> None:
    """The second thread does not keep a process alive; there is one up to the end."""
    run_script(ending)

"""NumPy's BLAS: found by its functions, of whatever library, and limited while something runs."""

import ctypes
import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ArgumentError
from graphnet.kernels import blas, limit
from graphnet.kernels.blas import Blas, Pool, numpy_pool, pool_of
from graphnet.kernels.limit import Limit, Limits

PATIENCE = 60.0
"""Seconds after which a test fails that waits for another thread."""

BIG = 1_000_000
"""Elements of an array for which a limit counts."""


def library(*names: str, parallel: int = 1) -> SimpleNamespace:
    """Give what looks like a BLAS: functions to get and set a number that starts at 4."""
    numbers = [4]

    def function(name: str) -> Callable[..., Any]:
        if "parallel" in name:
            return lambda: parallel
        if "config" in name:
            return lambda: b"OpenBLAS 0.3.99 DYNAMIC_ARCH"
        return numbers.append if "set_" in name.lower() else lambda: numbers[-1]

    return SimpleNamespace(**{name: function(name) for name in names})


def openblas(start: str, end: str) -> list[str]:
    """Give the names of OpenBLAS's functions in one of its builds."""
    words = ("get_num_threads", "set_num_threads", "get_parallel", "get_config")
    return [f"{start}openblas_{word}{end}" for word in words]


@pytest.mark.parametrize("start", ["", "scipy_"])
@pytest.mark.parametrize("end", ["", "64_", "_64"])
def test_every_build_of_openblas(start: str, end: str) -> None:
    """Builds differ in the names of functions; the number is got and set, the version read."""
    pool = pool_of(library(*openblas(start, end)))
    assert pool is not None
    assert (pool.library, pool.version, pool.get()) == ("OpenBLAS", "0.3.99", 4)
    pool.set(3)
    assert pool.get() == 3


def test_openblas_on_threads_of_openmp() -> None:
    """Its function to set the number has no lasting effect, so it does not count as one."""
    assert pool_of(library(*openblas("", ""), parallel=2)) is None


def test_mkl() -> None:
    """Intel's library has functions of other names, and tells its version in another way."""
    pool = pool_of(library("MKL_Get_Max_Threads", "MKL_Set_Num_Threads"))
    assert pool is not None
    assert (pool.library, pool.version, pool.get()) == ("MKL", "", 4)


@pytest.mark.parametrize("names", [[], ["openblas_get_num_threads"], ["MKL_Set_Num_Threads"]])
def test_a_library_without_the_functions(names: list[str]) -> None:
    """Half of them is of no use."""
    assert pool_of(library(*names)) is None


def test_libraries_beside_numpy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Windows, NumPy's wheel has its BLAS in a folder beside it; what can't load is passed."""
    folder = tmp_path / "numpy.libs"
    folder.mkdir()
    for name in ("libscipy_openblas64_-32a4.dll", "libgfortran.dll", "notes.txt"):
        (folder / name).touch()
    tried: list[str] = []

    def load(path: str) -> SimpleNamespace:
        tried.append(Path(path).name)
        if len(tried) == 1:
            raise OSError("no such thing here")
        return library(*openblas("scipy_", "64_"))

    monkeypatch.setattr(np, "__file__", str(tmp_path / "numpy" / "__init__.py"))
    monkeypatch.setattr(ctypes, "CDLL", load)
    pool = numpy_pool.__wrapped__()
    assert tried[1:] == ["libscipy_openblas64_-32a4.dll"]
    assert pool is not None
    assert pool.version == "0.3.99"


@pytest.mark.parametrize(
    ("found", "shown", "variable"),
    [
        (Blas("OpenBLAS", "0.3.31", 2), "OpenBLAS 0.3.31, 2 threads", "OPENBLAS_NUM_THREADS"),
        (Blas("MKL", "", 1), "MKL, 1 thread", "MKL_NUM_THREADS"),
        (
            Blas("accelerate", "1.0", None),
            "accelerate 1.0, threads set by VECLIB_MAXIMUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ),
        (Blas("other", "", None), "other, threads set by OMP_NUM_THREADS", "OMP_NUM_THREADS"),
    ],
)
def test_a_report_in_words(found: Blas, shown: str, variable: str) -> None:
    """It names the library, its version and its threads, or what sets these."""
    assert str(found) == shown
    assert found.variable == variable


@pytest.fixture
def _restless() -> Iterator[None]:
    """Let Python change from thread to thread as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


# NumPy as it is here


@pytest.fixture
def pool() -> Pool:
    """Give the pool of NumPy's BLAS."""
    found = numpy_pool()
    if found is None:
        pytest.skip("NumPy's BLAS here cannot be told how many threads to use")
    return found


@pytest.fixture(autouse=True)
def _number_kept() -> Iterator[None]:
    """See that every test leaves the number of threads as it was, and no limit."""
    before = blas.blas()
    yield
    assert blas.blas() == before
    assert limit.limits.active == []


def test_what_is_reported_is_what_is_set(pool: Pool) -> None:
    """``gn.blas`` tells the number that holds."""
    before = pool.get()
    try:
        for number in (1, 3):
            pool.set(number)
            assert gn.blas().threads == number
    finally:
        pool.set(before)


@pytest.mark.usefixtures("pool")
def test_the_environment_counts() -> None:
    """Without a limit, the number that the user set for NumPy is the number."""
    script = "import graphnet as gn; from graphnet.kernels.limit import Limit; "
    script += "print(gn.blas().threads, Limit().threads, Limit(2).threads)"
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **dict.fromkeys(names, "1")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "1", "2"]


def test_the_pool_of_scipy_is_left_alone(pool: Pool) -> None:
    """Another package's OpenBLAS keeps its number while NumPy's is limited."""
    pytest.importorskip("scipy")
    core = importlib.import_module("scipy.linalg.cython_blas")
    get = getattr(ctypes.CDLL(core.__file__), "scipy_openblas_get_num_threads", None)
    if get is None or pool.version == "":
        pytest.skip("SciPy has no OpenBLAS of its own here")
    before = get()
    other = before + 1
    assert Limit(other).during(lambda: (gn.blas().threads, get()))() == (other, before)


# Limits


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("threads", [1, 2, 3, np.int64(2)])
def test_a_limit_holds_while_a_function_runs(threads: int) -> None:
    """It gets its arguments and its result is given; before and after, nothing has changed."""
    limited = Limit(threads).during(lambda x, y: (gn.blas().threads, x - y), BIG)
    before = gn.blas()
    assert limited(5, 3) == (threads, 2)
    assert gn.blas() == before
    assert Limit(threads).threads == threads


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_limit_ends_with_an_error(error: type[BaseException]) -> None:
    """The function's error is raised, and the number is set back."""

    def fail() -> None:
        raise error

    before = gn.blas()
    with pytest.raises(error):
        Limit(1).during(fail)()
    assert gn.blas() == before


@pytest.mark.usefixtures("pool")
def test_the_smallest_of_nested_limits_holds() -> None:
    """A limit within another can lower the number, but not raise it."""

    def number() -> int | None:
        return gn.blas().threads

    def inner() -> list[int | None]:
        return [Limit(3).during(number)(), Limit(1).during(number)(), number()]

    assert Limit(2).during(inner)() == [2, 1, 2]


@pytest.mark.usefixtures("pool")
def test_limits_that_overlap() -> None:
    """Of two limits on two threads, the first to begin may be the first to end: all is set back."""
    before = gn.blas().threads or 0
    few, many = before + 1, before + 2
    begun, first_ended = threading.Event(), threading.Event()

    def second() -> int | None:
        begun.set()
        first_ended.wait(PATIENCE)
        return gn.blas().threads

    with ThreadPoolExecutor(1) as executor:

        def first() -> tuple[Any, int | None]:
            future = executor.submit(Limit(many).during(second))
            begun.wait(PATIENCE)
            return future, gn.blas().threads

        future, together = Limit(few).during(first)()
        alone = gn.blas().threads
        first_ended.set()
        assert (together, alone, future.result()) == (few, many, many)
    assert gn.blas().threads == before


@pytest.mark.usefixtures("_restless")
def test_many_limits_at_once() -> None:
    """After limits of eight threads have come and gone, the number is that from before."""
    fake, limits = pool_of(library(*openblas("", ""))), Limits()
    assert fake is not None

    def work(number: int) -> None:
        for _ in range(200):
            limits.enter(fake, number)
            assert fake.get() <= number
            limits.leave(fake, number)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(1, 9)))
    assert (fake.get(), limits.active) == (4, [])


def test_an_end_without_a_beginning() -> None:
    """Where Ctrl-C came before a limit had begun, ending it does no harm."""
    fake, limits = pool_of(library(*openblas("", ""))), Limits()
    assert fake is not None
    limits.enter(fake, 2)
    limits.leave(fake, 1)
    assert fake.get() == 2
    limits.leave(fake, 2)
    assert fake.get() == 4


def test_no_limit_costs_nothing() -> None:
    """Without a number, or for small arrays, a function is left as it is."""
    assert Limit().during(len, BIG) is len
    assert Limit(1).during(len, 100) is len


def test_the_number_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of NumPy's BLAS, or that of cores where the BLAS does not say."""
    assert Limit().threads == (gn.blas().threads or limit.cores())
    monkeypatch.setattr(limit, "blas", lambda: Blas("accelerate", "", None))
    assert Limit().threads == limit.cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert limit.cores() == os.cpu_count()


def test_a_blas_that_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is named, and the library is reported as NumPy was built with it."""
    for module in (blas, limit):
        monkeypatch.setattr(module, "numpy_pool", lambda: None)
    built: Any = np.show_config(mode="dicts")
    name = built["Build Dependencies"]["blas"]["name"]
    report = gn.blas()
    assert (report.library, report.threads) == (name, None)
    asking = Limit(1)
    assert f"{report.variable} in the environment" in str(asking.trouble)
    assert asking.threads == 1
    assert asking.during(len, BIG) is len
    assert Limit().threads == limit.cores()
    assert Limit().trouble is None


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", True, None])
def test_what_is_no_number_of_threads(threads: Any) -> None:
    """Only integers from 1 on are; None stands for no limit."""
    if threads is None:
        assert Limit(threads).asked is None
    else:
        with pytest.raises(ArgumentError, match="integer from 1 on") as caught:
            Limit(threads)
        assert caught.value.hint

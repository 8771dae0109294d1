"""NumPy's BLAS, the library that multiplies its matrices: which it is, and on how many threads.

It is asked through NumPy's own core, which is linked with it. So the pools that other packages
bring along, as SciPy does, are never touched: two pools that take turns wait for each other.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Blas", "Pool", "blas", "numpy_pool"]

CORE = "numpy._core._multiarray_umath"
"""The module of NumPy that calls its BLAS."""

BY_OPENMP = 2
"""What OpenBLAS gives for ``get_parallel`` if its threads are those of OpenMP."""

VARIABLES = {
    "OpenBLAS": "OPENBLAS_NUM_THREADS",
    "MKL": "MKL_NUM_THREADS",
    "accelerate": "VECLIB_MAXIMUM_THREADS",
}
"""By library, the environment variable that it reads when it is loaded."""


@dataclass(frozen=True)
class Blas:
    """What NumPy multiplies matrices with.

    Attributes:
        library: Its name.
        version: Its version, as far as it is known.
        threads: On how many threads it runs now; None if it does not say, and cannot be told.
    """

    library: str
    version: str
    threads: int | None

    @property
    def variable(self) -> str:
        """The environment variable that sets the number of threads before NumPy is imported."""
        return VARIABLES.get(self.library, "OMP_NUM_THREADS")

    def __str__(self) -> str:
        """Give all of it in words."""
        name = f"{self.library} {self.version}".strip()
        if self.threads is None:
            return f"{name}, threads set by {self.variable}"
        return f"{name}, {self.threads} thread{'' if self.threads == 1 else 's'}"


def blas() -> Blas:
    """Tell which library NumPy multiplies matrices with, and on how many threads it does so now.

    Example:
        >>> import graphnet as gn
        >>> gn.blas()
        Blas(library='...', version='...', threads=...)
    """
    pool = numpy_pool()
    if pool is not None:
        return Blas(pool.library, pool.version, pool.get())
    built: Any = np.show_config(mode="dicts")
    found = built.get("Build Dependencies", {}).get("blas", {})
    return Blas(found.get("name", "unknown"), found.get("version", ""), None)


@dataclass(frozen=True)
class Pool:
    """The threads of a BLAS, one number for the whole process.

    Attributes:
        library: The name of the BLAS.
        version: Its version, if it tells.
        get: Gives the number of threads.
        set: Sets it.
    """

    library: str
    version: str
    get: Callable[[], int]
    set: Callable[[int], object]


@cache
def numpy_pool() -> Pool | None:
    """Find the functions that control the BLAS that NumPy is linked with."""
    pools = (pool_of(library) for library in linked())
    return next((pool for pool in pools if pool is not None), None)


def linked() -> Iterator[ctypes.CDLL]:
    """Give NumPy's core, through which the libraries below it are searched, and its companions.

    The companions are for Windows, where the search ends at the core itself.
    """
    core = getattr(sys.modules.get(CORE), "__file__", None)
    companions = Path(np.__file__).parent.with_name("numpy.libs").glob("*openblas*.dll")
    for path in [core, *map(str, companions)]:
        if path is not None:
            try:
                yield ctypes.CDLL(path)
            except OSError:  # a system without shared libraries
                continue


def pool_of(library: Any) -> Pool | None:
    """Find the functions that control a BLAS, by the names under which libraries have them."""
    for start, end in product(("", "scipy_"), ("", "64_", "_64")):
        names = (f"{start}openblas_{word}{end}" for word in ("get_num_threads", "set_num_threads"))
        if both := functions(library, *names):
            kind = functions(library, f"{start}openblas_get_parallel{end}")
            if kind and kind[0]() == BY_OPENMP:
                return None  # each thread has a number of its own there
            return Pool("OpenBLAS", openblas_version(library, start, end), *both)
    if both := functions(library, "MKL_Get_Max_Threads", "MKL_Set_Num_Threads"):
        return Pool("MKL", "", *both)
    return None


def functions(library: Any, *names: str) -> tuple[Any, ...]:
    """Give functions of a library, or nothing if one is missing."""
    found = tuple(getattr(library, name, None) for name in names)
    return () if None in found else found


def openblas_version(library: Any, start: str, end: str) -> str:
    """Read the version out of the line in which OpenBLAS describes itself."""
    for config in functions(library, f"{start}openblas_get_config{end}"):
        config.restype = ctypes.c_char_p
        return str(config().decode().split()[1])
    return ""

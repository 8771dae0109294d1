"""What every test and every example runs in, and how Markdown pages become tests.

A pytest plugin that pyproject.toml names, instead of a conftest.py: the examples of README.md,
docs/ and graphnet/ lie outside tests/, where a conftest.py would not reach them.
"""

import doctest
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sybil import Document, Example, Sybil
from sybil.evaluators.doctest import NUMBER, OutputChecker
from sybil.example import SybilFailure
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from graphnet.ir.graph import Graph
from graphnet.ir.registry import OPS

FLAGS = doctest.ELLIPSIS | NUMBER


@contextmanager
def isolated() -> Iterator[None]:
    """Work in an empty graph; ops that are defined meanwhile are forgotten afterwards."""
    known = dict(OPS)
    try:
        with Graph():
            yield
    finally:
        OPS.clear()
        OPS.update(known)


@pytest.fixture(autouse=True)
def _isolation() -> Iterator[None]:
    """Isolate every test and every docstring example."""
    with isolated():
        yield


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Take Markdown pages as tests."""
    is_page = file_path.suffix == ".md"
    return MarkdownFile.from_parent(parent, path=file_path) if is_page else None


class MarkdownFile(pytest.File):
    """A page; one test, since its examples build on each other and tests run in random order."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give the page's test, if the page has examples."""
        if list(parse(self.path, StringIO()).examples()):
            yield MarkdownItem.from_parent(self, name="examples")


class MarkdownItem(pytest.Item):
    """The examples of one page, in one namespace and one graph."""

    def runtest(self) -> None:
        """Run them in their order, up to the first that fails."""
        run_page(self.path)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the page in reports."""
        return self.path, 0, self.path.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: object) -> Any:
        """Show what differs; of another error, the traceback from the page on."""
        if isinstance(excinfo.value, SybilFailure):
            return str(excinfo.value)
        excinfo.traceback = excinfo.traceback.cut(path=self.path)
        return super().repr_failure(excinfo, style="short")


Compare: TypeAlias = Callable[[str, str], str | None]


def difference(shown: str, got: str) -> str | None:
    """Give how the output that a page shows differs from what was printed; None if it does not."""
    if OutputChecker().check_output(shown, got, FLAGS):
        return None
    return str(OutputChecker().output_difference(doctest.Example("", shown), got, FLAGS))


def run_page(path: Path, compare: Compare = difference) -> None:
    """Run the examples of a Markdown page.

    Raises:
        SybilFailure: An example does not print what the page shows.
    """
    printed = StringIO()
    with isolated(), redirect_stdout(printed):
        for example in parse(path, printed, compare).examples():
            example.evaluate()


def parse(path: Path, printed: StringIO, compare: Compare = difference) -> Document:
    """Find the examples: ``python`` blocks, and ``output`` blocks that show what these print."""

    def check(example: Example) -> str | None:
        """Compare the block with what was printed since the last one."""
        got = printed.getvalue()
        printed.seek(0)
        printed.truncate()
        return compare(example.parsed, got)

    python = PythonCodeBlockParser(doctest_optionflags=FLAGS)
    output = CodeBlockParser("output", check)
    return Sybil([python, output]).parse(path)

